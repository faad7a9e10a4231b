import { expect, test } from 'vitest';

import { contentHash } from '../../../src/queries/periods/corrections.ts';
import { ANA, BEN, january } from '../../support/money-world.ts';
import { correction } from '../../support/statements.ts';

const BY = { actor: 'office', reason: 'a dearer rate was agreed' };

/** January is closed, and Algebra costs 45.00 instead of 42.00 since then. */
async function afterDearerRate() {
  const world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  const scope = { student_email: BEN, subject: 'Algebra' };
  const rate = { kind: 'charge', amount: '45.00', currency: 'EUR', valid_from: '2026-01-01', scope };
  expect(world.actions.addRate(rate, BY)).toMatchObject({ kind: 'saved' });
  return world;
}

test('nothing waits while a close is what the evidence gives', async () => {
  await using world = await january();
  expect(await world.correctionQuery.waiting()).toMatchObject({ adjustments: [], unresolved: [] });
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(await world.correctionQuery.waiting()).toEqual({ proposed: [], adjustments: [], unresolved: [] });
});

test('a rate that was dated back waits as the difference, of all periods or of one', async () => {
  await using world = await afterDearerRate();
  // 57 minutes are 42.75 instead of 39.90.
  const waiting = [
    { corrects: '2026-01', proposedIn: '2026-02', adjustment: { adjustmentId: 'a1-c1-2', amount: '2.85', ms: 0 } },
  ];
  expect((await world.correctionQuery.waiting()).proposed).toMatchObject(waiting);
  expect((await world.correctionQuery.waiting('2026-01')).proposed).toMatchObject(waiting);
  expect((await world.correctionQuery.waiting('2025-12')).proposed).toEqual([]);
});

test('what was refused does not come back, another difference of the line does', async () => {
  await using world = await afterDearerRate();
  await world.actions.rejectCorrection('a1-c1-2', BY);
  expect((await world.correctionQuery.waiting()).proposed).toEqual([]);

  world.actions.changeRate(3, { amount: '50.00' }, BY);
  // 57 minutes at 50.00 are 47.50.
  expect((await world.correctionQuery.waiting()).adjustments).toMatchObject([{ lineId: 'c1-2', amount: '7.60' }]);
});

test('what was accepted is counted, and the next difference is from both', async () => {
  await using world = await afterDearerRate();
  await world.actions.acceptCorrection('a1-c1-2', BY);
  expect((await world.correctionQuery.waiting()).proposed).toEqual([]);

  world.actions.changeRate(3, { amount: '50.00' }, BY);
  expect((await world.correctionQuery.waiting()).adjustments).toMatchObject([
    { adjustmentId: 'a2-c1-2', amount: '4.75' },
  ]);
});

test('a closed line that cannot be reckoned now is named', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.database.sqlite.prepare(`update sessions set coverage = 'partial' where class_id = 1`).run();

  const { adjustments, unresolved } = await world.correctionQuery.waiting();
  expect(adjustments).toEqual([]);
  expect(unresolved.map(({ lineId }) => lineId)).toEqual(['c1-2', 'p1-1']);
});

test('E60 E61 an answer to a review after the close proposes by itself, and its undo takes that back', async () => {
  await using world = await january();
  const stay = ['16:00-17:00'];
  const there = { [ANA]: stay, 'stranger@else.example': stay };
  const classId = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  const [item] = world.review.list({ after: 0, limit: 1 });
  expect(world.actions.acceptReview(item!.id, { userEmail: BEN }, BY)).toMatchObject({ kind: 'answered' });
  expect((await world.correctionQuery.waiting()).proposed).toMatchObject([
    { corrects: '2026-01', proposedIn: '2026-02', adjustment: { lineId: `c${classId}-2`, amount: '42.00' } },
  ]);
  world.actions.undoReview(item!.id, BY);
  expect((await world.correctionQuery.waiting()).proposed).toEqual([]);
});

