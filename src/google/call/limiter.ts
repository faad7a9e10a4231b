import type { Clock, Now } from '../../core/time/clock.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import { isBusy } from '../../errors.ts';
import { createWindow, WINDOW_MS, type CallWindow } from './window.ts';

/** Calls of one account within one second. */
export interface Usage {
  readonly user: string;
  /** Epoch ms, whole seconds. */
  readonly at: number;
  readonly calls: number;
}

/** Calls made, so that a restart does not forget the quota it used a minute ago. */
export interface UsageStore {
  /** Adds calls; those before `forgetBefore` are of no interest any more. */
  add(usage: readonly Usage[], forgetBefore: number): void;
  /** Calls after the instant. */
  since(at: number): readonly Usage[];
}

export interface Limits {
  /** Calls in any 60 s: 80 % of what Google grants. */
  readonly perMinute: number;
  readonly perUserPerMinute: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  readonly perUserConcurrency: number;
}

/** The user may not call for this time, which is longer than a call may wait. */
export interface Held {
  readonly kind: 'held';
  readonly ms: number;
}

export interface Limiter {
  /**
   * Makes the call as soon as all limits allow. Who asked first goes first; a user who must wait does not delay the calls
   * of others.
   *
   * @param background the call goes only while no other call could start, and only within half of each limit: so it delays
   *   none that comes later
   * @returns `Held`, without calling, while the user is held for longer than `patienceMs`
   * @throws the reason of `signal` when it fires before the call starts
   */
  run<T>(user: string, call: () => Promise<T>, signal: AbortSignal, background?: boolean): Promise<T | Held>;
  /** Google asked us to wait: no call of the user (null: of anybody) starts for so long, then half as many for a minute. */
  hold(user: string | null, ms: number): void;
  callsLastMinute(user?: string): number;
}

/** A clock that never jumps, and waiting by it. */
export type Pace = Pick<Clock, 'monotonic' | 'sleep'>;

export interface LimiterDeps {
  readonly limits: Limits;
  /** Wall clock: gives stored calls their time. No wait depends on it. */
  readonly clock: Now;
  readonly usage?: UsageStore | undefined;
  /** Quota and holds are measured with this, so that correcting the wall clock changes neither. */
  readonly pace: Pace;
  /** While a user is held for longer than this, calls are refused instead of waiting. */
  readonly patienceMs: number;
  /** Told when the store failed; calls go on. */
  readonly onStoreError: (err: unknown) => void;
}

/** What was used of the quota of a user, or of the whole project. */
interface Quota {
  readonly window: CallWindow;
  running: number;
  heldUntil: number;
  slowUntil: number;
}

interface Waiting {
  readonly user: string;
  /** Smaller for who asked earlier. */
  readonly ticket: number;
  readonly background: boolean;
  start(): void;
  refuse(held: Held): void;
}

/** Calls are stored after a second or after this many, whichever is first: a kill loses the count of few calls. */
const STORE_AFTER_MS = 1_000;
const STORE_AFTER_CALLS = 60;

/**
 * Keeps the calls of each user, and all calls together, within their limits in any 60 s, even when the wall clock is set.
 * Holds and concurrency apply to the same two.
 */
