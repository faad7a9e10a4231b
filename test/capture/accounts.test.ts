import { describe, expect, test } from 'vitest';

import { importPeople } from '../../src/actions/people/import.ts';
import { verify } from '../../src/queries/verify.ts';
import { captureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';
import { ANA, book, MINUTE, oneRoom, pass, TEACHER } from '../support/one-room.ts';

/** Ana is in the call, but shows another name than the school knows: only the Directory can say that it is her. */
async function renamed() {
  const school = oneRoom();
  const ana = { ...school.ana, name: 'anas-ipad' };
  const call = school.room.call('15:58', '17:01');
  call.joins(school.teacher, '15:58', '17:01');
  call.joins(ana, '16:00', '17:00');
  const world = await captureWorld('2026-03-02T15:00:00Z', school.timeline.world);
  const logOf = (classId: number, userEmail = ANA) => world.parts.logStore.list({ classId, userEmail, limit: 1 })[0]!;
  return {
    ...world,
    room: school.room,
    account: school.timeline.world.accounts.find(({ email }) => email === ANA)!,
    logOf,
    coverage: (id: number) => world.parts.sessionStore.ofClass(id)!.coverage,
    session: (id: number) => world.parts.sessionStore.ofClass(id)!,
    minutes: (id: number) => logOf(id).durationMs / MINUTE,
    passes: async (...times: string[]) => {
      for (const when of times) await pass(world, when);
    },
    /** Whether the attendance logs are what the evidence gives. */
    logsHold: async () =>
      (await verify(world.parts, { signal: world.signal, onProgress: () => undefined })).checks.find(
        ({ check }) => check === 'attendance',
      )?.detail,
  };
}

const directory = (kind: Parameters<typeof failing>[0]) => failing(kind, { method: 'directory.users.get' });

describe('while the Directory does not answer for an account of the call', () => {
  test('nobody is absent and the class settles on; it is final soon after the answer', async () => {
    await using world = await renamed();
    const id = book(world);
    world.google.setFaults(directory('http-503'));
    for (const when of ['16:05', '17:03', '17:20', '17:40', '18:00', '19:00', '23:00', '2026-03-04T12:00:00Z']) {
      await pass(world, when);
      expect([world.coverage(id), world.logOf(id).status]).toEqual([when < '17' ? 'live' : 'settling', 'pending']);
    }
    expect(world.session(id).lastError).toMatch(/Directory/);

    world.google.setFaults(null);
    await world.passes('2026-03-04T12:10:00Z', '2026-03-04T12:20:00Z');

    expect([world.coverage(id), world.logOf(id).status, world.minutes(id)]).toEqual(['complete', 'present', 60]);
    expect(world.session(id).lastError).toBeNull();
    expect(await world.logsHold()).toMatch(/as the evidence gives them/);
  });

  test('a final class stays final, and one that somebody new brought evidence to does not', async () => {
    await using world = await renamed();
    const id = book(world);
    await world.passes('16:05', '17:03', '17:20');
    expect(world.coverage(id)).toBe('complete');
    world.google.setFaults(directory('http-503'));

    await world.passes('2026-03-03T17:10:00Z');
    expect(world.coverage(id)).toBe('complete');
  });

  test.each([
    'http-403-scope',
    'http-403-api-disabled',
    'http-403-permission',
    'http-401',
    'http-400-page-token',
  ] as const)('%s is a refusal: after a day of it the class is final without the name', async (kind) => {
    await using world = await renamed();
    const id = book(world);
    world.google.setFaults(directory(kind));
    await world.passes('16:05', '17:03', '17:20', '20:00', '2026-03-03T10:00:00Z');
    expect([world.coverage(id), world.logOf(id).status]).toEqual(['settling', 'pending']);

    await world.passes('2026-03-03T16:30:00Z', '2026-03-03T18:00:00Z', '2026-03-03T18:10:00Z');
    expect([world.coverage(id), world.logOf(id).status]).toEqual(['complete', 'absent']);

    world.google.setFaults(null);
    await world.passes('2026-03-20T12:00:00Z');
    expect([world.logOf(id).status, world.minutes(id)]).toEqual(['present', 60]);
  });

  test.each(['alias', 'ignore'] as const)('a person can answer instead: %s', async (answer) => {
    await using world = await renamed();
    const id = book(world);
    const { people } = world.parts;
    const teacherAccount = world.google.world.accounts.find(({ email }) => email === TEACHER)!.id;
    people.update(people.byEmail(TEACHER)!.id, { googleUserId: teacherAccount });
    world.google.setFaults(directory('http-503'));
    await world.passes('16:05', '17:03', '17:20');
    expect(world.logOf(id).status).toBe('pending');
    const item = world.parts.review
      .list({ after: 0, limit: 9 })
      .find(({ displayName }) => displayName === 'anas-ipad')!;
    const by = { actor: 'admin:test', reason: 'her tablet' };
    if (answer === 'alias') world.parts.actions.acceptReview(item.id, { userEmail: ANA, scope: 'class' }, by);
    else world.parts.actions.ignoreReview(item.id, {}, by);
    await world.passes('17:31');

    const status = answer === 'alias' ? 'present' : 'absent';
    expect(world.logOf(id).status).toBe(status);
  });
});

describe('an account that the Directory does not know', () => {
  test('is asked about again each hour for a day', async () => {
    await using world = await renamed();
    const id = book(world);
    world.account.inDirectory = false;
    await world.passes('16:05', '17:03', '17:20');
    expect([world.coverage(id), world.logOf(id).status]).toEqual(['complete', 'absent']);
    world.account.inDirectory = true;

    await world.passes('2026-03-03T16:50:00Z');

    expect(world.logOf(id).status).toBe('present');
    expect(await world.logsHold()).toMatch(/as the evidence gives them/);
  });

  test('is asked about once more after people were entered, however long ago the call was', async () => {
    await using world = await renamed();
    const id = book(world);
    world.account.inDirectory = false;
    await world.passes('16:05', '17:03', '17:20', '2026-03-05T12:00:00Z');
    world.account.inDirectory = true;
    await world.passes('2026-03-12T12:00:00Z');
    expect(world.logOf(id).status).toBe('absent');

    await importPeople(
      world.parts,
      'email,role\nnew@school.example,student\n',
      { dryRun: false },
      { actor: 'admin:test' },
    );
    await world.passes('2026-03-12T12:10:00Z');

    expect([world.logOf(id).status, world.minutes(id)]).toEqual(['present', 60]);
  });

  test('is asked about once more after a booking entered somebody', async () => {
    await using world = await renamed();
    const id = book(world);
    world.account.inDirectory = false;
    await world.passes('16:05', '17:03', '17:20', '2026-03-05T12:00:00Z');
    world.account.inDirectory = true;
    await world.passes('2026-03-12T12:00:00Z');

    const booked = await world.parts.actions.changeClass(
      id,
      { studentEmails: [ANA, 'new@home.example'] },
      { actor: 'admin:test', reason: 'two of them' },
      world.signal,
    );
    expect(booked).toMatchObject({ createdPeople: ['new@home.example'] });
    await world.passes('2026-03-12T12:10:00Z');

    expect([world.logOf(id).status, world.minutes(id)]).toEqual(['present', 60]);
  });
});

test('an answer changes the logs of every call that the account was in', async () => {
  await using world = await renamed();
  const again = world.room.call('20:00', '21:00');
  again.joins({ ...world.account, name: 'anas-ipad' }, '20:00', '21:00');
  const lessons = [book(world), book(world, { subject: 'Chess', from: '20:00', to: '21:00' })];
  world.account.inDirectory = false;
  await world.passes('16:05', '17:03', '17:20', '20:30', '21:01', '21:17');
  expect(lessons.map((id) => world.logOf(id).status)).toEqual(['absent', 'absent']);
  world.account.inDirectory = true;

  await world.passes('23:00');

  expect(lessons.map((id) => world.logOf(id).status)).toEqual(['present', 'present']);
  expect(await world.logsHold()).toMatch(/as the evidence gives them/);
});
