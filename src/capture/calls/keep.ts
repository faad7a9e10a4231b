import type { ConferenceRecord } from '../../core/attendance/evidence.ts';
import type { Failure } from '../../google/call/failures.ts';
import type { MeetClient } from '../../google/meet/meet-client.ts';
import type { AccountStore } from '../../ledger/attendance/account-store.ts';
import type { CallStore } from '../../ledger/attendance/call-store.ts';
import type { EvidenceStore } from '../../ledger/attendance/evidence-store.ts';
import type { PresenceDecisions } from '../../ledger/attendance/presence-decisions.ts';
import type { RoomStore } from '../../ledger/attendance/room-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { Attendance } from '../rebuild.ts';
import { reopening, type ReaderDeps } from '../record.ts';
import type { RoomReading } from '../source.ts';
import type { DirectoryAnswers } from './known.ts';

export interface KeepDeps extends Pick<ReaderDeps, 'sessionStore' | 'coverageRules' | 'now'> {
  readonly database: Database;
  readonly meet: MeetClient;
  readonly evidence: EvidenceStore;
  readonly calls: CallStore;
  readonly accountStore: AccountStore;
  readonly roomStore: Pick<RoomStore, 'bySpace'>;
  readonly presenceDecisions: Pick<PresenceDecisions, 'linksOf'>;
  readonly attendance: Pick<Attendance, 'rebuild' | 'rebuildRoom'>;
}

/** A call that was read whole, and as whom. */
export interface ReadCall {
  readonly call: ConferenceRecord;
  readonly organizer: string;
  readonly reading: RoomReading;
  readonly accounts: DirectoryAnswers['found'];
}

/**
 * The code of a room that is none of the school's: a class can be booked there by it.
 *
 * @returns null where the code is known already or the room has none
 */
export async function codeOf(
  { meet, calls, roomStore }: Pick<KeepDeps, 'meet' | 'calls' | 'roomStore'>,
  organizer: string,
  { name, space }: ConferenceRecord,
  signal: AbortSignal,
): Promise<string | null | Failure> {
  if (roomStore.bySpace(space) !== null || typeof calls.kept(name)?.meetingCode === 'string') return null;
  const found = await meet.getSpace(organizer, space, signal, { background: true });
  return found.kind === 'ok' ? found.value.meetingCode : found;
}

/** Stores a call as evidence, in one transaction with the logs that follow from it. */
export function keepCall(deps: KeepDeps, { call, organizer, reading, accounts }: ReadCall, code: string | null): void {
  const { database, evidence, calls, accountStore, roomStore, presenceDecisions, attendance, now } = deps;
  const { observations, records } = reading;
  database.write(() => {
    const changed = observations.map((seen) => evidence.record(seen)).includes(true);
    for (const [userId, found] of accounts) accountStore.record(userId, found, now());
    for (const { name } of records) {
      calls.forgetOther(name);
      const readAt = reading.readAt ?? now();
      calls.keep({ record: name, organizerEmail: organizer, meetingCode: code, readAt });
    }
    if (!changed && accounts.size === 0) return;
    for (const classId of new Set(records.flatMap(({ name }) => presenceDecisions.linksOf(name)))) {
      attendance.rebuild(classId);
    }
    const room = roomStore.bySpace(call.space);
    if (room === null) return;
    const ends = records.map(({ start, end }) => end ?? start + 1);
    const reach = { start: Math.min(...records.map(({ start }) => start)), end: Math.max(...ends) };
    attendance.rebuildRoom(room.id, reach, undefined, reopening(deps));
  });
}
