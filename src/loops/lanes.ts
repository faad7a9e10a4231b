import type { Session } from '../ledger/session-store.ts';
import type { ReadSummary } from './reader.ts';

export interface LaneItem {
  readonly session: Session;
  readonly organizer: string;
}

/** Classes of one organiser that are read at the same time; the limiter holds back the calls inside. */
const PER_ORGANIZER = 4;

/**
 * Reads sessions in one lane an organiser, so that no organiser waits for another. Inside a lane the order is kept.
 * A lane whose organiser cannot be read at all ends early: the next pass tries again.
 *
 * @param read must not throw for Google's failures; a throw is counted and the others go on
 * @returns what was read, and how many were not tried or failed unexpectedly
 */
export async function readInLanes(
  items: readonly LaneItem[],
  read: (session: Session) => Promise<ReadSummary>,
  signal: AbortSignal,
  report: {
    readonly onDone?: (summary: ReadSummary) => void;
    readonly onError: (session: Session, err: unknown) => void;
  },
): Promise<{ read: ReadSummary[]; skipped: number; failed: number }> {
  const done: ReadSummary[] = [];
  let skipped = 0;
  let failed = 0;
  const lanes = Map.groupBy(items, ({ organizer }) => organizer);
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      const waiting = [...lane];
      let down = false;
      const work = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          signal.throwIfAborted();
          if (down) {
            skipped += 1;
            continue;
          }
          try {
            const summary = await read(next.session);
            done.push(summary);
            report.onDone?.(summary);
            down ||= summary.organizerDown;
          } catch (err) {
            signal.throwIfAborted();
            failed += 1;
            report.onError(next.session, err);
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(PER_ORGANIZER, lane.length) }, work));
    }),
  );
  return { read: done, skipped, failed };
}
