import { asc } from 'drizzle-orm';

import { policyToJson, storedPolicy } from '../../core/billing/policy/policy-json.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { policyVersions } from '../schema/money.ts';
import { columnsBut, held } from '../select.ts';

export interface StoredPolicy extends Readonly<Omit<typeof policyVersions.$inferSelect, 'policy' | 'validFrom'>> {
  readonly version: PolicyVersion;
}

export interface PolicyStore {
  /** In the order they were made: of two from one day the later holds, as `policyOn` reads them. */
  list(): StoredPolicy[];
  versions(): PolicyVersion[];
  /** The audit log is the caller's, in the same transaction. */
  add(version: PolicyVersion, by: { readonly actor: string; readonly reason: string | null }): StoredPolicy;
}

export function createPolicyStore({ orm }: Database, clock: Now): PolicyStore {
  const columns = columnsBut(policyVersions, 'validFrom');
  const show = ({ policy, ...row }: Omit<typeof policyVersions.$inferSelect, 'validFrom'>): StoredPolicy => ({
    ...row,
    version: storedPolicy.parse(policy),
  });
  const stored = held(() => orm.select(columns).from(policyVersions).orderBy(asc(policyVersions.id)).prepare());
  const list = (): StoredPolicy[] => stored().all().map(show);
  return {
    list,
    versions: () => list().map(({ version }) => version),
    add(version, { actor, reason }) {
      const policy = policyToJson(version);
      const values = { validFrom: version.validFrom, policy, actor, reason, createdAt: clock.now() };
      return show(orm.insert(policyVersions).values(values).returning(columns).get());
    },
  };
}
