import { MINUTE_MS } from '../../time/duration.ts';
import { partyOf, type BlockedLine, type ChargeLine, type PayLine } from '../lesson/line.ts';
import { formatAdjustmentId } from '../line-id.ts';
import type { PeriodLines } from '../lines.ts';
import { formatAmount, sum } from '../money/money.ts';
import type { Tax } from '../policy/policy.ts';

/** A correction of a closed line, posted in an open period. The closed line itself never changes. */
export interface Adjustment {
  /** `a{n}-{line}`: the n-th correction of that line. */
  readonly adjustmentId: string;
  readonly side: 'charge' | 'pay';
  /** The line it corrects. */
  readonly lineId: string;
  /** Null: the closed period had no such line. */
  readonly closedPeriod: string | null;
  readonly classId: number;
  readonly subject: string;
  readonly date: string;
  /** Who owes or is owed: of a charge the student and family, of pay the teacher. */
  readonly personId: number;
  readonly personEmail: string;
  readonly familyId: number | null;
  /** Any sign. */
  readonly ms: number;
  readonly currency: string;
  readonly amountMinor: number;
  readonly amount: string;
  readonly tax: Tax | null;
  readonly taxMinor: number;
  readonly reason: string;
}

/** What corrections a closed period would need now. */
export interface Proposals {
  readonly adjustments: readonly Adjustment[];
  /** Closed lines that cannot be calculated again yet, with what is missing. */
  readonly unresolved: readonly BlockedLine[];
}

/** What was billed and paid for a line in all, closed line and corrections together. */
type Booked = Omit<Adjustment, 'adjustmentId' | 'lineId' | 'closedPeriod' | 'amount' | 'reason'>;

/**
 * The difference between what was closed and what the evidence, decisions and rates give now.
 *
 * @param closed the lines of a closed period as they were frozen
 * @param posted corrections of them that stand in later periods already
 * @param recomputed the same period calculated again, in the zone it was closed in
 */
export function proposeAdjustments(
  closedPeriod: string,
  closed: Pick<PeriodLines, 'charges' | 'pay'>,
  posted: readonly Adjustment[],
  recomputed: PeriodLines,
): Proposals {
  const before = new Map([...closed.charges, ...closed.pay].map((line) => [line.lineId, line] as const));
  const now = new Map([...recomputed.charges, ...recomputed.pay].map((line) => [line.lineId, line] as const));
  const blocked = new Map(recomputed.blocked.map((line) => [line.lineId, line] as const));
  const corrections = Map.groupBy(posted, ({ lineId }) => lineId);
  const lineIds = [...new Set([...before.keys(), ...corrections.keys(), ...now.keys()])];

  const adjustments = lineIds.flatMap((lineId) => {
    if (blocked.has(lineId)) return [];
    const line = before.get(lineId);
    const earlier = corrections.get(lineId) ?? [];
    const booked = parties([...(line === undefined ? [] : [bookedOf(line)]), ...earlier]);
    const current = now.get(lineId);
    const due = current === undefined ? null : bookedOf(current);
    return differences(booked, due).map((difference, index): Adjustment => ({
      ...difference,
      adjustmentId: formatAdjustmentId(earlier.length + index + 1, lineId),
      lineId,
      closedPeriod: line === undefined ? null : closedPeriod,
      amount: formatAmount(difference.amountMinor, difference.currency),
      reason: reasonOf(lineId, closedPeriod, line, current),
    }));
  });
  return { adjustments, unresolved: [...blocked.values()].filter(({ lineId }) => before.has(lineId)) };
}

function bookedOf(line: ChargeLine | PayLine): Booked {
  const { side, classId, subject, date, currency, amountMinor } = line;
  const { personId, personEmail, ms } = partyOf(line);
  const charged = line.side === 'charge' ? line : { familyId: null, tax: null, taxMinor: 0 };
  const { familyId, tax, taxMinor } = charged;
  return { side, classId, subject, date, personId, personEmail, familyId, currency, ms, amountMinor, tax, taxMinor };
}

/** Corrections add to their line only where party, currency and tax are the same. */
function partyKey({ familyId, personId, currency, tax }: Booked): string {
  return JSON.stringify([familyId ?? `person ${personId}`, currency, tax]);
}

function parties(entries: readonly Booked[]): Booked[] {
  return [...Map.groupBy(entries, partyKey).values()].map((same) => ({
    ...same[0]!,
    ms: sum(same.map(({ ms }) => ms)),
    amountMinor: sum(same.map(({ amountMinor }) => amountMinor)),
    taxMinor: sum(same.map(({ taxMinor }) => taxMinor)),
  }));
}

/** The differences between what was booked and what is due now, one a party. Zeroes are left out. */
function differences(booked: readonly Booked[], due: Booked | null): Booked[] {
  const dueKey = due === null ? null : partyKey(due);
  const changes = booked.map((entry) => {
    const wanted = due !== null && partyKey(entry) === dueKey ? due : { ms: 0, amountMinor: 0, taxMinor: 0 };
    return {
      ...entry,
      ms: wanted.ms - entry.ms,
      amountMinor: wanted.amountMinor - entry.amountMinor,
      taxMinor: wanted.taxMinor - entry.taxMinor,
    };
  });
  if (due !== null && !booked.some((entry) => partyKey(entry) === dueKey)) changes.push(due);
  // A change of minutes alone is kept too: the next correction starts from these minutes.
  return changes.filter(({ ms, amountMinor, taxMinor }) => ms !== 0 || amountMinor !== 0 || taxMinor !== 0);
}

function reasonOf(
  lineId: string,
  closedPeriod: string,
  before: ChargeLine | PayLine | undefined,
  now: ChargeLine | PayLine | undefined,
): string {
  if (before === undefined) return `Line ${lineId} belongs to ${closedPeriod}, which was closed without it.`;
  const minutes = (line: ChargeLine | PayLine): string =>
    `${Math.floor(partyOf(line).ms / MINUTE_MS)} min, ${line.amount} ${line.currency}`;
  if (now === undefined) return `Line ${lineId} of ${closedPeriod} (${minutes(before)}) is no longer due.`;
  return `Line ${lineId} of ${closedPeriod} was ${minutes(before)}; it is ${minutes(now)} now. ${now.reason}`;
}
