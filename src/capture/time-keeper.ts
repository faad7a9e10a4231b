import type { Clock } from '../core/time/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../core/time/duration.ts';
import type { GoogleClock } from '../google/google-clock.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';

export interface TimeKeeperDeps {
  readonly meet: Pick<MeetClient, 'getSpace'>;
  readonly googleClock: GoogleClock;
  readonly classStore: Pick<ClassStore, 'newestRooms'>;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
}

export interface TimeKeeper {
  /** Asks Google for its time with one cheap call where nothing told it for an hour or the machine's clock jumped. */
  keep(signal: AbortSignal): Promise<void>;
  /** Asks in any case. */
  ask(signal: AbortSignal): Promise<void>;
}

/** A pass does not wait longer for the time: it then goes by what is known. */
const PATIENCE_MS = 5 * SECOND_MS;
/** While Google does not answer it is asked so often. */
const AGAIN_MS = MINUTE_MS;
/** So many organisers are tried: any answer tells the time, also a refusal. */
const ORGANIZERS = 3;

export function createTimeKeeper({ meet, googleClock, classStore, clock }: TimeKeeperDeps): TimeKeeper {
  let asking: Promise<void> | null = null;
  let unansweredAt: number | null = null;

  const askAll = async (signal: AbortSignal): Promise<void> => {
    const before = googleClock.timesSeen;
    for (const { organizer, room } of classStore.newestRooms(ORGANIZERS)) {
      await meet.getSpace(organizer, room, signal);
      if (googleClock.timesSeen > before) break;
    }
    unansweredAt = googleClock.timesSeen > before ? null : clock.monotonic();
  };
  const ask = async (signal: AbortSignal): Promise<void> => {
    if (asking === null) {
      asking = askAll(signal).finally(() => {
        asking = null;
      });
    }
    const over = new AbortController();
    const patience = clock.sleep(PATIENCE_MS, over.signal).catch(() => undefined);
    const asked = asking.catch(() => undefined);
    await Promise.race([asked, patience]);
    over.abort();
    signal.throwIfAborted();
  };
  return {
    ask,
    async keep(signal) {
      if (googleClock.isSure() || (unansweredAt !== null && clock.monotonic() - unansweredAt < AGAIN_MS)) return;
      await ask(signal);
    },
  };
}
