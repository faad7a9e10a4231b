import { expect, test } from 'vitest';

import type { Adjustment } from '../../../src/core/billing/period/adjustments.ts';
import { createAdjustmentStore } from '../../../src/ledger/money/adjustment-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const NOW = Date.parse('2026-02-02T09:00:00Z');

/** Ten euros less for one lesson in January. */
const adjustment = (adjustmentId: string): Adjustment => ({
  adjustmentId,
  side: 'charge',
  lineId: 'c1-2',
  closedPeriod: '2026-01',
  classId: 1,
  subject: 'Algebra',
  date: '2026-01-16',
  personId: 2,
  personEmail: 'ben@home.example',
  familyId: null,
  ms: -900_000,
  currency: 'EUR',
  amountMinor: -1000,
  amount: '-10.00',
  tax: null,
  taxMinor: 0,
  reason: 'the call ended early',
});

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const store = createAdjustmentStore(database, clock);
  const by = { corrects: '2026-01', actor: 'owner', reason: 'looked into' };
  const accept = (id: string, contentHash = id, postedIn = '2026-02') =>
    store.save({ ...by, adjustment: adjustment(id), state: 'accepted', postedIn, contentHash });
  const reject = (id: string, contentHash = id) =>
    store.save({ ...by, adjustment: adjustment(id), state: 'rejected', postedIn: null, contentHash });
  return { store, accept, reject, by, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

test('a correction comes back whole, with who settled it, why and when', () => {
  using world = ledger();
  const saved = world.accept('a1-c1-2');

  expect(saved).toEqual({
    id: saved.id,
    adjustment: adjustment('a1-c1-2'),
    corrects: '2026-01',
    state: 'accepted',
    postedIn: '2026-02',
    contentHash: 'a1-c1-2',
    actor: 'owner',
    reason: 'looked into',
    createdAt: NOW,
  });
  expect(world.store.list({})).toEqual([saved]);
});

test('corrections are listed in the order they were settled, by the period they correct or the one they are posted in', () => {
  using world = ledger();
  const [third, refused, first] = [
    world.accept('a3-c1-2', 'three', '2026-03'),
    world.reject('a2-c1-2'),
    world.accept('a1-c1-2', 'one', '2026-02'),
  ];

  expect(world.store.list({ corrects: '2026-01' })).toEqual([third, refused, first]);
  expect(world.store.list({ corrects: '2026-01', postedIn: '2026-02' })).toEqual([first]);
  expect(world.store.list({ postedIn: '2026-03' })).toEqual([third]);
  expect(world.store.list({ corrects: '2026-02' })).toEqual([]);
});

test('numbers that were given are counted by line, also of what was withdrawn', () => {
  using world = ledger();
  world.reject('a1-c1-2');
  const { id } = world.accept('a1-c1-2', 'one');
  world.store.withdraw([id]);
  world.accept('a2-c1-2', 'two');
  expect(world.store.numbersGiven()).toEqual(new Map([['c1-2', 2]]));
});

test('a correction is posted once, however often it was refused before', () => {
  using world = ledger();
  world.reject('a1-c1-2', 'ten euros less');
  world.reject('a1-c1-2', 'nine euros less');
  world.accept('a1-c1-2', 'eight euros less');

  expect(() => world.accept('a1-c1-2', 'seven euros less')).toThrow(/UNIQUE/);
  expect(world.store.list({}).map(({ state }) => state)).toEqual(['rejected', 'rejected', 'accepted']);
});

test('the ledger itself refuses an accepted correction without a period to stand in, and a rejected one with it', () => {
  using world = ledger();
  const settled = { ...world.by, adjustment: adjustment('a1-c1-2'), contentHash: 'one' };

  expect(() => world.store.save({ ...settled, state: 'accepted', postedIn: null })).toThrow(/adjustments_posted/);
  expect(() => world.store.save({ ...settled, state: 'rejected', postedIn: '2026-02' })).toThrow(/adjustments_posted/);
  expect(world.store.list({})).toEqual([]);
});

test('a correction that was withdrawn says so, and is still listed', () => {
  using world = ledger();
  const saved = world.accept('a1-c1-2');
  world.store.withdraw([saved.id]);
  expect(world.store.list({ corrects: '2026-01' })).toEqual([{ ...saved, state: 'withdrawn' }]);
});
