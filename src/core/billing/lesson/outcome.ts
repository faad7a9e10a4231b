import { isFinal, type Coverage } from '../../attendance/coverage-state.ts';
import { isSeenForHalf } from '../../attendance/status.ts';
import { attendedFromMs } from '../../schedule/attended-if.ts';
import { HOUR_MS, MINUTE_MS, minutesOf } from '../../time/duration.ts';
import { intersection, totalMs } from '../../time/interval.ts';
import type { CancelTier, Settings } from '../policy/policy.ts';
import type { BilledClass, OutcomeDecision } from './billed-class.ts';
import { metAfterwards } from './cancellation.ts';
import type { LineFlag } from './flags.ts';
import { waitMatters, waitServed } from './no-show.ts';
import { seen, wasShort, type SlicedClass, type SlicedPresence } from './sliced-presence.ts';

/** What became of a class for one student or for its teachers. */
export type OutcomeKind =
  | 'attended'
  | 'student_no_show'
  /** The student stayed away and the teacher did not wait long enough for a no-show. */
  | 'wait_not_served'
  | 'teacher_no_show'
  | 'not_held'
  | 'canceled'
  | 'held_although_canceled'
  | 'excused'
  /** Not known yet: evidence or a decision is missing. */
  | 'unknown';

/** Why a line has no amount. */
export type BlockCode =
  | 'not_over'
  | 'no_evidence'
  | 'review_open'
  | 'held_although_canceled'
  | 'no_rate'
  | 'rates_differ'
  | 'charge_blocked';

/** An outcome and what follows from it: a make-up credit, flags, or that nothing is charged yet. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** A plain sentence. */
  readonly reason: string;
  readonly blocked: BlockCode | null;
  readonly credit: boolean;
  readonly flags: readonly LineFlag[];
}

/**
 * The outcome of a class for one student.
 *
 * While the evidence is not complete the outcome is unknown and never an absence. An absence is unknown, too, while
 * somebody in the room is not identified. A decision overrules all of this; an excuse overrules presence and absence.
 */
export function classify(c: BilledClass, sliced: SlicedClass, student: SlicedPresence, settings: Settings): Outcome {
  return asRecorded(c, student.person.personId, classified(c, sliced, student, settings));
}

function classified(c: BilledClass, sliced: SlicedClass, student: SlicedPresence, settings: Settings): Outcome {
  const settled = settledOutcome(c, sliced, settings, student.person.personId);
  if (settled !== null) return settled;
  const { status } = student.person;
  if (status === 'excused') {
    const seen = student.inSlot.length > 0;
    return outcome('excused', 'The student is excused.', { flags: seen ? ['excused_although_present'] : [] });
  }
  const identified = c.openReviews === 0 && ![...sliced.teachers, ...sliced.students].some(({ doubtful }) => doubtful);
  if (sliced.taughtInSlot.length === 0) {
    if (!identified) return inReview(c, sliced);
    const nobody = sliced.students.every(({ inSlot }) => inSlot.length === 0);
    return nobody && c.coverage !== 'complete' ? notHeld(c) : teacherNoShow(settings, !nobody);
  }
  if (status === 'present' || (status !== 'absent' && attended(student, sliced, settings))) {
    const reason = attendedReason(student, sliced, settings);
    return outcome('attended', reason, { flags: c.openReviews > 0 ? ['review_open'] : [] });
  }
  if (!identified && status !== 'absent') return inReview(c, sliced);
  if (c.guestMayBeStudent === true && status !== 'absent' && isSeenForHalf(totalMs(student.inSlot), sliced.slotMs)) {
    const missed = missedReason(student, sliced, settings);
    const reason = `${missed}; somebody else was in the call for the rest, at whose account the student may have been.`;
    return outcome('unknown', reason, { blocked: 'review_open' });
  }
  return stayedAway(c, sliced, settings, student);
}

/** The outcome of a class that has no students on its roster: held if a teacher was there. */
export function classifyEmptyRoster(c: BilledClass, sliced: SlicedClass, settings: Settings): Outcome {
  return asRecorded(c, null, heldByTeacher(c, sliced, settings));
}

