import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

async function peopleOf({ queries }: MoneyWorld, period: string) {
  const summary = await queries.attendance(period);
  if (summary.kind === 'refused') throw new Error(summary.message);
  return summary.people;
}

test('who came how often, by person and month', async () => {
  await using world = moneyWorld();
  const students = [BEN, CLEO];
  const there = { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] };
  world.lesson({ date: '2026-01-05', students, there });
  world.lesson({ date: '2026-01-12', students, there: { ...there, [CLEO]: ['16:06-17:00'] } });
  world.lesson({ date: '2026-01-31', students, there, coverage: 'partial' });
  world.lesson({ date: '2026-02-02', students, there });

  const january = await peopleOf(world, '2026-01');
  const of = (email: string) => january.find((person) => person.email === email);
  expect(of(BEN)).toMatchObject({ month: '2026-01', expected: 3, present: 2, absent: 0, pending: 1, minutes: 180 });
  expect(of(CLEO)).toMatchObject({ expected: 3, present: 0, late: 1, absent: 1, pending: 1, minutes: 54 });
  expect(january.every(({ month }) => month === '2026-01')).toBe(true);
});

test('a long period is read week by week and comes to the same as its parts', async () => {
  await using world = moneyWorld();
  for (const date of ['2026-01-01', '2026-01-08', '2026-01-15', '2026-01-31', '2026-02-01']) world.lesson({ date });

  const minutes = async (period: string) =>
    (await peopleOf(world, period)).reduce((sum, { email, minutes: own }) => sum + (email === BEN ? own : 0), 0);
  expect(await minutes('2026-01')).toBe(240);
  expect(await minutes('2026-01-01..2026-01-08')).toBe(120);
  expect(await minutes('2026-01-09..2026-02-01')).toBe(180);
});

test('whom nobody saw is not absent while a review of the class is open, unless a person decided it', async () => {
  await using world = moneyWorld();
  const students = [BEN, CLEO];
  const there = { [ANA]: ['16:00-17:00'], 'tablet@nowhere.example': ['16:00-17:00'] };
  const classId = world.lesson({ date: '2026-01-05', students, there });
  world.actions.decide(
    { kind: 'set_status', class_id: classId, user_email: CLEO, status: 'absent', reason: 'her mother called' },
    { actor: 'office' },
  );

  const counts = async (email: string) => (await peopleOf(world, '2026-01')).find((person) => person.email === email);
  expect(await counts(BEN)).toMatchObject({ expected: 1, absent: 0, pending: 1 });
  expect(await counts(CLEO)).toMatchObject({ expected: 1, absent: 1, pending: 0 });

  const [item] = world.review.list({ state: 'open', after: 0, limit: 1 });
  world.actions.ignoreReview(item!.id, { scope: 'call' }, { actor: 'office', reason: 'the tablet of the room' });
  expect(await counts(BEN)).toMatchObject({ absent: 1, pending: 0 });
});
