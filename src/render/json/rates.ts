import { formatAmount } from '../../core/billing/money/money.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';

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
