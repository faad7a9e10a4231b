import { expect, test } from 'vitest';

import { createRateStore, type NewRate } from '../../../src/ledger/money/rate-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

function ledger() {
  const clock = handClock('2026-01-16T20:00:00Z');
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const rateStore = createRateStore(database, clock);
  const ana = people.create({ email: 'ana@school.example', role: 'teacher' });
  const ben = people.create({ email: 'ben@home.example', role: 'student' });
  /** Forty euros an hour for everybody from the new year on, unless the test says otherwise. */
  const rate = (changes: Partial<NewRate> = {}): NewRate => ({
    kind: 'charge',
    amountMinor: 4000,
    currency: 'EUR',
    unit: 'hour',
    validFrom: '2026-01-01',
    validTo: null,
    classId: null,
    studentId: null,
    teacherId: null,
    subject: null,
    seriesId: null,
    ...changes,
  });
  const add = (changes?: Partial<NewRate>) => rateStore.create(rate(changes), 'owner');
  return { people, rateStore, ana, ben, rate, add, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

test('a rate comes back as it was entered, with the addresses of the people it is for', () => {
  using world = ledger();
  const made = world.add({ studentId: world.ben.id, teacherId: world.ana.id, subject: 'Algebra' });

  expect(made).toEqual({
    id: made.id,
    kind: 'charge',
    amountMinor: 4000,
    currency: 'EUR',
    unit: 'hour',
    validFrom: '2026-01-01',
    validTo: null,
    scope: {
      classId: null,
      studentEmail: 'ben@home.example',
      teacherEmail: 'ana@school.example',
      subject: 'Algebra',
      seriesId: null,
    },
  });
  expect(world.rateStore.get(made.id)).toEqual(made);
  expect(world.rateStore.get(made.id + 1)).toBeNull();
});

test('a rate stays with its student when the address of the student changes', () => {
  using world = ledger();
  const { id } = world.add({ studentId: world.ben.id });
  world.people.update(world.ben.id, { email: 'benjamin@home.example' });

  expect(world.rateStore.get(id)?.scope.studentEmail).toBe('benjamin@home.example');
});

test('rates are listed in the order they were entered, in pages, and by kind; for pricing there are all', () => {
  using world = ledger();
  const [late, pay, early] = [
    world.add({ validFrom: '2026-03-01' }),
    world.add({ kind: 'pay', amountMinor: 2500 }),
    world.add({ validFrom: '2025-01-01', validTo: '2025-12-31' }),
  ];

  expect(world.rateStore.list({ after: 0, limit: 2 })).toEqual([late, pay]);
  expect(world.rateStore.list({ after: pay.id, limit: 2 })).toEqual([early]);
  expect(world.rateStore.list({ kind: 'charge', after: 0, limit: 9 })).toEqual([late, early]);
  expect(world.rateStore.all()).toEqual([late, pay, early]);
});

test('a change keeps the number of the rate and touches no other rate', () => {
  using world = ledger();
  const [changed, other] = [world.add(), world.add({ subject: 'Algebra' })];

  expect(world.rateStore.update(changed.id, world.rate({ validTo: '2026-01-31' }))).toEqual({
    ...changed,
    validTo: '2026-01-31',
  });
  expect(world.rateStore.all()).toEqual([{ ...changed, validTo: '2026-01-31' }, other]);
});

test('the ledger itself refuses a price below nothing and a rate that ends before it begins', () => {
  using world = ledger();

  expect(() => world.add({ amountMinor: -1 })).toThrow(/rates_amount/);
  expect(() => world.add({ validTo: '2025-12-31' })).toThrow(/rates_days/);
  expect(world.rateStore.all()).toEqual([]);
});
