import { setImmediate } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createLimiter,
  type Limiter,
  type LimiterDeps,
  type Pace,
  type Limits,
  type Usage,
} from '../../../src/google/call/limiter.ts';
import { handClock } from '../../support/clock.ts';
import { never, waits } from '../support.ts';

const start = Date.parse('2026-03-02T10:00:00Z');
const small: Limits = { perMinute: 12, perUserPerMinute: 5, concurrency: 4, perUserConcurrency: 2 };

function gate(limits: Limits = small, { sleep, ...changed }: Partial<LimiterDeps> & Partial<Pick<Pace, 'sleep'>> = {}) {
  const time = waits();
  const clock = handClock(start);
  const deps: LimiterDeps = {
    limits,
    clock,
    pace: { monotonic: time.monotonic, sleep: sleep ?? time.sleep },
    patienceMs: 20_000,
    onStoreError: () => undefined,
    ...changed,
  };
  return { limiter: createLimiter(deps), time, clock };
}

/** A call that ends when told to. */
function held(limiter: Limiter, user: string, started: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = () => {
    started.push(name);
    return promise;
  };
  return { done: limiter.run(user, call, never), end: resolve };
}

const users = fc.constantFrom('ana', 'ben', 'cleo', 'dina');
const holds = fc.record({ after: fc.nat(40), user: fc.option(users), ms: fc.nat(15_000) });

test('in any minute there are never more calls than allowed, and all of them are made', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(users, { minLength: 1, maxLength: 60 }),
      fc.array(holds, { maxLength: 3 }),
      fc.nat(9000),
      async (calls, silences, lengthMs) => {
        const { limiter, time } = gate();
        const made: { user: string; at: number }[] = [];
        let running = 0;
        let most = 0;
        await Promise.all(
          calls.map((user, index) => {
            for (const { user: of, ms } of silences.filter(({ after }) => after === index)) limiter.hold(of, ms);
            const call = async () => {
              made.push({ user, at: time.monotonic() });
              running += 1;
              most = Math.max(most, running);
              await time.sleep(lengthMs);
              running -= 1;
            };
            return limiter.run(user, call, never);
          }),
        );
        expect(made).toHaveLength(calls.length);
        expect(most).toBeLessThanOrEqual(4);
        for (const { at } of made) {
          const minute = made.filter((other) => other.at >= at && other.at <= at + 60_000);
          expect(minute.length).toBeLessThanOrEqual(12);
          for (const [, own] of Map.groupBy(minute, ({ user }) => user)) expect(own.length).toBeLessThanOrEqual(5);
        }
      },
    ),
  );
});

describe('calls that wait', () => {
  test('go by their order, and a full user stands in nobody’s way', async () => {
    const { limiter } = gate({ ...small, concurrency: 3, perUserConcurrency: 1 });
    const started: string[] = [];
    const first = held(limiter, 'ana', started, 'ana 1');
    const waiting = [held(limiter, 'ana', started, 'ana 2'), held(limiter, 'ana', started, 'ana 3')];
    held(limiter, 'ben', started, 'ben 1').end();
    expect(started).toEqual(['ana 1', 'ben 1']);
    first.end();
    for (const { end } of waiting) end();
    await Promise.all(waiting.map(({ done }) => done));
    expect(started).toEqual(['ana 1', 'ben 1', 'ana 2', 'ana 3']);
  });

  test('are given up when their signal fires, and leave no alarm behind', async () => {
    const alarms: AbortSignal[] = [];
    const { limiter } = gate(
      { ...small, perUserPerMinute: 1 },
      {
        sleep: (_, signal) => {
          alarms.push(signal!);
          return new Promise(() => undefined);
        },
      },
    );
    await limiter.run('ana', () => Promise.resolve(), never);
    const giveUp = new AbortController();
    const second = limiter.run('ana', () => Promise.reject(new Error('was made')), giveUp.signal);
    expect(alarms.at(-1)?.aborted).toBe(false);
    giveUp.abort(new Error('closing'));
    await expect(second).rejects.toThrow('closing');
    expect(alarms.at(-1)?.aborted).toBe(true);
    await expect(limiter.run('ana', () => Promise.resolve(), giveUp.signal)).rejects.toThrow('closing');
  });

  test('do not wait for somebody else’s longer pause', async () => {
    const asked: number[] = [];
    const { limiter, time } = gate(small, {
      sleep: async (ms, signal) => {
        asked.push(ms);
        if (ms > 5000)
          return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('put off'))));
        await time.sleep(ms, signal);
      },
    });
    limiter.hold('ana', 15_000);
    limiter.hold('ben', 1000);
    const ana = new AbortController();
    void limiter.run('ana', () => Promise.resolve('ana'), ana.signal).catch(() => undefined);
    expect(await limiter.run('ben', () => Promise.resolve('ben'), never)).toBe('ben');
    expect(asked).toEqual([15_000, 1000, 14_000]);
    ana.abort(new Error('closing'));
    await setImmediate();
  });

  test('are made whatever the clock on the wall does', async () => {
    const { limiter, time, clock } = gate({ ...small, perUserPerMinute: 1 });
    for (const jump of [-400 * 86_400_000, 3_600_000, -3_600_000, 400 * 86_400_000]) {
      clock.advance(jump);
      const before = time.monotonic();
      await limiter.run('ana', () => Promise.resolve(), never);
      expect(time.monotonic() - before).toBeLessThanOrEqual(60_001);
    }
    expect(time.slept).toEqual([60_001, 60_001, 60_001]);
  });
});

