import { policyToJson, policyVersion, policyWarnings } from '../../core/billing/policy/policy-json.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { invalidInput, type Refused } from '../../refusal.ts';
import { audited, type AuditedDeps, type By, type Saved } from '../action.ts';

/**
 * Adds a version of the policy. Earlier versions stay.
 *
 * @param body `{valid_from, preset, …settings changed}`, as the API has it
 * @returns `warnings`: settings that do less than they seem to
 */
export function addPolicy(
  deps: AuditedDeps & { readonly money: Pick<MoneyStores, 'policy'> },
  body: unknown,
  by: By,
): Saved<{ policy: StoredPolicy; warnings: readonly string[] }> | Refused {
  const parsed = policyVersion.safeParse(body);
  if (!parsed.success) return invalidInput(parsed.error);
  return audited(deps, by, (note) => {
    const stored = deps.money.policy.add(parsed.data, { actor: by.actor, reason: by.reason ?? null });
    const after = policyToJson(stored.version);
    note({ action: 'policy.add', subject: `policy:${stored.id}`, after });
    return { kind: 'saved', policy: stored, warnings: policyWarnings(stored.version) } as const;
  });
}
