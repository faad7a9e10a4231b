import { describe, expect, test } from 'vitest';

import { BEN, CLEO, january, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

async function billsOf(world: MoneyWorld, ...of: Parameters<MoneyWorld['queries']['bills']>) {
  const found = await world.queries.bills(...of);
  if (found.kind === 'refused') throw new Error(found.message);
  return found;
}

test('families have what they owe, and students without one are billed alone', async () => {
  await using world = await january();
  const { statements } = await billsOf(world, '2026-01');

  // A bill goes to the address of the family, or of the student who has none.
  expect(statements.map(({ name, lines, total, email }) => [name, lines[0]?.studentEmail, total, email])).toEqual([
    ['Brown', BEN, '39.90', 'pay@home.example'],
    [CLEO.split('@')[0], CLEO, '42.00', CLEO],
  ]);
});

test('one family is shown without the others, its lines that are blocked too', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', students: [BEN, CLEO], coverage: 'partial' });

  const own = await billsOf(world, '2026-01', 1);
  expect(own.statements.map(({ name }) => name)).toEqual(['Brown']);
  expect(own.blocked.map(({ personEmail }) => personEmail)).toEqual([BEN]);
  const all = await billsOf(world, '2026-01');
  expect(all.blocked.map(({ personEmail }) => personEmail).toSorted()).toEqual([BEN, CLEO]);
});

test('a family that is not there has no bill, which is not an empty one', async () => {
  await using world = await january();
  expect(await world.queries.bills('2026-01', 9)).toMatchObject({ code: 'not_found', message: 'there is no family 9' });
});

test('a draft carries the audit log as it is, an issued bill as it was at the close', async () => {
  await using world = await january();
  expect((await billsOf(world, '2026-01')).audit).toEqual(world.audit.head());

  const noted = await world.actions.closePeriod('2026-01', {}, { actor: 'office' });
  const atClose = world.audit.head();
  world.actions.addPerson({ email: 'new@home.example', role: 'student' }, { actor: 'office' });

  expect(noted.kind).toBe('closed');
  expect((await billsOf(world, '2026-01')).audit).toEqual(atClose);
  expect(world.audit.head()).not.toEqual(atClose);
});

test.each([
  ['2026-03', 'period_in_future'],
  ['January', 'invalid'],
  ['2020-01-01..2026-01-01', 'invalid'],
])('%s is no period to bill: %s', async (period, code) => {
  await using world = moneyWorld();
  expect(await world.queries.bills(period)).toMatchObject({ kind: 'refused', code });
});

test('a report has what stood against the close, of its own side and of those who were asked for', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', students: [BEN, CLEO], coverage: 'partial' });
  await world.actions.closePeriod('2026-01', { exceptions: true }, { actor: 'office', reason: 'a call is lost' });
  const linesOf = ({ exceptions }: { readonly exceptions: readonly { readonly lineId: string | null }[] }) =>
    exceptions.map(({ lineId }) => lineId);

  expect(linesOf(await billsOf(world, '2026-01'))).toEqual(['c3-2', 'c3-4']);
  expect(linesOf(await billsOf(world, '2026-01', 1))).toEqual(['c3-2']);
  const pay = await world.queries.payroll('2026-01', [world.teacher.id]);
  if (pay.kind === 'refused') throw new Error(pay.message);
  expect(linesOf(pay)).toEqual(['p3-1']);
  const other = await world.queries.payroll('2026-01', [3]);
  expect(other).toMatchObject({ exceptions: [] });
});

