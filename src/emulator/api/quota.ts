import { MINUTE_MS } from '../../core/time/duration.ts';
import type { QuotaScope } from './google-error.ts';

export interface QuotaLimits {
  readonly perUserPerMinute: number;
  readonly perProjectPerMinute: number;
}

/** Counts requests in whole minutes of the emulator's clock, as Google's quotas do. */
export interface Quota {
  /** Takes one request; says which limit refuses it, or null. A refused request does not count. */
  take(user: string, now: number): { readonly scope: QuotaScope; readonly limit: number } | null;
}

export function createQuota({ perUserPerMinute, perProjectPerMinute }: QuotaLimits): Quota {
  let minute = -1;
  let project = 0;
  const users = new Map<string, number>();
  return {
    take(user, now) {
      const current = Math.floor(now / MINUTE_MS);
      if (current !== minute) {
        minute = current;
        project = 0;
        users.clear();
      }
      const used = users.get(user) ?? 0;
      if (used >= perUserPerMinute) return { scope: 'user', limit: perUserPerMinute };
      if (project >= perProjectPerMinute) return { scope: 'project', limit: perProjectPerMinute };
      users.set(user, used + 1);
      project += 1;
      return null;
    },
  };
}
