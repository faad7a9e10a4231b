import { expect, test } from 'vitest';

import { ANA, BEN, instantOf, moneyWorld } from '../../support/money-world.ts';

const january = { start: instantOf('00:00', '2026-01-01'), end: instantOf('00:00', '2026-02-01') };
const STRAY = 'conferenceRecords/stray';

test('the logs of a span are those of known people in classes that start in it and were not canceled', async () => {
  await using world = moneyWorld();
  const stay = ['16:00-17:00'];
  const first = world.lesson({ there: { [ANA]: stay, [BEN]: ['16:06-17:00'], 'tablet@nowhere.example': stay } });
  const canceled = world.lesson({ date: '2026-01-20' });
  world.classStore.cancel(canceled, 'school', 'holiday');
  world.lesson({ date: '2026-02-01', from: '00:00', to: '01:00' });

  const logs = world.money.reports.logs(january);

  expect(logs.map(({ classId, email, status, classStart }) => [classId, email, status, classStart])).toEqual([
    [first, ANA, 'present', instantOf('16:00')],
    [first, BEN, 'late', instantOf('16:00')],
  ]);
  expect(logs[1]?.intervals).toMatchObject([{ start: instantOf('16:06'), end: instantOf('17:00') }]);
});

test('evidence is told as Google wrote it, in the order of its names; a name of a decision is left out', async () => {
  await using world = moneyWorld();
  world.lesson({ there: { [ANA]: ['15:58:30-17:01:10'], [BEN]: ['16:03:20-16:41:05', '16:50-17:00'] } });
  const session = (email: string, nth: number) =>
    `conferenceRecords/one-2026-01-16-1600/participants/${email}/participantSessions/${nth}`;

  const found = world.money.reports.evidence([session(BEN, 2), 'decisions/7', session(ANA, 1)]);

  expect(found).toEqual([
    {
      session: session(BEN, 2),
      startText: '2026-01-16T16:50:00.000Z',
      endText: '2026-01-16T17:00:00.000Z',
      participant: `conferenceRecords/one-2026-01-16-1600/participants/${BEN}`,
      displayName: 'ben',
      kind: 'signedin',
      record: 'conferenceRecords/one-2026-01-16-1600',
      space: 'spaces/one',
      meetCode: null,
    },
    expect.objectContaining({ session: session(ANA, 1), startText: '2026-01-16T15:58:30.000Z' }),
  ]);
  expect(world.money.reports.evidence([])).toEqual([]);
});

test('the stays of calls that overlap a span name who is known by account, and nobody else', async () => {
  await using world = moneyWorld();
  world.call('spaces/one', '2026-01-16', STRAY, {
    [ANA]: ['10:00-10:20', '10:30-11:00'],
    'tablet@nowhere.example': ['10:00-11:00'],
  });
  const span = (from: string, to: string) => ({ start: instantOf(from), end: instantOf(to) });

  const stays = world.money.reports.stays(span('10:59', '12:00'));

  expect(stays.map(({ displayName, personId, start, end }) => [displayName, personId, start, end])).toEqual([
    ['ana', world.teacher.id, instantOf('10:00'), instantOf('10:20')],
    ['ana', world.teacher.id, instantOf('10:30'), instantOf('11:00')],
    ['tablet', null, instantOf('10:00'), instantOf('11:00')],
  ]);
  expect(world.money.reports.stays(span('09:00', '10:00'))).toEqual([]);
  expect(world.money.reports.stays(span('11:00:01', '12:00'))).toEqual([]);
});

test('who is known only by the address that the Directory gave is named', async () => {
  await using world = moneyWorld();
  const ben = world.people.create({ email: BEN, role: 'student' }).id;
  world.call('spaces/one', '2026-01-16', STRAY, { [BEN]: ['10:00-11:00'] });
  world.accountStore.record(`account ${BEN}`, { email: BEN, name: null }, instantOf('11:00'));

  expect(world.money.reports.stays(january)).toMatchObject([{ displayName: 'ben', personId: ben }]);
});

test('E103: a stay without an end lasts until its call ended, or until it was last seen', async () => {
  await using world = moneyWorld();
  world.call('spaces/one', '2026-01-16', STRAY, { [ANA]: ['10:00-10:20'], [BEN]: ['10:00-11:00'] });
  const { sqlite } = world.database;
  sqlite.exec('update participant_sessions set end_at = null');
  expect(world.money.reports.stays(january).map(({ end }) => end)).toEqual([instantOf('11:00'), instantOf('11:00')]);

  sqlite.exec('update conference_records set end_at = null');

  // The stand-in read the call an hour after its end.
  expect(world.money.reports.stays(january).map(({ end }) => end)).toEqual([instantOf('12:00'), instantOf('12:00')]);
});

test('a call that a person linked to a class is no stray one, until that is undone', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: {} });
  world.call('spaces/two', '2026-01-16', STRAY, { [ANA]: ['16:00-17:00'] });
  const link = { kind: 'link_call', class_id: classId, record: STRAY, reason: 'the wrong room' };
  const linked = world.actions.decide(link, { actor: 'office' });
  expect(world.money.reports.stays(january)).toEqual([]);

  if (linked.kind === 'saved')
    world.actions.undoDecision(linked.decision.id, { actor: 'office', reason: 'it was none' });

  expect(world.money.reports.stays(january)).toMatchObject([{ record: STRAY }]);
});

test('the spaces of the school are those of its rooms; a room that has only a code has none yet', async () => {
  await using world = moneyWorld();
  world.lesson();
  world.lesson({ space: 'spaces/two', date: '2026-01-20' });
  world.roomStore.create({ meetingCode: 'abc-defg-hij', space: null, meetLink: null, ownerEmail: null });

  expect(world.money.reports.spaces()).toEqual(new Set(['spaces/one', 'spaces/two']));
});
