import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';

const BY = { actor: 'cli:kim' };
const DAY_MS = 86_400_000;

test('a token of a teacher opens what is theirs, and the audit log keeps who made it but never the token', async () => {
  await using world = webWorld();

  const made = world.actions.createToken({ role: 'teacher', teacherEmail: 'ana@school.example', expiresAt: null }, BY);

  if (made.kind !== 'created') throw new Error(made.message);
  expect(made.stored).toMatchObject({ role: 'teacher', label: 'ana@school.example', personId: world.teacher.id });
  expect(world.tokens.authenticate(made.token, world.clock.now())).toMatchObject({ id: made.stored.id });
  const [entry] = world.audit.list({ limit: 9 }).items;
  expect(entry).toMatchObject({
    ...BY,
    action: 'token.create',
    subject: `token:${made.stored.id}`,
    after: made.stored,
  });
  expect(JSON.stringify(entry)).not.toContain(made.token);
});

test('a token without a label has the name of its role', async () => {
  await using world = webWorld();
  expect(world.actions.createToken({ role: 'operator', teacherEmail: null, expiresAt: null }, BY)).toMatchObject({
    stored: { label: 'operator', personId: null },
  });
});

test('only a teacher whom the school knows has a token of a teacher', async () => {
  await using world = webWorld();
  world.people.create({ email: 'ben@home.example', role: 'student' });
  const before = world.tokens.list();
  const ofTeacher = (teacherEmail: string) =>
    world.actions.createToken({ role: 'teacher', teacherEmail, expiresAt: null }, BY);

  expect(ofTeacher('who@school.example')).toMatchObject({
    code: 'not_found',
    message: 'there is nobody with the e-mail who@school.example: import people first',
  });
  expect(ofTeacher('ben@home.example')).toMatchObject({
    code: 'not_found',
    message: 'the person with the e-mail ben@home.example is no teacher but student',
  });
  expect(world.tokens.list()).toEqual(before);
  expect(world.audit.head().count).toBe(0);
});

test('a token may not have expired before it is made', async () => {
  await using world = webWorld();
  const until = (expiresAt: number) => world.actions.createToken({ role: 'admin', teacherEmail: null, expiresAt }, BY);

  expect(until(world.clock.now())).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'expires', message: 'lies in the past' }],
  });
  expect(until(world.clock.now() + DAY_MS)).toMatchObject({ kind: 'created' });
});

test('a revoked token opens nothing, and a token that is not there cannot be revoked', async () => {
  await using world = webWorld();
  const made = world.actions.createToken({ role: 'admin', teacherEmail: null, expiresAt: null }, BY);
  if (made.kind !== 'created') throw new Error(made.message);
  const { id } = made.stored;

  expect(world.actions.revokeToken(id, BY)).toEqual({ kind: 'revoked' });
  expect(world.tokens.authenticate(made.token, world.clock.now())).toBeNull();
  const { count } = world.audit.head();
  expect(world.actions.revokeToken(99, BY)).toMatchObject({ code: 'not_found' });
  expect(world.audit.head().count).toBe(count);
});

test('a token that is revoked again stays revoked, and nothing more is audited', async () => {
  await using world = webWorld();
  const made = world.actions.createToken({ role: 'admin', teacherEmail: null, expiresAt: null }, BY);
  if (made.kind !== 'created') throw new Error(made.message);
  const { id } = made.stored;
  world.actions.revokeToken(id, BY);
  const before = [world.tokens.list(), world.audit.head().count];

  expect(world.actions.revokeToken(id, BY)).toEqual({ kind: 'revoked' });
  expect([world.tokens.list(), world.audit.head().count]).toEqual(before);
});

test('the use of a token is noted where the ledger can be written, and its holder is known all the same', async () => {
  await using world = webWorld();
  const holder = { label: 'ana', role: 'teacher', personId: world.teacher.id };
  const usedAt = () => world.tokens.list().find(({ label }) => label === 'ana')?.lastUsedAt;

  world.database.sqlite.pragma('query_only = on');
  expect(world.actions.useToken(world.tokenOf.teacher)).toMatchObject(holder);
  expect(usedAt()).toBeNull();

  world.database.sqlite.pragma('query_only = off');
  expect(world.actions.useToken(world.tokenOf.teacher)).toMatchObject(holder);
  expect([usedAt(), world.audit.head().count]).toEqual([world.clock.now(), 0]);
});
