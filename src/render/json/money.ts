import type { Invariant } from '../../core/billing/period/audit.ts';
import { againstText, exceptionText } from '../../core/billing/period/exceptions.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import { instantOrNull, showSpan } from './instant.ts';

export function showPolicy({ id, version, actor, reason, createdAt }: StoredPolicy) {
  return { policy_id: id, policy: policyToJson(version), actor, reason, created_time: formatInstant(createdAt) };
}

export function showClose(close: Close) {
  return {
    period: close.period,
    version: close.version,
    state: close.reopenedAt === null ? ('closed' as const) : ('reopened' as const),
    timezone: close.zone,
    document_id: close.documentId,
    exceptions: close.exceptions.map(exceptionText),
    audit: { head: close.auditHead, count: close.auditCount },
    reason: close.reason,
    closed_time: formatInstant(close.closedAt),
    closed_by: close.closedBy,
    reopened_time: instantOrNull(close.reopenedAt),
    reopened_by: close.reopenedBy,
    reopen_reason: close.reopenReason,
  };
}

export function showDecision(decision: StoredDecision) {
  const { payload } = decision;
  return {
    decision_id: decision.id,
    kind: decision.kind,
    class_id: decision.classId,
    user_email: decision.userEmail,
    details: 'interval' in payload ? showSpan(payload.interval) : payload,
    actor: decision.actor,
    reason: decision.reason,
    created_time: formatInstant(decision.createdAt),
    undone_time: instantOrNull(decision.undoneAt),
    undone_by: decision.undoneBy,
    undo_reason: decision.undoReason,
  };
}

export function showInvariant({ name, claim, holds, severity, against }: Invariant) {
  return { name, claim, holds, severity, against: against.map(againstText) };
}
