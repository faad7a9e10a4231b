import { policyToJson, policyVersion, policyWarnings } from '../../core/billing/policy/policy-json.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { invalidInput, type Refused } from '../../refusal.ts';
import { audited, type AuditedDeps, type By } from '../action.ts';

export interface SavedPolicy {
  readonly kind: 'saved';
  readonly policy: StoredPolicy;
  /** Settings that do less than they seem to. */
  readonly warnings: readonly string[];
}

export interface PolicyDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'policy'>;
}

/** `{valid_from, preset, …settings changed}`, as the API has it. Earlier versions stay. */
export function addPolicy(deps: PolicyDeps, body: unknown, by: By): SavedPolicy | Refused {
  const parsed = policyVersion.safeParse(body);
  if (!parsed.success) return invalidInput(parsed.error);
  return audited(deps, by, (note) => {
    const stored = deps.money.policy.add(parsed.data, { actor: by.actor, reason: by.reason ?? null });
    const after = policyToJson(stored.version);
    note({ action: 'policy.add', subject: `policy:${stored.id}`, after });
    return { kind: 'saved', policy: stored, warnings: policyWarnings(stored.version) } as const;
  });
}
