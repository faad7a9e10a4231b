import { expect, test } from 'vitest';

import { BEN, january, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'it was another day' };
const about = { class_id: 1, reason: 'the parents wrote', user_email: BEN };

const logsOf = ({ logStore }: MoneyWorld) =>
  logStore.list({ classId: 1, limit: 9 }).map(({ userEmail, status, durationMs }) => [userEmail, status, durationMs]);

test.each([
  ['an excuse', { kind: 'excuse' }],
  ['a status', { kind: 'set_status', status: 'absent' }],
  [
    'minutes that were added',
    { kind: 'add_interval', start_time: '2026-01-16T17:00:30Z', end_time: '2026-01-16T17:10:00Z' },
  ],
  [
    'minutes that were removed',
    { kind: 'remove_interval', start_time: '2026-01-16T16:00:00Z', end_time: '2026-01-16T16:30:00Z' },
  ],
])('%s, and undone: the logs are what they were', async (_, wish) => {
  await using world = await january();
  const before = logsOf(world);
  world.actions.decide({ ...about, ...wish }, { actor: 'office' });
  expect(logsOf(world)).not.toEqual(before);

  expect(world.actions.undoDecision(1, BY)).toMatchObject({
    kind: 'saved',
    decision: { undoneBy: 'office', undoReason: BY.reason },
    rebuiltClassIds: [1],
  });
  expect(logsOf(world)).toEqual(before);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { ...BY, action: 'decision.undo', subject: 'class:1', before: { undoneAt: null } },
  ]);
});

test('of two decisions on one matter the other holds again', async () => {
  await using world = await january();
  world.actions.decide({ ...about, kind: 'set_status', status: 'absent' }, { actor: 'office' });
  world.actions.decide({ ...about, kind: 'excuse' }, { actor: 'office' });
  world.actions.undoDecision(2, BY);
  expect(logsOf(world)).toContainEqual([BEN, 'absent', expect.any(Number)]);
});

test('a decision is undone once, and must be there', async () => {
  await using world = await january();
  world.actions.decide({ ...about, kind: 'excuse' }, { actor: 'office' });
  world.actions.undoDecision(1, BY);
  expect(world.actions.undoDecision(1, BY)).toMatchObject({
    code: 'already_settled',
    message: 'decision 1 was undone before',
  });
  expect(world.actions.undoDecision(9, BY)).toMatchObject({ code: 'not_found', message: 'there is no decision 9' });
});
