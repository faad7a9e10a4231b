import type { Clock } from '../time/clock.ts';

/** Calls made, so that a restart does not forget the quota it used a minute ago. */
export interface UsageStore {
  add(
    usage: readonly { readonly user: string; readonly at: number; readonly calls: number }[],
    forgetBefore: number,
  ): void;
  since(at: number): readonly { readonly user: string; readonly at: number; readonly calls: number }[];
}

export interface Limits {
  /** Reads in any 60 s: 80 % of what Google grants. */
  readonly perMinute: number;
  readonly perUserPerMinute: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly perUserConcurrency: number;
}

/** 80 % of 6000 reads a minute a project and 600 a user. */
export const meetLimits: Limits = { perMinute: 4800, perUserPerMinute: 480, concurrency: 24, perUserConcurrency: 8 };

export interface Limiter {
  /** Runs `call` as soon as both quotas allow. First come, first served within a user. */
  run<T>(user: string, signal: AbortSignal, call: () => Promise<T>): Promise<T>;
  /** No call of the user (null: of anybody) starts for so long. */
  hold(user: string | null, ms: number): void;
  callsLastMinute(user?: string): number;
}

const MINUTE_MS = 60_000;
const FLUSH_MS = 1_000;

interface Waiting {
  readonly user: string;
  start(): void;
}

/**
 * Sliding windows of 60 s over all calls and over each user's, never exceeded in any 60 s. Waiting goes by `monotonic`,
 * so that a wall clock that jumps neither opens nor blocks the gate; the wall clock only dates what is stored.
 *
 * @param sleep resolves after so many milliseconds; handed in so that tests need not wait
 */
export function createLimiter(deps: {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly usage?: UsageStore | undefined;
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}): Limiter {
  const { limits, clock, usage, monotonic, sleep } = deps;
  /** Start times by `monotonic`, ascending. */
  const all: number[] = [];
  const byUser = new Map<string, number[]>();
  const heldUntil = new Map<string | null, number>();
  const underWay = new Map<string, number>();
  let running = 0;
  let waiting: Waiting[] = [];
  let timer = false;
  const unsaved = new Map<string, number>();
  let flushedAt = monotonic();

  for (const { user, at, calls } of usage?.since(clock.now() - MINUTE_MS) ?? []) {
    // A call that the ledger dates into the future was made before the clock was set back: count it as just made.
    const made = monotonic() - Math.max(0, clock.now() - at);
    for (let i = 0; i < calls; i += 1) note(user, made);
  }
  all.sort((a, b) => a - b);
  for (const times of byUser.values()) times.sort((a, b) => a - b);

  function note(user: string, at: number): void {
    all.push(at);
    const own = byUser.get(user) ?? [];
    own.push(at);
    byUser.set(user, own);
  }

  function forget(): void {
    const since = monotonic() - MINUTE_MS;
    for (const times of [all, ...byUser.values()]) {
      const keep = times.findIndex((at) => at > since);
      times.splice(0, keep === -1 ? times.length : keep);
    }
  }

  /** Milliseconds until the user may call, 0 now, Infinity when a call must end first. */
  function waitFor(user: string): number {
    const now = monotonic();
    if (running >= limits.concurrency || (underWay.get(user) ?? 0) >= limits.perUserConcurrency)
      return Number.POSITIVE_INFINITY;
    const own = byUser.get(user) ?? [];
    const open = (times: readonly number[], limit: number) =>
      times.length < limit ? 0 : times[times.length - limit]! + MINUTE_MS + 1 - now;
    const held = Math.max(heldUntil.get(user) ?? 0, heldUntil.get(null) ?? 0) - now;
    return Math.max(0, held, open(all, limits.perMinute), open(own, limits.perUserPerMinute));
  }

  function pump(): void {
    forget();
    const blocked = new Set<string>();
    let soonest = Number.POSITIVE_INFINITY;
    waiting = waiting.filter((entry) => {
      if (blocked.has(entry.user)) return true;
      const wait = waitFor(entry.user);
      if (wait === 0) {
        entry.start();
        return false;
      }
      blocked.add(entry.user);
      soonest = Math.min(soonest, wait);
      return true;
    });
    if (waiting.length === 0 || soonest === Number.POSITIVE_INFINITY || timer) return;
    timer = true;
    void sleep(Math.min(soonest, MINUTE_MS)).then(() => {
      timer = false;
      pump();
    });
  }

  function save(user: string): void {
    unsaved.set(user, (unsaved.get(user) ?? 0) + 1);
    if (usage === undefined || monotonic() - flushedAt < FLUSH_MS) return;
    flushedAt = monotonic();
    const at = Math.floor(clock.now() / 1000) * 1000;
    usage.add(
      [...unsaved].map(([name, calls]) => ({ user: name, at, calls })),
      at - 2 * MINUTE_MS,
    );
    unsaved.clear();
  }

  return {
    run<T>(user: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const abandon = () => {
          waiting = waiting.filter((entry) => entry !== mine);
          reject(signal.reason as Error);
        };
        const mine: Waiting = {
          user,
          start() {
            signal.removeEventListener('abort', abandon);
            running += 1;
            underWay.set(user, (underWay.get(user) ?? 0) + 1);
            note(user, monotonic());
            save(user);
            void call()
              .then(resolve, reject)
              .finally(() => {
                running -= 1;
                underWay.set(user, (underWay.get(user) ?? 1) - 1);
                pump();
              });
          },
        };
        signal.addEventListener('abort', abandon, { once: true });
        waiting.push(mine);
        pump();
      });
    },
    hold(user, ms) {
      heldUntil.set(user, Math.max(heldUntil.get(user) ?? 0, monotonic() + ms));
    },
    callsLastMinute(user) {
      forget();
      return user === undefined ? all.length : (byUser.get(user)?.length ?? 0);
    },
  };
}
