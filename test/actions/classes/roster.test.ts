import { expect, test } from 'vitest';

import { knownRosterOf, rosterOf } from '../../../src/actions/classes/roster.ts';
import { webWorld } from '../../web/web-world.ts';

const addresses = {
  teacherEmail: 'ana@school.example',
  studentEmails: ['ben@home.example', 'cy@home.example'],
};

test('an address that is nobody becomes a person of the role, with an entry in the audit log', async () => {
  await using world = webWorld();
  const cy = world.people.create({ email: 'cy@home.example', role: 'student' });
  const recorded: unknown[] = [];

  const roster = rosterOf(world, addresses, (entry) => void recorded.push(entry));

  const ben = world.people.byEmail('ben@home.example');
  expect(ben).toMatchObject({ role: 'student' });
  expect(roster).toEqual({
    teacherIds: [world.teacher.id],
    studentIds: [ben?.id, cy.id],
    createdPeople: ['ben@home.example'],
  });
  expect(recorded).toEqual([
    {
      action: 'person.create',
      subject: `person:${ben?.id}`,
      after: { email: 'ben@home.example', role: 'student' },
    },
  ]);
  expect(rosterOf(world, addresses, () => undefined).createdPeople).toEqual([]);
});

test('where nobody may be made, all of them must be known', async () => {
  await using world = webWorld();
  expect(knownRosterOf(world, addresses)).toBeNull();
  const studentIds = addresses.studentEmails.map((email) => world.people.create({ email, role: 'student' }).id);
  expect(knownRosterOf(world, addresses)).toEqual({ teacherIds: [world.teacher.id], studentIds });
  expect(knownRosterOf(world, { ...addresses, teacherEmail: 'tom@school.example' })).toBeNull();
});
