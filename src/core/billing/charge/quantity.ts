/** How much a charge line counts, before it has a price. */
import { clockText } from '../../time/duration.ts';
import { union, type Interval } from '../../time/interval.ts';
import type { BilledClass } from '../lesson/billed-class.ts';
import { givenUntilCanceled, sameIn } from '../lesson/cancellation.ts';
import { bounded, capMs, effectiveBasis, measureCharge, percentOfSlot, type Measured } from '../lesson/minutes.ts';
import { noShowCharge } from '../lesson/no-show.ts';
import { attended, cancelTier, type Outcome } from '../lesson/outcome.ts';
import type { Quantity } from '../lesson/pricing.ts';
import { teacherWasTheCause, type SlicedClass, type SlicedPresence } from '../lesson/sliced-presence.ts';
import type { PolicyVersion, Settings } from '../policy/policy.ts';

/** A class as far as the time that it charges follows from it. */
interface Countable {
  readonly billed: BilledClass;
  readonly sliced: SlicedClass;
  readonly policy: Pick<PolicyVersion, 'settings'>;
}

/** @param students whose time counts: the student of the line, or all who share its price */
export function quantityOf(toBill: Countable, { kind }: Outcome, students: readonly SlicedPresence[]): Quantity {
  const { billed, sliced, policy } = toBill;
  const { settings } = policy;
  switch (kind) {
    case 'attended':
      return attendedQuantity(sliced, students, settings);
    case 'student_no_show':
      return ofTimetable(toBill, noShowCharge(settings));
    case 'canceled': {
      const tier = ofTimetable(toBill, cancelTier(billed, settings).tier.chargePercent);
      const given = givenUntilCanceled(billed, sliced, settings);
      return given === null ? tier : greater(tier, givenQuantity(toBill, given, sameIn(given.students, students)));
    }
    default:
      return ofTimetable(toBill, 0);
  }
}

/**
 * The time that a line counts before it is rounded; none where it counts no minutes.
 *
 * @returns ascending and disjoint
 */
export function countedTime(
  { billed, sliced, policy: { settings } }: Countable,
  { kind }: Outcome,
  student: SlicedPresence,
): readonly Interval[] {
  if (kind === 'attended') return measureCharge(sliced, [student], settings).counted;
  const given = kind === 'canceled' ? givenUntilCanceled(billed, sliced, settings) : null;
  return given === null ? [] : measureCharge(given, sameIn(given.students, [student]), settings).counted;
}

function ofTimetable({ sliced, policy }: Countable, percent: number): Quantity {
  const capped = bounded(percentOfSlot(sliced, percent), null, capMs(sliced, policy.settings));
  return {
    billedMs: capped.ms,
    lessonPercent: percent,
    steps: [{ name: 'round', text: `${percent} % of the timetable, not rounded.`, ms: capped.ms }, ...capped.steps],
  };
}

function attendedQuantity(sliced: SlicedClass, students: readonly SlicedPresence[], settings: Settings): Quantity {
  const measured: Measured = measureCharge(sliced, students, settings);
  const inSlot = union(students.flatMap((student) => student.inSlot));
  const minimum = teacherWasTheCause(sliced, inSlot, settings) ? null : settings.min;
  const { ms, steps } = bounded(measured.roundedMs, minimum, capMs(sliced, settings));
  return { billedMs: ms, lessonPercent: measured.countedMs > 0 ? 100 : 0, steps: [...measured.steps, ...steps] };
}

const NOTHING: Quantity = { billedMs: 0, lessonPercent: 0, steps: [] };

/**
 * What was given of a class until it was canceled. Minutes together always count; a basis that looks at one side only, a
 * minimum and a price per lesson need a student who attended until then.
 */
function givenQuantity(
  { billed, policy: { settings } }: Countable,
  given: SlicedClass,
  students: readonly SlicedPresence[],
): Quantity {
  const came = students.filter((student) => attended(student, given, settings));
  const counted = effectiveBasis(given, settings) === 'overlap' ? students : came;
  if (counted.length === 0 || given.taughtInSlot.length === 0) return NOTHING;
  const measured = measureCharge(given, counted, settings);
  if (measured.countedMs === 0) return NOTHING;
  const inSlot = union(came.flatMap((student) => student.inSlot));
  const isDue = came.length > 0 && billed.canceledBy === 'family' && !teacherWasTheCause(given, inSlot, settings);
  const { ms, steps } = bounded(measured.roundedMs, isDue ? settings.min : null, capMs(given, settings));
  return { billedMs: ms, lessonPercent: came.length > 0 ? 100 : 0, steps: [...measured.steps, ...steps] };
}

/** What a cancellation costs, or what was given until then, if that is more. */
function greater(tier: Quantity, given: Quantity): Quantity {
  if (given.steps.length === 0) return tier;
  const billedMs = Math.max(tier.billedMs, given.billedMs);
  const text = `Until it was canceled ${clockText(given.billedMs)} min count; the cancellation costs ${tier.lessonPercent} % of the timetable, ${clockText(tier.billedMs)} min. The greater of the two is charged.`;
  return {
    billedMs,
    lessonPercent: Math.max(tier.lessonPercent, given.lessonPercent),
    steps: [...given.steps, { name: 'cap', text, ms: billedMs }],
  };
}
