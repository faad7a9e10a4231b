import { expect, test } from 'vitest';

import { january as januaryByStores, type MoneyWorld } from '../support/money-world.ts';

const BY = { actor: 'office', reason: 'agreed' };

/** The school of the test, which fills the stores without verbs: the audit log gets its rows here. */
async function january(): Promise<MoneyWorld> {
  const world = await januaryByStores();
  world.audit.appendRest(BY);
  return world;
}

async function checksOf(world: MoneyWorld, noted?: { readonly head: string; readonly count: number }) {
  const steps: string[] = [];
  const { signal } = new AbortController();
  const onProgress = (done: number, total: number) => void steps.push(`${done}/${total}`);
  const { checks, head } = await world.queries.verify({ noted: noted && [noted], signal, onProgress });
  return { failing: checks.filter(({ ok }) => !ok), details: checks.map(({ detail }) => detail), head, steps };
}

test('a ledger that is whole', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  const { failing, details, head, steps } = await checksOf(world);
  expect(failing).toEqual([]);
  expect(details).toEqual([
    'pages, indexes and references agree',
    'tables, indexes, triggers and views are those of Rollbook',
    '5 entries in one chain',
    '18 rows of what people enter as the audit log left them',
    '4 logs of 2 classes as the evidence gives them',
    '4 lines of 1 close as issued',
  ]);
  expect(head).toEqual({ ...world.audit.head(), ok: true });
  expect(steps).toEqual(['0/2', '2/2']);
});

test.each([
  [
    'minutes that were edited',
    'update attendance_logs set duration_ms = 1 where person_id = 2',
    'class 1: the log 2 of ben@home.example has duration in ms 1, but its evidence gives 3430000 (in 1 of 2 classes)',
  ],
  [
    'a name that was edited',
    "update attendance_logs set display_name = 'Ana Silva' where person_id = 2",
    'class 1: the log 2 of ben@home.example has name Ana Silva, but its evidence gives ben (in 1 of 2 classes)',
  ],
  [
    'a log that was deleted',
    'delete from attendance_logs where person_id = 2',
    'class 1: the log of ben is missing (in 1 of 2 classes)',
  ],
])('%s', async (_, sql, detail) => {
  await using world = await january();
  world.database.sqlite.prepare(sql).run();
  expect((await checksOf(world)).failing).toEqual([{ check: 'attendance', ok: false, detail }]);
});

test('an audit log that was cut off is found by its end as it was noted', async () => {
  await using world = await january();
  const noted = world.audit.head();
  world.database.sqlite.prepare('delete from audit_log where id = (select max(id) from audit_log)').run();

  // What stands in the tables shows it too.
  expect((await checksOf(world)).failing.map(({ check }) => check)).toEqual(['records']);
  const { failing, head } = await checksOf(world, noted);
  expect(failing.map(({ check }) => check)).toEqual(['audit log', 'records']);
  expect(head.ok).toBe(false);
});

test('corrections that wait are told and are no fault; a close that was edited is one', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  expect((await checksOf(world)).details.at(-1)).toBe(
    '4 lines of 1 close as issued; 2 corrections to accept or reject',
  );
  world.database.sqlite.prepare(`delete from closed_lines where line_id = 'c1-2'`).run();
  expect((await checksOf(world)).failing).toMatchObject([
    { check: 'books', detail: '2026-01 version 1: the lines are not those that were issued (1 in all)' },
  ]);
});

test('it ends between two classes when it is told to', async () => {
  await using world = await january();
  const wish = { signal: AbortSignal.abort(new Error('stopped')), onProgress: () => undefined };
  await expect(world.queries.verify(wish)).rejects.toThrow('stopped');
});
