import { expect, test } from 'vitest';

import { ANA, BEN, CLEO, moneyWorld, withRates, type MoneyWorld } from '../../support/money-world.ts';

const REASON = 'the family called';

async function bill(world: MoneyWorld): Promise<string[]> {
  const { json } = await world.admin('GET', '/api/reports/billing?period=2026-01');
  return json.families!.flatMap(({ lines }) =>
    lines.map((line) => `${line.student_email} ${line.billed_minutes} min ${line.amount}`),
  );
}

async function pay(world: MoneyWorld): Promise<string[]> {
  const { json } = await world.admin('GET', '/api/reports/payroll?period=2026-01');
  return json.teachers!.map((one) => `${one.teacher_email} ${one.total}`);
}

test('a decision without a reason is refused and nothing is stored', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  for (const reason of [undefined, '', '   ']) {
    const answer = await world.admin('POST', '/api/decisions', {
      kind: 'approve_overrun',
      class_id: classId,
      minutes: 20,
      reason,
    });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ path: 'reason' }] } });
  }
  expect((await world.admin('GET', '/api/decisions')).json.items).toEqual([]);
  expect(world.audit.head().count).toBe(0);
});

test('minutes that Google missed are added, billed, and taken back with the decision', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson({ there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-16:30'] } });
  expect(await bill(world)).toEqual([`${BEN} 30 min 21.00`]);
  const added = await world.admin('POST', '/api/decisions', {
    kind: 'add_interval',
    class_id: classId,
    user_email: 'Ben@home.example',
    start_time: '2026-01-16T17:30:00+01:00',
    end_time: '2026-01-16T16:45:00Z',
    reason: 'used another phone',
  });
  expect(added).toMatchObject({
    status: 201,
    json: {
      decision_id: 1,
      user_email: BEN,
      details: { start_time: '2026-01-16T16:30:00Z', end_time: '2026-01-16T16:45:00Z' },
      rebuilt_class_ids: [classId],
    },
  });
  expect(await bill(world)).toEqual([`${BEN} 45 min 31.50`]);
  const undone = await world.admin('POST', '/api/decisions/1/undo', { reason: 'it was a cousin' });
  expect(undone.json).toMatchObject({ undone_by: 'admin', undo_reason: 'it was a cousin' });
  expect(await bill(world)).toEqual([`${BEN} 30 min 21.00`]);
  const again = await world.admin('POST', '/api/decisions/1/undo', { reason: 'again' });
  expect(again).toMatchObject({ status: 409, json: { code: 'already_settled' } });
});

test('an overrun counts once it is approved', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const classId = world.lesson({ there: { [ANA]: ['16:00-17:20'], [BEN]: ['16:00-17:20'] } });
  expect([await bill(world), await pay(world)]).toEqual([[`${BEN} 60 min 42.00`], [`${ANA} 22.00`]]);
  await world.admin('POST', '/api/decisions', {
    kind: 'approve_overrun',
    class_id: classId,
    minutes: 20,
    reason: REASON,
  });
  expect([await bill(world), await pay(world)]).toEqual([[`${BEN} 80 min 56.00`], [`${ANA} 29.33`]]);
});

test('an excuse and an outcome change what is charged', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const excused = world.lesson({ there: { [ANA]: ['16:00-17:00'] }, students: [BEN] });
  await world.admin('PUT', '/api/policy', { valid_from: '2026-01-01', preset: 'standard_tutoring' });
  expect(await bill(world)).toEqual([`${BEN} 60 min 42.00`]);
  await world.admin('POST', '/api/decisions', {
    kind: 'excuse',
    class_id: excused,
    user_email: BEN,
    reason: 'doctor’s note',
  });
  expect(await bill(world)).toEqual([`${BEN} 0 min 0.00`]);
  const outcome = {
    kind: 'set_outcome',
    class_id: excused,
    outcome: 'student_no_show',
    reason: 'the note was of another day',
  };
  await world.admin('POST', '/api/decisions', { ...outcome, user_email: BEN });
  expect(await bill(world)).toEqual([`${BEN} 60 min 42.00`]);
});

