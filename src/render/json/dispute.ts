import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Dispute } from '../../ledger/money/pay-answer-store.ts';
import { instant, instantOrNull } from './fields.ts';

export const disputeSchema = z
  .object({
    dispute_id: z.int(),
    line_id: z.string(),
    period: z.string(),
    teacher_email: z.string(),
    text: z.string(),
    state: z.enum(['open', 'upheld', 'refused']),
    created_time: instant,
    closed_time: instant.nullable(),
    closed_by: z.string().nullable(),
    close_reason: z.string().nullable(),
  })
  .openapi('Dispute');

export function showDispute(dispute: Dispute): z.infer<typeof disputeSchema> {
  return {
    dispute_id: dispute.id,
    line_id: dispute.lineId,
    period: dispute.period,
    teacher_email: dispute.teacherEmail,
    text: dispute.text,
    state: dispute.outcome ?? 'open',
    created_time: formatInstant(dispute.createdAt),
    closed_time: instantOrNull(dispute.closedAt),
    closed_by: dispute.closedBy,
    close_reason: dispute.closeReason,
  };
}