function heldByTeacher(c: BilledClass, sliced: SlicedClass, settings: Settings): Outcome {
  const settled = settledOutcome(c, sliced, settings, null);
  if (settled !== null) return settled;
  if (sliced.taughtInSlot.length > 0) return outcome('attended', 'The teacher held the class.');
  if (c.openReviews > 0 || sliced.teachers.some(({ doubtful }) => doubtful)) return inReview(c, sliced);
  return c.coverage === 'complete' ? teacherNoShow(settings, false) : notHeld(c);
}

/** An absence from evidence that is not whole is one by the decision to take it as it stands. */
function asRecorded(c: BilledClass, studentId: number | null, found: Outcome): Outcome {
  const decidedSo = decisionFor(c, studentId)?.outcome === 'as_recorded' && !isFinal(c.coverage);
  const isAbsence = found.blocked === null && found.kind !== 'attended' && found.kind !== 'excused';
  return decidedSo && isAbsence ? byDecision(found) : found;
}

/** The decision on a student, or on the whole class; the last one made. */
export function decisionFor(c: BilledClass, studentId: number | null): OutcomeDecision | null {
  const decisions = c.decisions ?? [];
  return (
    decisions.findLast((decision) => decision.studentId !== null && decision.studentId === studentId) ??
    decisions.findLast((decision) => decision.studentId === null) ??
    null
  );
}

function attendedReason(student: SlicedPresence, sliced: SlicedClass, settings: Settings): string {
  const { togetherMs } = seen(student, sliced);
  const decided = student.person.status === 'present' && !attended(student, sliced, settings);
  const came = decided ? 'The student counts as present by a decision' : 'The student attended';
  if (togetherMs === 0) return `${came}, but was never there together with a teacher.`;
  if (!wasShort(togetherMs, sliced)) return `${came}.`;
  return `${came}; ${minutesOf(togetherMs)} of ${minutesOf(sliced.slotMs)} min were together with a teacher.`;
}

/** Why a student who may have been there all the same did not attend. */
function missedReason({ inSlot, person }: SlicedPresence, { slotMs }: SlicedClass, { attendedIf }: Settings): string {
  const presentMs = totalMs(inSlot);
  if (person.status === 'absent') return 'The student counts as absent by a decision';
  if (presentMs === 0) return 'The student did not attend';
  const least = minutesOf(attendedFromMs(attendedIf, slotMs));
  return `The student was there for ${minutesOf(presentMs)} min, and attendance begins at ${least} min`;
}

/** Real presence in the slot, short drops filled, reaches the threshold. What was forgiven does not count. */
export function attended(
  { inSlot }: Pick<SlicedPresence, 'inSlot'>,
  { slotMs }: SlicedClass,
  { attendedIf }: Settings,
): boolean {
  return totalMs(inSlot) >= attendedFromMs(attendedIf, slotMs);
}

/** The outcome that does not depend on who was there; null where presence or absence decides. */
function settledOutcome(
  c: BilledClass,
  sliced: SlicedClass,
  settings: Settings,
  studentId: number | null,
): Outcome | null {
  const decision = decisionFor(c, studentId);
  if (decision?.outcome === 'as_recorded') {
    // Nothing is on record before the call was read.
    return isUnread(c.coverage) ? noEvidence(c.coverage) : null;
  }
  if (decision !== null) return decided(c, decision.outcome, settings);
  if (c.status === 'canceled') return undecided(c, sliced, settings);
  if (c.status !== 'completed') {
    return outcome('unknown', 'The class is not over.', { blocked: 'not_over' });
  }
  if (isFinal(c.coverage) || metInLinkedCall(c, sliced, settings, studentId)) return null;
  return noEvidence(c.coverage);
}

/**
 * The room of the class cannot be read, but in the call that a person linked to it the student was taught. Nobody's
 * absence follows from a linked call: they may have been in the room.
 */
function metInLinkedCall(c: BilledClass, sliced: SlicedClass, settings: Settings, studentId: number | null): boolean {
  if (c.hasLinkedCall !== true || (c.coverage !== 'no_access' && c.coverage !== 'expired')) return false;
  const student = sliced.students.find(({ person }) => person.personId === studentId);
  if (student === undefined || !attended(student, sliced, settings)) return false;
  return intersection(student.inSlot, sliced.taughtInSlot).length > 0;
}

