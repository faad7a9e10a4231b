import { describe, expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld, withRates, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'a test' };

/** Ben came seven minutes late and stayed for 53. */
const lateLesson = (world: MoneyWorld, date = '2026-01-16') =>
  world.lesson({ date, there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:07-17:00'] } });

const statusOf = (world: MoneyWorld, classId: number) =>
  world.logStore.list({ classId, limit: 10 }).find(({ role }) => role === 'student')?.status;

const whole = async (world: MoneyWorld) => {
  const { checks } = await world.queries.verify({ signal: new AbortController().signal, onProgress: () => undefined });
  return checks.filter(({ ok }) => !ok);
};

describe('a rule of attendance', () => {
  test('rebuilds the logs that it judges anew, and the ledger verifies', async () => {
    await using world = moneyWorld();
    const classId = lateLesson(world);
    expect(statusOf(world, classId)).toBe('late');

    expect(world.actions.changeSettings({ late_after_minutes: 10 }, BY)).toMatchObject({
      kind: 'saved',
      rebuilt: { classes: 1, job: null },
    });
    expect(statusOf(world, classId)).toBe('present');
    world.actions.changeSettings({ attended_if: '100%' }, BY);
    expect(statusOf(world, classId)).toBe('absent');
    expect(await whole(world)).toEqual([]);
    expect(world.queries.settings().inForce).toMatchObject({ late_after_minutes: 10, attended_if: '100%' });
  });

  test('holds from a day on where one is named', async () => {
    await using world = moneyWorld();
    const [before, after] = [lateLesson(world, '2026-01-16'), lateLesson(world, '2026-01-20')];
    world.actions.changeSettings({ late_after_minutes: 10, valid_from: '2026-01-20' }, BY);
    expect([statusOf(world, before), statusOf(world, after)]).toEqual(['late', 'present']);
    expect(await whole(world)).toEqual([]);
  });

  test('leaves closed periods as they are, until one is opened again', async () => {
    await using world = moneyWorld();
    await withRates(world);
    const classId = lateLesson(world);
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.changeSettings({ late_after_minutes: 10, weak_matches_bill: false }, BY);
    expect(statusOf(world, classId)).toBe('late');
    expect((await world.correctionQuery.waiting()).adjustments).toEqual([]);
    expect(await whole(world)).toEqual([]);

    expect(world.actions.reopenPeriod('2026-01', BY)).toMatchObject({ kind: 'reopened' });
    expect(statusOf(world, classId)).toBe('present');
    expect(await whole(world)).toEqual([]);
  });

  test('on many classes is a job that works in parts; until then the ledger verifies', async () => {
    await using world = moneyWorld();
    const ids = Array.from({ length: 101 }, (_, i) =>
      world.lesson({
        space: `spaces/room${i}`,
        students: [CLEO],
        there: { [ANA]: ['16:00-17:00'], [CLEO]: ['16:07-17:00'] },
      }),
    );
    const answer = world.actions.changeSettings({ late_after_minutes: 10 }, BY);
    if (answer.kind === 'refused' || answer.rebuilt.job === null) throw new Error('a job, not at once');
    expect(answer.rebuilt.classes).toBe(101);
    expect(await whole(world)).toEqual([]);

    const told: number[] = [];
    const control = { signal: new AbortController().signal, progress: (done: number) => void told.push(done) };
    const { payload } = answer.rebuilt.job;
    expect(await world.jobKinds.rebuild_logs.run({ payload }, control)).toEqual({ classes: 101 });
    expect(told).toEqual([0, 20, 40, 60, 80, 100, 101]);
    expect(new Set(ids.map((id) => statusOf(world, id)))).toEqual(new Set(['present']));
  });
});

describe('a change of the settings', () => {
  test('is kept as a version with what was before in the audit log; what is so already makes none', async () => {
    await using world = moneyWorld();
    const head = world.audit.head().count;
    world.actions.changeSettings({ school_name: ' Ponte ', due_days: 14 }, BY);
    world.actions.changeSettings({ school_name: 'Ponte', due_days: 14, late_after_minutes: 5, tax_type: null }, BY);
    world.actions.changeSettings({ school_name: 'Ponte', due_days: null }, BY);
    expect(world.queries.settings().versions.map(({ changes }) => changes)).toEqual([
      { school_name: 'Ponte', due_days: 14 },
      { due_days: null },
    ]);
    expect(world.audit.head().count).toBe(head + 2);
    expect(world.audit.list({ limit: 1 }).items[0]).toMatchObject({
      action: 'settings.change',
      subject: 'settings',
      before: { due_days: 14 },
      after: { version: 2, valid_from: null, due_days: null },
    });
  });

  test('that is the same from an earlier day on is one', async () => {
    await using world = moneyWorld();
    world.actions.changeSettings({ late_after_minutes: 10, valid_from: '2026-06-01' }, BY);
    world.actions.changeSettings({ late_after_minutes: 10, valid_from: '2026-07-01' }, BY);
    world.actions.changeSettings({ late_after_minutes: 10 }, BY);
    expect(world.queries.settings().versions.map(({ validFrom }) => validFrom)).toEqual(['2026-06-01', null]);
  });

  test.each([
    [{}, '', 'must name a setting'],
    [{ zone: 'Europe/Paris' }, 'zone', 'rollbook settings zone NAME'],
    [{ colour: 'red' }, 'colour', 'is not known here'],
    [{ late_after_minutes: 'ten' }, 'late_after_minutes', 'must be'],
    [{ school_name: 'Ponte', valid_from: '2026-02-01' }, 'valid_from', 'goes with a rule'],
    [{ late_after_minutes: 1, valid_from: '2026-02-30' }, 'valid_from', 'must be a day'],
  ])('%j is refused', async (body, path, message) => {
    await using world = moneyWorld();
    expect(world.actions.changeSettings(body, BY)).toMatchObject({
      kind: 'refused',
      complaints: [{ path, message: expect.stringContaining(message) }],
    });
    expect(world.queries.settings().versions).toEqual([]);
  });
});

describe('a move to another zone', () => {
  test('says which periods keep theirs and how many classes are of another day', async () => {
    await using world = moneyWorld();
    await withRates(world);
    world.lesson({ date: '2026-01-31', from: '23:30', to: '24:30' });
    await world.actions.closePeriod('2026-01', {}, BY);
    world.lesson({ date: '2026-02-01', from: '00:30', to: '01:00', space: 'spaces/two' });
    expect(world.actions.changeZone('America/New_York', BY)).toMatchObject({
      change: {
        before: 'Europe/London',
        after: 'America/New_York',
        closed: [{ period: '2026-01', zone: 'Europe/London' }],
        otherDay: 1,
        otherMonth: 1,
      },
    });
    expect(world.timezone()).toBe('America/New_York');
    expect((await world.queries.bills('2026-02')) as unknown).toMatchObject({ zone: 'America/New_York' });
    expect(await whole(world)).toEqual([]);
  });

  test.each(['Mars/Olympus', '+02:00', ''])('to %j is refused', async (zone) => {
    await using world = moneyWorld();
    expect(world.actions.changeZone(zone, BY)).toMatchObject({ kind: 'refused', complaints: [{ path: 'zone' }] });
    expect(world.timezone()).toBe('Europe/London');
  });
});
