import { periodWords } from '../../time/date-words.ts';
import { minutesOf } from '../../time/duration.ts';
import { partyOf, type BlockedLine, type ChargeLine, type PayLine } from '../lesson/line.ts';
import { formatAdjustmentId } from '../line-id.ts';
import type { PeriodLines } from '../lines.ts';
import { formatAmount, sum } from '../money/money.ts';
import type { Tax } from '../policy/policy.ts';
import { causesOf, publicReason, type SettledSince } from './causes.ts';

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

/** As families and teachers read it. */
export function withPublicReason(adjustment: Adjustment): Adjustment {
  return { ...adjustment, reason: publicReason(adjustment.reason) };
}

/** What corrections a closed period would need now. */
export interface Proposals {
  readonly adjustments: readonly Adjustment[];
  /**
   * Lines that were closed or corrected with an amount and cannot be calculated again yet, or wait for a person, with
   * what is missing.
   */
  readonly unresolved: readonly BlockedLine[];
}

/** What was billed and paid for a line in all, closed line and corrections together. */
type Booked = Omit<Adjustment, 'adjustmentId' | 'lineId' | 'closedPeriod' | 'amount' | 'reason'>;

/** What is known of a close beside its lines. */
export interface SinceClose {
  /** What people settled about a class since. */
  readonly settled: (classId: number) => readonly SettledSince[];
  /** Whether a version of the policy was made since. */
  readonly isOtherPolicy: boolean;
  /** Line id → how many numbers were given to its corrections, in whichever period: none is given again. */
  readonly numbersGiven: ReadonlyMap<string, number>;
}

const NOTHING_SINCE: SinceClose = { settled: () => [], isOtherPolicy: false, numbersGiven: new Map() };

/**
 * The difference between what was closed and what the evidence, decisions and rates give now.
 *
 * @param closed the lines of a closed period as they were frozen
 * @param posted corrections of them that stand in later periods already
 * @param recomputed the same period calculated again, in the zone it was closed in
 * @param since for the words of the reasons and for the numbers
 */
export function proposeAdjustments(
  closedPeriod: string,
  closed: Pick<PeriodLines, 'charges' | 'pay'>,
  posted: readonly Adjustment[],
  recomputed: PeriodLines,
  since: SinceClose = NOTHING_SINCE,
): Proposals {
  const before = new Map([...closed.charges, ...closed.pay].map((line) => [line.lineId, line] as const));
  const now = new Map([...recomputed.charges, ...recomputed.pay].map((line) => [line.lineId, line] as const));
  const waiting = [...now.values()].filter(waitsForPerson).map(asBlocked);
  const blocked = new Map([...recomputed.blocked, ...waiting].map((line) => [line.lineId, line] as const));
  const corrections = Map.groupBy(posted, ({ lineId }) => lineId);
  const lineIds = [...new Set([...before.keys(), ...corrections.keys(), ...now.keys()])];

  /** It waits for a person as it did at the close, so that what was corrected since has lost its ground. */
  const waitsAgain = (lineId: string): boolean => {
    const [line, current] = [before.get(lineId), now.get(lineId)];
    return current !== undefined && waitsForPerson(current) && (line === undefined || waitsForPerson(line));
  };

  const adjustments = lineIds.flatMap((lineId) => {
    const earlier = corrections.get(lineId) ?? [];
    const isAgain = earlier.length > 0 && waitsAgain(lineId);
    if (blocked.has(lineId) && !isAgain) return [];
    const line = before.get(lineId);
    const booked = parties([...(line === undefined ? [] : [bookedOf(line)]), ...earlier]);
    const current = now.get(lineId);
    const dueFor = isAgain ? line : current;
    const due = dueFor === undefined ? null : bookedOf(dueFor);
    const numbered = since.numbersGiven.get(lineId) ?? earlier.length;
    const changes = differences(booked, due);
    if (isShare(line, current) && changes.every(({ amountMinor }) => amountMinor === 0)) return [];
    return changes.map((difference, index): Adjustment => ({
      ...difference,
      adjustmentId: formatAdjustmentId(numbered + index + 1, lineId),
      lineId,
      closedPeriod: line === undefined ? null : closedPeriod,
      amount: formatAmount(difference.amountMinor, difference.currency),
      reason: reasonOf({ lineId, closedPeriod, before: line, earlier, now: current }, since),
    }));
  });
  const unresolved = [...blocked.values()].filter(({ lineId }) => {
    const line = before.get(lineId);
    if (line !== undefined && !waitsForPerson(line)) return true;
    return corrections.has(lineId) && !waitsAgain(lineId);
  });
  return { adjustments, unresolved };
}

/**
 * What a period that is open again takes off: its lines hold what its corrections brought, and those that stand on issued
 * statements of other periods stay there. So it counts once, whenever somebody looks.
 *
 * @param standing its corrections that stay where they are, those that it takes off already too, each with its period
 * @param given how many numbers the corrections of a line have already
 */
