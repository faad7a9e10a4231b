import { localDate, periodDays } from '../time/calendar.ts';
import { clip, intersection, union } from '../time/interval.ts';
import type { Interval } from '../time/interval.ts';
import type { BilledClass } from './lesson/billed-class.ts';
import { chargeClass } from './lesson/charge.ts';
import type { ClassCharges, ClassToBill } from './lesson/charge.ts';
import { sliceClass } from './lesson/sliced-presence.ts';
import { flagSet } from './lesson/line.ts';
import type { BlockedLine, ChargeLine, PayLine } from './lesson/line.ts';
import { payClass } from './pay/pay.ts';
import type { Claim } from './pay/pay.ts';
import { formatLineId } from './line-id.ts';
import { formatAmount } from './money/money.ts';
import { policyOn } from './policy/policy.ts';
import type { PolicyVersion } from './policy/policy.ts';
import { rateBook } from './policy/rates.ts';
import type { RateBook, RateRow } from './policy/rates.ts';

/** All that the lines of a period follow from. The order of anything but people on a roster never matters. */
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
  /** IANA zone whose calendar gives a class its day. */
  readonly zone: string;
}

export interface PeriodLines {
  readonly charges: readonly ChargeLine[];
  readonly pay: readonly PayLine[];
  readonly blocked: readonly BlockedLine[];
}

/**
 * Every line of the classes that start in a period, by local start date: one a student and one a teacher of each class
 * that has begun or was cancelled. Ordered by start, class, and place on the roster.
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
  const charged = withoutSecondCharges(
    classes.map((toBill) => withoutUnenrolled({ toBill, charges: chargeClass(toBill) })),
  );

  const paid = new Map<number, Claim[]>();
  const doubleBooked = new Set<string>();
  const pay: (PayLine | BlockedLine)[] = [];
  for (const { toBill, charges } of charged) {
    const { lines, claims, collisions } = payClass(toBill, charges, paid);
    pay.push(...lines);
    for (const [teacherId, claimed] of claims) paid.set(teacherId, [...(paid.get(teacherId) ?? []), ...claimed]);
    for (const [teacherId, others] of collisions) {
      for (const classId of others) doubleBooked.add(formatLineId({ side: 'pay', classId, personId: teacherId }));
    }
  }

  const charges = charged.flatMap((entry) => entry.charges.lines).filter(inPeriod);
  const flagged = pay
    .filter(inPeriod)
    .map((line) =>
      doubleBooked.has(line.lineId) ? { ...line, flags: flagSet(line.flags, ['teacher_double_booked']) } : line,
    );
  return {
    charges: charges.filter((line): line is ChargeLine => 'amountMinor' in line),
    pay: flagged.filter((line): line is PayLine => 'amountMinor' in line),
    blocked: [...charges, ...flagged].filter((line): line is BlockedLine => 'code' in line),
  };
}

function inOrder(a: BilledClass, b: BilledClass): number {
  const [left = '', right = ''] = [a.key, b.key];
  return a.start - b.start || (left < right ? -1 : left > right ? 1 : a.classId - b.classId);
}

function prepare(billed: BilledClass, { policies, familyOf, zone }: LineInputs, rates: RateBook): ClassToBill {
  const date = localDate(billed.start, zone);
  const policy = policyOn(policies, date);
  return { billed, date, policy, sliced: sliceClass(billed, policy.settings), rates, familyOf };
}

interface Charged {
  readonly toBill: ClassToBill;
  readonly charges: ClassCharges;
}

/** A student who is not enrolled on the day is shown and not charged until a person decides. */
function withoutUnenrolled({ toBill, charges }: Charged): Charged {
  const unenrolled = new Set(
    toBill.billed.students.filter(({ enrolled }) => enrolled === false).map(({ personId }) => personId),
  );
  if (unenrolled.size === 0) return { toBill, charges };
  const mark = (line: ChargeLine | BlockedLine): ChargeLine | BlockedLine =>
    'amountMinor' in line && unenrolled.has(line.studentId)
      ? notCharged(line, 'not_enrolled', 'The student is not enrolled on this day')
      : line;
  return { toBill, charges: { ...charges, lines: charges.lines.map(mark) } };
}

/** A line whose student is in two classes at once, with the time it takes up. */
interface Occupied {
  readonly line: ChargeLine;
  readonly at: readonly Interval[];
}

/**
 * A student is in one place. Of two lines for the same time the attended one stands, of two such the one that starts
 * first; the other is shown, flagged, and not charged until a person decides.
 */
function withoutSecondCharges(charged: readonly Charged[]): Charged[] {
  const occupied = charged.flatMap(({ toBill, charges }) =>
    charges.lines.flatMap((line) => ('amountMinor' in line ? occupation(toBill, line) : [])),
  );
  const first = new Set<string>();
  const second = new Set<string>();
  for (const lines of Map.groupBy(occupied, ({ line }) => line.studentId).values()) {
    const ranked = lines.toSorted(
      (a, b) => Number(b.line.outcome === 'attended') - Number(a.line.outcome === 'attended'),
    );
    const standing: Occupied[] = [];
    for (const candidate of ranked) {
      const before = standing.filter(({ at }) => intersection(at, candidate.at).length > 0);
      if (before.length === 0) standing.push(candidate);
      else second.add(candidate.line.lineId);
      for (const { line } of before) first.add(line.lineId);
    }
  }
  const mark = (line: ChargeLine | BlockedLine): ChargeLine | BlockedLine => {
    if (!('amountMinor' in line)) return line;
    if (second.has(line.lineId))
      return notCharged(line, 'student_double_booked', 'The student is in another class at the same time');
    return first.has(line.lineId) ? { ...line, flags: flagSet(line.flags, ['student_double_booked']) } : line;
  };
  return charged.map(({ toBill, charges }) => ({ toBill, charges: { ...charges, lines: charges.lines.map(mark) } }));
}

function occupation({ sliced }: ClassToBill, line: ChargeLine): Occupied[] {
  if (line.outcome === 'student_no_show') return [{ line, at: [sliced.slot] }];
  if (line.outcome !== 'attended') return [];
  const student = sliced.students.find(({ person }) => person.personId === line.studentId);
  return student === undefined ? [] : [{ line, at: union(clip(student.real, sliced.slot)) }];
}

function notCharged(line: ChargeLine, flag: string, why: string): ChargeLine {
  return {
    ...line,
    billedMs: 0,
    priceMinor: 0,
    discountMinor: 0,
    amountMinor: 0,
    amount: formatAmount(0, line.currency),
    taxMinor: 0,
    reason: `${line.reason} ${why}: not charged until a person decides.`,
    flags: flagSet(line.flags, [flag, 'review']),
    steps: [...line.steps, { name: 'price', text: `${why}: not charged.`, minor: 0 }],
  };
}
