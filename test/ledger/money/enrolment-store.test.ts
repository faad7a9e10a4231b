import { expect, test } from 'vitest';

import { createEnrolmentStore, type NewEnrolment } from '../../../src/ledger/money/enrolment-store.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

function ledger() {
  const clock = handClock('2026-01-16T20:00:00Z');
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const enrolmentStore = createEnrolmentStore(database, clock);
  const ben = people.create({ email: 'ben@home.example', role: 'student' });
  const cleo = people.create({ email: 'cleo@home.example', role: 'student' });
  /** Ben takes Algebra from the new year on, unless the test says otherwise. */
  const add = (changes: Partial<NewEnrolment> = {}) =>
    enrolmentStore.create(
      { personId: ben.id, seriesId: null, subject: 'Algebra', from: '2026-01-01', to: null, ...changes },
      'owner',
    );
  return { people, enrolmentStore, ben, cleo, add, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

test('an enrolment comes back as it was entered, with the address that the student has now', () => {
  using world = ledger();
  const made = world.add();
  expect(made).toEqual({
    id: made.id,
    personId: world.ben.id,
    email: 'ben@home.example',
    seriesId: null,
    subject: 'Algebra',
    from: '2026-01-01',
    to: null,
  });
  world.people.update(world.ben.id, { email: 'benjamin@home.example' });

  expect(world.enrolmentStore.get(made.id)).toEqual({ ...made, email: 'benjamin@home.example' });
  expect(world.enrolmentStore.get(made.id + 1)).toBeNull();
});

test('enrolments are listed in the order they were entered, in pages, and by student', () => {
  using world = ledger();
  const [first, second, third] = [
    world.add({ from: '2026-02-01' }),
    world.add({ personId: world.cleo.id }),
    world.add({ subject: null, seriesId: 'series-1' }),
  ];

  expect(world.enrolmentStore.list({ after: 0, limit: 2 })).toEqual([first, second]);
  expect(world.enrolmentStore.list({ after: second.id, limit: 2 })).toEqual([third]);
  expect(world.enrolmentStore.list({ personId: world.ben.id, after: 0, limit: 9 })).toEqual([first, third]);
});

test('a change moves the days of one enrolment; whose it is and for what stays', () => {
  using world = ledger();
  const [changed, other] = [world.add(), world.add({ personId: world.cleo.id })];
  const after = { ...changed, from: '2026-01-05', to: '2026-01-31' };

  expect(world.enrolmentStore.update(changed.id, { from: '2026-01-05', to: '2026-01-31' })).toEqual(after);
  expect(world.enrolmentStore.list({ after: 0, limit: 9 })).toEqual([after, other]);
});

test('the ledger itself refuses an enrolment for both a series and a subject, for neither, or that ends before it begins', () => {
  using world = ledger();

  expect(() => world.add({ seriesId: 'series-1' })).toThrow(/enrolments_what/);
  expect(() => world.add({ subject: null })).toThrow(/enrolments_what/);
  expect(() => world.add({ to: '2025-12-31' })).toThrow(/enrolments_days/);
  expect(world.enrolmentStore.list({ after: 0, limit: 9 })).toEqual([]);
});
