import { expect, test } from 'vitest';

import { policyVersion } from '../../../src/core/billing/policy/policy-json.ts';
import { createPolicyStore } from '../../../src/ledger/money/policy-store.ts';
import { moneyWorld } from '../../support/money-world.ts';

const version = policyVersion.parse({ valid_from: '2026-01-01', preset: 'slot_held', 'period.acceptance_days': 5 });

test('versions are kept in the order they were made', async () => {
  await using world = moneyWorld();
  const policies = createPolicyStore(world.database, { now: () => 1_000 });
  const earlier = { ...version, validFrom: '2025-01-01' };
  const first = policies.add(version, { actor: 'ada', reason: 'new terms' });
  policies.add(earlier, { actor: 'ada', reason: null });
  expect(first).toMatchObject({ version, actor: 'ada', reason: 'new terms', createdAt: 1_000 });
  expect(policies.versions()).toEqual([version, earlier]);
  expect(policies.list()[0]).toEqual(first);
});

test('a version that was stored with settings that are gone still loads', async () => {
  await using world = moneyWorld();
  const policies = createPolicyStore(world.database, { now: () => 1_000 });
  policies.add(version, { actor: 'ada', reason: null });
  world.database.sqlite.exec(
    `update policy_versions set policy = json_set(policy, '$.period.kind', 'two_weeks',
       '$.period.anchor', '2026-01-05', '$.period.close_deadline_days', 5)`,
  );
  expect(policies.versions()).toEqual([version]);
});
