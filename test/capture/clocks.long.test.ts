import { expect, test } from 'vitest';

import { verify } from '../../src/queries/verify.ts';
import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { ANA, at, book, MINUTE, oneRoom } from '../support/one-room.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SETTLE = 15 * MINUTE;
const SWEEP = 10 * MINUTE;
const JUMPS = [HOUR, -HOUR, DAY, -DAY, 40 * DAY, -40 * DAY, 400 * DAY, -400 * DAY];

interface Trouble {
  /** How much the machine's clock is ahead of Google's at an instant of Google's. */
  readonly aheadMs: (now: number) => number;
  /** Google cannot be reached then. */
  readonly away?: (now: number) => boolean;
  /** The same lessons so many days later. */
  readonly daysLater?: number;
  /** The daemon is restarted at these times. */
  readonly restarts?: readonly number[];
}

/** Three lessons in one room: today at 16:00 and 17:30, and tomorrow at 16:00. */
const LESSONS = [
  ['2026-03-02T16:00:00Z', '2026-03-02T17:00:00Z'],
  ['2026-03-02T17:30:00Z', '2026-03-02T18:30:00Z'],
  ['2026-03-03T16:00:00Z', '2026-03-03T17:00:00Z'],
] as const;
const BEGIN = at('2026-03-02T15:40:00Z');
const END = at('2026-03-03T18:00:00Z');

/** Watches the lessons with passes every ten minutes; tells what the ledger holds, and when each lesson became final. */
async function watch({ aheadMs, away = () => false, restarts = [], daysLater = 0 }: Trouble) {
  const later = daysLater * DAY;
  const { timeline, room, teacher, ana } = oneRoom();
  const lessons = LESSONS.map(([from, to]): [number, number] => [at(from) + later, at(to) + later]);
  for (const [from, to] of lessons) {
    const call = room.call(from - 2 * MINUTE, to + MINUTE);
    call.joins(teacher, from - 2 * MINUTE, to + MINUTE);
    call.joins(ana, from + 3 * MINUTE, to - 5 * MINUTE, 'laptop');
    call.joins(ana, from + 10 * MINUTE, to - 20 * MINUTE, 'phone');
  }
  let now = BEGIN + later;
  await using world: CaptureWorld = await captureWorld(
    new Date(now).toISOString(),
    timeline.world,
    {},
    { aheadMs: () => aheadMs(now), reachable: () => !away(now), onDisk: true, attempts: 1 },
  );
  const text = (instant: number) => new Date(instant).toISOString();
  const ids = lessons.map(([from, to], i) => book(world, { subject: `Lesson ${i}`, from: text(from), to: text(to) }));
  const finalAt = new Map<number, number>();
  for (; now <= END + later; now += SWEEP) {
    world.clock.set(now);
    if (restarts.includes(now)) world.reopen();
    const { parts, signal } = world;
    await parts.timeKeeper.keep(signal);
    parts.monitor();
    await parts.fetch(signal);
    await parts.sweep(signal);
    for (const id of ids) {
      const coverage = parts.sessionStore.ofClass(id)?.coverage;
      expect(coverage).not.toBe('expired');
      expect(coverage).not.toBe('empty');
      const isComplete = coverage === 'complete';
      if (isComplete) finalAt.set(id, finalAt.get(id) ?? now);
      const logs = isComplete || coverage === undefined ? [] : parts.logStore.list({ classId: id });
      expect(logs.some(({ status }) => status === 'absent')).toBe(false);
    }
  }
  const { checks } = await verify(world.parts, { signal: world.signal, onProgress: () => undefined });
  return {
    logs: ids.map((classId) =>
      world.parts.logStore
        .list({ classId })
        .map(({ userEmail, status, intervals, flags, provisional }) => ({
          userEmail,
          status,
          intervals,
          flags,
          provisional,
        }))
        .sort((a, b) => String(a.userEmail).localeCompare(String(b.userEmail))),
    ),
    coverage: ids.map((id) => world.parts.sessionStore.ofClass(id)?.coverage),
    finalAt: ids.map((id) => finalAt.get(id) ?? Infinity),
    attendanceHolds: checks.find(({ check }) => check === 'attendance')?.ok,
  };
}

const faultless = await watch({ aheadMs: () => 0 });
/** Wrong from ten past to half past four, while the first lesson runs. */
const between = (from: string, to: string) => (now: number) => now >= at(from) && now < at(to);
const wrong = between('16:10', '16:30');

test('with a right clock every lesson is complete at its second read after the settle time', () => {
  expect(faultless.coverage).toEqual(['complete', 'complete', 'complete']);
  expect(faultless.logs[0]).toMatchObject([{ userEmail: ANA, status: 'present' }, { status: 'present' }]);
  expect(faultless.attendanceHolds).toBe(true);
});

type Watched = Awaited<ReturnType<typeof watch>>;

/** What has to be the same however wrong the clock was. */
const heldIn = ({ logs, coverage, attendanceHolds }: Watched) => ({ logs, coverage, attendanceHolds });
const right = heldIn(faultless);
/** One settle time and two sweeps. */
const SOON = SETTLE + 2 * SWEEP;

/** The longest time that a lesson took to become final, from its end or from when the clock was right. */
function slowest({ finalAt }: Watched, rightFrom: number): number {
  return Math.max(...finalAt.map((instant, i) => instant - Math.max(rightFrom, faultless.finalAt[i]! - SETTLE)));
}

