import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld, TOM } from '../../support/money-world.ts';

const LOGS = '/monitoring/attendance-logs';

/** Ana taught Ben on the 9th and nobody came on the 16th; Tom taught Cleo and somebody unknown on the 12th. */
function school() {
  const world = moneyWorld();
  const first = world.lesson({ date: '2026-01-09', there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:06-17:00'] } });
  const foreign = world.lesson({
    date: '2026-01-12',
    space: 'spaces/two',
    teacher: TOM,
    students: [CLEO],
    there: { [TOM]: ['16:00-17:00'], [CLEO]: ['16:00-16:30:30.5'], 'tablet@nowhere.example': ['16:00-17:00'] },
  });
  const empty = world.lesson({ date: '2026-01-16', there: {} });
  type Ask = typeof world.admin;
  return {
    ...world,
    first,
    foreign,
    empty,
    /** Class, person and status of each log. */
    logs: async (query = '', ask: Ask = world.admin) => {
      const { json } = await ask('GET', `${LOGS}${query}`);
      return json.items!.map((log) => [log.class_id, log.user_email, log.status]);
    },
    status: async (query: string, ask: Ask = world.admin) => (await ask('GET', `${LOGS}${query}`)).status,
  };
}

test('there is a log a person and class, and one for each participant whom nobody knows', async () => {
  await using world = school();

  expect(await world.logs()).toEqual([
    [world.first, ANA, 'present'],
    [world.first, BEN, 'late'],
    [world.foreign, TOM, 'present'],
    [world.foreign, CLEO, 'present'],
    [world.foreign, null, 'guest'],
    [world.empty, ANA, 'absent'],
    [world.empty, BEN, 'absent'],
  ]);
});

test('the duration is in whole seconds, and its minutes have two decimals', async () => {
  await using world = school();

  const { json } = await world.admin('GET', `${LOGS}?user_email=${CLEO}`);

  expect(json.items).toMatchObject([{ duration_seconds: 1830, duration_minutes: 30.5, provisional: false }]);
});

test('logs are narrowed by class, session, person, day and status, and by all of them at once', async () => {
  await using world = school();
  const session = world.sessionStore.ofClass(world.foreign)!.id;

  expect(await world.logs(`?class_id=${world.first}`)).toHaveLength(2);
  expect(await world.logs(`?session_id=${session}`)).toHaveLength(3);
  expect(await world.logs(`?user_email=${BEN.toUpperCase()}`)).toEqual([
    [world.first, BEN, 'late'],
    [world.empty, BEN, 'absent'],
  ]);
  expect(await world.logs('?from=2026-01-10&to=2026-01-12')).toHaveLength(3);
  expect(await world.logs('?status=absent')).toHaveLength(2);
  expect(await world.logs(`?user_email=${BEN}&from=2026-01-16&status=absent`)).toEqual([[world.empty, BEN, 'absent']]);
  expect(await world.logs('?class_id=99')).toEqual([]);
});

test('pages follow each other without a gap or a repetition', async () => {
  await using world = school();
  const all = await world.logs();

  const pages: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json } = await world.admin('GET', `${LOGS}?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    pages.push(...json.items!.map((log) => [log.class_id, log.user_email, log.status]));
    cursor = json.next_cursor!;
  }

  expect(pages).toEqual(all);
});

test('while the evidence is not final a log is provisional and judges nobody', async () => {
  await using world = moneyWorld();
  world.lesson({ coverage: 'partial', there: { [ANA]: ['16:00-17:00'] }, students: [BEN] });

  const { json } = await world.admin('GET', LOGS);

  expect(json.items).toMatchObject([
    { user_email: ANA, status: 'pending', provisional: true, coverage: 'partial', duration_seconds: 3600 },
    { user_email: BEN, status: 'pending', provisional: true, join_time: null, leave_time: null, duration_seconds: 0 },
  ]);
});

test('E158: a teacher is shown own classes only, and what is asked about others is refused', async () => {
  await using world = school();
  const session = world.sessionStore.ofClass(world.foreign)!.id;

  expect((await world.logs('', world.teacherAsks)).map(([classId]) => classId)).toEqual([
    world.first,
    world.first,
    world.empty,
    world.empty,
  ]);
  expect(await world.status(`?user_email=${CLEO}`, world.teacherAsks)).toBe(403);
  expect(await world.status(`?class_id=${world.foreign}`, world.teacherAsks)).toBe(404);
  expect(await world.status(`?session_id=${session}`, world.teacherAsks)).toBe(404);
});

test('E160: an operator sees minutes and states of all, and no name', async () => {
  await using world = school();

  const { json } = await world.operator('GET', LOGS);

  const initials = json.items!.map((log) => [log.user_email, log.display_name]);
  expect(initials).toEqual([
    ['a•••', 'a•••'],
    ['b•••', 'b•••'],
    ['t•••', 't•••'],
    ['c•••', 'c•••'],
    [null, 't•••'],
    ['a•••', 'a•••'],
    ['b•••', 'b•••'],
  ]);
  expect(json.items![1]).toMatchObject({ user_email: 'b•••', status: 'late', duration_seconds: 3240 });
});

test.for([
  '?class_id=one',
  '?session_id=0',
  '?status=here',
  '?from=yesterday',
  '?from=2026-02-01&to=2026-01-01',
  '?limit=0',
  '?limit=501',
  '?cursor=made-up',
])('%s is no question', async (query) => {
  await using world = moneyWorld();

  expect((await world.admin('GET', `${LOGS}${query}`)).status).toBe(400);
});

test('a class that was taught as a substitute is an own one, as long as that is decided', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ teacher: TOM, there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] } });
  const seen = async () => [
    (await world.teacherAsks('GET', `/api/classes/${classId}`)).status,
    (await world.teacherAsks('GET', `/monitoring/attendance-logs?class_id=${classId}`)).status,
    (await world.teacherAsks('GET', '/api/classes')).json.items!.length,
    (await world.teacherAsks('GET', '/monitoring/attendance-logs')).json.items!.length,
  ];
  expect(await seen()).toEqual([404, 404, 0, 0]);
  const decide = (more: object) =>
    world.admin('POST', '/api/decisions', {
      kind: 'substitute',
      class_id: classId,
      user_email: ANA,
      reason: 'Tom was ill',
      ...more,
    });
  await decide({ for: TOM });
  expect(await seen()).toEqual([200, 200, 1, 3]);
  await decide({ confirmed: false });
  expect(await seen()).toEqual([404, 404, 0, 0]);
});
