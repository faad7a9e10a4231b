import { expect, test } from 'vitest';

import { january, moneyWorld, TOM } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'the call shows it' };
const ofAna = { lineId: 'p1-1', teacherId: 1, text: 'I stayed longer' };

test('a teacher says no to a line of own pay, in the period of its day', async () => {
  await using world = await january();
  expect(world.actions.openDispute(ofAna, { actor: 'ana' })).toMatchObject({
    kind: 'disputed',
    dispute: { id: 1, lineId: 'p1-1', period: '2026-01', text: 'I stayed longer', closedAt: null, outcome: null },
  });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { actor: 'ana', action: 'dispute.open', subject: 'line:p1-1', reason: 'I stayed longer' },
  ]);
});

test('the day of a line that is not closed is that of the zone of the school, as on the line itself', async () => {
  await using world = moneyWorld();
  world.settings.setZone('Asia/Tokyo');
  // 16:00 in London is the first of February in Tokyo.
  world.lesson({ date: '2026-01-31' });
  expect(world.actions.openDispute(ofAna, { actor: 'ana' })).toMatchObject({ dispute: { period: '2026-02' } });
});

test('a line of a class that was entered after its period was closed is disputed in that period', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01-05..2026-01-18', {}, BY);
  world.lesson({ date: '2026-01-14', space: 'spaces/three' });
  expect(world.actions.openDispute({ ...ofAna, lineId: 'p3-1' }, { actor: 'ana' })).toMatchObject({
    dispute: { period: '2026-01-05..2026-01-18' },
  });
});

test.each([
  ['of another teacher', { ...ofAna, lineId: 'p2-3' }],
  ['of a family', { ...ofAna, lineId: 'c1-2' }],
  ['that nobody has', { ...ofAna, lineId: 'p9-1' }],
  ['that is none', { ...ofAna, lineId: 'pay' }],
])('a line %s is not disputed', async (_, wish) => {
  await using world = await january();
  expect(world.actions.openDispute(wish, { actor: 'ana' })).toMatchObject({
    code: 'not_found',
    message: 'there is no such line of your pay',
    complaints: [],
  });
});

test('a line that is blocked, and one that was issued, may be disputed too', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', coverage: 'partial' });
  expect(world.actions.openDispute({ ...ofAna, lineId: 'p3-1' }, { actor: 'ana' })).toMatchObject({ kind: 'disputed' });

  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  expect(world.actions.openDispute(ofAna, { actor: 'ana' })).toMatchObject({ dispute: { period: '2026-01' } });
  const tom = world.person(TOM, 'teacher');
  expect(world.actions.openDispute({ ...ofAna, teacherId: tom }, { actor: 'tom' })).toMatchObject({
    code: 'not_found',
  });
});

test('a line has one open dispute; once it is settled there may be another', async () => {
  await using world = await january();
  world.actions.openDispute(ofAna, { actor: 'ana' });
  expect(world.actions.openDispute(ofAna, { actor: 'ana' })).toMatchObject({
    code: 'already_settled',
    message: 'line p1-1 is disputed already: dispute 1',
  });

  expect(world.actions.closeDispute(1, 'upheld', BY)).toMatchObject({ dispute: { outcome: 'upheld' } });
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { ...BY, action: 'dispute.close', before: { outcome: null }, after: { outcome: 'upheld' } },
  ]);
  expect(world.actions.openDispute(ofAna, { actor: 'ana' })).toMatchObject({ dispute: { id: 2 } });
});

test('a dispute is settled once, and must be there', async () => {
  await using world = await january();
  world.actions.openDispute(ofAna, { actor: 'ana' });
  world.actions.closeDispute(1, 'refused', BY);
  expect(world.actions.closeDispute(1, 'upheld', BY)).toMatchObject({
    code: 'already_settled',
    message: 'dispute 1 is closed: refused',
  });
  expect(world.actions.closeDispute(9, 'upheld', BY)).toMatchObject({ code: 'not_found' });
});
