import { partyOf, type ChargeLine, type PayLine } from './lesson/line.ts';
import type { PeriodLines } from './lines.ts';
import { formatAmount, sum } from './money/money.ts';
import type { Adjustment } from './period/adjustments.ts';
import { familyStatements } from './period/statements.ts';

/** What one family or teacher is billed or paid before and after, in one currency. Amounts in minor units. */
export interface PartyDelta {
  /** A family, or the e-mail of a student without one, or of a teacher. */
  readonly party: number | string;
  /** Of the student or the teacher; of a family it is null here, since lines know its number only. */
  readonly name: string | null;
  readonly currency: string;
  /** As it was issued; of an open period as it is now. */
  readonly beforeMinor: number;
  /** As it is now by the rules that hold. */
  readonly nowMinor: number;
  /** As it is now by the other rules. */
  readonly afterMinor: number;
  /** `after` less `before`: drift and effect together. */
  readonly deltaMinor: number;
  /** Decimal text of `deltaMinor`. */
  readonly delta: string;
  /** `now` less `before`: what has changed since the close, without the other rules. */
  readonly driftMinor: number;
  /** `after` less `now`: what the other rules alone do. */
  readonly effectMinor: number;
  /** How much of the drift corrections brought that were accepted already. */
  readonly correctedMinor: number;
  /** Lines whose amount, tax or minutes differ from before, or that only one side has. */
  readonly changedLines: readonly string[];
  /** The same of what has changed since the close. */
  readonly driftedLines: readonly string[];
}

/** How lines differ under two sets of rules. Line ids sorted. */
export interface WhatIf {
  readonly families: readonly PartyDelta[];
  readonly teachers: readonly PartyDelta[];
  /** Blocked on one side only. */
  readonly newlyBlocked: readonly string[];
  readonly unblocked: readonly string[];
}

/** A closed period as it was issued, and what corrected it since on statements of other periods. */
export interface Issued extends Pick<PeriodLines, 'charges' | 'pay'> {
  readonly corrections: readonly Adjustment[];
}

type Line = ChargeLine | PayLine;

/**
 * Compares two sets of lines for the same classes: under another policy, other rates, other decisions. Amounts are those
 * of the statements, with the tax that comes on top.
 *
 * @param now by the rules that hold
 * @param after by the other ones
 * @param issued of a closed period: it is what `after` is set against
 */
export function compareLines(now: PeriodLines, after: PeriodLines, issued: Issued | null = null): WhatIf {
  const blocked = (lines: PeriodLines): Set<string> => new Set(lines.blocked.map(({ lineId }) => lineId));
  const { charges, pay, corrections } = issued ?? { ...now, corrections: [] };
  const of = (wanted: Adjustment['side']): Adjustment[] => corrections.filter(({ side }) => side === wanted);
  return {
    families: deltas({ before: charges, now: now.charges, after: after.charges, corrections: of('charge') }),
    teachers: deltas({ before: pay, now: now.pay, after: after.pay, corrections: of('pay') }),
    newlyBlocked: [...blocked(after).difference(blocked(now))].sort(),
    unblocked: [...blocked(now).difference(blocked(after))].sort(),
  };
}

interface Compared {
  readonly before: readonly Line[];
  readonly now: readonly Line[];
  readonly after: readonly Line[];
  readonly corrections: readonly Adjustment[];
}

function deltas({ before, now, after, corrections }: Compared): PartyDelta[] {
  const keyOf = (entry: Line | Adjustment): string => JSON.stringify([billedTo(entry), entry.currency]);
  const linesBefore = Map.groupBy(before, keyOf);
  const linesNow = Map.groupBy(now, keyOf);
  const linesAfter = Map.groupBy(after, keyOf);
  const corrected = Map.groupBy(corrections, keyOf);
  const keys = [linesBefore, linesNow, linesAfter, corrected].flatMap((groups) => [...groups.keys()]);
  return [...new Set(keys)].sort().map((key) => {
    const old = linesBefore.get(key) ?? [];
    const current = linesNow.get(key) ?? [];
    const other = linesAfter.get(key) ?? [];
    const entry = (old[0] ?? current[0] ?? other[0] ?? corrected.get(key)![0])!;
    const { currency } = entry;
    const [beforeMinor, nowMinor, afterMinor] = [totalOf(old), totalOf(current), totalOf(other)];
    const deltaMinor = afterMinor - beforeMinor;
    return {
      party: billedTo(entry),
      name: nameIn(entry),
      currency,
      beforeMinor,
      nowMinor,
      afterMinor,
      deltaMinor,
      delta: formatAmount(deltaMinor, currency),
      driftMinor: nowMinor - beforeMinor,
      effectMinor: afterMinor - nowMinor,
      correctedMinor: totalOf(old, corrected.get(key)) - beforeMinor,
      changedLines: changed(old, other),
      driftedLines: changed(old, current),
    };
  });
}

/** Of the lines and corrections of one party in one currency. */
function totalOf(lines: readonly Line[], corrections: readonly Adjustment[] = []): number {
  const charges = lines.filter((line) => line.side === 'charge');
  return charges.length > 0 || corrections.some(({ side }) => side === 'charge')
    ? sum(familyStatements(charges, corrections).map(({ totalMinor }) => totalMinor))
    : sum([...lines, ...corrections].map(({ amountMinor }) => amountMinor));
}

function nameIn(entry: Line | Adjustment): string | null {
  if ('adjustmentId' in entry) return null;
  if (entry.side === 'pay') return entry.teacherName;
  return entry.familyId === null ? entry.studentName : null;
}

function billedTo(entry: Line | Adjustment): number | string {
  if (entry.side === 'charge' && entry.familyId !== null) return entry.familyId;
  if ('adjustmentId' in entry) return entry.personEmail;
  return partyOf(entry).personEmail;
}

function changed(before: readonly Line[], after: readonly Line[]): string[] {
  const show = (line: Line): string =>
    JSON.stringify([line.lineId, line.amountMinor, partyOf(line).ms, line.side === 'charge' ? line.tax : null]);
  const differing = new Set(before.map(show)).symmetricDifference(new Set(after.map(show)));
  return [
    ...new Set([...before, ...after].filter((entry) => differing.has(show(entry))).map(({ lineId }) => lineId)),
  ].sort();
}
