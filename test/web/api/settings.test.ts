import { expect, test } from 'vitest';

import { webWorld } from '../web-world.ts';

test('the settings are shown with their defaults, changed, and shown with their history', async () => {
  await using world = webWorld();
  const { json } = await world.admin('GET', '/api/settings');
  expect(json).toMatchObject({
    zone: 'Europe/London',
    late_after_minutes: 5,
    attended_if: { seconds: 1 },
    weak_matches_bill: true,
    school_name: null,
    version: 0,
    versions: [],
  });

  const change = { late_after_minutes: 10, school_name: 'Ponte', reason: 'new year' };
  const changed = await world.admin('PUT', '/api/settings', change);
  expect(changed).toMatchObject({
    status: 200,
    json: {
      late_after_minutes: 10,
      school_name: 'Ponte',
      version: 1,
      versions: [{ version: 1, valid_from: null, reason: 'new year' }],
      rebuilt: { classes: 0, job_id: null, status_url: null },
    },
  });
  expect((await world.admin('GET', '/api/settings')).json).toMatchObject({ late_after_minutes: 10 });
});

test('they are the affair of admins, and the zone is not changed here', async () => {
  await using world = webWorld();
  for (const ask of [world.teacherAsks, world.operator]) {
    expect((await ask('GET', '/api/settings')).status).toBe(403);
    expect((await ask('PUT', '/api/settings', { due_days: 1 })).status).toBe(403);
  }
  const { status, text } = await world.admin('PUT', '/api/settings', { zone: 'Europe/Paris' });
  expect(status).toBe(400);
  expect(text).toContain('rollbook settings zone NAME');
});
