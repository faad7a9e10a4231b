import { againstText } from '../../core/billing/period/exceptions.ts';
import type { Decision } from '../../core/attendance/decision.ts';
import type { Invariant } from '../../core/billing/period/audit.ts';
import { exceptionText } from '../../core/billing/period/exceptions.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import { instantOrNull } from './instant.ts';

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

export interface ShownDecision {
  decision_id: number;
  kind: string;
  class_id: number | null;
  user_email: string | null;
  details: Record<string, JsonValue>;
  actor: string;
  reason: string;
  created_time: string;
  undone_time: string | null;
  undone_by: string | null;
  undo_reason: string | null;
}

type JsonValue = string | number | boolean | null;

function details({ kind, payload }: Decision): Record<string, JsonValue> {
  switch (kind) {
    case 'add_interval':
    case 'remove_interval':
      return { start_time: formatInstant(payload.interval.start), end_time: formatInstant(payload.interval.end) };
    case 'set_status':
    case 'excuse':
    case 'set_outcome':
    case 'approve_overrun':
    case 'link_call':
    case 'substitute':
      return payload;
    default:
      return kind satisfies never;
  }
}

export function showDecision(decision: StoredDecision): ShownDecision {
  return {
    decision_id: decision.id,
    kind: decision.kind,
    class_id: decision.classId,
    user_email: decision.userEmail,
    details: details(decision),
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
