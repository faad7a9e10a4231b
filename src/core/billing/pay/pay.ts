import { clockText } from '../../time/duration.ts';
import { clip, intersection, totalMs, union } from '../../time/interval.ts';
import type { Interval } from '../../time/interval.ts';
import { formatLineId } from '../line-id.ts';
import { formatAmount, parseAmount, round } from '../money/money.ts';
import type { Fraction } from '../money/money.ts';
import type { RateRow } from '../policy/rates.ts';
import type { ClassCharges, ClassToBill } from '../lesson/charge.ts';
import { attendedOf, paidTime } from './pay-basis.ts';
import type { PaidTime } from './pay-basis.ts';
import type { SlicedPresence } from '../lesson/sliced-presence.ts';
import { flagSet, inOrder, rateUsed } from '../lesson/line.ts';
import type { BlockedLine, PayLine, Step } from '../lesson/line.ts';
import { evidenceSteps, forgiven } from '../lesson/minutes.ts';
import { awaitingReview } from '../lesson/outcome.ts';
import type { BlockCode, Outcome } from '../lesson/outcome.ts';
import { outcomeForPay } from './pay-outcome.ts';
import { shareOfCharges } from './pay-share.ts';
import { priceOfQuantity, priceText } from '../lesson/pricing.ts';

/** An instant that some class pays a teacher for already. */
export interface Claim extends Interval {
  readonly classId: number;
}

export interface ClassPay {
  /** In roster order. */
  readonly lines: readonly (PayLine | BlockedLine)[];
  /** Teacher → what this class pays for. */
  readonly claims: ReadonlyMap<number, readonly Claim[]>;
  /** Teacher → classes that had claimed some of it before. */
  readonly collisions: ReadonlyMap<number, readonly number[]>;
}

/**
 * The pay lines of a class, one a teacher.
 *
 * @param charges of the same class
 * @param claimed what classes that start earlier pay each teacher for
 */
export function payClass(
  toBill: ClassToBill,
  charges: ClassCharges,
  claimed: ReadonlyMap<number, readonly Claim[]>,
): ClassPay {
  const { sliced } = toBill;
  const claims = new Map<number, readonly Claim[]>();
  const collisions = new Map<number, readonly number[]>();
  const found = outcomeForPay(toBill, charges);
  // A part of the charges is not known while one of them waits; of anything else nothing is earned yet.
  const waits = found.blocked === 'review_open' && toBill.policy.settings.pay.basis !== 'percent';
  const outcome = waits ? awaitingReview(found) : found;
  const lines = sliced.teachers.map((teacher) => {
    const { personId, email } = teacher.person;
    if (outcome.blocked !== null) return block(toBill, teacher, outcome, outcome.blocked, outcome.reason);
    if (teacher.doubtful) {
      const word = teacher.person.substitute === true ? 'is not confirmed as a substitute' : 'is not surely identified';
      return block(toBill, teacher, outcome, 'review_open', `${email} ${word}.`);
    }
    const before = claimed.get(personId) ?? [];
    const time = paidTime(toBill, charges, teacher, outcome, union(before));
    claims.set(
      personId,
      time.paid.map((interval) => ({ ...interval, classId: toBill.billed.classId })),
    );
    if (time.collided) {
      const ours = [{ start: sliced.slot.start, end: sliced.held.end }];
      const others = before.filter((claim) => intersection([claim], ours).length > 0);
      collisions.set(personId, [...new Set(others.map(({ classId }) => classId))]);
    }
    return priced(toBill, charges, teacher, outcome, time);
  });
  return { lines, claims, collisions };
}

