import { formatAmount } from '../../core/billing/money/money.ts';
import { policyToJson as versionToJson } from '../../core/billing/policy/policy-json.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';

/** The whole policy as the API shows it and reads it back. */
export function policyToJson(version: PolicyVersion): Record<string, unknown> {
  return versionToJson(version);
}

/** A rate as the API shows it; without `rate_id` it is read back. */
export function rateToJson({ id, kind, amountMinor, currency, unit, validFrom, validTo, scope }: RateRow) {
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
