import { carryOut, spaceFound } from '../../capture/rooms.ts';
import { planRoom, type FoundSpace } from '../../core/schedule/room.ts';
import { within } from '../../deadline.ts';
import { mayPass } from '../../google/call/failures.ts';
import type { Room } from '../../ledger/attendance/room-store.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { createAddressBook } from '../people/address-book.ts';
import type { CheckedClass } from './class-input.ts';
import type { ScheduleDeps, Touch } from './class-verb.ts';

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
/** Then for somebody else who is writing the ledger. */
const TURN_MS = 10_000;

/** Asks Google what a code opens, or makes a space where there is no code. Only the latter can be refused. */
export async function findSpace(
  { meet, clock, log, people, database }: Pick<ScheduleDeps, 'meet' | 'clock' | 'log' | 'people' | 'database'>,
  { room, organizerEmail }: Pick<CheckedClass, 'room' | 'organizerEmail'>,
  signal: AbortSignal,
): Promise<ClassSpace | Refused> {
  const code = typeof room === 'string' ? null : room.code;
  const call = (limited: AbortSignal) =>
    code === null ? meet.createSpace(organizerEmail, limited) : meet.getSpace(organizerEmail, code, limited);
  const answer = await within(clock, PATIENCE_MS, signal, call).catch((err: unknown) => {
    signal.throwIfAborted();
    log.warn({ err }, 'google not asked for a room');
    return null;
  });
  // Meanwhile somebody may have begun to write: a space that was made must not be lost because the class cannot be stored.
  await database.whenFree(clock, signal, TURN_MS);
  if (answer?.kind === 'ok') {
    // Who makes a space owns it.
    const owned = code === null ? { ownedByReader: true } : {};
    const found = spaceFound({ ...answer.value, ...owned }, organizerEmail);
    return { kind: 'found', code: code ?? answer.value.meetingCode, found, warnings: [] };
  }
  if (code !== null) {
    const why = answer?.message ?? 'it did not answer in time';
    const warnings = [`the room is not confirmed by Google yet, and is asked for again: ${why}`];
    return { kind: 'found', code, found: null, warnings };
  }
  const passing = answer === null || mayPass(answer);
  const why = answer?.message ?? 'Google did not answer in time';
  const advice = `${passing ? 'try again later, or give' : 'give'} the meeting code of a room that exists`;
  const mistyped = nearTo(people, organizerEmail);
  return refused(
    passing ? 'google_unavailable' : 'google_refused',
    `${mistyped}no Meet space was made and nothing was stored (${why}): ${advice}`,
  );
}

/** Google refuses an account that there is not without saying that one letter is wrong. */
function nearTo(people: Pick<PeopleStore, 'byEmail' | 'emails'>, email: string): string {
  const near = people.byEmail(email) === null ? createAddressBook(people).near(email) : null;
  return near === null
    ? ''
    : `${email} is nobody of the school and one letter from ${near}: correct it if that is meant; `;
}

/** The room a class goes to; made when it is new. Inside the transaction that books the class. */
export function roomFor(
  { roomStore, clock }: Pick<ScheduleDeps, 'roomStore' | 'clock'>,
  { code, found }: Pick<ClassSpace, 'code' | 'found'>,
  touch: Touch,
): Room {
  const byCode = code === null ? null : roomStore.byCode(code);
  const bySpace = found === null ? null : roomStore.bySpace(found.space);
  const { room, joined } = carryOut(planRoom('booking', { byCode, found, bySpace }), code, roomStore, clock);
  if (joined) touch(room.id, { start: 0, end: clock.now() });
  return room;
}
