import type { Logger } from 'pino';

import type { WindowMargins } from '../core/schedule/class.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Failure } from '../google/call/failures.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { Room, RoomStore } from '../ledger/attendance/room-store.ts';

export type ResolvedRoom = { readonly kind: 'ok'; readonly space: string } | Failure;

export interface RoomResolver {
  /**
   * The space of a class. Asks Google when the room has none yet, and once a class whether the code still opens it.
   * A code that opens another space now is noted on the room; the stored space stays the one that is read.
   */
  resolve(c: ScheduledClass, signal: AbortSignal): Promise<ResolvedRoom>;
  /** Whether the class's organiser is known to own the room. */
  isOwned(c: ScheduledClass, signal: AbortSignal): Promise<boolean>;
}

export interface RoomDeps {
  readonly meet: MeetClient;
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly roomStore: RoomStore;
  readonly margins: WindowMargins;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createRoomResolver({ meet, classStore, roomStore, margins, clock, log }: RoomDeps): RoomResolver {
  const askedByCode = async (room: Room, organizer: string, signal: AbortSignal): Promise<ResolvedRoom> => {
    if (room.meetingCode === null) return noRoom();
    const answer = await meet.getSpace(organizer, room.meetingCode, signal);
    if (answer.kind !== 'ok') return answer;
    const { name, meetingUri, ownedByReader } = answer.value;
    const ownerEmail = ownedByReader ? organizer : room.ownerEmail;
    const checkedAt = clock.now();
    if (room.space === null) {
      const same = roomStore.bySpace(name);
      if (same === null)
        roomStore.update(room.id, { space: name, meetLink: room.meetLink ?? meetingUri, ownerEmail, checkedAt });
      else {
        roomStore.merge(room.id, same.id);
        roomStore.update(same.id, { ownerEmail: ownerEmail ?? same.ownerEmail, checkedAt });
      }
      return { kind: 'ok', space: name };
    }
    const changedToSpace = name === room.space ? null : name;
    if (changedToSpace !== null && room.changedToSpace === null) {
      log.error({ room_id: room.id }, 'meeting code opens another room now');
    }
    const owner = changedToSpace === null ? { ownerEmail } : {};
    roomStore.update(room.id, { changedToSpace, checkedAt, ...owner });
    return { kind: 'ok', space: room.space };
  };

  return {
    async resolve({ room, organizerEmail, start }, signal) {
      if (room.space === null) return askedByCode(room, organizerEmail, signal);
      const checkedForClass = room.checkedAt !== null && room.checkedAt >= start - margins.beforeMs;
      if (checkedForClass || room.meetingCode === null) return { kind: 'ok', space: room.space };
      const checked = await askedByCode(room, organizerEmail, signal);
      // A code may expire or be refused; the space that it opened can still be read.
      return checked.kind === 'ok' ? checked : { kind: 'ok', space: room.space };
    },
    async isOwned({ id, organizerEmail }, signal) {
      const room = classStore.get(id)?.room;
      if (room === undefined || room.space === null || room.changedToSpace !== null) return false;
      if (room.ownerEmail === organizerEmail) return true;
      const answer = await meet.getSpace(organizerEmail, room.space, signal);
      if (answer.kind !== 'ok' || !answer.value.ownedByReader) return false;
      roomStore.update(room.id, { ownerEmail: organizerEmail });
      return true;
    },
  };
}

function noRoom(): Failure {
  return {
    kind: 'failure',
    reason: 'not_found',
    message: 'the class has neither a meeting code nor a space: give it a meet_code',
  };
}
