import { MINUTE_MS, minutesOf } from '../../time/duration.ts';
import { clip, intersection, totalMs, union, type Interval } from '../../time/interval.ts';
import { blockedLine, lineBasics, lineIdOf, type ClassToBill } from '../charge/assess.ts';
import type { ClassCharges } from '../charge/charge.ts';
import { flagSet, type LineFlag } from '../lesson/flags.ts';
import { inOrder, rateUsed, type BlockedLine, type PayLine, type Step, type TiersUsed } from '../lesson/line.ts';
import { evidenceSteps } from '../lesson/minutes.ts';
import { awaitingReview, waitsForReview, type BlockCode, type Outcome } from '../lesson/outcome.ts';
import { priceOfQuantity, priceText } from '../lesson/pricing.ts';
import { bridgedIn, inRoom, type SlicedPresence } from '../lesson/sliced-presence.ts';
import { formatAmount, round } from '../money/money.ts';
import type { Settings } from '../policy/policy.ts';
import type { RateRow } from '../policy/rates.ts';
import { NO_TIME, paidTime, type PaidTime } from './pay-basis.ts';
import { outcomeForPay, waitedForExcused } from './pay-outcome.ts';
import { isShareOfNothing, shareOfCharges } from './pay-share.ts';
import { tieredPrice } from './pay-tiers.ts';

/** Time that some class pays a teacher for already. */
export interface Claim extends Interval {
  readonly classId: number;
}

/** What a class pays its teachers for, before it has a price. */
export interface MeasuredPay {
  readonly toBill: ClassToBill;
  readonly charges: ClassCharges;
  /** The outcome of the class for its teachers. */
  readonly outcome: Outcome;
  /** In roster order. */
  readonly teachers: readonly (MeasuredTeacher | BlockedLine)[];
  /** Teacher → what this class pays for. */
  readonly claims: ReadonlyMap<number, readonly Claim[]>;
  /** Teacher → classes that had claimed some of it before. */
  readonly collisions: ReadonlyMap<number, readonly number[]>;
}

interface MeasuredTeacher {
  readonly lineId: string;
  readonly teacher: SlicedPresence;
  readonly time: PaidTime;
}

/**
 * What a class pays its teachers for.
 *
 * @param charges of the same class
 * @param claimed what classes that start earlier pay each teacher for
 */
export function measurePay(
  toBill: ClassToBill,
  charges: ClassCharges,
  claimed: ReadonlyMap<number, readonly Claim[]>,
): MeasuredPay {
  const { sliced, billed } = toBill;
  const claims = new Map<number, readonly Claim[]>();
  const collisions = new Map<number, readonly number[]>();
  const found = outcomeForPay(toBill, charges);
  // Pay that is a share of the charges is blocked while a guest is not identified; any other pay is 0 until then.
  const isShare = toBill.policy.settings.pay.basis === 'percent' && found.blocked === 'review_open';
  const outcome = waitsForReview(found) && !isShare ? awaitingReview(found) : found;
  const teachers = sliced.teachers.map((teacher): MeasuredTeacher | BlockedLine => {
    const { personId, email } = teacher.person;
    const block = (code: BlockCode, reason: string) =>
      blockedLine(toBill, 'pay', teacher.person, outcome, { code, reason });
    if (outcome.blocked !== null) return block(outcome.blocked, outcome.reason);
    if (teacher.doubtful) {
      const word = teacher.person.substitute === true ? 'is not confirmed as a substitute' : 'is not surely identified';
      return block('review_open', `${email} ${word}.`);
    }
    const before = claimed.get(personId) ?? [];
    const time = isShareOfNothing(toBill, charges)
      ? SHARE_OF_NOTHING
      : paidTime({ toBill, charges, teacher, outcome, claimed: union(before) });
    claims.set(
      personId,
      time.paid.map((interval) => ({ ...interval, classId: billed.classId })),
    );
    if (time.collided) {
      const ours = [{ start: sliced.slot.start, end: sliced.held.end }];
      const others = before.filter((claim) => intersection([claim], ours).length > 0);
      collisions.set(personId, [...new Set(others.map(({ classId }) => classId))]);
    }
    return { lineId: lineIdOf(toBill, 'pay', teacher.person), teacher, time };
  });
  return { toBill, charges, outcome, teachers, claims, collisions };
}

