import { expect, test } from 'vitest';

import { createMoneyStores } from '../../../src/ledger/money/stores.ts';
import { january, moneyWorld, withRates } from '../../support/money-world.ts';
import { school } from '../../support/school.ts';

const BY = { actor: 'office' };

test('a clean period is frozen: document, lines and audit entry tell the same', async () => {
  await using world = await january();
  const entries = world.audit.head().count;

  const closed = await world.actions.closePeriod('2026-01', {}, BY);
  if (closed.kind === 'refused') throw new Error(closed.message);
  const { close } = closed;

  expect(close).toMatchObject({
    period: '2026-01',
    version: 1,
    firstDay: '2026-01-01',
    lastDay: '2026-01-31',
    zone: 'Europe/London',
    exceptions: [],
    carries: [],
    closedBy: 'office',
    reason: null,
  });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    {
      action: 'period.close',
      subject: 'period:2026-01',
      after: {
        version: 1,
        document_id: close.documentId,
        lines_hash: close.linesHash,
        lines: 4,
        totals: [{ currency: 'EUR', billed_minor: 8190, paid_minor: 4400 }],
      },
    },
  ]);
  // The close notes the end of the log, its own entry included.
  expect([close.auditHead, close.auditCount]).toEqual([world.audit.head().head, entries + 1]);
});

test('what speaks against a close is listed; with exceptions it needs a reason, and they are on the cover', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', coverage: 'partial' });
  const close = (exceptions: boolean, reason?: string) =>
    world.actions.closePeriod('2026-01', { exceptions }, { ...BY, reason });

  expect(await close(false)).toMatchObject({
    code: 'period_not_clean',
    message:
      '2026-01 is not ready to be closed: 2 lines have no outcome yet. Settle them, or close it with exceptions and a reason',
    complaints: [{ path: 'evidence_is_whole' }, { path: 'evidence_is_whole' }],
  });
  expect(await close(true)).toMatchObject({ code: 'invalid', complaints: [{ path: 'reason' }] });
  expect(world.money.periods.list()).toEqual([]);
  expect(await close(true, 'Google lost the call')).toMatchObject({
    kind: 'closed',
    close: {
      reason: 'Google lost the call',
      exceptions: [
        { invariant: 'evidence_is_whole', lineId: 'c3-2' },
        { invariant: 'evidence_is_whole', lineId: 'p3-1' },
      ],
    },
  });
});

test('a day belongs to one period, and a period is closed once', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);

  expect(await world.actions.closePeriod('2026-01', {}, BY)).toMatchObject({
    code: 'period_closed',
    message: '2026-01 is closed already as version 1; what has changed since waits in GET /api/adjustments',
  });
  expect(await world.actions.closePeriod('2026-01-31..2026-02-01', {}, BY)).toMatchObject({
    code: 'period_closed',
    message: '2026-01 is closed and shares days with 2026-01-31..2026-02-01: a day belongs to one period',
  });
});

test.each([
  ['2026-02', 'period_not_clean'],
  ['2026-03', 'period_in_future'],
  ['January', 'invalid'],
])('%s is not closed in the first days of February: %s', async (period, code) => {
  await using world = moneyWorld();
  const wish = { exceptions: true };
  expect(await world.actions.closePeriod(period, wish, { ...BY, reason: 'at once' })).toMatchObject({ code });
  expect(world.money.periods.list()).toEqual([]);
});

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

test('two who close a period at once make one version of it', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson();
  const { actions, money } = world;
  const outcomes = await Promise.all([actions.closePeriod('2026-01', {}, BY), actions.closePeriod('2026-01', {}, BY)]);
  expect(outcomes.map((one) => (one.kind === 'refused' ? one.code : one.kind)).sort()).toEqual([
    'closed',
    'period_closed',
  ]);
  expect(money.periods.list()).toHaveLength(1);
});

test('a correction that was accepted for a period of other bounds is a line of the first close that takes its days', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  const found = await world.queries.adjustments({ period: '2026-01', state: 'proposed' });
  if (found.kind === 'refused') throw new Error(found.message);
  const { adjustmentId } = found.proposed[0]!.adjustment;
  await world.actions.acceptCorrection(adjustmentId, { ...BY, reason: 'the rate was wrong' });
  const idsIn = async (period: string) => {
    const statements = await world.statementQuery.of(period);
    if (statements.kind === 'refused') throw new Error(statements.message);
    return statements.adjustments.map((one) => one.adjustmentId);
  };
  expect(await idsIn('2026-02')).toEqual([adjustmentId]);
  expect(await idsIn('2026-02-01..2026-02-01')).toEqual([adjustmentId]);

  await world.actions.closePeriod('2026-02-01..2026-02-01', { exceptions: true }, { ...BY, reason: 'by halves' });

  expect(await idsIn('2026-02-01..2026-02-01')).toEqual([adjustmentId]);
  expect(await idsIn('2026-02-02..2026-02-03')).toEqual([]);
  expect(world.money.adjustments.list({}).map(({ postedIn }) => postedIn)).toEqual(['2026-02-01..2026-02-01']);
  expect(world.audit.list({ limit: 1 }).items[0]!.after).toMatchObject({
    moved_adjustments: [{ adjustment_id: adjustmentId, was_posted_in: '2026-02' }],
  });
  const { checks } = await world.queries.verify({ signal: new AbortController().signal, onProgress: () => undefined });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});
