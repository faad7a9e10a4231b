import { expect, test } from 'vitest';

import { createMoneyStores } from '../../../src/ledger/money/stores.ts';
import { createSettingsStore } from '../../../src/ledger/school/settings-store.ts';
import { ANA, BEN, CLEO, moneyWorld, withRates } from '../../support/money-world.ts';
import type { HeldLesson, MoneyWorld } from '../../support/money-world.ts';

const TOM = 'tom@school.example';
const BY = { actor: 'cli:kim' };

const lessons: readonly HeldLesson[] = [
  {
    date: '2026-01-09',
    there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:03-17:00'], [CLEO]: ['16:00-16:40'] },
    students: [BEN, CLEO],
  },
  {
    date: '2026-01-12',
    space: 'spaces/two',
    subject: 'Chess',
    teacher: TOM,
    students: [CLEO],
    there: { [TOM]: ['16:00-17:00'], [CLEO]: ['16:00-17:00'] },
  },
  // Ana is in two classes that start together: the same one keeps the minutes on any machine.
  { date: '2026-01-16', space: 'spaces/one', there: { [ANA]: ['16:00-16:30'], [BEN]: ['16:00-17:00'] } },
  {
    date: '2026-01-16',
    space: 'spaces/three',
    subject: 'Zoology',
    students: [CLEO],
    there: { [ANA]: ['16:00-17:00'], [CLEO]: ['16:00-17:00'] },
  },
  { date: '2026-01-23', coverage: 'partial', there: { [ANA]: ['16:00-17:00'] } },
];

/** The same school, entered in one order or the other. */
async function school(order: 'forth' | 'back'): Promise<MoneyWorld> {
  const world = moneyWorld();
  const back = order === 'back';
  const people = [
    [TOM, 'teacher'],
    [BEN, 'student'],
    [CLEO, 'student'],
  ] as const;
  for (const [email, role] of back ? people.toReversed() : people) world.person(email, role);
  const families = [
    { name: 'Brown', currency: 'EUR', student_emails: [BEN] },
    { name: 'Clark', currency: 'EUR', student_emails: [CLEO] },
  ];
  for (const family of back ? families.toReversed() : families) await world.admin('POST', '/api/families', family);
  if (back) {
    await world.admin('POST', '/api/rates', {
      kind: 'pay',
      amount: '1.00',
      currency: 'EUR',
      valid_from: '2020-01-01',
      valid_to: '2020-12-31',
    });
  }
  await withRates(world);
  await world.admin('PUT', '/api/policy', {
    valid_from: '2026-01-01',
    preset: 'standard_tutoring',
    discount: [{ basis_points: 1000, family_id: back ? 1 : 2 }],
  });
  for (const held of back ? lessons.toReversed() : lessons) world.lesson(held);
  return world;
}

test('one school in two ledgers, filled in another order, closes to the same bytes', async () => {
  await using one = await school('forth');
  await using other = await school('back');
  const documents = [];
  for (const world of [one, other]) {
    const { actions } = world;
    const closed = await actions.closePeriod('2026-01', { exceptions: true }, { ...BY, reason: 'a call is lost' });
    if (closed.kind === 'refused') throw new Error(closed.message);
    documents.push({
      id: closed.close.documentId,
      text: createMoneyStores(world.database, world.clock).periods.document(closed.close.id),
    });
  }
  expect(documents[0]!.text).toBe(documents[1]!.text);
  expect(documents[0]!.id).toBe(documents[1]!.id);
  expect(JSON.parse(documents[0]!.text)).toMatchObject({
    format: 'rollbook-period-2',
    zone: 'Europe/London',
    policies: [{ discount: [{ family: 'Clark', basis_points: 1000 }] }],
    exceptions: [
      { invariant: 'evidence_is_whole', line: '2026-01-23T16:00:00Z Algebra ana@school.example' },
      { invariant: 'evidence_is_whole', line: '2026-01-23T16:00:00Z Algebra ben@home.example' },
    ],
  });
});

