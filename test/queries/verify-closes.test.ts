import { expect, test } from 'vitest';

import { sha256 } from '../../src/core/billing/money/canonical.ts';
import { verifyCloses } from '../../src/queries/verify-closes.ts';
import { january, type MoneyWorld } from '../support/money-world.ts';
import { school } from '../support/school.ts';

const BY = { actor: 'office', reason: 'agreed' };

async function closed(): Promise<MoneyWorld> {
  const world = await january();
  expect(await world.actions.closePeriod('2026-01', {}, BY)).toMatchObject({ kind: 'closed' });
  return world;
}

const edit = ({ database }: MoneyWorld, sql: string, ...values: readonly string[]) =>
  database.sqlite.prepare(sql).run(...values);

test('closes that are what was issued, reopened ones too', async () => {
  await using world = await closed();
  expect(await verifyCloses(world)).toEqual({ ok: true, closes: 1, lines: 4, problems: [], waiting: 0 });

  world.actions.reopenPeriod('2026-01', BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(await verifyCloses(world)).toMatchObject({ ok: true, closes: 2, lines: 8 });
});

test('a correction that waits is counted and no fault', async () => {
  await using world = await closed();
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  expect(await verifyCloses(world)).toMatchObject({ ok: true, problems: [], waiting: 2 });
});

const cheaper = `replace(document, '"amountMinor":3990', '"amountMinor":3989')`;

test.each([
  [
    'a document that was edited',
    `update period_closes set document = ${cheaper}`,
    'the document is not the one that was issued',
  ],
  [
    'a line that was edited',
    `update closed_lines set line = replace(line, '"amountMinor":3990', '"amountMinor":3989')`,
    'the lines are not those that were issued: line c1-2 was edited',
  ],
  [
    'a line that is gone',
    `delete from closed_lines where line_id = 'c1-2'`,
    'the lines are not those that were issued',
  ],
])('%s is found', async (_, sql, problem) => {
  await using world = await closed();
  edit(world, sql);
  expect(await verifyCloses(world)).toMatchObject({ ok: false, problems: [`2026-01 version 1: ${problem}`] });
});

/** What is issued is changed, and its id with it: only what it is held against can tell. */
function reissue(world: MoneyWorld, change: (document: string) => string): void {
  const document = change(world.database.sqlite.prepare('select document from period_closes').pluck().get() as string);
  edit(world, 'update period_closes set document = ?, document_id = ?', document, sha256(document));
}

test.each([
  ['with white space', (text: string) => `${text}\n`, 'the document is not in its canonical form'],
  [
    'with another amount',
    (text: string) => text.replace('"amountMinor":3990', '"amountMinor":3989'),
    'the lines and the document do not come to the same',
  ],
  [
    'with another word',
    (text: string) => text.replace('Algebra', 'Algebrb'),
    'the audit log knows nothing of this close',
  ],
])('a document that was issued anew %s is found', async (_, change, problem) => {
  await using world = await closed();
  reissue(world, change);
  expect((await verifyCloses(world)).problems).toEqual([`2026-01 version 1: ${problem}`]);
});

test('the closes are verified, and a line or a document edited by hand is found', async () => {
  await using world = await school('forth');
  const { actions } = world;
  await actions.closePeriod('2026-01', { exceptions: true }, { ...BY, reason: 'a call is lost' });
  expect(await verifyCloses(world)).toEqual({ ok: true, closes: 1, lines: 9, problems: [], waiting: 0 });

  const { sqlite } = world.database;
  const edit = (column: string, table: string, from: string, to: string) =>
    sqlite.prepare(`update ${table} set ${column} = replace(${column}, ?, ?)`).run(from, to);
  edit('line', 'closed_lines', '"amountMinor":4200', '"amountMinor":4100');
  expect((await verifyCloses(world)).problems).toEqual([
    '2026-01 version 1: the lines are not those that were issued: line c1-3 was edited',
  ]);
  edit('line', 'closed_lines', '"amountMinor":4100', '"amountMinor":4200');
  edit('document', 'period_closes', '"amountMinor":4200', '"amountMinor":4100');
  expect((await verifyCloses(world)).problems).toEqual([
    '2026-01 version 1: the document is not the one that was issued',
  ]);
});
