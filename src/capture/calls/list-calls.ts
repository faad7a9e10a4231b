import type { Logger } from 'pino';

import { isFinal } from '../../core/attendance/coverage-state.ts';
import { KEPT_MS } from '../../core/attendance/coverage-waits.ts';
import type { ConferenceRecord } from '../../core/attendance/evidence.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS, HOUR_MS } from '../../core/time/duration.ts';
import { FAILURES, type Failure } from '../../google/call/failures.ts';
import type { GoogleClock } from '../../google/google-clock.ts';
import type { CallListing } from '../../ledger/attendance/call-store.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import { lookUpAccounts, type AccountDeps } from '../accounts.ts';
import type { Attendance } from '../rebuild.ts';
import { codeOf, keepCall, type KeepDeps } from './keep.ts';
import { whomTheSchoolKnows, type Known } from './known.ts';
import { lookAtCall, readWhole, type LookDeps } from './look.ts';

export interface ListCallsDeps extends LookDeps, KeepDeps, Pick<AccountDeps, 'sightings'> {
  readonly googleClock: Pick<GoogleClock, 'isSure'>;
  readonly classStore: Pick<ClassStore, 'organizersSince' | 'inRoom' | 'all'>;
  readonly attendance: Attendance;
  /** The account that classes are read as when they name none. */
  readonly defaultOrganizer: string | null;
  /** What the credentials open: the accounts that consented, or, by delegation, everybody of the domain. */
  readonly credentials: 'none' | 'service_account' | 'authorized_user';
  readonly clock: Clock;
  /** From one pass of this loop to the next. */
  readonly passEveryMs: number;
  readonly log: Logger;
}

export interface ListCallsOptions {
  /** Ends the pass after so long; the next one goes on where it ended. */
  readonly patienceMs?: number | undefined;
  /** Lists the calls of everybody, whenever they were listed last. */
  readonly everybody?: boolean;
}

export interface ListCallsSummary {
  readonly organizers: number;
  readonly listed: number;
  readonly kept: number;
  readonly failed: number;
  /** Of other calls, whose 30 days are over. */
  readonly deleted: number;
}

/** Of one organiser the calls are listed once in so many passes: by default every six hours. */
const PASSES_BETWEEN = 36;
/** One list of Google's covers so long; only a day after a failure, which may have come from more calls than a list holds. */
const CHUNK_MS = 10 * DAY_MS;
const SHORT_CHUNK_MS = DAY_MS;
/** Calls that began so long before what was decided are listed again: Google may show them late. */
const OVERLAP_MS = 2 * DAY_MS;

/**
 * The pass that looks for calls outside the windows of classes: it lists the calls of every organiser, and of every
 * teacher where delegation allows it. It keeps calls in rooms of the school, and calls in which a known teacher and a
 * known student met; of any other call only name, space and times, for 30 days. It yields to all other reads.
 */
export async function listCalls(
  deps: ListCallsDeps,
  signal: AbortSignal,
  { patienceMs = Infinity, everybody = false }: ListCallsOptions = {},
): Promise<ListCallsSummary> {
  const { calls, clock, log } = deps;
  const at = deps.now();
  const summary = { organizers: 0, listed: 0, kept: 0, failed: 0, deleted: 0 };
  // A clock that may be wrong deletes nothing.
  if (deps.googleClock.isSure()) summary.deleted = calls.deleteOthersBefore(at - KEPT_MS);
  if (deps.credentials === 'none') return summary;
  const due = organizersOf(deps, at).filter((email) => everybody || isDue(calls.listing(email), deps, at));
  if (due.length === 0) return summary;
  const known = whomTheSchoolKnows(deps);
  const until = clock.monotonic() + patienceMs;
  await Promise.all(
    due.map(async (organizer) => {
      try {
        const done = await listOrganizer(deps, { organizer, known, at, until }, signal);
        summary.organizers += 1;
        summary.listed += done.listed;
        summary.kept += done.kept;
        if (done.failure !== null) summary.failed += 1;
      } catch (err) {
        signal.throwIfAborted();
        summary.failed += 1;
        log.error({ err }, 'calls not listed');
      }
    }),
  );
  return summary;
}

