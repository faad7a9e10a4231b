import { expect, test } from 'vitest';

import { BEN, CLEO, january, type MoneyWorld } from '../../support/money-world.ts';
import { school } from '../../support/school.ts';

const BY = { actor: 'office', reason: 'a dearer rate was agreed' };

/** January was closed at 42.00 an hour; it is 45.00 now. Two corrections wait: of Ben's line and of Cleo's. */
async function afterDearerRate(): Promise<MoneyWorld> {
  const world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  return world;
}

test('an accepted correction is a line of the next open period, and names the line it corrects', async () => {
  await using world = await afterDearerRate();
  expect(await world.actions.acceptCorrection('a1-c1-2', BY)).toMatchObject({
    kind: 'saved',
    settled: {
      state: 'accepted',
      corrects: '2026-01',
      postedIn: '2026-02',
      reason: BY.reason,
      adjustment: { adjustmentId: 'a1-c1-2', lineId: 'c1-2', amount: '2.85' },
    },
  });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { ...BY, action: 'adjustment.accept', subject: 'line:c1-2', after: { posted_in: '2026-02', amount: '2.85' } },
  ]);
});

test('it may be posted in a later period, but in none that is closed or begins before the end of its own', async () => {
  await using world = await afterDearerRate();
  const post = (period: string) => world.actions.acceptCorrection('a1-c1-2', BY, period);
  const behind = [{ path: 'period', message: 'must be a period behind 2026-01' }];

  expect(await post('2026-01')).toMatchObject({ code: 'invalid', complaints: behind });
  expect(await post('2026-01-31..2026-02-10')).toMatchObject({ code: 'invalid', complaints: behind });
  const message = 'must be a month such as 2026-01, or two days such as 2026-01-05..2026-01-18';
  expect(await post('soon')).toMatchObject({ code: 'invalid', complaints: [{ path: 'period', message }] });
  expect(await post('2026-04')).toMatchObject({ settled: { postedIn: '2026-04' } });
});

test('a period that is closed takes no more corrections', async () => {
  await using world = await afterDearerRate();
  world.clock.set('2026-03-02T09:00:00Z');
  await world.actions.closePeriod('2026-02', {}, BY);
  expect(await world.actions.acceptCorrection('a1-c1-2', BY, '2026-02')).toMatchObject({
    code: 'period_closed',
    message: '2026-02 is closed: post the correction in 2026-03',
  });
  expect(await world.actions.acceptCorrection('a1-c1-2', BY)).toMatchObject({ settled: { postedIn: '2026-03' } });
});

test('a refused correction leaves the closed line, and is not proposed again', async () => {
  await using world = await afterDearerRate();
  expect(await world.actions.rejectCorrection('a1-c1-2', BY)).toMatchObject({
    settled: { state: 'rejected', postedIn: null },
  });
  expect((await world.correctionQuery.waiting()).adjustments.map(({ lineId }) => lineId)).toEqual(['c2-4']);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([{ action: 'adjustment.reject', subject: 'line:c1-2' }]);
});

test('a class that was entered late is a correction of the period of its day', async () => {
  await using world = await afterDearerRate();
  world.lesson({ date: '2026-01-30', space: 'spaces/three' });
  expect(await world.actions.acceptCorrection('a1-c3-2', BY)).toMatchObject({
    settled: { corrects: '2026-01', adjustment: { closedPeriod: null, amount: '45.00' } },
  });
});

test.each(['a1-p1-1', 'a2-c1-2', 'a1-c9-9', 'c1-2', 'nothing'])('%s does not wait', async (id) => {
  await using world = await afterDearerRate();
  const gone = {
    code: 'not_found',
    message: `no correction ${id} waits: GET /api/adjustments lists those that do`,
  };
  expect(await world.actions.acceptCorrection(id, BY)).toMatchObject(gone);
  expect(await world.actions.rejectCorrection(id, BY)).toMatchObject(gone);
});

test('of two who settle one correction at once, one does', async () => {
  await using world = await afterDearerRate();
  const outcomes = await Promise.all([
    world.actions.acceptCorrection('a1-c1-2', BY),
    world.actions.rejectCorrection('a1-c1-2', BY),
  ]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['saved', 'refused']);
  expect(world.money.adjustments.list({ corrects: '2026-01' })).toHaveLength(1);
});

test('of two who settle two corrections of a close at once, the second looks again', async () => {
  await using world = await afterDearerRate();
  const [, second] = await Promise.all([
    world.actions.acceptCorrection('a1-c1-2', BY),
    world.actions.acceptCorrection('a1-c2-4', BY),
  ]);
  expect(second).toMatchObject({
    code: 'already_settled',
    message: 'another correction was settled meanwhile: look again at those that wait',
  });
  expect(await world.actions.acceptCorrection('a1-c2-4', BY)).toMatchObject({ kind: 'saved' });
});

test('two corrections of one line are settled together, whichever is answered', async () => {
  await using world = await school('forth');
  const { actions, correctionQuery, statementQuery } = world;
  await actions.closePeriod('2026-01', { exceptions: true }, { ...BY, reason: 'a call is lost' });
  // Ben moves to the other family: what was billed to one is taken back and asked of the other.
  await world.admin('PATCH', '/api/families/2', { student_emails: [BEN, CLEO] });
  const { adjustments } = await correctionQuery.waiting();
  expect(adjustments.map(({ adjustmentId }) => adjustmentId.slice(0, 3))).toEqual(['a1-', 'a2-', 'a1-', 'a2-']);
  for (;;) {
    const last = (await correctionQuery.waiting()).adjustments.at(-1);
    if (last === undefined) break;
    const settled = await actions.acceptCorrection(last.adjustmentId, { ...BY, reason: 'moved' });
    expect(settled).toMatchObject({ kind: 'saved', together: [{ state: 'accepted' }] });
  }
  const february = await statementQuery.of('2026-02');
  if (february.kind === 'refused') throw new Error(february.message);
  expect(february.families.map(({ familyId, total }) => [familyId, total])).toEqual([
    [1, '-63.00'],
    [2, '56.70'],
  ]);
});

test('two corrections of one line are rejected together', async () => {
  await using world = await school('forth');
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  await world.admin('PATCH', '/api/families/2', { student_emails: [BEN, CLEO] });
  const ids = async () => (await world.correctionQuery.waiting()).adjustments.map(({ adjustmentId }) => adjustmentId);
  const [first, second] = await ids();
  const answer = await world.admin('POST', `/api/adjustments/${second}/reject`, { reason: 'agreed' });
  expect(answer.json).toMatchObject({ state: 'rejected', settled_together_with: [first] });
  expect(await ids()).not.toContain(first);
  expect(await ids()).not.toContain(second);
});

test('a number that was given is not given again, also in another period that holds the line', async () => {
  await using world = await afterDearerRate();
  await world.actions.acceptCorrection('a1-c1-2', BY);
  world.actions.reopenPeriod('2026-01', BY);
  world.clock.advance(1000);
  expect(await world.actions.closePeriod('2026-01-10..2026-01-20', { exceptions: true }, BY)).toMatchObject({
    kind: 'closed',
  });
  world.actions.changeRate(1, { amount: '50.00' }, BY);
  const { proposed } = await world.correctionQuery.waiting();
  expect(proposed).toMatchObject([{ adjustment: { adjustmentId: 'a2-c1-2', amount: '4.75' } }, {}]);
  expect(await world.actions.acceptCorrection('a2-c1-2', BY)).toMatchObject({
    settled: { adjustment: { adjustmentId: 'a2-c1-2' } },
  });
});
