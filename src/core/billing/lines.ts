import { localDate, periodDays } from '../time/calendar.ts';
import { assessClass, type ClassToBill } from './charge/assess.ts';
import { chargeClass } from './charge/charge.ts';
import { chargeOnce } from './charge/elsewhere.ts';
import { withheldLines } from './charge/withheld.ts';
import type { BilledClass } from './lesson/billed-class.ts';
import type { BlockedLine, ChargeLine, PayLine } from './lesson/line.ts';
import { sliceClass } from './lesson/sliced-presence.ts';
import { formatLineId } from './line-id.ts';
import { measurePay, payLines, type Claim, type MeasuredPay } from './pay/pay.ts';
import { policyOn, type PolicyVersion } from './policy/policy.ts';
import { rateBook, type RateBook, type RateRow } from './policy/rates.ts';

/** All that the lines of a period follow from. Only the order of the people on a roster matters. */
export interface LineInputs {
  /**
   * Classes of the period, and those around it that share its people: they make no lines, but a minute that one of
   * them pays is not paid again.
   */
  readonly classes: readonly BilledClass[];
  readonly policies: readonly PolicyVersion[];
  readonly rates: readonly RateRow[];
  /** Student → family. */
  readonly familyOf: ReadonlyMap<number, number>;
  /** Family → the currency that it is to be billed in. Left out: no line is flagged for another one. */
  readonly currencyOf?: ReadonlyMap<number, string>;
  /** IANA zone whose calendar gives a class its day. */
  readonly zone: string;
  /** Line ids of pay that its teacher disputes; they are flagged. */
  readonly disputed?: ReadonlySet<string>;
}

/** The lines of a period; a line is in one of the three lists. */
export interface PeriodLines {
  readonly charges: readonly ChargeLine[];
  readonly pay: readonly PayLine[];
  readonly blocked: readonly BlockedLine[];
}

/**
 * Every line of the classes that start in a period, by local start date: one a student and one a teacher of each class
 * that has begun or was canceled. Ordered by start, class, and place on the roster.
 *
 * @param period `2026-01` or `2026-01-05..2026-01-18`; null for all classes
 * @throws {RangeError} not a period
 */
export function buildLines(inputs: LineInputs, period: string | null): PeriodLines {
  const days = period === null ? null : periodDays(period);
  if (period !== null && days === null) throw new RangeError(`not a period: ${period}`);
  const inPeriod = ({ date }: { readonly date: string }): boolean =>
    days === null || (days.first <= date && date <= days.last);

  const rates = rateBook(inputs.rates);
  const classes = inputs.classes
    .filter(({ status }) => status !== 'scheduled')
    .toSorted(inOrder)
    .map((billed) => prepare(billed, inputs, rates));
  const alone = classes.map(assessClass);
  const { classes: assessed, withheld } = chargeOnce(alone, withheldLines(alone));

  const paid = new Map<number, Claim[]>();
  const doubleBooked = new Set<string>();
  const measured: MeasuredPay[] = [];
  const charges: (ChargeLine | BlockedLine)[] = [];
  for (const lesson of assessed) {
    const charged = chargeClass(lesson, withheld);
    charges.push(...charged.lines);
    const pay = measurePay(lesson.toBill, charged, paid);
    measured.push(pay);
    for (const [teacherId, claimed] of pay.claims) paid.set(teacherId, [...(paid.get(teacherId) ?? []), ...claimed]);
    for (const [personId, others] of pay.collisions) {
      for (const classId of others) doubleBooked.add(formatLineId({ side: 'pay', classId, personId }));
    }
  }
  const flagged = { doubleBooked, disputed: inputs.disputed ?? new Set<string>() };
  const pay = measured.flatMap((ofClass) => payLines(ofClass, flagged));

  const lines = [...charges.filter(inPeriod), ...pay.filter(inPeriod)];
  return {
    charges: lines.filter((line): line is ChargeLine => line.side === 'charge' && 'amountMinor' in line),
    pay: lines.filter((line): line is PayLine => line.side === 'pay' && 'amountMinor' in line),
    blocked: lines.filter((line): line is BlockedLine => 'code' in line),
  };
}

function inOrder(a: BilledClass, b: BilledClass): number {
  return a.start - b.start || a.classId - b.classId;
}

function prepare(
  billed: BilledClass,
  { policies, familyOf, currencyOf, zone }: LineInputs,
  rates: RateBook,
): ClassToBill {
  const date = localDate(billed.start, zone);
  const policy = policyOn(policies, date);
  return { billed, date, policy, sliced: sliceClass(billed, policy.settings), rates, familyOf, currencyOf };
}
