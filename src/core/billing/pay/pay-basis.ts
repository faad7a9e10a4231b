import { clockText } from '../../time/duration.ts';
import { clip, difference, intersection, totalMs, union, type Interval } from '../../time/interval.ts';
import type { ClassToBill } from '../charge/assess.ts';
import type { ClassCharges } from '../charge/charge.ts';
import { givenUntilCanceled, sameIn } from '../lesson/cancellation.ts';
import { bounded, capMs, forgiven, measureCharge, percentOfSlot, roundMs, roundingText } from '../lesson/minutes.ts';
import { noShowPay, waitServed } from '../lesson/no-show.ts';
import { attended, cancelTier, type Outcome } from '../lesson/outcome.ts';
import type { Quantity } from '../lesson/pricing.ts';
import { teacherWasTheCause, type SlicedClass, type SlicedPresence } from '../lesson/sliced-presence.ts';
import type { Settings } from '../policy/policy.ts';
import { waitedForExcused } from './pay-outcome.ts';
import { chargedMs, shareOfMs } from './pay-share.ts';

/** What a teacher is paid for, before it has a price. */
export interface PaidTime extends Quantity {
  /** The time that is paid for; no other class pays for it again. */
  readonly paid: readonly Interval[];
  /** Another class pays for some of it already. */
  readonly collided: boolean;
  /** When each student counts as there, for tiers of group pay; of none where no lesson is paid for. */
  readonly heads: readonly (readonly Interval[])[];
}

export const NO_TIME: PaidTime = {
  billedMs: 0,
  lessonPercent: 0,
  steps: [],
  paid: [],
  collided: false,
  heads: [],
};

/** All that the paid time of one teacher of a class follows from. */
export interface TeacherOfClass {
  readonly toBill: ClassToBill;
  readonly charges: ClassCharges;
  readonly teacher: SlicedPresence;
  /** The outcome of the class for its teachers. */
  readonly outcome: Outcome;
  /** What other classes pay the teacher for already, ascending and disjoint. */
  readonly claimed: readonly Interval[];
}

/** The time of a class that a teacher is paid for. */
export function paidTime(toPay: TeacherOfClass): PaidTime {
  const { toBill, charges, teacher, outcome } = toPay;
  switch (outcome.kind) {
    case 'attended':
      return byBasis(toPay, attendedOf(charges), (own) => chargedMs(own, charges, teacher));
    case 'canceled':
      return untilCanceled(toPay);
    case 'student_no_show':
      return ofNoShow(toPay);
    case 'excused':
      return waitedForExcused(toBill) ? ofNoShow(toPay) : byPresence(toPay);
    case 'wait_not_served':
      return byPresence(toPay);
    case 'teacher_no_show':
    case 'not_held':
    case 'held_although_canceled':
    case 'unknown':
      return NO_TIME;
  }
}

function ofNoShow(toPay: TeacherOfClass): PaidTime {
  const { toBill, teacher, outcome, claimed } = toPay;
  const { sliced, policy } = toBill;
  const waited = waitServed(teacher.inSlot, sliced, policy.settings) || attested(toBill, teacher, outcome);
  const pay = noShowPay(policy.settings, waited);
  return pay === 'presence' ? byPresence(toPay) : ofTimetable(toBill, pay, claimed);
}

/** A person decided that the wait was served: by the teachers who were seen, or by those of the roster if none was. */
function attested({ sliced }: ClassToBill, { inSlot, person }: SlicedPresence, { flags }: Outcome): boolean {
  if (!flags.includes('decided')) return false;
  return inSlot.length > 0 || (sliced.taughtInSlot.length === 0 && person.substitute !== true);
}

/**
 * @param students who attended
 * @param charged the teacher's part of the minutes that are charged
 */
function byBasis(
  toPay: TeacherOfClass,
  students: readonly SlicedPresence[],
  charged: (sliced: SlicedClass) => number,
): PaidTime {
  const { teacher } = toPay;
  const { sliced, policy } = toPay.toBill;
  const { settings } = policy;
  const own = clip(teacher.bridged, sliced.held);
  const wanted = {
    held: () => own,
    percent: () => own,
    flat: () => own,
    charged: () => own,
    overlap: () =>
      intersection(teacher.inWindow, union(students.flatMap((student) => forgiven(student, sliced, settings)))),
    scheduled: () => (teacher.inSlot.length > 0 ? [sliced.slot] : []),
  }[settings.pay.basis]();
  const inSlot = union(students.flatMap((student) => student.inSlot));
  const time = timeOf(toPay, wanted, {
    by: BASIS[settings.pay.basis],
    minimum: teacherWasTheCause(sliced, inSlot, settings) ? null : settings.pay.min,
    chargedMs: settings.pay.basis === 'charged' ? Math.min(charged(sliced), totalMs([sliced.held])) : null,
  });
  const heads = students.map((student) => forgiven(student, sliced, settings));
  return { ...time, lessonPercent: totalMs(time.paid) > 0 ? 100 : 0, heads };
}

/**
 * The greater of what the cancellation pays and of what was taught until then. What a cancellation pays is for no time
 * of the teacher, who is free for another class: only the time until then is paid by this class alone.
 */
