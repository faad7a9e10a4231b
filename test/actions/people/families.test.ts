import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';

const BY = { actor: 'office' };
const brown = { name: 'Brown', currency: 'EUR', studentEmails: ['Ben@home.example', 'ben@home.example'] };

test('students of a new family who are nobody yet become people, each once', async () => {
  await using world = webWorld();

  expect(world.actions.addFamily(brown, BY)).toMatchObject({
    kind: 'saved',
    family: { name: 'Brown', studentEmails: ['ben@home.example'] },
    createdPeople: ['ben@home.example'],
  });
  expect(world.people.byEmail('ben@home.example')?.role).toBe('student');
  const actions = world.audit.list({ limit: 9 }).items.map(({ action }) => action);
  expect(actions.toSorted()).toEqual(['family.create', 'person.create']);
});

test('a refused family leaves nothing behind, not even its new students', async () => {
  await using world = webWorld();
  const studentEmails = ['cy@home.example', 'ana@school.example'];

  expect(world.actions.addFamily({ ...brown, studentEmails }, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'student_emails.1' }],
  });
  expect(world.actions.addFamily({ ...brown, currency: 'EUX' }, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'currency' }],
  });
  expect(world.people.byEmail('cy@home.example')).toBeNull();
  expect(world.people.families(0, 9)).toEqual([]);
  expect(world.audit.head().count).toBe(0);
});

test('a name belongs to one family', async () => {
  await using world = webWorld();
  world.actions.addFamily(brown, BY);
  const clark = world.people.createFamily({ name: 'Clark', currency: 'EUR', studentEmails: [] });

  expect(world.actions.addFamily(brown, BY)).toMatchObject({ code: 'name_taken' });
  expect(world.actions.changeFamily(clark.id, { name: 'Brown' }, BY)).toMatchObject({ code: 'name_taken' });
  expect(world.actions.changeFamily(99, { name: 'Davis' }, BY)).toMatchObject({ code: 'not_found' });
  expect(world.people.family(clark.id)).toEqual(clark);
});

test('a change keeps what is left out, and what changes nothing is not audited', async () => {
  await using world = webWorld();
  const family = world.people.createFamily({ name: 'Clark', currency: 'EUR', studentEmails: [] });

  expect(world.actions.changeFamily(family.id, { name: 'Clark', currency: undefined }, BY)).toEqual({
    kind: 'saved',
    family,
    createdPeople: [],
  });
  expect(world.audit.head().count).toBe(0);
  expect(world.actions.changeFamily(family.id, { currency: 'GBP' }, BY)).toMatchObject({
    family: { ...family, currency: 'GBP' },
  });
  expect(world.audit.head().count).toBe(1);
});