test('the closes are verified, and a line or a document edited by hand is found', async () => {
  await using world = await school('forth');
  const { actions, queries } = world;
  await actions.closePeriod('2026-01', { exceptions: true }, { ...BY, reason: 'a call is lost' });
  expect(await queries.verifyCloses()).toEqual({ ok: true, closes: 1, lines: 9, problems: [], waiting: 0 });

  const { sqlite } = world.database;
  const edit = (column: string, table: string, from: string, to: string) =>
    sqlite.prepare(`update ${table} set ${column} = replace(${column}, ?, ?)`).run(from, to);
  edit('line', 'closed_lines', '"amountMinor":4200', '"amountMinor":4100');
  expect((await queries.verifyCloses()).problems).toEqual([
    '2026-01 version 1: the lines are not those that were issued',
  ]);
  edit('line', 'closed_lines', '"amountMinor":4100', '"amountMinor":4200');
  edit('document', 'period_closes', '"amountMinor":4200', '"amountMinor":4100');
  expect((await queries.verifyCloses()).problems).toEqual([
    '2026-01 version 1: the document is not the one that was issued',
  ]);
});

test('two who close a period at once make one version of it', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  const { actions, queries } = world;
  const outcomes = await Promise.all([actions.closePeriod('2026-01', {}, BY), actions.closePeriod('2026-01', {}, BY)]);
  expect(outcomes.map((one) => (one.kind === 'refused' ? one.code : one.kind)).sort()).toEqual([
    'closed',
    'period_closed',
  ]);
  expect(queries.closes()).toHaveLength(1);
});

test('two corrections of one line are settled one after the other, in any order', async () => {
  await using world = await school('forth');
  const { actions, queries } = world;
  await actions.closePeriod('2026-01', { exceptions: true }, { ...BY, reason: 'a call is lost' });
  // Ben moves to the other family: what was billed to one is taken back and asked of the other.
  await world.admin('PATCH', '/api/families/2', { student_emails: [BEN, CLEO] });
  const { adjustments } = await queries.corrections();
  expect(adjustments.map(({ adjustmentId }) => adjustmentId.slice(0, 3))).toEqual(['a1-', 'a2-', 'a1-', 'a2-']);
  for (;;) {
    const last = (await queries.corrections()).adjustments.at(-1);
    if (last === undefined) break;
    const settled = await actions.acceptCorrection(last.adjustmentId, { ...BY, reason: 'moved' });
    expect(settled.kind).toBe('saved');
  }
  const february = await queries.statements('2026-02');
  if (february.kind === 'refused') throw new Error(february.message);
  expect(february.families.map(({ familyId, total }) => [familyId, total])).toEqual([
    [1, '-63.00'],
    [2, '56.70'],
  ]);
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
  const { queries } = world;
  const whole = await queries.statements('2026-01-01..2026-01-31');
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
  const parts = await Promise.all(days.map((day) => queries.statements(`${day}..${day}`)));
  expect(parts.flatMap((part) => (part.kind === 'statements' ? part.lines.charges : []))).toEqual(whole.lines.charges);
  expect(parts.flatMap((part) => (part.kind === 'statements' ? part.lines.pay : []))).toEqual(whole.lines.pay);
});

test('a weak match is not billed where the school says so', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson();
  world.database.sqlite.prepare(`update attendance_logs set identity_confidence = 'weak' where role = 'student'`).run();
  const { queries } = world;
  const total = async () => {
    const found = await queries.statements('2026-01');
    return found.kind === 'statements'
      ? found.lines.charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
      : null;
  };
  expect(await total()).toBe(4200);
  createSettingsStore(world.database, world.clock).set('weakMatchesBill', false);
  expect(await total()).toBe(0);
  expect(queries.explain(`c${classId}-${world.person(BEN, 'student')}`)?.line.outcome).toBe('unknown');
});

test('a class that is over and was never looked at is on the bill as a question', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson();
  world.database.sqlite.exec(`update classes set status = 'scheduled'`);
  world.database.sqlite.exec(`delete from attendance_logs`);
  world.database.sqlite.exec(`delete from sessions`);
  const found = await world.queries.statements('2026-01');
  expect(found.kind === 'statements' && found.lines.blocked.map(({ lineId, code }) => [lineId, code])).toEqual([
    [`c${classId}-2`, 'no_evidence'],
    [`p${classId}-1`, 'no_evidence'],
  ]);
});
