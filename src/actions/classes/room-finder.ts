import { mayPass } from '../../google/call/failures.ts';
import type { Room } from '../../ledger/attendance/room-store.ts';
import { within } from '../../deadline.ts';
import { refused } from '../../refusal.ts';
import type { Refused } from '../../refusal.ts';
import type { ScheduleDeps } from './schedule-change.ts';

/** What Google says a code opens. */
export interface FoundSpace {
  readonly name: string;
  readonly meetLink: string | null;
  /** The organiser owns it. */
  readonly owned: boolean;
}

/** What a class is to meet in. */
export interface ClassSpace {
  readonly kind: 'found';
  readonly code: string | null;
  /** Null where Google did not answer: the loops ask again. */
  readonly found: FoundSpace | null;
  readonly warnings: readonly string[];
}

/** Nobody waits longer for Google than this to book a class; the loops ask again. */
const PATIENCE_MS = 3_000;

/** Asks Google what a code opens, or makes a space where there is no code. Only the latter can be refused. */
export async function findSpace(
  { meet, clock, log }: Pick<ScheduleDeps, 'meet' | 'clock' | 'log'>,
  { meetCode: code, organizerEmail }: { readonly meetCode: string | null; readonly organizerEmail: string },
  signal: AbortSignal,
): Promise<ClassSpace | Refused> {
  const call = (limited: AbortSignal) =>
    code === null ? meet.createSpace(organizerEmail, limited) : meet.getSpace(organizerEmail, code, limited);
  const answer = await within(clock, PATIENCE_MS, signal, call).catch((err: unknown) => {
    signal.throwIfAborted();
    log.warn({ err }, 'google not asked for a room');
    return null;
  });
  if (answer?.kind === 'ok') {
    const { name, meetingUri, meetingCode, ownedByReader } = answer.value;
    const found = { name, meetLink: meetingUri, owned: code === null || ownedByReader };
    return { kind: 'found', code: code ?? meetingCode, found, warnings: [] };
  }
  if (code !== null) {
    const why = answer?.message ?? 'it did not answer in time';
    const warnings = [`the room is not confirmed by Google yet, and is asked for again: ${why}`];
    return { kind: 'found', code, found: null, warnings };
  }
  const passing = answer === null || mayPass(answer);
  const why = answer?.message ?? 'Google did not answer in time';
  const advice = `${passing ? 'try again later, or give' : 'give'} the meet_code of a room that exists`;
  return refused(
    passing ? 'google_unavailable' : 'google_refused',
    `no Meet space was made and nothing was stored (${why}): ${advice}`,
  );
}

/** The room a class goes to; made when it is new. Inside the transaction that books the class. */
export function roomFor(
  { roomStore, clock }: Pick<ScheduleDeps, 'roomStore' | 'clock'>,
  { code, found }: Pick<ClassSpace, 'code' | 'found'>,
  organizer: string,
): Room {
  const byCode = code === null ? null : roomStore.byCode(code);
  const checkedAt = clock.now();
  if (found === null) {
    if (byCode !== null && byCode.changedToSpace === null) return byCode;
    if (byCode !== null) roomStore.retire(byCode.id);
    return roomStore.create({ meetingCode: code, space: null, meetLink: null, ownerEmail: null });
  }
  const owner = found.owned ? { ownerEmail: organizer } : {};
  if (byCode?.space === found.name) {
    return roomStore.update(byCode.id, { ...owner, changedToSpace: null, checkedAt });
  }
  const bySpace = roomStore.bySpace(found.name);
  if (byCode !== null && byCode.space === null) {
    if (bySpace === null) {
      return roomStore.update(byCode.id, { space: found.name, meetLink: found.meetLink, ...owner, checkedAt });
    }
    roomStore.merge(byCode.id, bySpace.id);
  } else if (byCode !== null) {
    // The code was given to another space: the old room keeps its classes.
    roomStore.retire(byCode.id);
  }
  if (bySpace !== null) return roomStore.update(bySpace.id, { ...owner, checkedAt });
  const room = roomStore.create({
    meetingCode: code,
    space: found.name,
    meetLink: found.meetLink,
    ownerEmail: found.owned ? organizer : null,
  });
  return roomStore.update(room.id, { checkedAt });
}