function organizersOf({ classStore, people, defaultOrganizer, credentials }: ListCallsDeps, now: number): string[] {
  const teachers =
    credentials === 'service_account'
      ? people.list({ role: 'teacher', after: 0, limit: Number.MAX_SAFE_INTEGER }).map(({ email }) => email)
      : [];
  const named = [
    ...(defaultOrganizer === null ? [] : [defaultOrganizer]),
    ...classStore.organizersSince(now - KEPT_MS),
  ];
  return [...new Set([...named, ...teachers].map((email) => email.toLowerCase()))].sort();
}

function isDue(listing: CallListing | null, { passEveryMs }: ListCallsDeps, now: number): boolean {
  // A time further ahead than any wait was written by a clock that was wrong.
  return listing === null || listing.nextAttemptAt <= now || listing.nextAttemptAt > now + PASSES_BETWEEN * passEveryMs;
}

interface Organizer {
  readonly organizer: string;
  readonly known: Known;
  readonly at: number;
  /** By the monotonic clock. */
  readonly until: number;
}

/** Lists the calls of one organiser from where it was decided last, a part of the span at a time. */
async function listOrganizer(
  deps: ListCallsDeps,
  { organizer, known, at, until }: Organizer,
  signal: AbortSignal,
): Promise<{ listed: number; kept: number; failure: Failure | null }> {
  const { calls, clock, passEveryMs } = deps;
  const before = calls.listing(organizer);
  const oldest = at - KEPT_MS;
  // When somebody is known who was not before, every call that Google still has is looked at again.
  const isNews = before?.knowledge !== known.version;
  const decided = isNews ? oldest : Math.max(oldest, before.decidedTo ?? oldest);
  const from = Math.max(oldest, Math.min(decided - OVERLAP_MS, calls.oldestOpen() ?? decided));
  const done = { listed: 0, kept: 0, failure: null as Failure | null };
  let decidedTo = decided;
  let listedAt: number | null = null;
  let isOver = false;
  const save = (attempts: number, waitMs: number) =>
    calls.saveListing({
      organizerEmail: organizer,
      triedAt: at,
      nextAttemptAt: at + waitMs,
      listedAt: isOver && done.failure === null ? listedAt : (before?.listedAt ?? null),
      decidedTo,
      knowledge: known.version,
      attempts,
      lastError: done.failure?.message ?? null,
    });

  const lengthMs = (before?.attempts ?? 0) === 0 ? CHUNK_MS : SHORT_CHUNK_MS;
  for (let start = from; start <= at && clock.monotonic() < until; start += lengthMs) {
    const chunk = { from: start, to: Math.min(start + lengthMs, at + HOUR_MS) };
    const found = await deps.meet.listCalls(organizer, chunk, signal, { background: true });
    signal.throwIfAborted();
    if (found.kind !== 'ok') {
      done.failure = found;
      break;
    }
    listedAt ??= found.readAt;
    done.listed += found.value.length;
    const seen = { organizer, known, decided, readAt: found.readAt };
    let undecided = found.value.length;
    for (const call of found.value.toSorted((a, b) => a.start - b.start)) {
      if (clock.monotonic() >= until) break;
      const verdict = await decide(deps, { ...seen, call }, signal);
      undecided -= 1;
      if (verdict === 'kept') done.kept += 1;
      if (typeof verdict === 'object') done.failure ??= verdict;
      if (done.failure !== null && FAILURES[done.failure.reason].of === 'account') break;
      // What began before is decided, so that a pass which is interrupted goes on from here.
      if (done.failure === null) decidedTo = Math.max(decidedTo, call.start);
    }
    if (undecided > 0) break;
    if (done.failure === null) decidedTo = Math.max(decidedTo, Math.min(chunk.to, found.readAt));
    isOver = chunk.to > at;
    await deps.database.whenFree(clock, signal);
    save(before?.attempts ?? 0, 0);
  }
  const attempts = done.failure === null ? 0 : (before?.attempts ?? 0) + 1;
  const regularMs = PASSES_BETWEEN * passEveryMs;
  const retryMs = Math.min(regularMs, passEveryMs * 2 ** Math.min(attempts, 10));
  await deps.database.whenFree(clock, signal);
  save(attempts, done.failure !== null ? retryMs : isOver ? regularMs : 0);
  return done;
}