/** Minutes that are paid with nothing would not be paid minutes. */
const SHARE_OF_NOTHING: PaidTime = {
  ...NO_TIME,
  steps: [{ name: 'basis', text: 'The pay is a share of the charge, and nothing is charged: no time is paid.', ms: 0 }],
};

/** Line ids of pay that is flagged for what happened elsewhere. */
export interface FlaggedPay {
  /** Another class pays the teacher for some of the time. */
  readonly doubleBooked: ReadonlySet<string>;
  /** The teacher said no to the line. */
  readonly disputed: ReadonlySet<string>;
}

/** The pay lines of a class, one a teacher. */
export function payLines(measured: MeasuredPay, { doubleBooked, disputed }: FlaggedPay): (PayLine | BlockedLine)[] {
  return measured.teachers.map((line) => {
    const flags: LineFlag[] = doubleBooked.has(line.lineId) ? ['teacher_double_booked'] : [];
    const made = 'time' in line ? lineOf(measured, line) : line;
    // A blocked line has no pay to dispute.
    if ('amountMinor' in made && disputed.has(line.lineId)) flags.push('disputed');
    return { ...made, flags: flagSet(made.flags, flags) };
  });
}

interface Price {
  readonly minor: number;
  readonly currency: string;
  /** Null: it is a share of the charge. */
  readonly rate: RateRow | null;
  /** Of the charge; null: there is a rate. */
  readonly percent: number | null;
  /** Null: it is not priced by `pay.tiers`. */
  readonly tiers: TiersUsed | null;
  readonly text: string;
}

function priceOf({ toBill, charges, outcome }: MeasuredPay, { teacher, time }: MeasuredTeacher): Price | BlockedLine {
  const { billed, date, sliced, policy, rates } = toBill;
  const { basis, percent } = policy.settings.pay;
  const { email } = teacher.person;
  const block = (code: BlockCode, reason: string, rateId?: number) =>
    blockedLine(toBill, 'pay', teacher.person, outcome, { code, reason, ...(rateId === undefined ? {} : { rateId }) });
  if (basis === 'percent') {
    const part = shareOfCharges(sliced, charges, teacher, percent ?? 0);
    return part.kind === 'blocked'
      ? block('charge_blocked', part.reason)
      : { ...part, rate: null, percent: percent ?? 0, tiers: null };
  }
  if (basis === 'charged' && charges.lines.some((line) => !('amountMinor' in line))) {
    return block('charge_blocked', 'The pay follows the charge, and a charge of this class is blocked.');
  }
  const { classId, seriesId, subject } = billed;
  const rate = rates.resolve('pay', { classId, seriesId, subject, teacherEmails: [email], studentEmail: null, date });
  if (rate === null) return block('no_rate', `No pay rate is valid on ${date} for ${email} in ${subject}.`);
  if (basis === 'flat' && rate.unit !== 'lesson') {
    return block('no_rate', `Pay is flat, but rate ${rate.id} is by the hour: a rate per lesson is needed.`, rate.id);
  }
  const show = (minor: number): string => `${formatAmount(minor, rate.currency)} ${rate.currency}`;
  const tiered = tieredPrice(policy.settings, rate, time);
  return {
    minor: round(tiered?.price ?? priceOfQuantity(rate, time)),
    currency: rate.currency,
    rate,
    percent: null,
    tiers: tiered?.used ?? null,
    text: tiered?.text ?? priceText(rate, time, show),
  };
}

