import type { Logger } from 'pino';

import type { WindowMargins } from '../core/schedule/class.ts';
import { planRoom, type FoundSpace, type RoomPlan } from '../core/schedule/room.ts';
import type { Clock, Now } from '../core/time/clock.ts';
import type { Failure } from '../google/call/failures.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { Space } from '../google/meet/resources.ts';
import type { ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { Room, RoomStore } from '../ledger/attendance/room-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Attendance } from './rebuild.ts';

export type ResolvedRoom = { readonly kind: 'ok'; readonly space: string } | Failure;

export interface RoomResolver {
  /**
   * The space of a class. Asks Google when the room has none yet, and once a class whether the code still opens it.
   * A code that opens another space now is noted on the room; the stored space stays the one that is read.
   */
  resolve(c: ScheduledClass, signal: AbortSignal): Promise<ResolvedRoom>;
  /** Whether the class's organiser owns the room. Asks Google until it says so once, which is stored. */
  confirmOwner(c: ScheduledClass, signal: AbortSignal): Promise<boolean>;
}

export interface RoomDeps {
  readonly meet: MeetClient;
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly roomStore: RoomStore;
  readonly database: Pick<Database, 'write' | 'whenFree'>;
  readonly attendance: Pick<Attendance, 'rebuildRoom'>;
  readonly margins: WindowMargins;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Google's answer about a code, as the plan of a room takes it. */
export function spaceFound({ name, meetingUri, ownedByReader }: Space, organizer: string): FoundSpace {
  return { space: name, meetLink: meetingUri, ownerEmail: ownedByReader ? organizer : null };
}

/**
 * Stores what was planned for a code.
 *
 * @returns the room to use, and whether its classes share other calls than before: those of another room, or of the space
 *   that is known now
 */
export function carryOut(
  { room, merged, retired, facts }: RoomPlan<Room>,
  meetingCode: string | null,
  roomStore: RoomStore,
  clock: Now,
): { readonly room: Room; readonly joined: boolean } {
  if (retired !== null) roomStore.retire(retired.id);
  const used = room ?? roomStore.create({ meetingCode, space: null, meetLink: null, ownerEmail: null });
  if (merged !== null) roomStore.merge(merged.id, used.id);
  const joined = merged !== null || (room !== null && room.space === null && facts?.space !== undefined);
  return { room: facts === null ? used : roomStore.update(used.id, { ...facts, checkedAt: clock.now() }), joined };
}

const NO_ROOM: Failure = {
  kind: 'failure',
  reason: 'not_found',
  message: 'the class has neither a meeting code nor a space: give it a meet_code',
};

export function createRoomResolver(deps: RoomDeps): RoomResolver {
  const { meet, classStore, roomStore, database, attendance, margins, clock, log } = deps;
  const askedByCode = async (room: Room, organizer: string, signal: AbortSignal): Promise<ResolvedRoom> => {
    if (room.meetingCode === null) return NO_ROOM;
    const answer = await meet.getSpace(organizer, room.meetingCode, signal);
    if (answer.kind !== 'ok') return answer;
    await database.whenFree(clock, signal);
    const found = spaceFound(answer.value, organizer);
    const plan = planRoom('reading', { byCode: room, found, bySpace: roomStore.bySpace(found.space) });
    if (typeof plan.facts?.changedToSpace === 'string' && room.changedToSpace === null) {
      log.error({ room_id: room.id }, 'meeting code opens another room now');
    }
    const { space } = database.write(() => {
      const carried = carryOut(plan, room.meetingCode, roomStore, clock);
      if (carried.joined) attendance.rebuildRoom(carried.room.id, { start: 0, end: clock.now() });
      return carried.room;
    });
    return { kind: 'ok', space: space ?? found.space };
  };

  return {
    async resolve({ room, organizerEmail, start }, signal) {
      if (room.space === null) return askedByCode(room, organizerEmail, signal);
      const checkedForClass =
        room.checkedAt !== null && room.checkedAt >= start - margins.beforeMs && room.checkedAt <= clock.now();
      if (checkedForClass || room.meetingCode === null) return { kind: 'ok', space: room.space };
      const checked = await askedByCode(room, organizerEmail, signal);
      // A code may expire or be refused; the space that it opened can still be read.
      return checked.kind === 'ok' ? checked : { kind: 'ok', space: room.space };
    },
    async confirmOwner({ id, organizerEmail }, signal) {
      const room = classStore.get(id)?.room;
      if (room === undefined || room.space === null || room.changedToSpace !== null) return false;
      if (room.ownerEmail === organizerEmail) return true;
      const answer = await meet.getSpace(organizerEmail, room.space, signal);
      if (answer.kind !== 'ok' || !answer.value.ownedByReader) return false;
      await database.whenFree(clock, signal);
      roomStore.update(room.id, { ownerEmail: organizerEmail });
      return true;
    },
  };
}
