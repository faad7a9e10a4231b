import { setImmediate as turn } from 'node:timers/promises';

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { nextOccurrence, systemClock, systemRandom } from '../src/system.ts';

const ZONES = ['Asia/Kathmandu', 'Pacific/Chatham', 'Europe/Berlin', 'America/New_York', 'UTC'];

/** The next occurrences of a pattern, one behind the other. */
function occurrences(pattern: string, zone: string, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at = Date.parse(after); found.length < count;) {
    const next = nextOccurrence(pattern, zone, at);
    if (next === null) break;
    found.push(new Date(next).toISOString().replace(':00.000Z', 'Z'));
    at = next;
  }
  return found;
}

describe('the next occurrence of a pattern', () => {
  test.each([
    ['Asia/Kathmandu', '2026-01-16T00:00:00Z', ['2026-01-16T00:15Z', '2026-01-17T00:15Z']],
    ['Pacific/Chatham', '2026-07-01T00:00:00Z', ['2026-07-01T17:15Z', '2026-07-02T17:15Z']],
    ['Pacific/Chatham', '2026-04-03T12:00:00Z', ['2026-04-03T16:15Z', '2026-04-04T17:15Z']],
  ])('is read on the wall clock of %s, whose offset has minutes', (zone, after, expected) => {
    expect(occurrences('0 6 * * *', zone, after, 2)).toEqual(expected);
  });

  test('comes once on the night when an hour is skipped: at the first minute behind it', () => {
    expect(occurrences('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-29T01:00Z',
      '2026-03-30T00:30Z',
    ]);
  });

  test('comes once on the night when an hour is there twice: in the first of the two', () => {
    expect(occurrences('30 2 * * *', 'Europe/Berlin', '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24T00:30Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
  });

  test.each(['2026-03-29T00:00:00Z', '2026-10-24T23:00:00Z'])(
    'of a pattern for every half hour leaves none out and comes with none twice, behind %s in Berlin',
    (after) => {
      const halfHours = Array.from({ length: 8 }, (_, n) => new Date(Date.parse(after) + (n + 1) * 1_800_000));
      expect(occurrences('*/30 * * * *', 'Europe/Berlin', after, 8)).toEqual(
        halfHours.map((at) => at.toISOString().replace(':00.000Z', 'Z')),
      );
    },
  );

  test('is null when no day fits', () => {
    expect(nextOccurrence('0 0 31 2 *', 'UTC', Date.parse('2026-01-16T00:00:00Z'))).toBeNull();
    expect(nextOccurrence('0 0 0 1 1 * 2020', 'UTC', Date.parse('2026-01-16T00:00:00Z'))).toBeNull();
  });

  test('lies behind the instant, shows what the pattern says on the wall clock, and nothing lies between', () => {
    const instant = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-12-31T00:00:00Z') });
    fc.assert(
      // Only three o'clock in the afternoon: no zone sets its clock then.
      fc.property(instant, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 59 }), (after, zone, minute) => {
        const next = nextOccurrence(`${minute} 15 * * *`, zone, after)!;
        const local = Temporal.Instant.fromEpochMilliseconds(next).toZonedDateTimeISO(zone);
        expect([local.hour, local.minute, local.second, local.millisecond]).toEqual([15, minute, 0, 0]);
        expect(next).toBeGreaterThan(after);
        expect(next - after).toBeLessThanOrEqual(25 * 3_600_000);
        expect(nextOccurrence(`${minute} 15 * * *`, zone, next - 1)).toBe(next);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a sleep', () => {
  test('that is given up throws the reason at once, however long it would have been', async () => {
    const giveUp = new AbortController();
    const slept = systemClock.sleep(86_400_000, giveUp.signal);
    giveUp.abort(new Error('the service stops'));
    await expect(slept).rejects.toThrow('the service stops');
  });

  test('that was given up before it began does not begin', async () => {
    await expect(systemClock.sleep(86_400_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  test('of no time or less ends, and leaves the signal as it is', async () => {
    const { signal } = new AbortController();
    await expect(systemClock.sleep(0, signal)).resolves.toBeUndefined();
    await expect(systemClock.sleep(-5)).resolves.toBeUndefined();
  });
});

// The timers of the process are moved by hand: what is tested is when they are set and taken back.
describe('what is called again and again', () => {
  afterEach(() => vi.useRealTimers());

  /** The machine at an instant, and when its calls came: the time of day in UTC. */
  function machine(now: string, when: number | string, zone = 'UTC') {
    vi.useFakeTimers({ now: Date.parse(now) });
    const calls: string[] = [];
    const repeating = systemClock.every(when, zone, () => calls.push(new Date().toISOString().slice(11, 19)));
    return { calls, repeating };
  }

  test('every so many seconds comes after the first wait, until it is disposed of', () => {
    const { calls, repeating } = machine('2026-01-16T12:00:00Z', 180);
    vi.advanceTimersByTime(179_999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(400_000);
    expect(calls).toEqual(['12:03:00', '12:06:00', '12:09:00']);

    repeating[Symbol.dispose]();
    vi.advanceTimersByTime(3_600_000);
    expect(calls).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('by a pattern comes when its zone shows that time, until it is disposed of', () => {
    const { calls, repeating } = machine('2026-01-16T12:00:00Z', '15 * * * *', 'Asia/Kathmandu');
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(calls).toEqual(['12:30:00', '13:30:00']);

    repeating[Symbol.dispose]();
    vi.advanceTimersByTime(86_400_000);
    expect(calls).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('comes at its time of day also on a machine whose clock was set meanwhile', () => {
    const { calls } = machine('2026-01-16T12:00:00Z', '0 13 * * *');
    vi.setSystemTime(Date.parse('2026-01-16T12:59:00Z'));
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual(['13:00:00']);

    vi.setSystemTime(Date.parse('2026-01-17T12:30:00Z'));
    vi.advanceTimersByTime(60_000);
    vi.setSystemTime(Date.parse('2026-01-17T12:00:00Z'));
    vi.advanceTimersByTime(59 * 60_000);
    expect(calls).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect(calls).toEqual(['13:00:00', '13:00:00']);
  });

  test('by a pattern that names no time any more is never called', () => {
    const { calls, repeating } = machine('2026-01-16T12:00:00Z', '0 0 0 1 1 * 2020');
    expect(vi.getTimerCount()).toBe(0);
    repeating[Symbol.dispose]();
    expect(calls).toEqual([]);
  });

  test('goes on when a call throws', () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-16T12:00:00Z') });
    let calls = 0;
    using _repeating = systemClock.every('* * * * *', 'UTC', () => {
      calls += 1;
      throw new Error('a pass that fails');
    });
    expect(() => vi.advanceTimersByTime(60_000)).toThrow('a pass that fails');
    expect(() => vi.advanceTimersByTime(60_000)).toThrow('a pass that fails');
    expect(calls).toBe(2);
  });
});

test('a yield lets work run that waited for the event loop', async () => {
  const order: string[] = [];
  const waiting = turn().then(() => order.push('waiting work'));
  await systemClock.yield();
  order.push('long work');
  await waiting;
  expect(order).toEqual(['waiting work', 'long work']);
});

test('the time for durations never runs backwards', () => {
  const read = Array.from({ length: 1000 }, () => systemClock.monotonic());
  expect(read.toSorted((a, b) => a - b)).toEqual(read);
});

test('chance is from 0 up to 1, and the bytes of two tokens differ', () => {
  for (let n = 0; n < 1000; n += 1) expect(Math.floor(systemRandom.next())).toBe(0);
  expect(systemRandom.bytes(32)).toHaveLength(32);
  expect(systemRandom.bytes(32).equals(systemRandom.bytes(32))).toBe(false);
});
