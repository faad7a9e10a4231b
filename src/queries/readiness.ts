import { z } from 'zod';

import type { Coverage } from '../core/attendance/coverage-state.ts';
import { counted } from '../core/counted.ts';
import { MINUTE_MS, SECOND_MS } from '../core/time/duration.ts';

/** A class whose slot is on now, and how it is read. Instants by Google's clock. */
export interface ClassOn {
  readonly classId: number;
  readonly organizerEmail: string;
  readonly start: number;
  /** Null: it has no session yet. */
  readonly coverage: Coverage | null;
  readonly lastReadAt: number | null;
}

/** Why evidence may be lost now. */
export interface Unready {
  readonly reason: 'ledger' | 'loop_failed' | 'loop_late' | 'nothing_read' | 'unread' | 'refused';
  /** For everybody: it names no person, no file and no class. */
  readonly message: string;
  readonly classIds: readonly number[];
  readonly organizers: readonly string[];
}

/** What it is judged by. */
export interface ReadinessFacts {
  readonly now: number;
  /** The same instant by Google's clock. */
  readonly googleNow: number;
  /** Null: seen from a process that does not run the loops. */
  readonly startedAt: number | null;
  readonly ledger: { readonly writable: boolean };
  readonly loops: readonly {
    readonly name: string;
    readonly state: { readonly everySeconds: number } | null;
    readonly last: { readonly succeededAt: number | null; readonly summary: object | null } | null;
    readonly error: string | null;
  }[];
  readonly fetchEveryMs: number;
  /** False: there are none, so Google is not asked at all. */
  readonly credentials: boolean;
  /** Classes that are on now. */
  readonly on: readonly ClassOn[];
}

const SLACK_MS = MINUTE_MS;
/** A live class has been read within so many intervals of the fetch loop. */
const INTERVALS = 3;
/** Of what the fetch loop noted about its last pass. */
const fetchSummary = z.object({ live: z.number().default(0), read: z.number().default(0) });
/** `Date` of Google's answers has whole seconds. */
const WHOLE_SECOND_MS = SECOND_MS;

/**
 * Why evidence may be lost now: the ledger cannot be written, a loop fails or is late, the last fetch pass read none of the
 * live classes, one of them was not read for long, or Google refuses the organiser of one. Empty: all is well.
 */
export function whyNotReady(facts: ReadinessFacts): Unready[] {
  return [...ledgerTrouble(facts), ...loopTrouble(facts), ...readTrouble(facts)];
}

/** Reasons whose cause stands beside them in the status, and nowhere else. */
const EXPLAINED: readonly Unready['reason'][] = ['ledger', 'loop_failed'];

/** What is said outside the status: with where the cause is told. */
export function reasonText({ reason, message }: Unready): string {
  return EXPLAINED.includes(reason) ? `${message}: "rollbook status" and /monitoring/status tell why` : message;
}

function unready(reason: Unready['reason'], message: string, classes: readonly ClassOn[] = []): Unready {
  const organizers = [...new Set(classes.map(({ organizerEmail }) => organizerEmail))].sort();
  return { reason, message, classIds: classes.map(({ classId }) => classId), organizers };
}

function ledgerTrouble({ ledger }: ReadinessFacts): Unready[] {
  return ledger.writable ? [] : [unready('ledger', 'the ledger cannot be written')];
}

/** A loop is late when three passes and a minute went by without a success; since the start, at the earliest. */
function loopTrouble({ loops, now, startedAt }: ReadinessFacts): Unready[] {
  return loops.flatMap(({ name, state, last, error }) => {
    if (error !== null) {
      return [unready('loop_failed', `the last pass of loop ${name} failed`)];
    }
    const since = Math.max(succeededAt(last, now), startedAt ?? 0);
    if (state === null || now - since <= INTERVALS * state.everySeconds * SECOND_MS + SLACK_MS) return [];
    const waited = counted(Math.round((now - since) / SECOND_MS), 'second');
    return [unready('loop_late', `loop ${name} made no successful pass for ${waited}`)];
  });
}

/** Epoch ms; 0 when it never did, and where a wrong clock noted an instant that is still to come. */
function succeededAt(last: { readonly succeededAt: number | null } | null, now: number): number {
  const at = last?.succeededAt ?? 0;
  return at > now + SLACK_MS ? 0 : at;
}

function readTrouble({ loops, now, googleNow, startedAt, on, fetchEveryMs, credentials }: ReadinessFacts): Unready[] {
  const found: Unready[] = [];
  const last = loops.find(({ name }) => name === 'fetch')?.last ?? null;
  const { live, read } = fetchSummary.parse(last?.summary ?? {});
  // What an earlier process read says nothing of this one.
  const passed = last !== null && succeededAt(last, now) >= (startedAt ?? 0);
  if (passed && live > 0 && read === 0) {
    found.push(
      unready('nothing_read', `the last fetch pass read none of ${counted(live, 'live class', 'live classes')}`, on),
    );
  }
  // The start of this process, by Google's clock.
  const begun = startedAt === null ? 0 : startedAt + (googleNow - now);
  const longest = INTERVALS * fetchEveryMs + WHOLE_SECOND_MS;
  const unread = on.filter(({ start, lastReadAt }) => googleNow - Math.max(start, lastReadAt ?? 0, begun) > longest);
  if (unread.length > 0) {
    const what = `${counted(unread.length, 'live class was', 'live classes were')} not read for three intervals of the fetch loop`;
    found.push(unready('unread', what, unread));
  }
  const refused = on.filter(({ coverage }) => coverage === 'no_access');
  if (refused.length > 0) {
    const organizers = counted(new Set(refused.map(({ organizerEmail }) => organizerEmail)).size, 'organiser');
    const what = credentials
      ? `Google refuses ${organizers} of live classes`
      : `Google is not asked for ${organizers} of live classes: GOOGLE_CREDENTIALS_FILE is not set`;
    found.push(unready('refused', what, refused));
  }
  return found;
}
