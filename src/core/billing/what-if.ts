import type { PeriodLines } from './lines.ts';
import { formatAmount } from './money/money.ts';

/** How one party fares under other rules, in one currency. */
export interface PartyDelta {
  /** A family, or the e-mail of a student without one, or of a teacher. */
  readonly party: number | string;
  readonly currency: string;
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly deltaMinor: number;
  /** Decimal text of `deltaMinor`. */
  readonly delta: string;
  /** Lines whose amount or minutes differ, or that only one side has. */
  readonly changedLines: readonly string[];
}

export interface WhatIf {
  readonly families: readonly PartyDelta[];
  readonly teachers: readonly PartyDelta[];
  /** Blocked on one side only. */
  readonly newlyBlocked: readonly string[];
  readonly unblocked: readonly string[];
}

interface Entry {
  readonly lineId: string;
  readonly party: number | string;
  readonly currency: string;
  readonly amountMinor: number;
  readonly ms: number;
}

/** Compares two sets of lines for the same classes: under another policy, other rates, other decisions. Net of tax on top. */
export function compareLines(before: PeriodLines, after: PeriodLines): WhatIf {
  const families = ({ charges }: PeriodLines): Entry[] =>
    charges.map(({ lineId, familyId, studentEmail, currency, amountMinor, billedMs }) => ({
      lineId,
      party: familyId ?? studentEmail,
      currency,
      amountMinor,
      ms: billedMs,
    }));
  const teachers = ({ pay }: PeriodLines): Entry[] =>
    pay.map(({ lineId, teacherEmail, currency, amountMinor, paidMs }) => ({
      lineId,
      party: teacherEmail,
      currency,
      amountMinor,
      ms: paidMs,
    }));
  const blocked = (lines: PeriodLines): Set<string> => new Set(lines.blocked.map(({ lineId }) => lineId));
  return {
    families: deltas(families(before), families(after)),
    teachers: deltas(teachers(before), teachers(after)),
    newlyBlocked: [...blocked(after).difference(blocked(before))].sort(),
    unblocked: [...blocked(before).difference(blocked(after))].sort(),
  };
}

function deltas(before: readonly Entry[], after: readonly Entry[]): PartyDelta[] {
  const keyOf = ({ party, currency }: Entry): string => JSON.stringify([party, currency]);
  const sum = (entries: readonly Entry[]): number => entries.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const was = Map.groupBy(before, keyOf);
  const is = Map.groupBy(after, keyOf);
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((key) => {
    const old = was.get(key) ?? [];
    const now = is.get(key) ?? [];
    const { party, currency } = (old[0] ?? now[0])!;
    const deltaMinor = sum(now) - sum(old);
    return {
      party,
      currency,
      beforeMinor: sum(old),
      afterMinor: sum(now),
      deltaMinor,
      delta: formatAmount(deltaMinor, currency),
      changedLines: changed(old, now),
    };
  });
}

function changed(before: readonly Entry[], after: readonly Entry[]): string[] {
  const show = ({ lineId, amountMinor, ms }: Entry): string => JSON.stringify([lineId, amountMinor, ms]);
  const differing = new Set(before.map(show)).symmetricDifference(new Set(after.map(show)));
  return [
    ...new Set([...before, ...after].filter((entry) => differing.has(show(entry))).map(({ lineId }) => lineId)),
  ].sort();
}
