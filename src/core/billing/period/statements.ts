import type { ChargeLine, PayLine } from '../lesson/line.ts';
import { taxOn } from '../lesson/pricing.ts';
import { canonicalJson, sha256 } from '../money/canonical.ts';
import { formatAmount, sum } from '../money/money.ts';
import type { Tax } from '../policy/policy.ts';
import type { Adjustment } from './adjustments.ts';

/** What one family owes for a period in one currency. A family with two currencies has two statements. */
export interface FamilyStatement {
  /** Null: a student without a family, who is billed alone. */
  readonly familyId: number | null;
  /** The student, where `familyId` is null. */
  readonly studentId: number | null;
  readonly currency: string;
  readonly lines: readonly ChargeLine[];
  readonly adjustments: readonly Adjustment[];
  /** The sum of lines and adjustments. */
  readonly subtotalMinor: number;
  readonly taxes: readonly StatementTax[];
  /** Without any tax, be it inside or on top. */
  readonly netMinor: number;
  /** All taxes together. Net and tax are the total. */
  readonly taxMinor: number;
  /** The subtotal and the tax on top of it. */
  readonly totalMinor: number;
  /** Decimal text of `totalMinor`. */
  readonly total: string;
}

/** One kind of tax on a statement, in minor units. */
export interface StatementTax {
  readonly tax: Tax;
  /** The amount that it is calculated on; it contains an inclusive tax. */
  readonly baseMinor: number;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
}

/** What one teacher is owed for a period in one currency. */
export interface TeacherStatement {
  readonly teacherId: number;
  readonly teacherEmail: string;
  readonly currency: string;
  readonly lines: readonly PayLine[];
  readonly adjustments: readonly Adjustment[];
  readonly totalMinor: number;
  readonly total: string;
  /** Brought over from earlier periods, 0 or less. */
  readonly carriedInMinor: number;
  /** Never negative. */
  readonly payoutMinor: number;
  /** What is left to the next period, 0 or less. */
  readonly carryMinor: number;
  /** There is a debt to carry over, which a person must approve. */
  readonly needsApproval: boolean;
}

type Charged = ChargeLine | Adjustment;
type Paid = PayLine | Adjustment;

/** One statement a family and currency, ordered by family; students without a family come last. */
export function familyStatements(
  charges: readonly ChargeLine[],
  adjustments: readonly Adjustment[] = [],
): FamilyStatement[] {
  const entries: Charged[] = [...charges, ...adjustments.filter(({ side }) => side === 'charge')];
  const groups = Map.groupBy(entries, (entry) => JSON.stringify([entry.familyId, soleStudent(entry), entry.currency]));
  return [...groups.values()]
    .map((group): FamilyStatement => {
      const { familyId, currency } = group[0]!;
      const subtotalMinor = sum(group.map(({ amountMinor }) => amountMinor));
      const taxes = taxesOf(group);
      const taxMinor = sum(taxes.map((tax) => tax.taxMinor));
      const onTop = sum(taxes.filter(({ tax }) => !tax.inclusive).map((tax) => tax.taxMinor));
      return {
        familyId,
        studentId: soleStudent(group[0]!),
        currency,
        lines: group.filter((entry) => 'billedMs' in entry),
        adjustments: group.filter((entry) => 'adjustmentId' in entry),
        subtotalMinor,
        taxes,
        netMinor: subtotalMinor + onTop - taxMinor,
        taxMinor,
        totalMinor: subtotalMinor + onTop,
        total: formatAmount(subtotalMinor + onTop, currency),
      };
    })
    .sort(
      (a, b) =>
        compare(a.familyId, b.familyId) || compare(a.studentId, b.studentId) || (a.currency < b.currency ? -1 : 1),
    );
}

function soleStudent(entry: Charged): number | null {
  if (entry.familyId !== null) return null;
  return 'adjustmentId' in entry ? entry.personId : entry.studentId;
}

