import { expect, test } from 'vitest';

import { knownRosterOf, rosterOf } from '../../../src/actions/classes/roster.ts';
import { createAddressBook } from '../../../src/actions/people/address-book.ts';
import type { PeopleStore } from '../../../src/ledger/school/people-store.ts';
import { webWorld } from '../../web/web-world.ts';

const addresses = {
  teacherEmail: 'ana@school.example',
  studentEmails: ['ben@home.example', 'cy@home.example'],
};

const quiet = ({ people }: { readonly people: PeopleStore }) => ({
  note: () => undefined,
  learn: () => undefined,
  addresses: createAddressBook(people),
});

test('an address that is nobody becomes a person of the role, with an entry in the audit log', async () => {
  await using world = webWorld();
  const cy = world.people.create({ email: 'cy@home.example', role: 'student' });
  const recorded: unknown[] = [];
  const learned: string[] = [];

  const roster = rosterOf(world, addresses, {
    note: (entry) => void recorded.push(entry),
    learn: (_before, after) => void learned.push(after.email),
    addresses: createAddressBook(world.people),
  });

  const ben = world.people.byEmail('ben@home.example');
  expect(ben).toMatchObject({ role: 'student' });
  expect(roster).toEqual({
    teacherIds: [world.teacher.id],
    studentIds: [ben?.id, cy.id],
    createdPeople: ['ben@home.example'],
    warnings: [],
  });
  expect(learned).toEqual(['ben@home.example']);
  expect(recorded).toEqual([
    {
      action: 'person.create',
      subject: `person:${ben?.id}`,
      after: ben,
    },
  ]);
  expect(rosterOf(world, addresses, quiet(world)).createdPeople).toEqual([]);
});

test('where nobody may be made, all of them must be known', async () => {
  await using world = webWorld();
  expect(knownRosterOf(world, addresses)).toBeNull();
  const studentIds = addresses.studentEmails.map((email) => world.people.create({ email, role: 'student' }).id);
  expect(knownRosterOf(world, addresses)).toEqual({ teacherIds: [world.teacher.id], studentIds });
  expect(knownRosterOf(world, { ...addresses, teacherEmail: 'tom@school.example' })).toBeNull();
});

test('an address that is one letter from a known one, and a role that is another one, are warned of', async () => {
  await using world = webWorld();
  world.people.create({ email: 'ben@home.example', role: 'student' });
  const typed = { teacherEmail: 'ben@home.example', studentEmails: ['bem@home.example', 'ana@school.example'] };

  expect(rosterOf(world, typed, quiet(world)).warnings).toEqual([
    'ben@home.example is registered as student and is the teacher of this class',
    'bem@home.example was not known and is entered as a new student; it is one letter from ben@home.example',
    'ana@school.example is registered as teacher and is the student of this class',
  ]);
});