interface ListedCall {
  readonly organizer: string;
  readonly known: Known;
  readonly call: ConferenceRecord;
  /** Of calls that began before it is decided already, as far as the ledger holds them. */
  readonly decided: number;
  readonly readAt: number;
}

/** What becomes of a call that was listed: classes read it, it is kept, it is none of the school's, or nobody can say yet. */
async function decide(
  deps: ListCallsDeps,
  { organizer, known, call, decided, readAt }: ListedCall,
  signal: AbortSignal,
): Promise<'of a class' | 'kept' | 'as before' | 'other' | Failure> {
  const { calls, roomStore } = deps;
  const held = calls.held(call.name);
  const room = roomStore.bySpace(call.space);
  const isReadUp = held !== null && held.end !== null && held.end === call.end;
  if (room !== null && (isReadUp || isReadByClass(deps, room.id, call, readAt))) {
    if (!isReadUp || held.readAt === null) return 'of a class';
  }
  // Google may change its records for a while: the last read of a call is a day after its end.
  if (isReadUp && held.readAt !== null && held.readAt >= held.end + DAY_MS) return 'as before';

  if (room !== null || held !== null) {
    const reading = await readWhole(deps, organizer, call, readAt, signal);
    if ('kind' in reading) return passing(reading);
    await lookUpAccounts(deps, organizer, reading, signal);
    return keep(deps, { call, organizer, reading, accounts: new Map() }, signal);
  }
  const other = calls.others([call.name]).get(call.name);
  if (other !== undefined && other.end !== null && other.end === call.end && call.start < decided) return 'as before';
  const around = deps.classStore
    .all({ from: call.start - deps.margins.afterMs, to: (call.end ?? readAt) + deps.margins.beforeMs })
    .map((c) => ({ ...c, canceled: c.status === 'canceled' }));
  const found = await lookAtCall(deps, { organizer, call, around, known, now: readAt }, signal);
  signal.throwIfAborted();
  await deps.database.whenFree(deps.clock, signal);
  if (found.kind === 'failure') return passing(found);
  if (found.kind === 'whole') return keep(deps, { call, organizer, ...found }, signal);
  const { name, space, start, end } = call;
  calls.noteOther({ name, space, start, end, lastSeenAt: readAt });
  return 'other';
}

async function keep(
  deps: ListCallsDeps,
  read: Parameters<typeof keepCall>[1],
  signal: AbortSignal,
): Promise<'kept' | Failure> {
  const code = await codeOf(deps, read.organizer, read.call, signal);
  await deps.database.whenFree(deps.clock, signal);
  signal.throwIfAborted();
  keepCall(deps, read, typeof code === 'string' ? code : null);
  return 'kept';
}

/** A failure that says something about this one call stays: Google refuses it, or has deleted it since it was listed. */
function passing(failure: Failure): Failure | 'other' {
  return FAILURES[failure.reason].of === 'room' ? 'other' : failure;
}

/** Whether a class of the room reads the whole call by itself. */
function isReadByClass(
  { classStore, sessionStore, margins }: ListCallsDeps,
  roomId: number,
  { start, end }: ConferenceRecord,
  readAt: number,
): boolean {
  return classStore
    .inRoom(roomId, start - margins.afterMs, (end ?? readAt) + margins.beforeMs)
    .map(({ id }) => sessionStore.ofClass(id)?.coverage ?? 'pending')
    .some((coverage) => !isFinal(coverage) && coverage !== 'no_access' && coverage !== 'expired');
}
