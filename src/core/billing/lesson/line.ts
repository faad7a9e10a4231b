import type { Interval } from '../../time/interval.ts';
import { formatAmount } from '../money/money.ts';
import type { Tax } from '../policy/policy.ts';
import type { RateRow } from '../policy/rates.ts';
import type { LineFlag } from './flags.ts';
import type { BlockCode, OutcomeKind } from './outcome.ts';

/** The steps of a derivation, in the order that they are printed in. */
const STEP_NAMES = [
  'collect',
  'union',
  'slice',
  'bridge',
  'basis',
  'clip',
  'forgive',
  'classify',
  'round',
  'minimum',
  'cap',
  'price',
  'discount',
  'tax',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** One step of the derivation of a line, as it is printed. */
export interface Step {
  readonly name: StepName;
  /** A plain sentence. */
  readonly text: string;
  /** Interval sets after the step. */
  readonly sets?: readonly { readonly label: string; readonly intervals: readonly Interval[] }[];
  /** Time after the step. */
  readonly ms?: number;
  /** Money after the step, in minor units of the line's currency. */
  readonly minor?: number;
}

/** What a line keeps of the rate that priced it. */
export interface RateUsed {
  readonly rateId: number;
  /** Decimal text. */
  readonly amount: string;
  readonly amountMinor: number;
  readonly unit: 'hour' | 'lesson';
}

/** What a pay line keeps of the setting `pay.tiers` that priced it. Amounts are decimal text, of an hour. */
export interface TiersUsed {
  readonly base: string;
  readonly extraHead: string;
  /** How much of the time that counts so many students were there; empty where no lesson is paid for. */
  readonly heads: readonly { readonly heads: number; readonly ms: number }[];
}

/** What charge and pay lines have in common. Whole numbers only, so that a line is stored as the same text anywhere. */
interface LineCore {
  /** Stable: `c{class}-{student}` or `p{class}-{teacher}`. */
  readonly lineId: string;
  readonly classId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  /** Local start date of the class: it decides period, policy version and rate. */
  readonly date: string;
  readonly scheduledMs: number;
  readonly currency: string;
  /** Null where the amount is a share of a charge. */
  readonly rate: RateUsed | null;
  /** Decimal text of `amountMinor`. */
  readonly amount: string;
  readonly amountMinor: number;
  readonly outcome: OutcomeKind;
  readonly reason: string;
  readonly flags: readonly LineFlag[];
  /** `validFrom` of the policy version. */
  readonly policyFrom: string;
  /** Short drops that were filled. Lines that were issued by earlier versions do not have it. */
  readonly bridgedMs?: number;
  /** Google's names of the sessions that the line follows from: those of the person, of a charge also those of the teachers. */
  readonly evidence: readonly string[];
  readonly steps: readonly Step[];
}

/** What one student is charged for one class. Times in ms, amounts in minor units. */
export interface ChargeLine extends LineCore {
  readonly side: 'charge';
  readonly studentId: number;
  readonly studentEmail: string;
  readonly studentName: string | null;
  /** Null: the student is in no family and billed alone. */
  readonly familyId: number | null;
  /** Who taught; the teacher of the roster where nobody did. */
  readonly teacherEmail: string | null;
  /** As it was; lines that were issued by earlier versions do not have it. */
  readonly teacherName?: string | null;
  /** The student's presence in the window, as it was. */
  readonly presentMs: number;
  /** Of it, with a teacher there. */
  readonly togetherMs: number;
  /** Time together after the approved end; it is not billed. */
  readonly overrunMs: number;
  readonly billedMs: number;
  /** Before discount. */
  readonly priceMinor: number;
  readonly discountMinor: number;
  /** `amountMinor` is the price less discount; it contains the tax if that is inclusive. */
  readonly tax: Tax | null;
  /** 0 where the tax is calculated per statement. */
  readonly taxMinor: number;
  /** A make-up credit was issued. */
  readonly credit: boolean;
}

/** What one teacher is paid for one class. Times in ms, amounts in minor units. */
export interface PayLine extends LineCore {
  readonly side: 'pay';
  readonly teacherId: number;
  readonly teacherEmail: string;
  readonly teacherName: string | null;
  /** The teacher's own presence in the slot and its approved overrun. */
  readonly heldMs: number;
  readonly paidMs: number;
  /** Of the charge, where the amount is a share of it. Lines that were issued by earlier versions do not have it. */
  readonly percent?: number;
  /** Where `pay.tiers` priced it. Lines that were issued by earlier versions do not have it. */
  readonly tiers?: TiersUsed;
}

/** A line that cannot have an amount yet. */
export interface BlockedLine {
  readonly lineId: string;
  readonly side: 'charge' | 'pay';
  readonly classId: number;
  readonly subject: string;
  readonly start: number;
  readonly date: string;
  readonly personId: number;
  readonly personEmail: string;
  readonly personName: string | null;
  readonly outcome: OutcomeKind;
  readonly code: BlockCode;
  /** A plain sentence that says what is missing. */
  readonly reason: string;
  /** The rate that the reason names, if it names one. */
  readonly rateId?: number;
  readonly flags: readonly LineFlag[];
  /** As of a line that has an amount: what is known so far. */
  readonly evidence: readonly string[];
}

/** Whose line it is, and the time that it counts. */
export function partyOf(line: ChargeLine | PayLine) {
  return line.side === 'charge'
    ? { personId: line.studentId, personEmail: line.studentEmail, personName: line.studentName, ms: line.billedMs }
    : { personId: line.teacherId, personEmail: line.teacherEmail, personName: line.teacherName, ms: line.paidMs };
}

/**
 * What a line is priced by: a rate, the base of tiers, or a percentage of the charge. Null: a share that an earlier version
 * issued.
 */
export function priceBasis(
  line: ChargeLine | PayLine,
): { readonly amount: string; readonly unit: RateUsed['unit'] | 'percent' } | null {
  if (line.side === 'pay' && line.tiers !== undefined) return { amount: line.tiers.base, unit: 'hour' };
  if (line.rate !== null) return line.rate;
  const percent = line.side === 'pay' ? line.percent : undefined;
  return percent === undefined ? null : { amount: String(percent), unit: 'percent' };
}

export function rateUsed({ id, amountMinor, currency, unit }: RateRow): RateUsed {
  return { rateId: id, amount: formatAmount(amountMinor, currency), amountMinor, unit };
}

/** Steps as the policy orders them. */
export function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => STEP_NAMES.indexOf(a.name) - STEP_NAMES.indexOf(b.name));
}
