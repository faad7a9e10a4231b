import { partyOf, type ChargeLine, type PayLine } from './lesson/line.ts';
import type { PeriodLines } from './lines.ts';
import { formatAmount, sum } from './money/money.ts';
import { familyStatements } from './period/statements.ts';

/** What one family or teacher is billed or paid before and after, in one currency. */
export interface PartyDelta {
  /** A family, or the e-mail of a student without one, or of a teacher. */
  readonly party: number | string;
  /** Of the student or the teacher; of a family it is null here, since lines know its number only. */
  readonly name: string | null;
  readonly currency: string;
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly deltaMinor: number;
  /** Decimal text of `deltaMinor`. */
  readonly delta: string;
  /** Lines whose amount, tax or minutes differ, or that only one side has. */
  readonly changedLines: readonly string[];
}

/** How lines differ under two sets of rules. Amounts in minor units, line ids sorted. */
export interface WhatIf {
  readonly families: readonly PartyDelta[];
  readonly teachers: readonly PartyDelta[];
  /** Blocked on one side only. */
  readonly newlyBlocked: readonly string[];
  readonly unblocked: readonly string[];
}

type Line = ChargeLine | PayLine;

/**
 * Compares two sets of lines for the same classes: under another policy, other rates, other decisions. Amounts are those
 * of the statements, with the tax that comes on top.
 */
export function compareLines(before: PeriodLines, after: PeriodLines): WhatIf {
  const blocked = (lines: PeriodLines): Set<string> => new Set(lines.blocked.map(({ lineId }) => lineId));
  return {
    families: deltas(before.charges, after.charges),
    teachers: deltas(before.pay, after.pay),
    newlyBlocked: [...blocked(after).difference(blocked(before))].sort(),
    unblocked: [...blocked(before).difference(blocked(after))].sort(),
  };
}

function deltas(before: readonly Line[], after: readonly Line[]): PartyDelta[] {
  const keyOf = (line: Line): string => JSON.stringify([billedTo(line), line.currency]);
  const linesBefore = Map.groupBy(before, keyOf);
  const linesAfter = Map.groupBy(after, keyOf);
  return [...new Set([...linesBefore.keys(), ...linesAfter.keys()])].sort().map((key) => {
    const old = linesBefore.get(key) ?? [];
    const now = linesAfter.get(key) ?? [];
    const line = (old[0] ?? now[0])!;
    const { currency } = line;
    const [beforeMinor, afterMinor] = [totalOf(old), totalOf(now)];
    const deltaMinor = afterMinor - beforeMinor;
    return {
      party: billedTo(line),
      name: line.side === 'pay' ? line.teacherName : line.familyId === null ? line.studentName : null,
      currency,
      beforeMinor,
      afterMinor,
      deltaMinor,
      delta: formatAmount(deltaMinor, currency),
      changedLines: changed(old, now),
    };
  });
}

/** Of the lines of one party in one currency. */
function totalOf(lines: readonly Line[]): number {
  const charges = lines.filter((line) => line.side === 'charge');
  return charges.length > 0
    ? sum(familyStatements(charges).map(({ totalMinor }) => totalMinor))
    : sum(lines.map(({ amountMinor }) => amountMinor));
}

function billedTo(line: Line): number | string {
  return line.side === 'charge' ? (line.familyId ?? line.studentEmail) : line.teacherEmail;
}

function changed(before: readonly Line[], after: readonly Line[]): string[] {
  const show = (line: Line): string =>
    JSON.stringify([line.lineId, line.amountMinor, partyOf(line).ms, line.side === 'charge' ? line.tax : null]);
  const differing = new Set(before.map(show)).symmetricDifference(new Set(after.map(show)));
  return [
    ...new Set([...before, ...after].filter((entry) => differing.has(show(entry))).map(({ lineId }) => lineId)),
  ].sort();
}
