import { asc } from 'drizzle-orm';

import { policyToJson, storedPolicy } from '../../core/billing/policy/policy-json.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { policyVersions } from '../schema/money.ts';

export interface StoredPolicy {
  readonly id: number;
  readonly version: PolicyVersion;
  readonly actor: string;
  readonly reason: string | null;
  readonly createdAt: number;
}

export interface PolicyStore {
  /** In the order they were made: of two from one day the later holds, as `policyOn` reads them. */
  list(): StoredPolicy[];
  versions(): PolicyVersion[];
  /** The audit log is the caller's, in the same transaction. */
  add(version: PolicyVersion, by: { readonly actor: string; readonly reason: string | null }): StoredPolicy;
}

export function createPolicyStore({ orm }: Database, clock: Now): PolicyStore {
  const show = ({ id, policy, actor, reason, createdAt }: typeof policyVersions.$inferSelect): StoredPolicy => ({
    id,
    version: storedPolicy.parse(policy),
    actor,
    reason,
    createdAt,
  });
  const list = (): StoredPolicy[] => orm.select().from(policyVersions).orderBy(asc(policyVersions.id)).all().map(show);
  return {
    list,
    versions: () => list().map(({ version }) => version),
    add(version, { actor, reason }) {
      const values = {
        validFrom: version.validFrom,
        policy: policyToJson(version),
        actor,
        reason,
        createdAt: clock.now(),
      };
      return show(orm.insert(policyVersions).values(values).returning().get());
    },
  };
}