/** Tax by kind: summed from the lines, or calculated once on the sum, as the policy of the lines says. */
function taxesOf(entries: readonly Charged[]): StatementTax[] {
  const taxed = Map.groupBy(
    entries.filter(({ tax }) => tax !== null),
    ({ tax }) => JSON.stringify(tax),
  );
  return [...taxed.values()].map((group) => {
    const tax = group[0]!.tax!;
    const baseMinor = sum(group.map(({ amountMinor }) => amountMinor));
    const taxMinor = tax.per === 'statement' ? taxOn(baseMinor, tax) : sum(group.map((entry) => entry.taxMinor));
    const [netMinor, grossMinor] = tax.inclusive
      ? [baseMinor - taxMinor, baseMinor]
      : [baseMinor, baseMinor + taxMinor];
    return { tax, baseMinor, netMinor, taxMinor, grossMinor };
  });
}

/**
 * One statement a teacher and currency, ordered by e-mail.
 *
 * @param carriedIn teacher → currency → minor units, 0 or less, left over from the period before
 */
export function teacherStatements(
  pay: readonly PayLine[],
  adjustments: readonly Adjustment[] = [],
  carriedIn: ReadonlyMap<number, ReadonlyMap<string, number>> = new Map(),
): TeacherStatement[] {
  const entries: Paid[] = [...adjustments.filter(({ side }) => side === 'pay'), ...pay];
  const groups = Map.groupBy(entries, (entry) => `${teacherOf(entry).teacherId} ${entry.currency}`);
  return [...groups.values()]
    .map((group): TeacherStatement => {
      const { currency } = group[0]!;
      const { teacherId, teacherEmail } = teacherOf(group.at(-1)!);
      const totalMinor = sum(group.map(({ amountMinor }) => amountMinor));
      const carriedInMinor = carriedIn.get(teacherId)?.get(currency) ?? 0;
      const due = totalMinor + carriedInMinor;
      return {
        teacherId,
        teacherEmail,
        currency,
        lines: group.filter((entry) => 'paidMs' in entry),
        adjustments: group.filter((entry) => 'adjustmentId' in entry),
        totalMinor,
        total: formatAmount(totalMinor, currency),
        carriedInMinor,
        payoutMinor: Math.max(due, 0),
        carryMinor: Math.min(due, 0),
        needsApproval: due < 0,
      };
    })
    .sort((a, b) =>
      a.teacherEmail < b.teacherEmail ? -1 : a.teacherEmail > b.teacherEmail ? 1 : a.currency < b.currency ? -1 : 1,
    );
}

function teacherOf(entry: Paid): { readonly teacherId: number; readonly teacherEmail: string } {
  return 'adjustmentId' in entry ? { teacherId: entry.personId, teacherEmail: entry.personEmail } : entry;
}

/** SHA-256 of what a teacher accepts: every line with its time and amount, and every correction. */
export function payHash(statements: readonly TeacherStatement[], teacherId: number): string {
  const own = statements
    .filter((statement) => statement.teacherId === teacherId)
    .map(({ currency, totalMinor, lines, adjustments }) => ({
      currency,
      totalMinor,
      lines: lines.map(({ lineId, paidMs, amountMinor }) => ({ lineId, paidMs, amountMinor })),
      adjustments: adjustments.map(({ adjustmentId, amountMinor }) => ({ adjustmentId, amountMinor })),
    }));
  return sha256(canonicalJson(own));
}

/** All statements of a period together; amounts in minor units, named as the API shows them. */
export interface Totals {
  readonly currency: string;
  readonly billed_minor: number;
  readonly paid_minor: number;
}

/** What families owe and teachers are paid, tax on top included, by currency. */
export function totalsOf({
  families,
  teachers,
}: {
  readonly families: readonly FamilyStatement[];
  readonly teachers: readonly TeacherStatement[];
}): Totals[] {
  const currencies = new Set([...families, ...teachers].map(({ currency }) => currency));
  const totalOf = (
    currency: string,
    statements: readonly { readonly currency: string; readonly totalMinor: number }[],
  ) => sum(statements.filter((statement) => statement.currency === currency).map(({ totalMinor }) => totalMinor));
  return [...currencies].sort().map((currency) => ({
    currency,
    billed_minor: totalOf(currency, families),
    paid_minor: totalOf(currency, teachers),
  }));
}

/** Ascending, null last. */
function compare(a: number | null, b: number | null): number {
  return a === b ? 0 : (a ?? Infinity) - (b ?? Infinity);
}
