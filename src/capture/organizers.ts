import type { Clock } from '../core/time/clock.ts';
import type { Session } from '../ledger/attendance/session-store.ts';
import type { ReadSummary } from './record.ts';

export interface OrganizedSession {
  readonly session: Session;
  readonly organizer: string;
}

/** How many classes of one organiser are read at the same time. The limiter delays the calls of these reads. */
const PER_ORGANIZER = 4;

export interface PerOrganizer extends AsyncDisposable {
  /**
   * Reads the sessions of each organiser by themselves, so that no organiser waits for another; those of one in order.
   * Where an organiser cannot be read at all, the rest of its sessions is left to the next pass.
   *
   * @param read a throw is counted and the others go on
   * @returns once every organiser is done, or after `patienceMs`: then slow ones go on, and passes until then leave these
   *   organisers alone
   */
  run(items: readonly OrganizedSession[], work: OrganizedWork, signal: AbortSignal): Promise<OrganizedResult>;
}

export interface OrganizedWork {
  readonly read: (session: Session) => Promise<ReadSummary>;
  readonly onDone?: (summary: ReadSummary) => void;
  readonly onError: (session: Session, err: unknown) => void;
  /** By default without limit. */
  readonly patienceMs?: number | undefined;
}

export interface OrganizedResult {
  /** What was read until `run` returned. */
  readonly read: readonly ReadSummary[];
  /** Not tried: the organiser cannot be read now, or is being read by an earlier pass. */
  readonly skipped: number;
  readonly failed: number;
}

/** Organisers are read side by side, slow ones also after the end of their pass; disposing waits for them. */
export function createPerOrganizer(clock: Pick<Clock, 'sleep'>): PerOrganizer {
  const busy = new Map<string, Promise<void>>();
  return {
    async run(items, { read, onDone, onError, patienceMs }, signal) {
      const done: ReadSummary[] = [];
      const counts = { skipped: 0, failed: 0 };

      const readOrganizer = async (own: readonly OrganizedSession[]): Promise<void> => {
        const waiting = [...own];
        let down = false;
        const work = async () => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            signal.throwIfAborted();
            if (down) {
              counts.skipped += 1;
              continue;
            }
            try {
              const summary = await read(next.session);
              done.push(summary);
              onDone?.(summary);
              down ||= summary.organizerDown;
            } catch (err) {
              signal.throwIfAborted();
              counts.failed += 1;
              onError(next.session, err);
            }
          }
        };
        await Promise.all(Array.from({ length: Math.min(PER_ORGANIZER, own.length) }, work));
      };

      const opened: Promise<void>[] = [];
      for (const [organizer, own] of Map.groupBy(items, (item) => item.organizer)) {
        if (busy.has(organizer)) {
          counts.skipped += own.length;
          continue;
        }
        const running = readOrganizer(own).finally(() => busy.delete(organizer));
        busy.set(organizer, running);
        opened.push(running);
      }
      await patiently(clock, Promise.all(opened), patienceMs);
      return { read: done, ...counts };
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(busy.values());
    },
  };
}

/** Waits for the work, but no longer than this; a failure that comes later is counted by the reading itself. */
async function patiently(clock: Pick<Clock, 'sleep'>, work: Promise<unknown>, ms: number | undefined): Promise<void> {
  if (ms === undefined) {
    await work;
    return;
  }
  const over = new AbortController();
  const patience = clock.sleep(ms, over.signal).catch(() => undefined);
  work.catch(() => undefined);
  await Promise.race([work, patience]);
  over.abort();
}
