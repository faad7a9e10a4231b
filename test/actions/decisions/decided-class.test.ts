import { expect, test } from 'vitest';

import { ANA, BEN, january, moneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'the parents wrote' };
const excuse = { kind: 'excuse', user_email: BEN, reason: 'ill' };

test('a class of a closed period is decided on once the period is reopened', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);

  expect(world.actions.decide({ ...excuse, class_id: 1 }, { actor: 'office' })).toMatchObject({
    code: 'period_closed',
    message:
      'class 1 is in 2026-01, which is closed: reopen the period first. Evidence that arrives late needs no decision: what it changes is proposed as an adjustment',
  });
  world.actions.reopenPeriod('2026-01', BY);
  expect(world.actions.decide({ ...excuse, class_id: 1 }, { actor: 'office' })).toMatchObject({ kind: 'saved' });
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(world.actions.undoDecision(1, BY)).toMatchObject({ code: 'period_closed' });
});

test('the day of a class is that of the zone in which its period was closed', async () => {
  await using world = moneyWorld();
  world.actions.addPolicy({ valid_from: '2026-01-01', period: { zone: 'Asia/Tokyo' } }, BY);
  const classId = world.lesson({ date: '2026-01-31' });
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  // 16:00 in London is the first of February in Tokyo.
  expect(world.actions.decide({ ...excuse, class_id: classId }, { actor: 'office' })).toMatchObject({ kind: 'saved' });
});

test('a linked call is rebuilt for the class that has it now and for those that lost it', async () => {
  await using world = moneyWorld();
  const meant = world.lesson({ space: 'spaces/one', there: {} });
  const other = world.lesson({ space: 'spaces/two', subject: 'Chess', there: {} });
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/stray', { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] });
  world.attendance.rebuild(other);

  const link = { kind: 'link_call', class_id: meant, record: 'conferenceRecords/stray', reason: 'wrong link' };
  expect(world.actions.decide(link, { actor: 'office' })).toMatchObject({ rebuiltClassIds: [meant, other] });
  expect(world.actions.undoDecision(1, BY)).toMatchObject({ rebuiltClassIds: [meant, other] });
});

test('a class that has not begun has no logs to rebuild', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ date: '2026-02-10', there: {} });
  expect(world.actions.decide({ ...excuse, class_id: classId }, { actor: 'office' })).toMatchObject({
    kind: 'saved',
    rebuiltClassIds: [],
  });
});
