import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';
import { DAY_MS, HOUR_MS } from '../core/time/duration.ts';
import { mayPass } from '../google/call/failures.ts';
import type { Directory } from '../google/directory/directory.ts';
import type { AccountStore } from '../ledger/attendance/account-store.ts';
import type { CallStore } from '../ledger/attendance/call-store.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { RoomStore } from '../ledger/attendance/room-store.ts';
import type { SightingStore } from '../ledger/attendance/sighting-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';
import { participantsOf, type RoomReading } from './source.ts';

export interface AccountDeps {
  readonly database: Pick<Database, 'write' | 'whenFree'>;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly accountStore: AccountStore;
  readonly sightings: Pick<SightingStore, 'ofAccounts'>;
  readonly attendance: Pick<Attendance, 'rebuildCalls'>;
  readonly now: () => number;
  readonly log: Logger;
}

export interface OwedDeps extends AccountDeps {
  readonly classStore: ClassStore;
  readonly roomStore: Pick<RoomStore, 'bySpace'>;
  readonly calls: Pick<CallStore, 'readerOf'>;
}

/** Asks the Directory who unknown accounts are. When it fails, only the name comes later, not the minutes. */
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

/** Asks about one account and stores the answer, with the logs that follow from it. */
async function lookUpAccount(deps: AccountDeps, organizer: string, userId: string, signal: AbortSignal): Promise<void> {
  const { database, clock, directory, accountStore, sightings, attendance, now, log } = deps;
  const answer = await directory.lookUp(organizer, userId, signal);
  await database.whenFree(clock, signal);
  const at = now();
  if (answer.kind !== 'ok') {
    log.debug({ reason: answer.reason }, 'account not looked up');
    if (!mayPass(answer)) accountStore.recordRefusal(userId, at);
    return;
  }
  database.write(() => {
    accountStore.record(userId, answer.value, at);
    attendance.rebuildCalls(sightings.ofAccounts({ accounts: [userId], emails: [] }));
  });
}

/** An account that the Directory does not know is asked about again this long after its call, so often: it may be new. */
const RECENT_MS = DAY_MS;
const ASKED_AGAIN_MS = HOUR_MS;
const ACCOUNTS_A_PASS = 200;

/** Asks the Directory again about accounts it could not answer for, and for a day about unknown, perhaps new ones. */
export async function lookUpOwedAccounts(deps: OwedDeps, signal: AbortSignal): Promise<void> {
  const { accountStore, classStore, roomStore, calls } = deps;
  const now = deps.now();
  const when = { now, recentFrom: now - RECENT_MS - ASKED_AGAIN_MS, askedBefore: now - ASKED_AGAIN_MS };
  for (const { userId, space, recordStart, recordEnd } of accountStore.toLookUp(when, ACCOUNTS_A_PASS)) {
    signal.throwIfAborted();
    const room = roomStore.bySpace(space);
    const [c] = room === null ? [] : classStore.inRoom(room.id, recordStart, recordEnd);
    const organizer =
      (c === undefined ? null : classStore.get(c.id)?.organizerEmail) ?? room?.ownerEmail ?? calls.readerOf(space);
    if (organizer === null) continue;
    await lookUpAccount(deps, organizer, userId, signal);
  }
}
