import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';

const BY = { actor: 'office' };

test('a person is added with the address in lower case, and the audit log says by whom', async () => {
  await using world = webWorld();

  const saved = world.actions.addPerson({ email: ' Ben@Home.example', role: 'student' }, BY);

  expect(saved).toMatchObject({ kind: 'saved', person: { email: 'ben@home.example', role: 'student' } });
  const { id } = world.people.byEmail('ben@home.example') ?? {};
  expect(world.audit.list({ limit: 9 }).items).toMatchObject([
    { ...BY, action: 'person.create', subject: `person:${id}`, after: { email: 'ben@home.example' } },
  ]);
});

test('an address belongs to one person', async () => {
  await using world = webWorld();
  const ben = world.people.create({ email: 'ben@home.example', role: 'student' });

  expect(world.actions.addPerson({ email: 'ANA@school.example', role: 'student' }, BY)).toMatchObject({
    code: 'email_taken',
  });
  expect(world.actions.changePerson(ben.id, { email: 'ana@school.example' }, BY)).toMatchObject({
    code: 'email_taken',
  });
  expect(world.people.get(ben.id)).toEqual(ben);
  expect(world.audit.head().count).toBe(0);
});

test('a change keeps what is left out, and what changes nothing is not audited', async () => {
  await using world = webWorld();
  const { id, email, role } = world.teacher;

  expect(world.actions.changePerson(id, { name: 'Ana Reis', googleUserId: undefined }, BY)).toEqual({
    kind: 'saved',
    person: world.teacher,
  });
  expect(world.audit.head().count).toBe(0);
  expect(world.actions.changePerson(id, { name: 'Ana Lima' }, { ...BY, reason: 'married' })).toMatchObject({
    person: { id, email, role, name: 'Ana Lima' },
  });
  expect(world.audit.list({ limit: 9 }).items).toMatchObject([
    { action: 'person.change', reason: 'married', before: { name: 'Ana Reis' }, after: { name: 'Ana Lima' } },
  ]);
});

test('who is not there cannot be changed', async () => {
  await using world = webWorld();
  expect(world.actions.changePerson(99, { name: 'Nobody' }, BY)).toMatchObject({ code: 'not_found' });
});
