import { counted } from '../../counted.ts';
import { MINUTE_MS, clockText } from '../../time/duration.ts';
import { difference, intersection, totalMs, union, type Interval } from '../../time/interval.ts';
import type { ChargeBasis, Rounding, Settings } from '../policy/policy.ts';
import type { Step } from './line.ts';
import { teacherWasLate, type SlicedClass, type SlicedPresence } from './sliced-presence.ts';

/**
 * Rounds a total to the increment: `nearest` with halves up, `down`, or `up` but for a remainder within the tolerance.
 *
 * @param ms not negative
 */
export function roundMs(ms: number, { increment, mode, tolerance }: Rounding): number {
  const step = increment * MINUTE_MS;
  const remainder = ms % step;
  const down = ms - remainder;
  const up = {
    nearest: 2 * remainder >= step,
    up: remainder > tolerance * MINUTE_MS,
    down: false,
  }[mode];
  return up ? down + step : down;
}

/** The longest time that is billed or paid, `settings.max`, in ms; null without a cap. */
export function capMs({ held }: SlicedClass, { max }: Settings): number | null {
  if (max === 'timetable') return held.end - held.start;
  return max === null ? null : max * MINUTE_MS;
}

/** The presence that charges count: in the window, the student's own lateness and early leaving forgiven within grace. */
export function forgiven(
  { inSlot, inWindow }: SlicedPresence,
  { slot }: SlicedClass,
  { charge }: Settings,
): Interval[] {
  const first = inSlot[0];
  const last = inSlot.at(-1);
  if (first === undefined || last === undefined) return [...inWindow];
  const added: Interval[] = [];
  if (first.start - slot.start <= charge.forgive.late * MINUTE_MS) added.push({ start: slot.start, end: first.start });
  if (slot.end - last.end <= charge.forgive.early * MINUTE_MS) added.push({ start: last.end, end: slot.end });
  return union([...inWindow, ...added]);
}

/**
 * The basis that a charge really has: where the teacher was late, the family pays for time together and no more. The
 * basis `actual` stays: it is chosen to bill the student's presence, whoever else was there.
 */
export function effectiveBasis(sliced: SlicedClass, settings: Settings): ChargeBasis {
  const { basis } = settings.charge;
  return basis !== 'actual' && teacherWasLate(sliced, settings) ? 'overlap' : basis;
}

/** The time that a charge counts, before minimum and cap. */
export interface Measured {
  /** The basis set. */
  readonly counted: readonly Interval[];
  readonly countedMs: number;
  readonly roundedMs: number;
  readonly steps: readonly Step[];
}

/** Basis, clip, forgive and round of attended students: of one, or of all when they share a price. */
export function measureCharge(sliced: SlicedClass, attended: readonly SlicedPresence[], settings: Settings): Measured {
  const basis = effectiveBasis(sliced, settings);
  const here = (time: readonly Interval[], { elsewhere = [] }: SlicedPresence) => difference(time, elsewhere);
  const present = union(attended.flatMap((student) => here(student.inWindow, student)));
  const excused = union(attended.flatMap((student) => here(forgiven(student, sliced, settings), student)));
  const counted = {
    overlap: () => intersection(excused, sliced.taught),
    held: () => union(attended.flatMap((student) => here(sliced.taught, student))),
    actual: () => excused,
    scheduled: () => [sliced.slot],
  }[basis]();
  const countedMs = totalMs(counted);
  const roundedMs = roundMs(countedMs, settings.round);
  const fell = basis === settings.charge.basis ? '' : ' The teacher was late: only time together counts.';
  const elsewhere = union(attended.flatMap((student) => student.elsewhere ?? []));
  const forgives = basis === 'overlap' || basis === 'actual';
  const forgivenMs = totalMs(excused) - totalMs(present);
  return {
    counted,
    countedMs,
    roundedMs,
    steps: [
      { name: 'basis', text: `Charged by ${BASIS[basis]}.${fell}` },
      {
        name: 'clip',
        text: elsewhere.length === 0 ? `${CLIPPED}.` : `${CLIPPED}, less what another class charges.`,
        sets: [
          { label: 'window', intervals: [sliced.window] },
          { label: 'student', intervals: present },
          { label: 'teachers', intervals: sliced.taught },
          ...(elsewhere.length === 0 ? [] : [{ label: 'charged in another class', intervals: elsewhere }]),
        ],
      },
      {
        name: 'forgive',
        text: forgives ? `Forgiven to the student: ${clockText(forgivenMs)}.` : 'This basis forgives nothing.',
        sets: [{ label: 'counted', intervals: counted }],
        ms: countedMs,
      },
      { name: 'round', text: roundingText(settings.round), ms: roundedMs },
    ],
  };
}

const CLIPPED = 'Student and teachers inside the window that counts';

const BASIS: Record<ChargeBasis, string> = {
  overlap: 'time together: student and a teacher both there',
  held: 'the time a teacher was there',
  actual: 'the time the student was there',
  scheduled: 'the timetable',
};

/** The sentence of the step `round`. */
export function roundingText({ increment, mode, tolerance }: Rounding): string {
  const how = {
    nearest: 'to the nearest, half up',
    up: tolerance > 0 ? `up, ${tolerance} min over is let go` : 'up',
    down: 'down',
  }[mode];
  return `Rounded once, to ${increment} min: ${how}.`;
}

/** Minimum and cap, with their steps. A null minimum is none. */
export function bounded(
  ms: number,
  minimum: number | null,
  cap: number | null,
): { readonly ms: number; readonly steps: readonly Step[] } {
  const raised = Math.max(ms, (minimum ?? 0) * MINUTE_MS);
  const capped = cap === null ? raised : Math.min(raised, cap);
  return {
    ms: capped,
    steps: [
      { name: 'minimum', text: minimum === null ? 'No minimum.' : `At least ${minimum} min.`, ms: raised },
      { name: 'cap', text: cap === null ? 'No cap.' : `At most ${clockText(cap)} min.`, ms: capped },
    ],
  };
}

/** A whole percentage of the timetable. */
export function percentOfSlot({ slotMs }: Pick<SlicedClass, 'slotMs'>, percent: number): number {
  return Math.round((slotMs * percent) / 100);
}

/** The first steps of every line: what Google said and what was made of it. */
export function evidenceSteps(
  people: readonly (readonly [label: string, SlicedPresence])[],
  bridgeSeconds: number,
): Step[] {
  const sets = (kind: 'real' | 'bridged') => people.map(([label, presence]) => ({ label, intervals: presence[kind] }));
  const beside = people.flatMap(([label, { person }]) =>
    person.beside === undefined ? [] : [{ label: `${label} in the room`, intervals: person.beside }],
  );
  const sessions = people.reduce((sum, [, { person }]) => sum + person.evidence.length, 0);
  return [
    {
      name: 'collect',
      text: `${counted(sessions, 'participant session')} of ${counted(people.length, 'person', 'people')}.`,
    },
    { name: 'union', text: 'Each person once, however many devices and calls.' },
    {
      name: 'slice',
      text:
        beside.length === 0
          ? 'The part of it that belongs to this class.'
          : 'The part of it that belongs to this class. What was in the room during its slot and belongs to the class beside it shows only whether this class was held although it was canceled.',
      sets: [...sets('real'), ...beside],
    },
    {
      name: 'bridge',
      text: bridgeSeconds === 0 ? 'Drops are not bridged.' : `Drops of at most ${bridgeSeconds} s are filled.`,
      sets: sets('bridged'),
    },
  ];
}