test('a call in another room counts for the class it is linked to, and no longer for its own room', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const meant = world.lesson({ space: 'spaces/one', there: {} });
  const other = world.lesson({ space: 'spaces/two', subject: 'Chess', students: [CLEO], there: {} });
  world.call('spaces/two', '2026-01-16', 'conferenceRecords/stray', { [ANA]: ['16:00-17:00'], [BEN]: ['16:10-17:00'] });
  world.attendance.rebuild(other);
  expect(world.logStore.list({ classId: other, userEmail: BEN, limit: 9 }).map(({ role }) => role)).toEqual(['guest']);
  expect(await bill(world)).toContain(`${BEN} 0 min 0.00`);

  const unbilled = await world.admin('GET', '/api/reports/unbilled?from=2026-01-16&to=2026-01-16');
  expect(unbilled.status).toBe(200);

  const wrong = await world.admin('POST', '/api/decisions', {
    kind: 'link_call',
    class_id: meant,
    record: 'conferenceRecords/none',
    reason: REASON,
  });
  expect(wrong).toMatchObject({ status: 400, json: { errors: [{ path: 'record' }] } });
  const linked = await world.admin('POST', '/api/decisions', {
    kind: 'link_call',
    class_id: meant,
    record: 'conferenceRecords/stray',
    reason: 'wrong link in the mail',
  });
  expect(linked).toMatchObject({ status: 201, json: { rebuilt_class_ids: [meant, other] } });
  expect(await bill(world)).toContain(`${BEN} 50 min 35.00`);
  expect(world.logStore.list({ classId: other, userEmail: BEN, limit: 9 })).toEqual([]);

  const twice = await world.admin('POST', '/api/decisions', {
    kind: 'link_call',
    class_id: meant,
    record: 'conferenceRecords/stray',
    reason: REASON,
  });
  expect(twice).toMatchObject({ status: 409, json: { code: 'already_settled' } });
  await world.admin('POST', `/api/decisions/${linked.json.decision_id}/undo`, { reason: 'it was chess after all' });
  expect(await bill(world)).toContain(`${BEN} 0 min 0.00`);
  expect(world.logStore.list({ classId: other, userEmail: BEN, limit: 9 }).map(({ role }) => role)).toEqual(['guest']);
});

test('a teacher who stood in is paid when somebody says so', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const tom = world.person('tom@school.example', 'teacher');
  const classId = world.lesson({ there: { 'tom@school.example': ['16:00-17:00'], [BEN]: ['16:00-17:00'] } });
  const explained = await world.admin('GET', `/api/reports/lines/p${classId}-${tom}/explain`);
  expect(explained.json.line).toMatchObject({ outcome: 'unknown' });
  expect((await pay(world)).filter((line) => !line.endsWith(' 0.00'))).toEqual([]);
  const decided = await world.admin('POST', '/api/decisions', {
    kind: 'substitute',
    class_id: classId,
    user_email: 'tom@school.example',
    for: ANA,
    reason: 'Ana was ill',
  });
  expect(decided.status).toBe(201);
  expect(await pay(world)).toEqual([`${ANA} 0.00`, 'tom@school.example 22.00']);
  expect(await bill(world)).toEqual([`${BEN} 60 min 42.00`]);
});

test.each([
  ['a kind that is not one', { kind: 'forgive' }, 'kind'],
  ['a class that is not there', { kind: 'excuse', class_id: 99, user_email: BEN }, 'class_id'],
  ['somebody nobody knows', { kind: 'excuse', user_email: 'who@home.example' }, 'user_email'],
  ['somebody who is not on the roster', { kind: 'set_status', user_email: CLEO, status: 'present' }, 'user_email'],
  [
    'an interval that runs backwards',
    { kind: 'add_interval', user_email: BEN, start_time: '2026-01-16T17:00:00Z', end_time: '2026-01-16T16:00:00Z' },
    'end_time',
  ],
  [
    'an interval of another week',
    { kind: 'add_interval', user_email: BEN, start_time: '2026-01-09T16:00:00Z', end_time: '2026-01-09T17:00:00Z' },
    'start_time',
  ],
  [
    'an interval that is still to come',
    { kind: 'add_interval', user_email: BEN, start_time: '2026-02-03T16:00:00Z', end_time: '2026-02-03T17:00:00Z' },
    'end_time',
  ],
  [
    'a time of no zone',
    { kind: 'add_interval', user_email: BEN, start_time: '2026-01-16T16:00:00', end_time: '2026-01-16T17:00:00Z' },
    'start_time',
  ],
  ['the teacher of the class as a substitute', { kind: 'substitute', user_email: ANA }, 'user_email'],
  ['a field of another kind', { kind: 'excuse', user_email: BEN, minutes: 5 }, 'minutes'],
])('a decision with %s is refused', async (_what, wrong, path) => {
  await using world = moneyWorld();
  const classId = world.lesson();
  world.person(CLEO, 'student');
  const answer = await world.admin('POST', '/api/decisions', { class_id: classId, reason: REASON, ...wrong });
  expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ path }] } });
  expect((await world.admin('GET', '/api/decisions')).json.items).toEqual([]);
});