test.each(JUMPS)('the machine’s clock jumps by %i ms for twenty minutes', async (jump) => {
  const found = await watch({ aheadMs: (now) => (wrong(now) ? jump : 0) });
  expect(heldIn(found)).toEqual(right);
  expect(slowest(found, at('16:30'))).toBeLessThanOrEqual(SOON);
});

test.each(JUMPS)('it jumps by %i ms, and the daemon is restarted before and after it is right', async (jump) => {
  const found = await watch({
    aheadMs: (now) => (wrong(now) ? jump : 0),
    restarts: [at('16:20'), at('16:40')],
  });
  expect(heldIn(found)).toEqual(right);
  expect(slowest(found, at('16:30'))).toBeLessThanOrEqual(SOON);
});

test.each(JUMPS)('it jumps by %i ms for hours in which Google is away and the daemon is restarted', async (jump) => {
  const dark = between('16:10', '2026-03-02T19:00:00Z');
  const found = await watch({
    aheadMs: (now) => (dark(now) ? jump : 0),
    away: dark,
    restarts: [at('16:20'), at('18:50')],
  });
  // How soon depends on the back-off that the outage left.
  expect(heldIn(found)).toEqual(right);
});

test.each(JUMPS)('it is wrong by %i ms from the first start on, and never right', async (jump) => {
  const found = await watch({ aheadMs: () => jump, restarts: [at('16:20'), at('17:40')] });
  expect(heldIn(found)).toEqual(right);
  expect(slowest(found, BEGIN)).toBeLessThanOrEqual(SOON);
});

test.each([0.02, -0.02])('it drifts by %d of the time that passes', async (share) => {
  const found = await watch({ aheadMs: (now) => (now - BEGIN) * share, restarts: [at('17:40')] });
  expect(heldIn(found)).toEqual(right);
  expect(slowest(found, BEGIN)).toBeLessThanOrEqual(SOON);
});

test.each([
  ['spring', 26],
  ['autumn', 236],
])('in %s the school’s clocks are set between two lessons', async (_, daysLater) => {
  const found = await watch({ aheadMs: () => 0, daysLater });
  const shift = (text: string) => text.replaceAll(/17\d{11}/g, (instant) => String(Number(instant) - daysLater * DAY));
  expect(JSON.parse(shift(JSON.stringify(found.logs)))).toEqual(faultless.logs);
  expect([found.coverage, found.attendanceHolds]).toEqual([faultless.coverage, true]);
});

test('what a wrong clock had left behind is put right by Google’s time: a class to come, and one that expired', async () => {
  const { timeline, room, teacher, ana } = oneRoom();
  const call = room.call('15:58', '17:01');
  call.joins(teacher, '15:58', '17:01');
  call.joins(ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T18:00:00Z', timeline.world);
  const { parts, signal, clock } = world;
  const [held, tomorrow] = [
    book(world),
    book(world, { subject: 'Chess', from: '2026-03-03T16:00:00Z', to: '2026-03-03T17:00:00Z' }),
  ];
  for (const id of [held, tomorrow]) {
    const session = parts.sessionStore.ensure(id);
    const coverage = id === held ? 'expired' : 'live';
    parts.sessionStore.save(
      session.id,
      { ...session, coverage, attempts: 3, nextAttemptAt: clock.now() + 40 * DAY },
      {},
    );
    parts.attendance.rebuild(id);
  }
  parts.monitor();
  expect(parts.sessionStore.ofClass(held)?.coverage).toBe('expired');

  await parts.timeKeeper.keep(signal);
  parts.monitor();
  expect(parts.sessionStore.ofClass(tomorrow)).toMatchObject({ coverage: 'pending', attempts: 0, nextAttemptAt: null });
  await parts.sweep(signal);
  clock.advance(SETTLE);
  await parts.sweep(signal);
  expect(parts.sessionStore.ofClass(held)?.coverage).toBe('complete');
});

test('nothing expires by the machine’s clock alone', async () => {
  const { timeline } = oneRoom();
  let reachable = true;
  await using world = await captureWorld(
    '2026-03-02T15:00:00Z',
    timeline.world,
    {},
    { reachable: () => reachable, onDisk: true, attempts: 1 },
  );
  const id = book(world);
  const sweepAt = async (when: string) => {
    world.clock.set(when);
    world.parts.monitor();
    await world.parts.sweep(world.signal);
    return world.parts.sessionStore.ofClass(id)?.coverage;
  };
  reachable = false;
  expect(await sweepAt('2026-03-02T18:00:00Z')).toBe('partial');
  world.reopen();
  expect(await sweepAt('2026-05-02T18:00:00Z')).toBe('partial');

  reachable = true;
  expect(await sweepAt('2026-05-03T18:00:00Z')).toBe('expired');
});

test('when nothing was asked for an hour one cheap call tells the time', async () => {
  const { timeline } = oneRoom();
  await using world = await captureWorld('2026-03-02T10:00:00Z', timeline.world);
  book(world);
  const asked = async (minutes: number) => {
    world.clock.advance(minutes * MINUTE);
    world.google.clearRequests();
    await world.parts.fetch(world.signal);
    await world.parts.sweep(world.signal);
    return world.google.requests.map(({ method }) => method).filter((method) => method !== 'token');
  };
  expect(await asked(0)).toEqual(['spaces.get']);
  expect(await asked(59)).toEqual([]);
  expect(await asked(1)).toEqual(['spaces.get']);
});