export function createLimiter(deps: LimiterDeps): Limiter {
  const { limits, pace, patienceMs } = deps;
  const { monotonic, sleep } = pace;
  const record = createRecorder(deps);
  const earlier = callsBefore(deps);
  const project = createQuota(earlier.map(({ at }) => at));
  const users = new Map<string, Quota & { readonly queue: Waiting[]; readonly later: Waiting[] }>();
  let tickets = 0;
  let alarm: AbortController | null = null;

  const quotaOf = (user: string) => {
    const known = users.get(user);
    if (known !== undefined) return known;
    const own = earlier.filter((call) => call.user === user).map(({ at }) => at);
    const quota = { ...createQuota(own), queue: [], later: [] };
    users.set(user, quota);
    return quota;
  };
  const heldMs = (quota: Quota) => Math.max(0, quota.heldUntil - monotonic(), project.heldUntil - monotonic());
  const quotaMs = (quota: Quota, limit: number) => {
    const now = monotonic();
    return quota.window.waitMs(now, now < quota.slowUntil ? Math.ceil(limit / 2) : limit);
  };
  const half = halfOf(limits);

  /** The call that may start now, of those in one kind of queue; null: after how long one may, if it is known. */
  function nextOf(kind: 'queue' | 'later', allowed: Limits): { call: Waiting | null; waitMs: number } {
    if (project.running >= allowed.concurrency) return { call: null, waitMs: Infinity };
    const overall = quotaMs(project, allowed.perMinute);
    let next: Waiting | undefined;
    let soonest = Infinity;
    for (const quota of users.values()) {
      const [head] = quota[kind];
      if (head === undefined || quota.running >= allowed.perUserConcurrency) continue;
      const wait = Math.max(heldMs(quota), overall, quotaMs(quota, allowed.perUserPerMinute));
      if (wait > 0) soonest = Math.min(soonest, wait);
      else if (next === undefined || head.ticket < next.ticket) next = head;
    }
    return { call: next ?? null, waitMs: soonest };
  }

  /** Starts every call that the limits allow now, and sets a timer for the next. Also called when a call ends. */
  function pump(): void {
    alarm?.abort();
    alarm = null;
    for (;;) {
      const first = nextOf('queue', limits);
      const next = first.call === null ? nextOf('later', half) : first;
      if (next.call === null) return wakeAfter(Math.min(first.waitMs, next.waitMs));
      quotaOf(next.call.user)[next.call.background ? 'later' : 'queue'].shift();
      next.call.start();
    }
  }

  function wakeAfter(ms: number): void {
    if (ms === Infinity) return;
    const mine = new AbortController();
    alarm = mine;
    sleep(ms, mine.signal).then(
      () => {
        if (alarm === mine) pump();
      },
      () => undefined,
    );
  }

  return {
    run<T>(user: string, call: () => Promise<T>, signal: AbortSignal, background = false) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      const own = quotaOf(user);
      const held = heldMs(own);
      if (held > patienceMs) return Promise.resolve({ kind: 'held', ms: held } as const);
      const { promise, resolve, reject } = Promise.withResolvers<T | Held>();
      const ended = () => {
        for (const quota of [project, own]) quota.running -= 1;
        pump();
      };
      const queue = background ? own.later : own.queue;
      const mine: Waiting = {
        user,
        ticket: (tickets += 1),
        background,
        start() {
          signal.removeEventListener('abort', abandon);
          for (const quota of [project, own]) {
            quota.running += 1;
            quota.window.add(monotonic());
          }
          record(user);
          call().then(resolve, reject).finally(ended);
        },
        refuse(refusal) {
          signal.removeEventListener('abort', abandon);
          resolve(refusal);
        },
      };
      const abandon = () => {
        queue.splice(queue.indexOf(mine), 1);
        reject(signal.reason as Error);
        // No call starts earlier by this, but a process that ends must not wait for a timer that is no longer needed.
        if ([...users.values()].every((quota) => quota.queue.length + quota.later.length === 0)) alarm?.abort();
      };
      signal.addEventListener('abort', abandon, { once: true });
      queue.push(mine);
      pump();
      return promise;
    },
    hold(user, ms) {
      const asked = user === null ? project : quotaOf(user);
      asked.heldUntil = Math.max(asked.heldUntil, monotonic() + ms);
      asked.slowUntil = Math.max(asked.slowUntil, asked.heldUntil + WINDOW_MS);
      for (const quota of users.values()) {
        const held = heldMs(quota);
        if (held <= patienceMs) continue;
        for (const waiting of [...quota.queue.splice(0), ...quota.later.splice(0)]) {
          waiting.refuse({ kind: 'held', ms: held });
        }
      }
    },
    callsLastMinute(user) {
      return (user === undefined ? project : users.get(user))?.window.count(monotonic()) ?? 0;
    },
  };
}

function halfOf(limits: Limits): Limits {
  const half = (n: number) => Math.max(1, Math.floor(n / 2));
  return {
    perMinute: half(limits.perMinute),
    perUserPerMinute: half(limits.perUserPerMinute),
    concurrency: half(limits.concurrency),
    perUserConcurrency: half(limits.perUserConcurrency),
  };
}

function createQuota(calls: readonly number[]): Quota {
  return { window: createWindow(calls), running: 0, heldUntil: -Infinity, slowUntil: -Infinity };
}

/** The calls of the minute before this process began, as times of the monotonic clock. */
function callsBefore({ usage, clock, pace, onStoreError }: LimiterDeps): { user: string; at: number }[] {
  if (usage === undefined) return [];
  const now = clock.now();
  try {
    return usage.since(now - WINDOW_MS - STORE_AFTER_MS).flatMap(({ user, at, calls }) => {
      // Made within the second that begins at `at`; in the future only if the clock was set back since: then just now.
      const made = pace.monotonic() - Math.max(0, now - (at + STORE_AFTER_MS));
      return Array.from({ length: calls }, () => ({ user, at: made }));
    });
  } catch (err) {
    onStoreError(err);
    return [];
  }
}

/** Stores calls in small batches. When storing fails, a restart forgets these calls; nothing else is lost. */
function createRecorder({ usage, clock, pace, onStoreError }: LimiterDeps): (user: string) => void {
  const unsaved = new Map<string, number>();
  let total = 0;
  let savedAt = -Infinity;
  return (user) => {
    if (usage === undefined) return;
    unsaved.set(user, (unsaved.get(user) ?? 0) + 1);
    total += 1;
    if (total < STORE_AFTER_CALLS && pace.monotonic() - savedAt < STORE_AFTER_MS) return;
    const at = Math.floor(clock.now() / SECOND_MS) * SECOND_MS;
    const rows = [...unsaved].map(([name, calls]) => ({ user: name, at, calls }));
    unsaved.clear();
    total = 0;
    savedAt = pace.monotonic();
    try {
      usage.add(rows, at - 2 * WINDOW_MS);
    } catch (err) {
      if (!isBusy(err)) return onStoreError(err);
      // Somebody else is writing the ledger: these are stored with the next calls.
      for (const row of rows) unsaved.set(row.user, (unsaved.get(row.user) ?? 0) + row.calls);
    }
  };
}
