import type { Logger } from 'pino';

import type { BothClocks } from '../core/attendance/coverage-state.ts';
import { DAY_MS, HOUR_MS } from '../core/time/duration.ts';
import type { Directory } from '../google/directory/directory.ts';
import type { AccountStore } from '../ledger/attendance/account-store.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { RoomStore } from '../ledger/attendance/room-store.ts';
import type { Attendance } from './rebuild.ts';
import { participantsOf, type RoomReading } from './source.ts';

export interface AccountDeps {
  readonly directory: Directory;
  readonly accountStore: AccountStore;
  readonly log: Logger;
}

export interface OwedDeps extends AccountDeps {
  readonly attendance: Attendance;
  readonly classStore: ClassStore;
  readonly roomStore: Pick<RoomStore, 'bySpace'>;
  readonly now: () => BothClocks;
}

/** Asks the Directory who unknown accounts are. When it fails, only the name comes later, not the attendance. */
export async function lookUpAccounts(
  deps: AccountDeps,
  organizer: string,
  found: RoomReading,
  signal: AbortSignal,
): Promise<void> {
  const accounts = new Set(
    participantsOf(found)
      .map(({ userId }) => userId)
      .filter((userId) => userId !== null),
  );
  const known = deps.accountStore.emails([...accounts]);
  const unknown = [...accounts].filter((id) => !known.has(id));
  await Promise.all(unknown.map((id) => lookUpAccount(deps, organizer, id, signal)));
}

/** @returns whether the Directory answered */
async function lookUpAccount(
  { directory, accountStore, log }: AccountDeps,
  organizer: string,
  userId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await directory.lookUp(organizer, userId, signal);
  if (answer.kind !== 'ok') {
    log.debug({ reason: answer.reason }, 'account not looked up');
    return false;
  }
  accountStore.record(userId, answer.value, answer.readAt);
  return true;
}

/** Asks the Directory again about accounts it could not answer for, and for a day about unknown, perhaps new ones. */
export async function lookUpOwedAccounts(deps: OwedDeps, signal: AbortSignal): Promise<void> {
  const { accountStore, attendance, classStore, roomStore } = deps;
  const now = deps.now().googles;
  const found: { roomId: number; start: number; end: number }[] = [];
  for (const { userId, space, recordStart, recordEnd } of accountStore.toLookUp(now - DAY_MS, now - 6 * HOUR_MS, 200)) {
    signal.throwIfAborted();
    const room = roomStore.bySpace(space);
    if (room === null) continue;
    const [c] = classStore.inRoom(room.id, recordStart, recordEnd ?? now);
    const organizer = c === undefined ? null : (classStore.get(c.id)?.organizerEmail ?? null);
    if (organizer === null) continue;
    if (await lookUpAccount(deps, organizer, userId, signal))
      found.push({ roomId: room.id, start: recordStart, end: recordEnd ?? now });
  }
  for (const { roomId, ...call } of found) attendance.rebuildRoom(roomId, call);
}