export function offsetsOf(
  standing: readonly { readonly adjustment: Adjustment; readonly postedIn: string }[],
  given: (lineId: string) => number,
): Adjustment[] {
  return [...Map.groupBy(standing, ({ adjustment }) => adjustment.lineId)].flatMap(([lineId, same]) => {
    const periods = [...new Set(same.map(({ postedIn }) => postedIn))].sort().map(periodWords).join(' and ');
    const { closedPeriod } = same[0]!.adjustment;
    return parties(same.map(({ adjustment }) => adjustment))
      .filter(({ ms, amountMinor, taxMinor }) => ms !== 0 || amountMinor !== 0 || taxMinor !== 0)
      .map((booked, index): Adjustment => ({
        ...booked,
        adjustmentId: formatAdjustmentId(given(lineId) + index + 1, lineId),
        lineId,
        closedPeriod,
        ms: 0 - booked.ms,
        amountMinor: 0 - booked.amountMinor,
        amount: formatAmount(-booked.amountMinor, booked.currency),
        taxMinor: 0 - booked.taxMinor,
        reason: `${closedPeriod === null ? 'The line' : periodWords(closedPeriod)} holds now what was corrected in ${periods}: it is taken off here, so that it counts once.`,
      }));
  });
}

/** The 0.00 of a line that a person has to settle first is no amount to correct another one by. */
function waitsForPerson({ outcome, flags }: ChargeLine | PayLine): boolean {
  return (outcome === 'unknown' || outcome === 'held_although_canceled') && flags.includes('review_open');
}

function asBlocked(line: ChargeLine | PayLine): BlockedLine {
  const { lineId, side, classId, subject, start, date, outcome, reason, flags, evidence } = line;
  const { personId, personEmail, personName } = partyOf(line);
  const code = outcome === 'held_although_canceled' ? outcome : 'review_open';
  const about = { lineId, side, classId, subject, start, date, personId, personEmail, personName };
  return { ...about, outcome, code, reason, flags, evidence };
}

function bookedOf(line: ChargeLine | PayLine): Booked {
  const { side, classId, subject, date, currency, amountMinor } = line;
  const { personId, personEmail, ms } = partyOf(line);
  const charged = line.side === 'charge' ? line : { familyId: null, tax: null, taxMinor: 0 };
  const { familyId, tax, taxMinor } = charged;
  return { side, classId, subject, date, personId, personEmail, familyId, currency, ms, amountMinor, tax, taxMinor };
}

/** Pay by a share of the charge follows no minutes: other minutes alone, which earlier versions counted otherwise, correct nothing of it. */
function isShare(issued: ChargeLine | PayLine | undefined, now: ChargeLine | PayLine | undefined): boolean {
  return issued?.side === 'pay' && issued.rate === null && now?.rate === null;
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

/** A line that comes to something else than what was booked for it. */
interface Changed {
  readonly lineId: string;
  readonly closedPeriod: string;
  /** As it was closed; undefined: the period was closed without it. */
  readonly before: ChargeLine | PayLine | undefined;
  /** Its corrections that count already. */
  readonly earlier: readonly Adjustment[];
  /** Undefined: nothing is due for it any more. */
  readonly now: ChargeLine | PayLine | undefined;
}

function reasonOf({ closedPeriod, before, earlier, now }: Changed, sinceClose: SinceClose): string {
  const nowText = now === undefined ? null : amountText(partyOf(now).ms, now.amount, now.currency);
  const since = earlier.length === 0 ? '' : ' with its corrections';
  if (before === undefined) {
    const without = `This belongs to ${periodWords(closedPeriod)}, which was closed without it.`;
    if (earlier.length === 0) return without;
    const is = nowText === null ? 'it is no longer due' : `it is ${nowText} now`;
    return `${without} It was ${textOf(undefined, earlier)}${since}; ${is}.`;
  }
  const was = `In ${periodWords(closedPeriod)} this was ${textOf(before, earlier)}${since}`;
  const causes = causesOf(before, now, sinceClose.settled(before.classId), sinceClose.isOtherPolicy).join(' ');
  return now === undefined
    ? `${was}; it is no longer due. ${causes}`
    : `${was}; it is ${nowText} now. ${causes} ${now.reason}`;
}

/** What was booked for a line in all: `60 min, 42.00 EUR`, one a currency. */
function textOf(before: ChargeLine | PayLine | undefined, earlier: readonly Adjustment[]): string {
  const booked = [...(before === undefined ? [] : [bookedOf(before)]), ...earlier];
  return [...Map.groupBy(booked, ({ currency }) => currency)]
    .map(([currency, same]) => {
      const amountMinor = sum(same.map((entry) => entry.amountMinor));
      return amountText(sum(same.map(({ ms }) => ms)), formatAmount(amountMinor, currency), currency);
    })
    .join(' and ');
}

function amountText(ms: number, amount: string, currency: string): string {
  return `${minutesOf(ms)} min, ${amount} ${currency}`;
}
