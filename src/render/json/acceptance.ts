import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Acceptance } from '../../ledger/money/pay-answer-store.ts';
import { instant } from './fields.ts';

export const acceptanceSchema = z.object({ teacher_email: z.string(), accepted_time: instant });

export function showAcceptance({ teacherEmail, acceptedAt }: Acceptance): z.infer<typeof acceptanceSchema> {
  return { teacher_email: teacherEmail, accepted_time: formatInstant(acceptedAt) };
}

const { teacher_email, accepted_time } = acceptanceSchema.shape;
export const acceptedPaySchema = z.object({ period: z.string(), teacher_email, pay_hash: z.string(), accepted_time });

/** The answer to the teacher who accepts, with the hash of the pay that was accepted. */
export function showAcceptedPay(period: string, acceptance: Acceptance): z.infer<typeof acceptedPaySchema> {
  const { teacher_email, accepted_time } = showAcceptance(acceptance);
  return { period, teacher_email, pay_hash: acceptance.payHash, accepted_time };
}