test('who has lessons and no amount for any of them is named in a draft, and keeps a page of its own', async () => {
  await using world = await january();
  const dan = world.person('dan@home.example', 'student');
  const body = { name: 'Davis', currency: 'EUR', student_emails: ['dan@home.example'] };
  await world.admin('POST', '/api/families', body);
  world.lesson({ date: '2026-01-23', space: 'spaces/three', students: ['dan@home.example'], coverage: 'partial' });

  const { waiting, statements } = await billsOf(world, '2026-01');
  expect(statements.map(({ name }) => name)).not.toContain('Davis');
  expect(waiting).toMatchObject([
    { familyId: 2, personId: null, name: 'Davis', currency: 'EUR', lines: [{ personId: dan, personName: 'dan' }] },
  ]);
  expect((await world.admin('GET', '/api/reports/billing?period=2026-01')).json).toMatchObject({
    without_amount: [{ family_id: 2, student_id: null, name: 'Davis', currency: 'EUR', line_ids: ['c3-5'] }],
  });
  const own = await billsOf(world, '2026-01', 2);
  expect([own.statements, own.waiting.map(({ name }) => name)]).toEqual([[], ['Davis']]);
});

test('an exception names the student, also where nothing of theirs is on a statement', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', students: [CLEO], coverage: 'partial' });
  await world.actions.closePeriod('2026-01', { exceptions: true }, { actor: 'office', reason: 'a call is lost' });
  const { exceptions } = await billsOf(world, '2026-01');
  expect(exceptions).toMatchObject([{ lineId: 'c3-4', student: { name: 'cleo', email: CLEO } }]);
  const { json } = await world.admin('GET', '/api/periods/2026-01');
  expect(JSON.stringify(json)).toContain('c3-4: cleo, Algebra, 23 Jan 2026: ');
});

describe('a version that replaces another', () => {
  const BY = { actor: 'office', reason: 'a test' };

  test('says what changed, in amounts that re-add to the difference', async () => {
    await using world = await january();
    await world.actions.closePeriod('2026-01', {}, BY);
    const { json: first } = await world.admin('GET', '/api/reports/billing?period=2026-01');
    expect(first).toMatchObject({ version: 1, families: [{ replaces: null }, { replaces: null }] });

    world.actions.reopenPeriod('2026-01', BY);
    world.lesson({ date: '2026-01-23', space: 'spaces/three' });
    expect(await billsOf(world, '2026-01')).toMatchObject({ version: 2, close: null });
    await world.actions.closePeriod('2026-01', {}, BY);

    const { json } = await world.admin('GET', '/api/reports/billing?period=2026-01');
    expect(json).toMatchObject({
      version: 2,
      families: [
        {
          name: 'Brown',
          total: '81.90',
          replaces: {
            version: 1,
            total: '39.90',
            difference: '42.00',
            tax_difference: '0.00',
            changes: [
              {
                kind: 'added',
                line_id: 'c3-2',
                before: null,
                after: { minutes: 60, amount: '42.00', outcome: 'attended' },
                difference: '42.00',
              },
            ],
          },
        },
        { replaces: { difference: '0.00', changes: [] } },
      ],
    });
    expect((await world.admin('GET', '/api/reports/payroll?period=2026-01')).json).toMatchObject({
      teachers: [{ replaces: { difference: '22.00' } }, { replaces: { difference: '0.00' } }],
    });
  });

  test('tells a family that nothing is due any more, and keeps its name', async () => {
    await using world = await january();
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.reopenPeriod('2026-01', BY);
    const other = { name: 'Green', currency: 'EUR', student_emails: [] };
    await world.admin('POST', '/api/families', other);
    world.actions.changeFamily(1, { studentEmails: [] }, BY);
    world.actions.changeFamily(2, { studentEmails: [BEN] }, BY);
    await world.actions.closePeriod('2026-01', {}, BY);
    world.actions.changeFamily(1, { name: 'Braun' }, BY);

    const { statements, changes } = await billsOf(world, '2026-01');
    expect(statements.map(({ name, total }) => [name, total])).toContainEqual(['Brown', '0.00']);
    expect(changes.get('2026-01-F1-EUR')).toMatchObject({ deltaMinor: -3990, changes: [{ kind: 'taken_off' }] });
    expect(changes.get('2026-01-F2-EUR')).toMatchObject({ beforeMinor: 0, deltaMinor: 3990 });
  });
});