function lineOf(pay: MeasuredPay, measured: MeasuredTeacher): PayLine | BlockedLine {
  const { toBill, outcome } = pay;
  const price = priceOf(pay, measured);
  if ('code' in price) return price;
  const { sliced, policy } = toBill;
  const { teacher, time } = measured;
  const { person } = teacher;
  const steps: Step[] = [
    ...evidenceSteps([['teacher', teacher]], policy.settings.bridge),
    { name: 'classify', text: taughtReason(toBill, teacher, outcome) },
    ...time.steps,
    { name: 'price', text: price.text, minor: price.minor },
  ];
  return {
    side: 'pay',
    ...lineBasics(toBill, 'pay', person, outcome),
    bridgedMs: bridgedIn(teacher, sliced.held).bridgedMs,
    teacherId: person.personId,
    teacherEmail: person.email,
    teacherName: person.name,
    heldMs: totalMs(clip(outcome.kind === 'held_although_canceled' ? inRoom(teacher).real : teacher.real, sliced.held)),
    paidMs: time.billedMs,
    currency: price.currency,
    rate: price.rate === null ? null : rateUsed(price.rate),
    ...(price.percent === null ? {} : { percent: price.percent }),
    ...(price.tiers === null ? {} : { tiers: price.tiers }),
    amountMinor: price.minor,
    amount: formatAmount(price.minor, price.currency),
    reason: `${reasonOf(pay, measured)}${furtherStudents(price)}`,
    flags: flagSet(outcome.flags, sliced.flags, payFlags(toBill, measured, outcome)),
    steps: inOrder(steps),
  };
}

function reasonOf({ toBill, charges, outcome }: MeasuredPay, { teacher, time }: MeasuredTeacher): string {
  const { reason, kind } = outcome;
  if (kind === 'held_although_canceled') return reason;
  if (isShareOfNothing(toBill, charges)) return `${reason} Nothing is charged, and the pay is a share of the charge.`;
  if (time.collided) return `${taughtReason(toBill, teacher, outcome)} ${paidElsewhere(time)}`;
  if (kind === 'excused' && waitedForExcused(toBill)) {
    return `${reason} The teacher waited, and is paid as for a student who stays away.`;
  }
  const taught = taughtReason(toBill, teacher, outcome);
  const isNothing = kind === 'attended' && teacher.inSlot.length > 0 && time.billedMs === 0;
  const why = isNothing ? NOTHING_PAID[toBill.policy.settings.pay.basis] : undefined;
  return why === undefined ? taught : `${taught.slice(0, -1)}, but ${why}.`;
}

/** Why a teacher who was there is paid for no minute. */
const NOTHING_PAID: Partial<Record<Settings['pay']['basis'], string>> = {
  overlap: 'no student was there together with this teacher',
  charged: 'no minutes are charged for it',
};

/** How long further students were there, and what for each is paid, so that the line can be added up again. */
function furtherStudents({ tiers, currency }: Price): string {
  const further = tiers?.heads.filter(({ heads }) => heads > 1) ?? [];
  if (tiers === null || further.length === 0) return '';
  const texts = further.map(({ heads, ms }) => `${minutesOf(ms)} min with ${heads} students`);
  return ` ${texts.join(', ')}: each further student adds ${tiers.extraHead} ${currency} an hour.`;
}

function paidElsewhere({ paid }: PaidTime): string {
  return `Another class at the same time pays for ${totalMs(paid) === 0 ? 'all' : 'some'} of it.`;
}

function taughtReason({ sliced }: ClassToBill, { inSlot, person }: SlicedPresence, { kind, reason }: Outcome): string {
  if (kind !== 'attended') return reason;
  if (inSlot.length > 0) return person.substitute === true ? 'Taught as a substitute.' : 'The class was held.';
  const other = sliced.teachers.find((teacher) => teacher.inSlot.length > 0)?.person;
  return other === undefined ? reason : `Was not there; ${other.name ?? other.email} taught.`;
}

function payFlags({ sliced, policy }: ClassToBill, { teacher, time }: MeasuredTeacher, outcome: Outcome): LineFlag[] {
  const flags: LineFlag[] = [];
  if (time.collided) flags.push('teacher_double_booked');
  if (teacher.person.substitute === true) flags.push('substitute');
  if (bridgedIn(teacher, sliced.held).unstable) flags.push('unstable');
  if (outcome.kind !== 'attended') return flags;
  const first = teacher.inSlot[0];
  const lateAfterMs = policy.settings.teacherFault.lateAfter * MINUTE_MS;
  if (first === undefined) flags.push('teacher_absent');
  else if (first.start - sliced.slot.start > lateAfterMs) flags.push('teacher_late');
  return flags;
}