test('an accepted correction whose answer is taken back has its opposite proposed, and is named before a close', async () => {
  await using world = await january();
  const stay = ['16:00-17:00'];
  const there = { [ANA]: stay, 'stranger@else.example': stay };
  const line = `c${world.lesson({ date: '2026-01-20', space: 'spaces/three', there })}-2`;
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  const [item] = world.review.list({ after: 0, limit: 1 });
  world.actions.acceptReview(item!.id, { userEmail: BEN }, BY);
  expect(await world.actions.acceptCorrection(`a1-${line}`, BY)).toMatchObject({
    settled: { adjustment: { amount: '42.00' } },
  });
  world.actions.undoReview(item!.id, BY);

  const waiting = await world.correctionQuery.waiting();
  expect(waiting.proposed).toMatchObject([
    { adjustment: { adjustmentId: `a2-${line}`, amount: '-42.00', ms: -3_600_000 } },
  ]);
  world.clock.set('2026-03-02T09:00:00Z');
  const audit = await world.queries.period('2026-02');
  if (audit.kind === 'refused') throw new Error(audit.message);
  const claim = audit.invariants.find(({ name }) => name === 'closed_periods_agree');
  expect(claim).toMatchObject({ holds: false, against: [{ lineId: `a2-${line}` }] });

  expect(await world.actions.acceptCorrection(`a2-${line}`, BY)).toMatchObject({ kind: 'saved' });
  expect(await world.correctionQuery.waiting()).toEqual({ proposed: [], adjustments: [], unresolved: [] });
});

test('an accepted correction of a line that waited and whose evidence is read again is named', async () => {
  await using world = await january();
  const stay = ['16:00-17:00'];
  const there = { [ANA]: stay, 'stranger@else.example': stay };
  const classId = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
  const line = `c${classId}-2`;
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  const [item] = world.review.list({ after: 0, limit: 1 });
  world.actions.acceptReview(item!.id, { userEmail: BEN }, BY);
  await world.actions.acceptCorrection(`a1-${line}`, BY);
  world.database.sqlite.prepare(`update sessions set coverage = 'partial' where class_id = ?`).run(classId);

  const { adjustments, unresolved } = await world.correctionQuery.waiting();
  expect(adjustments).toEqual([]);
  expect(unresolved.map(({ lineId }) => lineId)).toContain(line);
  world.clock.set('2026-03-02T09:00:00Z');
  const audit = await world.queries.period('2026-02');
  if (audit.kind === 'refused') throw new Error(audit.message);
  const claim = audit.invariants.find(({ name }) => name === 'closed_periods_agree');
  const text =
    'Algebra, 20 Jan 2026: It cannot be computed again yet. A part of the record of the call is missing; it is read again.';
  expect(claim!.against).toContainEqual({ lineId: line, text });
});

test('a correction is the same whatever its number and its words', () => {
  const hash = contentHash(correction());
  expect(contentHash(correction({ adjustmentId: 'a7-c2-3', reason: 'Said otherwise.' }))).toBe(hash);
  expect(contentHash(correction({ amountMinor: 841 }))).not.toBe(hash);
  expect(contentHash(correction({ familyId: 2 }))).not.toBe(hash);
});

test('approved minutes and answers are told as the cause, also on the line of the correction', async () => {
  await using world = await january();
  const there = { [ANA]: ['16:00-17:10'], [BEN]: ['16:00-17:10'] };
  const late = world.lesson({ date: '2026-01-20', space: 'spaces/three', there });
  const stay = ['16:00-17:00'];
  const guest = { [ANA]: stay, 'stranger@else.example': stay };
  const reviewed = world.lesson({ date: '2026-01-21', space: 'spaces/four', there: guest });
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  const secret = { actor: 'office', reason: 'mother shouted at us' };
  world.actions.decide(
    { kind: 'approve_overrun', class_id: late, minutes: 10, as: 'adjustment', reason: secret.reason },
    { actor: 'office' },
  );
  world.actions.acceptReview(world.review.list({ after: 0, limit: 1 })[0]!.id, { userEmail: BEN }, secret);

  const found = await world.queries.adjustments({});
  if (found.kind === 'refused') throw new Error(found.message);
  const ofLine = (line: string) => found.proposed.find(({ adjustment }) => adjustment.lineId === line)!;
  const approved = ofLine(`c${late}-2`);
  expect(approved.adjustment.reason).toContain(' now. 10 minutes after the slot were approved. The student attended.');
  expect(approved.decisionReasons).toEqual([secret.reason]);
  expect(ofLine(`c${reviewed}-2`).adjustment.reason).toContain(' now. Somebody in the call was recognised since. ');
  expect(JSON.stringify(found.proposed.map(({ adjustment }) => adjustment))).not.toContain('shouted');
});
