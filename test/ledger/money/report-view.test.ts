import { expect, test } from 'vitest';

import { ANA, BEN, instantOf, moneyWorld } from '../../support/money-world.ts';

const january = { start: instantOf('00:00', '2026-01-01'), end: instantOf('00:00', '2026-02-01') };

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
      changes: [],
    },
    expect.objectContaining({ session: session(ANA, 1), startText: '2026-01-16T15:58:30.000Z' }),
  ]);
  expect(world.money.reports.evidence([])).toEqual([]);
});

test('the spaces of the school are those of its rooms; a room that has only a code has none yet', async () => {
  await using world = moneyWorld();
  world.lesson();
  world.lesson({ space: 'spaces/two', date: '2026-01-20' });
  world.roomStore.create({ meetingCode: 'abc-defg-hij', space: null, meetLink: null, ownerEmail: null });

  expect(world.money.reports.spaces()).toEqual(new Set(['spaces/one', 'spaces/two']));
});
