import { z } from '@hono/zod-openapi';

import { formatAmount } from '../../core/billing/money/money.ts';
import { policyToJson } from '../../core/billing/policy/policy-json.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Enrolment } from '../../ledger/money/enrolment-store.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import { instant } from './fields.ts';

const policySchema = z
  .looseObject({ valid_from: z.string(), preset: z.string() })
  .openapi('Policy', { description: 'Every setting of the policy; see the table of settings in docs/money.md.' });
export const policyVersionSchema = z
  .object({
    policy_id: z.int(),
    policy: policySchema,
    actor: z.string(),
    reason: z.string().nullable(),
    created_time: instant,
  })
  .openapi('PolicyVersion');

export function showPolicy({ id, version, actor, reason, createdAt }: StoredPolicy) {
  return { policy_id: id, policy: policyToJson(version), actor, reason, created_time: formatInstant(createdAt) };
}

export const rateSchema = z
  .object({
    rate_id: z.int(),
    kind: z.enum(['charge', 'pay']),
    amount: z.string(),
    currency: z.string(),
    unit: z.enum(['hour', 'lesson']),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    scope: z.object({
      class_id: z.int().nullable(),
      student_email: z.string().nullable(),
      teacher_email: z.string().nullable(),
      subject: z.string().nullable(),
      series_id: z.string().nullable(),
    }),
  })
  .openapi('Rate');

/** A rate as the API shows it; without `rate_id` it is read back. */
export function showRate({ id, kind, amountMinor, currency, unit, validFrom, validTo, scope }: RateRow) {
  return {
    rate_id: id,
    kind,
    amount: formatAmount(amountMinor, currency),
    currency,
    unit,
    valid_from: validFrom,
    valid_to: validTo,
    scope: {
      class_id: scope.classId ?? null,
      student_email: scope.studentEmail ?? null,
      teacher_email: scope.teacherEmail ?? null,
      subject: scope.subject ?? null,
      series_id: scope.seriesId ?? null,
    },
  };
}

export const enrolmentSchema = z
  .object({
    enrolment_id: z.int(),
    student_email: z.string(),
    series_id: z.string().nullable(),
    subject: z.string().nullable(),
    from: z.string(),
    to: z.string().nullable(),
  })
  .openapi('Enrolment');

export function showEnrolment({ id, email, seriesId, subject, from, to }: Enrolment): z.infer<typeof enrolmentSchema> {
  return { enrolment_id: id, student_email: email, series_id: seriesId, subject, from, to };
}
