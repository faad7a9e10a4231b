import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';

const BY = { actor: 'office', reason: 'the board decided' };

test('a version is kept with who added it, and earlier ones stay', async () => {
  await using world = webWorld();
  world.actions.addPolicy({ valid_from: '2026-01-01', preset: 'slot_held' }, BY);
  expect(world.actions.addPolicy({ valid_from: '2026-02-01', min: 30 }, BY)).toMatchObject({
    kind: 'saved',
    policy: { version: { validFrom: '2026-02-01', preset: 'actual_time', settings: { min: 30 } } },
    warnings: [],
  });

  expect(
    world.queries
      .policyVersions()
      .map(({ version }) => version.validFrom)
      .toSorted(),
  ).toEqual(['2026-01-01', '2026-02-01']);
  expect(world.audit.list({ limit: 1 }).items).toMatchObject([
    { ...BY, action: 'policy.add', subject: 'policy:2', after: { valid_from: '2026-02-01', min: 30 } },
  ]);
});

test('what does less than it seems to is kept, with a warning', async () => {
  await using world = webWorld();
  expect(world.actions.addPolicy({ valid_from: '2026-01-01', 'charge.basis': 'actual' }, BY)).toMatchObject({
    kind: 'saved',
    warnings: ['charge.basis "actual" bills the minutes that a student waits for a late teacher'],
  });
});

test('every fault is told at once, and nothing is kept', async () => {
  await using world = webWorld();
  expect(world.actions.addPolicy({ valid_from: 'soon', bridge: -1 }, BY)).toMatchObject({ code: 'invalid' });
  expect(world.actions.addPolicy({ valid_from: '2026-01-01', bridge: -1, brige: 1 }, BY)).toMatchObject({
    complaints: [{ path: 'bridge' }, { path: 'brige' }],
  });
  expect(world.queries.policyVersions()).toEqual([]);
  expect(world.audit.head().count).toBe(0);
});
