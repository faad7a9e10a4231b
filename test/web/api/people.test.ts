import { expect, test } from 'vitest';

import { algebra, seen, webWorld } from '../web-world.ts';

test('people and families are entered, changed and listed', async () => {
  await using world = webWorld();

  const mia = await world.admin('POST', '/api/people', {
    email: 'Mia@Home.example',
    name: 'Mia Silva',
    role: 'student',
    google_user_id: 'users/104523891',
  });
  expect(mia).toMatchObject({
    status: 201,
    json: { person_id: 2, email: 'mia@home.example', google_user_id: '104523891' },
  });
  expect(await world.admin('POST', '/api/people', { email: 'MIA@home.example', role: 'student' })).toMatchObject({
    status: 409,
    json: { code: 'email_taken' },
  });
  expect((await world.admin('PATCH', '/api/people/2', { google_user_id: null })).json).toMatchObject({
    name: 'Mia Silva',
    google_user_id: null,
  });
  expect((await world.admin('GET', '/api/people?role=student')).json.items).toHaveLength(1);
  expect((await world.admin('GET', '/api/people?email=mia@home.example')).json.items).toMatchObject([{ person_id: 2 }]);

  const silva = { name: 'Silva', currency: 'EUR', student_emails: ['mia@home.example', 'tom@home.example'] };
  expect(await world.admin('POST', '/api/families', silva)).toMatchObject({
    status: 201,
    json: { family_id: 1, billing_email: null, created_people: ['tom@home.example'] },
  });
  expect(await world.admin('POST', '/api/families', silva)).toMatchObject({
    status: 409,
    json: { code: 'name_taken' },
  });
  expect(await world.admin('POST', '/api/families', { ...silva, name: 'X', currency: 'ABC' })).toMatchObject({
    status: 400,
    json: { errors: [{ path: 'currency' }] },
  });
  expect(await world.admin('PATCH', '/api/families/1', { student_emails: ['ana@school.example'] })).toMatchObject({
    status: 400,
    json: { errors: [{ path: 'student_emails.0' }] },
  });
  expect(
    (await world.admin('PATCH', '/api/families/1', { student_emails: ['tom@home.example'] })).json.student_emails,
  ).toEqual(['tom@home.example']);
  expect((await world.admin('GET', '/api/families')).json.items).toHaveLength(1);
});

test('a person whose account becomes known is found in the classes they were in', async () => {
  await using world = webWorld({ now: '2026-01-16T16:00:00Z' });
  world.google.spaces.set('abc-defg-hij', { name: 'spaces/one', ownedByReader: true });
  await world.admin('POST', '/api/schedule/class', algebra);
  const participant = seen(world, { userId: '777', displayName: 'B', from: '15:01:02.500', to: '15:29:58' });
  world.attendance.rebuild(1);
  const ben = (await world.admin('GET', '/api/people?email=ben@home.example')).json.items![0]!;

  await world.admin('PATCH', `/api/people/${ben.person_id}`, { google_user_id: '777', reason: 'told on the phone' });
  const { json } = await world.admin('GET', '/monitoring/attendance-logs?user_email=BEN@home.example');

  expect(json.items).toMatchObject([
    {
      session_id: 1,
      class_id: 1,
      subject: 'Algebra',
      class_start: '2026-01-16T15:00:00Z',
      class_end: '2026-01-16T15:30:00Z',
      person_id: ben.person_id,
      user_email: 'ben@home.example',
      role: 'student',
      join_time: '2026-01-16T15:01:02.500Z',
      leave_time: '2026-01-16T15:29:58Z',
      duration_seconds: 1735,
      duration_minutes: 28.92,
      intervals: [{ join_time: '2026-01-16T15:01:02.500Z', leave_time: '2026-01-16T15:29:58Z', closed_by: 'session' }],
      status: 'pending',
      coverage: 'pending',
      identity: { method: 'account', confidence: 'strong' },
      devices: 1,
      evidence: [`${participant}/participantSessions/s`],
      flags: [],
    },
  ]);
});

test('what does not fit a field is said in a plain sentence', async () => {
  await using world = webWorld();
  const nobody = await world.admin('POST', '/api/people', { email: 'ana@home.example', name: 7, role: 'pupil' });
  expect(nobody.json.errors).toEqual([
    { path: 'name', message: 'must be text' },
    { path: 'role', message: 'must be one of teacher, student, admin, other' },
  ]);
  const nothing = await world.admin('POST', '/api/families', {});
  expect(nothing.json.errors).toEqual([
    { path: 'name', message: 'is missing: it must be text' },
    { path: 'currency', message: 'is missing: it must be a currency of ISO 4217 in capitals, such as EUR' },
    { path: 'student_emails', message: 'is missing: it must be a list' },
  ]);
});