describe('a pause that Google asks for', () => {
  test('longer than patience refuses calls, those that wait already too', async () => {
    const { limiter } = gate({ ...small, perUserConcurrency: 1 });
    const started: string[] = [];
    const first = held(limiter, 'ana', started, 'first');
    const waiting = held(limiter, 'ana', started, 'waiting');
    limiter.hold('ana', 25_000);
    expect(await waiting.done).toEqual({ kind: 'held', ms: 25_000 });
    expect(await limiter.run('ana', () => Promise.resolve(), never)).toEqual({ kind: 'held', ms: 25_000 });
    expect(await limiter.run('ben', () => Promise.resolve('ben'), never)).toBe('ben');
    first.end();
    await first.done;
    expect(started).toEqual(['first']);
  });

  test('is followed by a minute at half the speed', async () => {
    const { limiter, time } = gate({ ...small, perUserPerMinute: 4, perUserConcurrency: 4 });
    limiter.hold('ana', 10_000);
    const at: number[] = [];
    const call = () => Promise.resolve(at.push(time.monotonic()));
    await Promise.all(Array.from({ length: 6 }, () => limiter.run('ana', call, never)));
    expect(at).toEqual([10_000, 10_000, 70_001, 70_001, 70_001, 70_001]);
  });
});

describe('the quota used before a restart', () => {
  test('counts after it', async () => {
    const rows: Usage[] = [
      { user: 'ana', at: start - 10_000, calls: 4 },
      { user: 'ana', at: start - 90_000, calls: 100 },
      { user: 'ben', at: start - 10_000, calls: 5 },
    ];
    const usage = { add: () => undefined, since: (at: number) => rows.filter((row) => row.at > at) };
    const { limiter, time } = gate(small, { usage });
    expect(limiter.callsLastMinute()).toBe(9);
    await limiter.run('ana', () => Promise.resolve(), never);
    expect(time.monotonic()).toBe(0);
    await limiter.run('ana', () => Promise.resolve(), never);
    // The earlier calls were made nine seconds ago at the latest.
    expect(time.monotonic()).toBe(51_001);
  });

  test('is stored each second, or after sixty calls, and a store that fails stops nothing', async () => {
    const stored: (readonly Usage[])[] = [];
    const errors: unknown[] = [];
    const usage = {
      add(rows: readonly Usage[]) {
        stored.push(rows);
        if (stored.length === 2) throw new Error('disk full');
      },
      since: (): Usage[] => {
        throw new Error('damaged');
      },
    };
    const wide: Limits = { perMinute: 1000, perUserPerMinute: 1000, concurrency: 9, perUserConcurrency: 9 };
    const { limiter, time, clock } = gate(wide, { usage, onStoreError: (err) => errors.push(err) });
    const call = (user: string) => limiter.run(user, () => Promise.resolve(), never);
    await call('ana');
    await call('ana');
    await call('ben');
    expect(stored).toEqual([[{ user: 'ana', at: start, calls: 1 }]]);
    time.pass(1000);
    clock.advance(1500);
    await call('ana');
    for (let number = 0; number < 60; number += 1) await call('ana');
    expect(stored.slice(1)).toEqual([
      [
        { user: 'ana', at: start + 1000, calls: 2 },
        { user: 'ben', at: start + 1000, calls: 1 },
      ],
      [{ user: 'ana', at: start + 1000, calls: 60 }],
    ]);
    expect(errors).toHaveLength(2);
  });
});

describe('calls in the background', () => {
  test('start after all others that could start, whoever asked first', async () => {
    const { limiter } = gate({ ...small, concurrency: 2, perUserConcurrency: 2 });
    const started: string[] = [];
    const first = held(limiter, 'ana', started, 'first');
    const second = held(limiter, 'ana', started, 'second');
    const later = limiter.run('ana', () => Promise.resolve(started.push('background')), never, true);
    const third = held(limiter, 'ana', started, 'third');
    first.end();
    await first.done;
    await setImmediate();
    expect(started).toEqual(['first', 'second', 'third']);
    second.end();
    third.end();
    await Promise.all([second.done, third.done, later]);
    expect(started).toEqual(['first', 'second', 'third', 'background']);
  });

  test('take half of the limits, so that others find the rest free', async () => {
    const { limiter, time } = gate({ perMinute: 12, perUserPerMinute: 6, concurrency: 8, perUserConcurrency: 8 });
    const made: number[] = [];
    const background = Array.from({ length: 4 }, () =>
      limiter.run('ana', () => Promise.resolve(made.push(time.monotonic())), never, true),
    );
    const live = Array.from({ length: 3 }, () => limiter.run('ana', () => Promise.resolve(time.monotonic()), never));
    expect(await Promise.all(live)).toEqual([0, 0, 0]);
    await Promise.all(background);
    expect(made.slice(0, 3)).toEqual([0, 0, 0]);
    expect(made[3]).toBeGreaterThan(60_000);
  });

  test('are refused and given up as others are', async () => {
    const { limiter } = gate();
    limiter.hold('ana', 10_000);
    const waiting = limiter.run('ana', () => Promise.resolve('made'), never, true);
    const leaving = new AbortController();
    const left = limiter.run('ana', () => Promise.resolve('made'), leaving.signal, true);
    leaving.abort(new Error('closing'));
    await expect(left).rejects.toThrow('closing');
    limiter.hold('ana', 30_000);
    expect(await waiting).toMatchObject({ kind: 'held' });
  });
});
