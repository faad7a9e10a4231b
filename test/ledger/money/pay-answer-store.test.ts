import { describe, expect, test } from 'vitest';

import { createPayAnswerStore } from '../../../src/ledger/money/pay-answer-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const NOW = Date.parse('2026-02-02T09:00:00Z');

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const payAnswers = createPayAnswerStore(database, clock);
  const zoe = people.create({ email: 'zoe@school.example', role: 'teacher' });
  const ana = people.create({ email: 'ana@school.example', role: 'teacher' });
  const dispute = (lineId: string, { id } = ana, period = '2026-01') =>
    payAnswers.addDispute({ lineId, period, personId: id, text: 'I was there for an hour' });
  return { clock, payAnswers, zoe, ana, dispute, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

describe('the yes of teachers to their pay', () => {
  test('is the last one of each teacher, listed by e-mail', () => {
    using world = ledger();
    for (const { id } of [world.zoe, world.ana]) world.payAnswers.accept('2026-01', id, 'first pay');
    world.clock.advance(1000);
    const last = world.payAnswers.accept('2026-01', world.zoe.id, 'second pay');

    expect(last).toEqual({
      personId: world.zoe.id,
      teacherEmail: 'zoe@school.example',
      payHash: 'second pay',
      acceptedAt: NOW + 1000,
    });
    expect(world.payAnswers.acceptances('2026-01').map(({ teacherEmail, payHash }) => [teacherEmail, payHash])).toEqual(
      [
        ['ana@school.example', 'first pay'],
        ['zoe@school.example', 'second pay'],
      ],
    );
  });

  test('holds for its period only', () => {
    using world = ledger();
    world.payAnswers.accept('2026-01', world.ana.id, 'pay');

    expect(world.payAnswers.acceptances('2026-02')).toEqual([]);
  });
});

describe('a dispute', () => {
  test('is open until it is closed, and stays to be read with what was decided', () => {
    using world = ledger();
    const made = world.dispute('p-1');
    expect(made).toMatchObject({ teacherEmail: 'ana@school.example', createdAt: NOW, closedAt: null, outcome: null });
    expect(world.payAnswers.openDisputeOf('p-1')).toEqual(made);
    world.clock.advance(1000);
    const closed = world.payAnswers.closeDispute(made.id, 'upheld', 'owner', 'the log was wrong');

    expect(closed).toEqual({
      ...made,
      closedAt: NOW + 1000,
      closedBy: 'owner',
      outcome: 'upheld',
      closeReason: 'the log was wrong',
    });
    expect(world.payAnswers.openDisputeOf('p-1')).toBeNull();
    expect(world.payAnswers.dispute(made.id)).toEqual(closed);
  });

  test('is the only open one of its line; a line can be disputed again when it is closed', () => {
    using world = ledger();
    const first = world.dispute('p-1');
    expect(() => world.dispute('p-1')).toThrow(/UNIQUE/);
    world.payAnswers.closeDispute(first.id, 'refused', 'owner', 'the log is right');

    const second = world.dispute('p-1');
    expect(world.payAnswers.openDisputeOf('p-1')).toEqual(second);
  });

  test('is listed in the order of entry, in pages, by period, by teacher, and open ones alone', () => {
    using world = ledger();
    const [a, b, c] = [
      world.dispute('p-1'),
      world.dispute('p-2', world.zoe),
      world.dispute('p-3', world.ana, '2026-02'),
    ];
    const closed = world.payAnswers.closeDispute(a.id, 'refused', 'owner', 'the log is right');
    const { disputes } = world.payAnswers;

    expect(disputes({ after: 0, limit: 2 })).toEqual([closed, b]);
    expect(disputes({ after: b.id, limit: 2 })).toEqual([c]);
    expect(disputes({ period: '2026-01', after: 0, limit: 9 })).toEqual([closed, b]);
    expect(disputes({ personIds: [world.ana.id], after: 0, limit: 9 })).toEqual([closed, c]);
    expect(disputes({ open: true, after: 0, limit: 9 })).toEqual([b, c]);
  });
});