function isUnread(coverage: Coverage): coverage is 'pending' | 'live' | 'settling' {
  return coverage === 'pending' || coverage === 'live' || coverage === 'settling';
}

function noEvidence(coverage: Exclude<Coverage, 'complete' | 'empty'>): Outcome {
  const reason = {
    pending: 'The record of the call has not been read yet.',
    live: 'The record of the call is still being read.',
    settling: 'The record of the call is read once more before it counts.',
    partial: 'A part of the record of the call is missing; it is read again.',
    no_access: 'The record of the call could not be opened, so who was there is not known yet.',
    expired: 'The record of the call was deleted by Google before all of it was read; the school decides what counts.',
  }[coverage];
  return outcome('unknown', reason, { blocked: 'no_evidence' });
}

/** The outcome of a canceled class about which nobody has decided. */
function undecided(c: BilledClass, sliced: SlicedClass, settings: Settings): Outcome {
  if (metAfterwards(c, settings)) {
    const reason =
      'The class was canceled, but a teacher and a student were there together all the same. Nothing is charged or paid until somebody reinstates the class or confirms the cancellation.';
    return outcome('held_although_canceled', reason, { blocked: 'held_although_canceled', flags: ['review'] });
  }
  // What was given until then is not known before its evidence is.
  if (wasCanceledLate(c) && !isFinal(c.coverage)) return noEvidence(c.coverage);
  const made = unwatched(canceled(c, settings), c);
  const doubtful = c.openReviews > 0 || [...sliced.teachers, ...sliced.students].some((one) => one.doubtful);
  const taught = totalMs(sliced.taughtInSlot) >= attendedFromMs(settings.attendedIf, sliced.slotMs);
  // The guest beside the teacher may have been the student.
  return doubtful && taught ? { ...made, flags: [...made.flags, 'review_open'] } : made;
}

/** The price of a cancellation follows from its notice. That it was kept is not known where nobody could look. */
function unwatched(made: Outcome, { coverage }: BilledClass): Outcome {
  if (coverage !== 'no_access' && coverage !== 'expired') return made;
  const why = {
    no_access: 'The record of the call could not be opened',
    expired: 'The record of the call was deleted by Google before all of it was read',
  }[coverage];
  const reason = `${made.reason} ${why}, so it is not known whether the class was held all the same.`;
  return { ...made, reason, flags: [...made.flags, 'review'] };
}

function wasCanceledLate({ canceledAt, start }: BilledClass): boolean {
  return canceledAt !== null && canceledAt > start;
}

function stayedAway(c: BilledClass, sliced: SlicedClass, settings: Settings, student: SlicedPresence): Outcome {
  const { noShow } = settings;
  const missed = missedReason(student, sliced, settings);
  if (!waitMatters(settings) || waitServed(sliced.taughtInSlot, sliced, settings)) {
    return { ...studentNoShow(settings), reason: `${missed}; a teacher was there.` };
  }
  const flags: LineFlag[] = ['review'];
  // Meet removes somebody who is alone after some minutes, so a teacher who left this early may have been removed.
  if ((sliced.taught.at(-1)?.end ?? 0) - c.start <= 10 * MINUTE_MS) flags.push('empty_call_timeout');
  const reason = `${missed}; no teacher waited ${noShow.wait} min from the start.`;
  return outcome('wait_not_served', reason, { flags });
}

function decided(
  c: BilledClass,
  kind: Exclude<OutcomeDecision['outcome'], 'as_recorded'>,
  settings: Settings,
): Outcome {
  const made = {
    student_no_show: () => studentNoShow(settings),
    teacher_no_show: () => teacherNoShow(settings, false),
    not_held: () => outcome('not_held', 'The class was not held.'),
    canceled: () => canceled(c, settings),
  }[kind]();
  return byDecision(made);
}

/** Families and teachers read the line: what somebody wrote about the decision stays with the school. */
function byDecision(made: Outcome): Outcome {
  return {
    ...made,
    reason: `${made.reason} It counts so by a decision of the school.`,
    flags: [...made.flags, 'decided'],
  };
}

function studentNoShow({ noShow }: Settings): Outcome {
  return outcome('student_no_show', 'The student did not attend; a teacher was there.', { credit: noShow.credit });
}

