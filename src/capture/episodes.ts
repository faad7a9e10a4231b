import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';

/** Why evidence may be lost, and of which classes. */
interface AtRisk {
  readonly message: string;
  readonly classIds: readonly number[];
}

/** Notes in the log when evidence begins to be at risk and when all is well again, one line each. */
export interface Episodes {
  /** Told at every look. */
  seen(why: readonly AtRisk[]): void;
}

export function createEpisodes(clock: Pick<Clock, 'monotonic'>, log: Pick<Logger, 'warn' | 'info'>): Episodes {
  let begunAt: number | null = null;
  return {
    seen(why) {
      if (why.length > 0 && begunAt === null) {
        begunAt = clock.monotonic();
        const reasons = why.map(({ message }) => message);
        const classIds = new Set(why.flatMap((risk) => risk.classIds));
        log.warn({ reasons, class_ids: [...classIds] }, 'not ready: evidence may be lost');
      } else if (why.length === 0 && begunAt !== null) {
        log.info({ lasted_ms: Math.round(clock.monotonic() - begunAt) }, 'ready again');
        begunAt = null;
      }
    },
  };
}