function untilCanceled(toPay: TeacherOfClass): PaidTime {
  const { billed, sliced, policy } = toPay.toBill;
  const { settings } = policy;
  const substitute = toPay.teacher.person.substitute === true;
  const percent = substitute ? 0 : cancelTier(billed, settings).tier.payPercent;
  const tier = { ...ofTimetable(toPay.toBill, percent, []), paid: [], collided: false };
  const given = givenUntilCanceled(billed, sliced, settings);
  const [teacher] = given === null ? [] : sameIn(given.teachers, [toPay.teacher]);
  if (given === null || teacher === undefined) return tier;
  const students = given.students.filter((student) => attended(student, given, settings));
  const until = { ...toPay, toBill: { ...toPay.toBill, sliced: given }, teacher };
  const charged = () => shareOfMs(given, measureCharge(given, students, settings).roundedMs, teacher);
  const taught = students.length === 0 ? byPresence(until) : byBasis(until, students, charged);
  if (taught.billedMs === 0 && taught.lessonPercent === 0) return tier;
  const more = taught.billedMs > tier.billedMs || taught.lessonPercent > tier.lessonPercent ? taught : tier;
  const billedMs = Math.max(tier.billedMs, taught.billedMs);
  const text = `Until it was canceled ${clockText(taught.billedMs)} min count; the cancellation pays ${tier.lessonPercent} % of the timetable, ${clockText(tier.billedMs)} min. The greater of the two is paid.`;
  return {
    ...more,
    paid: taught.paid,
    collided: taught.collided,
    billedMs,
    lessonPercent: Math.max(tier.lessonPercent, taught.lessonPercent),
    steps: [...taught.steps, { name: 'cap', text, ms: billedMs }],
  };
}

interface TimeRules {
  /** What the time is paid by, for the step. */
  readonly by: string;
  /** In minutes; it is not due where no time counts, or another class pays for some of it. Null: none. */
  readonly minimum: number | null;
  /** The time that is charged, where it is paid instead of the rounded one. */
  readonly chargedMs: number | null;
}

/** The time that is wanted less what another class pays, rounded, raised to the minimum and capped. */
function timeOf({ toBill, claimed }: TeacherOfClass, wanted: readonly Interval[], rules: TimeRules): PaidTime {
  const {
    sliced,
    policy: { settings },
  } = toBill;
  const paid = difference(wanted, claimed);
  const countedMs = totalMs(paid);
  const collided = countedMs < totalMs(wanted);
  const rounding = settings.pay.round ?? settings.round;
  const limit = collided ? countedMs : Number.MAX_SAFE_INTEGER;
  const rounded = rules.chargedMs === null ? roundMs(countedMs, rounding) : Math.min(rules.chargedMs, limit);
  const minimum = countedMs === 0 || collided ? null : rules.minimum;
  const { ms, steps } = bounded(rounded, minimum, capMs(sliced, settings));
  const text = rules.chargedMs === null ? roundingText(rounding) : 'The minutes that were charged.';
  return {
    billedMs: ms,
    lessonPercent: 0,
    paid,
    collided,
    heads: [],
    steps: [
      { name: 'basis', text: `Paid by ${rules.by}.`, sets: [{ label: 'paid', intervals: paid }], ms: countedMs },
      { name: 'round', text, ms: rounded },
      ...steps,
    ],
  };
}

const BASIS: Record<Settings['pay']['basis'], string> = {
  held: 'the time the teacher was there',
  overlap: 'the time together with a student',
  scheduled: 'the timetable',
  charged: 'the minutes that are charged',
  percent: 'a share of the charge',
  flat: 'the lesson',
};

/** The minutes a teacher was there although no lesson took place; none where the basis needs the student. */
function byPresence(toPay: TeacherOfClass): PaidTime {
  const { sliced, policy } = toPay.toBill;
  const { basis } = policy.settings.pay;
  const wanted = basis === 'overlap' || basis === 'charged' ? [] : clip(toPay.teacher.bridged, sliced.held);
  return timeOf(toPay, wanted, { by: 'presence', minimum: null, chargedMs: null });
}

/** A percentage of the timetable, less what another class pays for. */
function ofTimetable({ sliced, policy }: ClassToBill, percent: number, claimed: readonly Interval[]): PaidTime {
  const paid = percent === 0 ? [] : difference([sliced.slot], claimed);
  const whole = percentOfSlot({ slotMs: percent === 0 ? sliced.slotMs : totalMs(paid) }, percent);
  const { ms, steps } = bounded(whole, null, capMs(sliced, policy.settings));
  return {
    billedMs: ms,
    lessonPercent: percent,
    paid,
    collided: percent > 0 && totalMs(paid) < sliced.slotMs,
    heads: [],
    steps: [{ name: 'round', text: `${percent} % of the timetable, not rounded.`, ms }, ...steps],
  };
}

/** The students who attended, in enrolment order. */
function attendedOf({ outcomes }: ClassCharges): SlicedPresence[] {
  return outcomes.filter(({ outcome }) => outcome.kind === 'attended').map(({ student }) => student);
}