function teacherNoShow({ teacherFault }: Settings, studentWaited: boolean): Outcome {
  const reason = studentWaited ? 'No teacher came; the student was there.' : 'No teacher came.';
  return outcome('teacher_no_show', reason, { credit: teacherFault.credit, flags: ['teacher_alert'] });
}

/** Nobody came; or nobody could look, and a person decided that what is recorded is all. */
function notHeld({ coverage }: BilledClass): Outcome {
  if (coverage !== 'empty') return outcome('not_held', 'Nobody is on record.');
  return outcome('not_held', 'Nobody came.', { flags: ['review'] });
}

function inReview({ openReviews }: BilledClass, { teachers }: SlicedClass): Outcome {
  const isStandIn =
    openReviews === 0 && teachers.some(({ doubtful, person }) => doubtful && person.substitute === true);
  const reason = isStandIn
    ? 'Another teacher was in the call, and it is not settled yet whether as a substitute.'
    : 'Somebody in the call was not recognised yet, so it is not certain who was missing.';
  return outcome('unknown', reason, { blocked: 'review_open' });
}

/** Whether the line is shown with 0.00 until a person has decided. */
export function waitsForReview({ blocked }: Outcome): boolean {
  return blocked === 'review_open' || blocked === 'held_although_canceled';
}

/** A line of 0.00 with the flag `review_open`; the period cannot be closed clean while it exists. */
export function awaitingReview(unknown: Outcome): Outcome {
  return { ...unknown, blocked: null, flags: [...unknown.flags, 'review_open'] };
}

function canceled(c: BilledClass, settings: Settings): Outcome {
  const { notice, tier } = cancelTier(c, settings);
  const by = c.canceledBy === null ? '' : ` by the ${c.canceledBy}`;
  const since = Math.floor(((c.canceledAt ?? c.start) - c.start) / MINUTE_MS);
  if (wasCanceledLate(c))
    return outcome('canceled', `Canceled ${since} min after the start${by}.`, { credit: tier.credit });
  // The line shows the start that it was moved to late.
  const wasMoved = (c.noticeForStart ?? c.start) !== c.start;
  const told = wasMoved
    ? `Canceled${by} ${notice} before the start that it had then.`
    : `Canceled ${notice} before the start${by}.`;
  return outcome('canceled', told, { credit: tier.credit });
}

const FREE = { noticeHours: 0, by: null, chargePercent: 0, payPercent: 0, credit: false } as const;

/**
 * The tier of a cancellation: the longest notice that was kept, counted to the start that stood before a late move. A
 * tier for who canceled goes before one for anybody. Families pay for their own cancellations only: one by the school
 * costs them nothing, and one by the teacher is the teacher's fault: nobody pays or is paid, unless a tier names them.
 */
export function cancelTier(
  c: BilledClass,
  { cancel, teacherFault }: Settings,
): { readonly notice: string; readonly tier: CancelTier } {
  const noticeMs = Math.max(0, (c.noticeForStart ?? c.start) - (c.canceledAt ?? c.start));
  const hours = Math.floor(noticeMs / HOUR_MS);
  const notice = hours > 0 ? `${hours} h` : `${Math.floor(noticeMs / MINUTE_MS)} min`;
  const kept = cancel
    .filter(({ noticeHours }) => noticeMs >= noticeHours * HOUR_MS)
    .toSorted((a, b) => b.noticeHours - a.noticeHours);
  const own = kept.find(({ by }) => by !== null && by === c.canceledBy);
  if (own !== undefined) return { notice, tier: own };
  const tier = kept.find(({ by }) => by === null) ?? FREE;
  if (c.canceledBy === 'school') return { notice, tier: { ...tier, chargePercent: 0 } };
  if (c.canceledBy === 'teacher') {
    return { notice, tier: { ...tier, chargePercent: 0, payPercent: 0, credit: teacherFault.credit } };
  }
  return { notice, tier };
}

function outcome(
  kind: OutcomeKind,
  reason: string,
  rest: { readonly blocked?: BlockCode; readonly credit?: boolean; readonly flags?: readonly LineFlag[] } = {},
): Outcome {
  return { kind, reason, blocked: rest.blocked ?? null, credit: rest.credit ?? false, flags: rest.flags ?? [] };
}
