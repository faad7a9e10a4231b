import { describe, expect, test } from 'vitest';

import { policy, rate } from '../../support/billing.ts';
import { ANA, BEN, january, moneyWorld, withRates } from '../../support/money-world.ts';
import { school } from '../../support/school.ts';

test('the lines of a period follow from what the ledger holds', async () => {
  await using world = await january();
  const { charges, pay, blocked } = await world.lineQuery.ofPeriod('2026-01');
  expect(charges.map(({ lineId, amount, familyId }) => [lineId, amount, familyId])).toEqual([
    ['c1-2', '39.90', 1],
    ['c2-4', '42.00', null],
  ]);
  expect(pay.map(({ lineId, amount }) => [lineId, amount])).toEqual([
    ['p1-1', '22.00'],
    ['p2-3', '22.00'],
  ]);
  expect(blocked).toEqual([]);
});

describe('other rules than those that hold', () => {
  test('another policy, other rates, a dispute', async () => {
    await using world = await january();
    const { lineQuery } = world;
    const amounts = async (
      ...rules: Parameters<typeof lineQuery.ofPeriod> extends [string, ...infer Rest] ? Rest : []
    ) => (await lineQuery.ofPeriod('2026-01', ...rules)).charges.map(({ amount }) => amount);

    expect(await amounts({ policies: [policy({ preset: 'slot_held' })] })).toEqual(['42.00', '42.00']);
    expect(await amounts({ rates: [rate(9, { kind: 'charge', amount: '60.00' })] })).toEqual(['57.00', '60.00']);
    const disputed = await lineQuery.ofPeriod('2026-01', { disputed: new Set(['p1-1']) });
    expect(disputed.pay.map(({ flags }) => flags.includes('disputed'))).toEqual([true, false]);
    expect(await amounts()).toEqual(['39.90', '42.00']);
  });
});

test('a child who was seen is no certain no-show while the account of a parent was there for the rest', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.people.create({
    email: 'mum@home.example',
    name: 'Mum',
    role: 'other',
    googleUserId: 'account mum@home.example',
  });
  const there = { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:40'], 'mum@home.example': ['16:40-17:00'] };
  const classId = world.lesson({ there });
  const strict = policy({ preset: 'slot_held', attended_if: '80%', 'no_show.charge_percent': 100 });
  const line = async (...rules: (typeof strict)[]) => {
    const { charges, blocked } = await world.lineQuery.ofPeriod('2026-01', { policies: rules });
    return [...charges, ...blocked].map(({ outcome, flags }) => [outcome, flags.includes('review_open')]);
  };
  expect(world.review.countOpen()).toBe(0);

  expect(await line(strict)).toEqual([['unknown', true]]);
  expect(await line(policy({ preset: 'slot_held' }))).toEqual([['attended', false]]);
  const decision = {
    kind: 'set_status',
    class_id: classId,
    user_email: BEN,
    status: 'absent',
    reason: 'asked the family',
  };
  expect(world.actions.decide(decision, { actor: 'office' })).toMatchObject({ kind: 'saved' });
  expect(await line(strict)).toEqual([['student_no_show', false]]);
});

describe('the zone of the school', () => {
  const newYear = async () => {
    const world = moneyWorld();
    await withRates(world);
    // In London the last evening of January and the first of February; in Paris both are of February.
    world.lesson({ date: '2026-01-31', from: '23:30', to: '24:30' });
    world.lesson({ date: '2026-02-01', from: '00:30', to: '01:00', space: 'spaces/two' });
    return world;
  };

  test('gives a class its day', async () => {
    await using world = await newYear();
    const count = async (period: string) => (await world.lineQuery.ofPeriod(period)).charges.length;
    expect([await count('2026-01'), await count('2026-02')]).toEqual([1, 1]);
    world.settings.setZone('Europe/Paris');
    expect([await count('2026-01'), await count('2026-02')]).toEqual([0, 2]);
  });

  test('that changes leaves closed periods as they are, and no class is in two periods or in none', async () => {
    await using world = await newYear();
    const { lineQuery, settings } = world;
    const lines = async (period: string) =>
      (await lineQuery.ofPeriod(period)).charges.map(({ lineId, date }) => [lineId, date]);
    await world.admin('POST', '/api/periods/2026-01/close', {});

    settings.setZone('Europe/Paris');
    expect(lineQuery.calendarOf('2026-01')).toEqual({
      zone: 'Europe/London',
      start: Date.parse('2026-01-01T00:00:00Z'),
      end: Date.parse('2026-02-01T00:00:00Z'),
    });
    expect(await lines('2026-01')).toEqual([['c1-2', '2026-01-31']]);
    expect(await lines('2026-02')).toEqual([['c2-2', '2026-02-01']]);

    settings.setZone('America/New_York');
    expect(await lines('2026-01')).toEqual([['c1-2', '2026-01-31']]);
    // It is still January in New York, but January is issued.
    expect(await lines('2026-02')).toEqual([['c2-2', '2026-01-31']]);
  });

  test('is not that of a policy any more', async () => {
    await using world = moneyWorld();
    const answer = world.actions.addPolicy(
      { valid_from: '2026-02-01', period: { zone: 'Asia/Tokyo' } },
      { actor: 'office' },
    );
    expect(answer).toMatchObject({
      kind: 'refused',
      complaints: [{ path: 'period.zone', message: expect.stringContaining('rollbook settings zone NAME') }],
    });
    expect(() => world.lineQuery.calendarOf('January')).toThrow('not a period: January');
  });
});

