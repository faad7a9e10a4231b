import { expect, test } from 'vitest';

import { exceptionText } from '../../../src/core/billing/period/exceptions.ts';
import { createPeriodStore, type NewClose } from '../../../src/ledger/money/period-store.ts';
import { moneyWorld } from '../../support/money-world.ts';

const document = '{"charges":[],"format":"rollbook-period-2"}';
const close: NewClose = {
  period: '2026-01',
  firstDay: '2026-01-01',
  lastDay: '2026-01-31',
  zone: 'Europe/London',
  startsAt: Date.parse('2026-01-01T00:00:00Z'),
  endsAt: Date.parse('2026-02-01T00:00:00Z'),
  settingsVersion: 0,
  wording: 1,
  document,
  documentId: 'd1',
  linesHash: 'h1',
  exceptions: [{ invariant: 'evidence_is_whole', lineId: 'c5-3', text: 'The call is lost.' }],
  carries: [{ teacherId: 1, currency: 'EUR', carryMinor: -1500 }],
  auditHead: 'head',
  auditCount: 3,
  reason: 'a call is lost',
  closedBy: 'ada',
  lines: [],
};

test('a close is kept as it was issued, and a reopened one makes way for the next version', async () => {
  await using world = moneyWorld();
  const periods = createPeriodStore(world.database, { now: () => 1_000 });
  const { document: _document, lines: _lines, ...issued } = close;
  const first = periods.save(close);
  expect(first).toMatchObject({ ...issued, version: 1, closedAt: 1_000, reopenedAt: null });
  expect(periods.document(first.id)).toBe(document);
  expect(periods.isOfFirstFormat(first.id)).toBe(false);
  expect(periods.standingWithin('2026-01-31', '2026-02-28')).toEqual([first]);
  expect(periods.standingAt(Date.parse('2026-01-31T23:59:59Z'))).toEqual(first);
  expect(periods.standingAt(Date.parse('2026-02-01T00:00:00Z'))).toBeNull();

  periods.reopen(first.id, 'ada', 'a late call');
  expect([periods.standingOf('2026-01'), periods.standing(), periods.nextVersion('2026-01')]).toEqual([null, [], 2]);
  const second = periods.save(close);
  expect(periods.list().map(({ version }) => version)).toEqual([2, 1]);
  expect(periods.standingOf('2026-01')).toEqual(second);
});

test('a close of the first format keeps its sentences, which are read as data', async () => {
  await using world = moneyWorld();
  const periods = createPeriodStore(world.database, { now: () => 1_000 });
  const { id } = periods.save({ ...close, document: '{"charges":[],"format":"rollbook-period-1"}' });
  const sentences = ['evidence_is_whole: c5-3: The call is lost.', 'no_line_is_disputed: p5-2'];
  world.database.sqlite.prepare('update period_closes set exceptions = ?').run(JSON.stringify(sentences));

  expect(periods.isOfFirstFormat(id)).toBe(true);
  expect(periods.standingOf('2026-01')?.exceptions).toEqual([
    { invariant: 'evidence_is_whole', lineId: 'c5-3', text: 'The call is lost.' },
    { invariant: 'no_line_is_disputed', lineId: 'p5-2', text: null },
  ]);
  const printed = periods.standingOf('2026-01')?.exceptions.map((exception) => exceptionText(exception, 1));
  expect(printed).toEqual(sentences);
});
