import { expect, test } from 'vitest';

import { allOrNone, audited, stop } from '../../src/actions/action.ts';
import { refused } from '../../src/refusal.ts';
import { webWorld } from '../web/web-world.ts';

const BY = { actor: 'office', reason: 'asked the family' };
const change = { action: 'person.create', subject: 'person:2', after: { email: 'ben@home.example' } };
const ben = { email: 'ben@home.example', role: 'student' as const };

test('what is stored and its entry in the audit log, in the name of who acts, are kept together', async () => {
  await using world = webWorld();
  const answer = audited(world, BY, (note) => {
    world.people.create(ben);
    note(change);
    return 'stored' as const;
  });
  expect(answer).toBe('stored');
  expect(world.people.byEmail(ben.email)).not.toBeNull();
  expect(world.audit.list({ limit: 9 }).items).toMatchObject([{ ...change, ...BY }]);
});

test('a change that leaves all as it was gets no entry', async () => {
  await using world = webWorld();
  const before = { email: 'ben@home.example' };
  audited(world, BY, (note) => note({ ...change, before, after: { ...before } }));
  expect(world.audit.head().count).toBe(0);
  audited(world, BY, (note) => note({ ...change, before, after: { email: 'b@home.example' } }));
  expect(world.audit.head().count).toBe(1);
});

test('what is refused in the middle leaves nothing, neither rows nor entries', async () => {
  await using world = webWorld();
  const why = refused('email_taken', 'somebody has that address');
  const answer = audited(world, BY, (note) => {
    world.people.create(ben);
    note(change);
    return stop(why);
  });
  expect(answer).toBe(why);
  expect(world.people.byEmail(ben.email)).toBeNull();
  expect(world.audit.head().count).toBe(0);
});

test('what breaks in the middle leaves nothing, and the error goes on', async () => {
  await using world = webWorld();
  const broken = () =>
    audited(world, BY, (note) => {
      world.people.create(ben);
      note(change);
      throw new RangeError('the disk is full');
    });
  expect(broken).toThrow(RangeError);
  expect(world.people.byEmail(ben.email)).toBeNull();
  expect(world.audit.head().count).toBe(0);
});

test('the verbs of a file are kept together, or none of them with its entry', async () => {
  await using world = webWorld();
  const enter = (keep: boolean) =>
    allOrNone(world.database, () => {
      audited(world, BY, (note) => {
        world.people.create(ben);
        note(change);
      });
      return keep;
    });
  expect(enter(false)).toBeNull();
  expect([world.people.byEmail(ben.email), world.audit.head().count]).toEqual([null, 0]);
  expect(enter(true)).toBeNull();
  expect(world.people.byEmail(ben.email)).not.toBeNull();
  expect(world.audit.list({ limit: 9 }).items).toMatchObject([{ ...change, ...BY }]);
});
