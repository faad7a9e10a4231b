import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld, withRates } from '../../support/money-world.ts';
import { reviewWorld, STRANGER } from '../../support/review-world.ts';

const BY = { actor: 'office', reason: 'asked the family' };

test.each([
  ['call', [1], ['present alias', 'absent -', 'absent -'], ['accepted', 'open', 'open']],
  ['class', [1], ['present alias', 'absent -', 'absent -'], ['accepted', 'open', 'open']],
  ['series', [1, 2], ['present alias', 'present alias', 'absent -'], ['accepted', 'gone', 'open']],
  // An account that stands for somebody everywhere is as good as one that was entered for them.
  ['everywhere', [1, 2, 3], ['present account', 'present account', 'present account'], ['accepted', 'gone', 'gone']],
] as const)('whom an account stands for is learned in the %s', async (scope, rebuiltClassIds, ofBen, states) => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(1, { userEmail: BEN, scope }, BY)).toMatchObject({
    kind: 'answered',
    item: { id: 1, state: 'accepted', decidedBy: 'office', decisionReason: 'asked the family' },
    rebuiltClassIds,
  });
  expect(world.ofBen()).toEqual(ofBen);
  expect(world.reviewItems().map(({ state }) => state)).toEqual(states);
});

test('without a scope it holds for the call, and without a name it is who was suggested', async () => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(3, {}, BY)).toMatchObject({ rebuiltClassIds: [3] });
  expect(world.actions.acceptReview(1, {}, BY)).toMatchObject({ rebuiltClassIds: [1] });
  expect(world.ofBen()).toEqual(['present alias', 'absent -', 'present alias']);
});

test('without a name and without a suggestion it is refused', async () => {
  await using world = reviewWorld();
  const classId = world.lesson({
    date: '2026-01-28',
    space: 'spaces/five',
    there: { [STRANGER]: ['16:00-16:30'] },
    students: [BEN, CLEO],
  });
  const [item] = world.review.list({ classId, after: 0, limit: 1 });
  expect(item).toMatchObject({ suggestedPersonId: null });

  expect(world.actions.acceptReview(item!.id, {}, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'user_email', message: 'is missing' }],
  });
});

test('an item that an answer to another one settled says which one', async () => {
  await using world = reviewWorld();
  world.actions.acceptReview(1, { scope: 'series' }, BY);

  const message = `the review item is gone: review item 1 settled it, accepted as ${BEN} for the series: undo review item 1 first`;
  expect(world.actions.acceptReview(2, {}, BY)).toMatchObject({ code: 'review_conflict', message });
  expect(world.actions.refuseReview(2, {}, BY)).toMatchObject({ message });
  expect(world.actions.undoReview(2, BY)).toMatchObject({ message: `there is nothing to undo: ${message}` });
  world.actions.undoReview(1, BY);
  world.actions.ignoreReview(1, { scope: 'everywhere' }, BY);
  expect(world.actions.acceptReview(3, {}, BY)).toMatchObject({
    message: 'the review item is gone: review item 1 settled it, ignored everywhere: undo review item 1 first',
  });
});

test('somebody may be named by number, and need not be the one who was suggested', async () => {
  await using world = reviewWorld();
  const personId = world.person(CLEO, 'student');

  expect(world.actions.acceptReview(1, { personId, scope: 'class' }, BY)).toMatchObject({ kind: 'answered' });
  expect(world.ofBen()[0]).toBe('absent -');
  expect(world.logStore.list({ classId: 1, userEmail: CLEO, limit: 9 })).toMatchObject([
    { identityMethod: 'alias', durationMs: 30 * 60_000 },
  ]);
});

test.each([
  ['two people', { personId: 1, userEmail: BEN }, 'person_id', 'give either person_id or user_email'],
  ['a number that nobody has', { personId: 99 }, 'person_id', 'there is no person 99'],
  [
    'an address that nobody has',
    { userEmail: 'no@body.example' },
    'user_email',
    'no@body.example is not a person yet; enter them as a person first',
  ],
])('naming %s is refused, and nothing is learned', async (_, input, path, message) => {
  await using world = reviewWorld();
  const before = [world.reviewItems(), world.audit.head().count];

  expect(world.actions.acceptReview(1, input, BY)).toMatchObject({
    kind: 'refused',
    code: 'invalid',
    complaints: [{ path, message }],
  });
  expect([world.reviewItems(), world.audit.head().count]).toEqual(before);
});

