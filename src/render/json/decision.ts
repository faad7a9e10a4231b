import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import { instant, instantOrNull, showSpan } from './fields.ts';

export const decisionSchema = z
  .object({
    decision_id: z.int(),
    kind: z.string(),
    class_id: z.int().nullable(),
    user_email: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    actor: z.string(),
    reason: z.string(),
    created_time: instant,
    undone_time: instant.nullable(),
    undone_by: z.string().nullable(),
    undo_reason: z.string().nullable(),
  })
  .openapi('Decision');

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

export const savedDecisionSchema = decisionSchema
  .extend({
    rebuilt_class_ids: z.array(z.int()).openapi({ description: 'Classes whose logs are others now.' }),
    corrects: z.string().nullable().openapi({
      description:
        'The closed period of the class. Where its lines come to something else now, /api/adjustments has the difference.',
    }),
  })
  .openapi('SavedDecision');

export function showSavedDecision(saved: {
  readonly decision: StoredDecision;
  readonly rebuiltClassIds: readonly number[];
  readonly corrects: string | null;
}) {
  return { ...showDecision(saved.decision), rebuilt_class_ids: saved.rebuiltClassIds, corrects: saved.corrects };
}
