import type { Logger } from 'pino';

import { mayPass } from '../../google/call/failures.ts';
import type { MeetClient } from '../../google/meet/meet-client.ts';
import type { Room, RoomStore } from '../../ledger/attendance/room-store.ts';
import { within } from '../../deadline.ts';
import type { Clock } from '../../core/time/clock.ts';
import { refused } from '../../refusal.ts';
import type { Refused } from '../../refusal.ts';

/** What Google says a code opens. */
export interface FoundSpace {
  readonly name: string;
  readonly meetLink: string | null;
  /** The organiser owns it. */
  readonly owned: boolean;
}

export interface RoomFinder {
  /** Asks Google what a code opens, or makes a space where there is no code. Only the latter can be refused. */
  spaceFor(
    code: string | null,
    organizer: string,
    signal: AbortSignal,
  ): Promise<
    | {
        readonly kind: 'ok';
        readonly code: string | null;
        readonly found: FoundSpace | null;
        readonly warnings: readonly string[];
      }
    | Refused
  >;
  /** The room a class goes to; made when it is new. Inside the transaction that books the class. */
  roomFor(code: string | null, found: FoundSpace | null, organizer: string): Room;
}

export interface RoomFinderDeps {
  readonly meet: Pick<MeetClient, 'getSpace' | 'createSpace'>;
  readonly roomStore: RoomStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Nobody waits longer for Google than this to book a class; the loops ask again. */
const PATIENCE_MS = 3_000;
export function createRoomFinder({ meet, roomStore, clock, log }: RoomFinderDeps): RoomFinder {
  const asked = async <T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T | null> => {
    try {
      return await within(clock, PATIENCE_MS, signal, call);
    } catch (err) {
      signal.throwIfAborted();
      log.warn({ err }, 'google not asked for a room');
      return null;
    }
  };

  return {
    async spaceFor(code, organizer, signal) {
      if (code !== null) {
        const answer = await asked(signal, (limited) => meet.getSpace(organizer, code, limited));
        if (answer?.kind === 'ok') {
          const { name, meetingUri, ownedByReader } = answer.value;
          return { kind: 'ok', code, found: { name, meetLink: meetingUri, owned: ownedByReader }, warnings: [] };
        }
        const why = answer?.message ?? 'it did not answer in time';
        return {
          kind: 'ok',
          code,
          found: null,
          warnings: [`the room is not confirmed by Google yet, and is asked for again: ${why}`],
        };
      }
      const made = await asked(signal, (limited) => meet.createSpace(organizer, limited));
      if (made?.kind === 'ok') {
        const { name, meetingUri, meetingCode } = made.value;
        return { kind: 'ok', code: meetingCode, found: { name, meetLink: meetingUri, owned: true }, warnings: [] };
      }
      const passing = made === null || mayPass(made);
      const why = made?.message ?? 'Google did not answer in time';
      const advice = `${passing ? 'try again later, or give' : 'give'} the meet_code of a room that exists`;
      return refused(
        passing ? 'google_unavailable' : 'google_refused',
        `no Meet space was made and nothing was stored (${why}): ${advice}`,
      );
    },

    roomFor(code, found, organizer) {
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
    },
  };
}