test('the lines of one class are those of its period', async () => {
  await using world = await january();
  // A class in the way of the first: Ben cannot be in both.
  world.lesson({ from: '16:30', to: '17:30', space: 'spaces/three', there: { [BEN]: ['16:30-17:30'] } });
  const { lineQuery } = world;
  const whole = await lineQuery.ofPeriod('2026-01');
  for (const classId of [1, 2, 3]) {
    const own = lineQuery.ofClass(classId)!;
    expect(own.charges).toEqual(whole.charges.filter((line) => line.classId === classId));
    expect(own.pay).toEqual(whole.pay.filter((line) => line.classId === classId));
    expect(own.blocked).toEqual(whole.blocked.filter((line) => line.classId === classId));
  }
  expect(lineQuery.ofClass(99)).toBeNull();
});

test('a long period is reckoned in spans and comes to the same as each of its days', async () => {
  await using world = await school('forth');
  // One pupil in four rooms in a row, over midnight: each class is in the way of the next.
  for (const [n, from, to] of [
    [4, '22:00', '23:30'],
    [5, '23:00', '24:30'],
    [6, '24:15', '25:30'],
    [7, '25:00', '26:00'],
  ] as const) {
    world.lesson({
      date: '2026-01-20',
      from,
      to,
      space: `spaces/night${n}`,
      students: [BEN],
      there: { [ANA]: [`${from}-${to}`], [BEN]: [`${from}-${to}`] },
    });
  }
  const { statementQuery } = world;
  const whole = await statementQuery.of('2026-01-01..2026-01-31');
  if (whole.kind === 'refused') throw new Error(whole.message);
  expect(
    whole.lines.charges.filter(({ date }) => date > '2026-01-16').map(({ date, amount }) => [date, amount]),
  ).toEqual([
    ['2026-01-20', '63.00'],
    ['2026-01-20', '0.00'],
    ['2026-01-21', '52.50'],
    ['2026-01-21', '0.00'],
  ]);
  const days = ['2026-01-09', '2026-01-12', '2026-01-16', '2026-01-20', '2026-01-21', '2026-01-23'];
  const parts = await Promise.all(days.map((day) => statementQuery.of(`${day}..${day}`)));
  expect(parts.flatMap((part) => (part.kind === 'statements' ? part.lines.charges : []))).toEqual(whole.lines.charges);
  expect(parts.flatMap((part) => (part.kind === 'statements' ? part.lines.pay : []))).toEqual(whole.lines.pay);
});

test('a weak match is not billed where the school says so', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson();
  world.database.sqlite.prepare(`update attendance_logs set identity_confidence = 'weak' where role = 'student'`).run();
  const { statementQuery } = world;
  const total = async () => {
    const found = await statementQuery.of('2026-01');
    return found.kind === 'statements'
      ? found.lines.charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
      : null;
  };
  expect(await total()).toBe(4200);
  world.settings.add({ validFrom: null, changes: { weak_matches_bill: false }, actor: 'office', reason: null });
  expect(await total()).toBe(0);
  expect(world.queries.explain(`c${classId}-${world.person(BEN, 'student')}`)?.line.outcome).toBe('unknown');
});

test('a class that is over and was never looked at is on the bill as a question', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson();
  world.database.sqlite.exec(`delete from attendance_logs`);
  world.database.sqlite.exec(`delete from sessions`);
  const found = await world.statementQuery.of('2026-01');
  expect(found.kind === 'statements' && found.lines.blocked.map(({ lineId, code }) => [lineId, code])).toEqual([
    [`c${classId}-2`, 'no_evidence'],
    [`p${classId}-1`, 'no_evidence'],
  ]);
});