function priced(
  toBill: ClassToBill,
  charges: ClassCharges,
  teacher: SlicedPresence,
  outcome: Outcome,
  time: PaidTime,
): PayLine | BlockedLine {
  const { billed, date, sliced, policy, rates } = toBill;
  const { settings } = policy;
  const { person } = teacher;
  const stop = (code: BlockCode, reason: string): BlockedLine => block(toBill, teacher, outcome, code, reason);

  let money: {
    readonly minor: number;
    readonly currency: string;
    readonly rate: RateRow | null;
    readonly text: string;
  };
  if (settings.pay.basis === 'percent') {
    const part = shareOfCharges(sliced, charges, teacher, settings.pay.percent ?? 0);
    if (part.kind === 'blocked') return stop('charge_blocked', part.reason);
    money = { ...part, rate: null };
  } else {
    if (settings.pay.basis === 'charged' && charges.lines.some((line) => !('amountMinor' in line))) {
      return stop('charge_blocked', 'The pay follows the charge, and a charge of this class is blocked.');
    }
    const { classId, seriesId, subject } = billed;
    const question = { classId, seriesId, subject, teacherEmails: [person.email], studentEmail: null, date };
    const rate = rates.resolve('pay', question);
    if (rate === null) return stop('no_rate', `No pay rate is valid on ${date} for ${person.email} in ${subject}.`);
    if (settings.pay.basis === 'flat' && rate.unit !== 'lesson') {
      return {
        ...stop('no_rate', `Pay is flat, but rate ${rate.id} is by the hour: a rate per lesson is needed.`),
        rateId: rate.id,
      };
    }
    const show = (minor: number): string => `${formatAmount(minor, rate.currency)} ${rate.currency}`;
    const heads = outcome.kind === 'attended' ? tiered(toBill, charges, rate, time) : null;
    money = {
      minor: round(heads ?? priceOfQuantity(rate, time)),
      currency: rate.currency,
      rate,
      text:
        heads === null
          ? priceText(rate, time, show)
          : `${clockText(time.billedMs)} min, each by the heads in it (rate ${rate.id}).`,
    };
  }
  const steps: Step[] = [
    ...evidenceSteps([['teacher', teacher]], settings.bridge),
    { name: 'classify', text: outcome.reason },
    ...time.steps,
    { name: 'price', text: money.text, minor: money.minor },
  ];
  return {
    side: 'pay',
    lineId: formatLineId({ side: 'pay', classId: billed.classId, personId: person.personId }),
    classId: billed.classId,
    seriesId: billed.seriesId,
    subject: billed.subject,
    start: billed.start,
    end: billed.end,
    date,
    teacherId: person.personId,
    teacherEmail: person.email,
    teacherName: person.name,
    scheduledMs: sliced.slotMs,
    heldMs: totalMs(clip(teacher.real, sliced.held)),
    paidMs: time.billedMs,
    currency: money.currency,
    rate: money.rate === null ? null : rateUsed(money.rate),
    amountMinor: money.minor,
    amount: formatAmount(money.minor, money.currency),
    outcome: outcome.kind,
    reason: reasonOf(toBill, teacher, outcome),
    flags: flagSet(outcome.flags, sliced.flags, payFlags(toBill, teacher, outcome, time)),
    policyFrom: policy.validFrom,
    evidence: [...person.evidence].sort(),
    steps: inOrder(steps),
  };
}

/**
 * Base and extra heads, weighted by time: the paid time is priced as the counted time was filled. Null without tiers.
 */
function tiered(toBill: ClassToBill, charges: ClassCharges, rate: RateRow, time: PaidTime): Fraction | null {
  const { sliced, policy } = toBill;
  const { tiers } = policy.settings.pay;
  if (tiers === null || rate.unit !== 'hour') return null;
  const base = BigInt((tiers.base === null ? null : parseAmount(tiers.base, rate.currency)) ?? rate.amountMinor);
  const extra = BigInt(parseAmount(tiers.extraHead, rate.currency) ?? 0);
  const heads = attendedOf(charges).map((student) =>
    intersection(time.paid, forgiven(student, sliced, policy.settings)),
  );
  const extraMs = BigInt(heads.reduce((sum, head) => sum + totalMs(head), 0) - totalMs(union(heads.flat())));
  const countedMs = BigInt(totalMs(time.paid));
  if (countedMs === 0n) return { numerator: base * BigInt(time.billedMs), denominator: 3_600_000n };
  return {
    numerator: (base * countedMs + extra * extraMs) * BigInt(time.billedMs),
    denominator: 3_600_000n * countedMs,
  };
}

function reasonOf({ sliced }: ClassToBill, teacher: SlicedPresence, { kind, reason }: Outcome): string {
  if (kind !== 'attended') return reason;
  if (teacher.inSlot.length > 0)
    return teacher.person.substitute === true ? 'Taught as a substitute.' : 'The class was held.';
  const other = sliced.teachers.find(({ inSlot }) => inSlot.length > 0)?.person.email;
  return other === undefined ? reason : `Was not there; ${other} taught.`;
}

function payFlags(
  { sliced, policy }: ClassToBill,
  teacher: SlicedPresence,
  outcome: Outcome,
  time: PaidTime,
): string[] {
  const flags: string[] = [];
  if (time.collided) flags.push('teacher_double_booked');
  if (teacher.person.substitute === true) flags.push('substitute');
  if (outcome.kind !== 'attended') return flags;
  const first = teacher.inSlot[0];
  if (first === undefined) flags.push('teacher_absent');
  else if (first.start - sliced.slot.start > policy.settings.teacherFault.lateAfter * 60_000)
    flags.push('teacher_late');
  return flags;
}

function block(
  { billed, date, sliced }: ClassToBill,
  { person }: SlicedPresence,
  outcome: Outcome,
  code: BlockCode,
  reason: string,
): BlockedLine {
  return {
    lineId: formatLineId({ side: 'pay', classId: billed.classId, personId: person.personId }),
    side: 'pay',
    classId: billed.classId,
    subject: billed.subject,
    start: billed.start,
    date,
    personId: person.personId,
    personEmail: person.email,
    outcome: outcome.kind,
    code,
    reason,
    flags: flagSet(outcome.flags, sliced.flags),
  };
}