test('a class without a series has no series to learn it in', async () => {
  await using world = reviewWorld();

  expect(world.actions.acceptReview(3, { userEmail: BEN, scope: 'series' }, BY)).toMatchObject({
    code: 'review_conflict',
    message: 'the class belongs to no series: accept for the call, the class or everywhere',
  });
  expect(world.reviewItems()[2]).toMatchObject({ state: 'open' });
});

test.each([
  ['who was not seen', []],
  ['who was there for two minutes', ['16:00-16:02']],
])('a parent at the seat of a child %s is no no-show until a person says who was there', async (_, stays) => {
  await using world = moneyWorld();
  await withRates(world);
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'standard_tutoring' });
  const parent = 'paula@home.example';
  world.people.create({ email: parent, name: 'Paula', role: 'other', googleUserId: `account ${parent}` });
  const there = { [ANA]: ['16:00-17:00'], [parent]: ['16:00-17:00'], ...(stays.length > 0 && { [BEN]: stays }) };
  const classId = world.lesson({ there, students: [BEN], series: 'mondays' });
  const next = world.lesson({ date: '2026-01-23', space: 'spaces/two', there, students: [BEN], series: 'mondays' });
  const item = (of = classId) => world.review.list({ classId: of, after: 0, limit: 1 })[0]!;
  const line = () => {
    const { outcome, amount, flags } = world.lineQuery.ofClass(classId)!.charges[0]!;
    return [outcome, amount, flags.includes('review_open')];
  };
  expect(item()).toMatchObject({ state: 'open', knownPersonEmail: parent, suggestedPersonEmail: BEN });
  expect(line()).toEqual(['unknown', '0.00', true]);

  world.actions.acceptReview(item().id, { scope: 'series' }, BY);
  expect([line(), item(next).state]).toEqual([['attended', '42.00', false], 'gone']);

  world.actions.undoReview(item().id, BY);
  expect([line(), item(next).state]).toEqual([['unknown', '0.00', true], 'open']);

  world.actions.acceptReview(item().id, { userEmail: parent }, BY);
  expect([line()[0], item().state, item(next).state]).toEqual(['student_no_show', 'accepted', 'open']);
});

async function siblings() {
  const world = moneyWorld();
  await withRates(world);
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'standard_tutoring' });
  const classId = world.lesson({
    there: { [ANA]: ['16:00-17:00'], [STRANGER]: ['16:00-17:00'] },
    students: [BEN, CLEO],
  });
  return Object.assign(world, { classId });
}

test('two children at one device are named in one answer, and both were there', async () => {
  await using world = await siblings();
  const named = world.actions.acceptReview(1, { userEmails: [BEN, CLEO, BEN] }, BY);
  expect(named).toMatchObject({ item: { state: 'accepted' }, rebuiltClassIds: [1], absences: [] });
  for (const userEmail of [BEN, CLEO]) {
    expect(world.logStore.list({ userEmail })).toMatchObject([{ status: 'present', durationMs: 3_600_000 }]);
  }
  world.actions.undoReview(1, BY);
  expect(world.review.get(1)).toMatchObject({ state: 'open' });
});

test('whoever is not named and counts as absent by that is told, with the line', async () => {
  await using world = await siblings();
  const cleo = { classId: 1, userEmail: CLEO, role: 'student', line: { lineId: 'c1-3', amount: '42.00' } };
  expect(world.actions.acceptReview(1, { userEmail: BEN }, BY)).toMatchObject({ absences: [cleo] });
  expect(world.actions.undoReview(1, BY)).toMatchObject({ absences: [] });
  expect(world.actions.ignoreReview(1, {}, BY)).toMatchObject({ absences: [{ userEmail: BEN }, cleo] });
});

test.each([
  [{ userEmails: [BEN, ANA] }, 'user_emails.1', 'is no student of class 1: only students of the class'],
  [{ userEmails: [BEN, 'who@home.example'] }, 'user_emails.1', 'who@home.example is not a person yet'],
  [{ userEmails: [BEN, CLEO], userEmail: BEN }, 'user_emails', 'give either user_emails, person_id or user_email'],
] as const)('several people are refused: %j', async (input, path, message) => {
  await using world = await siblings();
  expect(world.actions.acceptReview(1, input, BY)).toMatchObject({
    code: 'invalid',
    complaints: [{ path, message: expect.stringContaining(message) }],
  });
});
