import { clip, difference, intersection, overlaps, union, type Interval } from '../../time/interval.ts';
import type { SlicedClass, SlicedPresence } from '../lesson/sliced-presence.ts';
import { assessClass, isChargeable, type AssessedClass, type Chargeable, type ClassToBill } from './assess.ts';
import type { Withheld } from './charge.ts';
import { countedTime } from './quantity.ts';

/** A line that is charged, with its class. */
interface Charged {
  readonly toBill: ClassToBill;
  readonly line: Chargeable;
}

/** Classes of which no minute is charged twice. */
export interface ChargedOnce {
  readonly classes: readonly AssessedClass[];
  /** As it was, with a flag on lines that would have charged the same minutes. */
  readonly withheld: ReadonlyMap<string, Withheld>;
}

/**
 * Takes time around a slot out of a line where another class charges the same student for it: what was approved behind
 * the slot, or what `charge.before` and `charge.after` count. Time in a slot stays with the class of that slot; of time
 * around two slots the class that starts first keeps it, or the one with the lower number.
 *
 * @param classes in order of time
 * @param withheld lines that are not charged take nothing from others
 */
export function chargeOnce(classes: readonly AssessedClass[], withheld: ReadonlyMap<string, Withheld>): ChargedOnce {
  const elsewhere = new Map<string, readonly Interval[]>();
  const shared = new Set<string>();
  const charged = classes.flatMap(({ toBill, lines }) =>
    lines.flatMap((line): Charged[] =>
      isChargeable(line) && (withheld.get(line.lineId)?.causes ?? []).length === 0 ? [{ toBill, line }] : [],
    ),
  );
  for (const ofStudent of Map.groupBy(charged, ({ line }) => line.student.person.personId).values()) {
    for (const beside of sideBySide(ofStudent)) {
      for (const { lineId, twice, others } of chargedTwice(beside)) {
        elsewhere.set(lineId, twice);
        for (const id of [lineId, ...others]) shared.add(id);
      }
    }
  }
  const flagged = [...withheld].map(
    ([lineId, found]) => [lineId, shared.has(lineId) ? doubleBooked(found) : found] as const,
  );
  return { classes: classes.map((assessed) => without(assessed, elsewhere)), withheld: new Map(flagged) };
}

function doubleBooked({ causes, flags }: Withheld): Withheld {
  return { causes, flags: [...flags, 'student_double_booked'] };
}

function windowOf({ toBill }: Charged): Interval {
  return toBill.sliced.window;
}

function isWidened({ slot, window }: SlicedClass): boolean {
  return window.start < slot.start || window.end > slot.end;
}

/** The lines of a student whose windows touch one another, where one of them counts more than its slot. */
function sideBySide(lines: readonly Charged[]): Charged[][] {
  const groups: { lines: Charged[]; end: number }[] = [];
  for (const line of lines.toSorted((a, b) => windowOf(a).start - windowOf(b).start)) {
    const { start, end } = windowOf(line);
    const last = groups.at(-1);
    if (last !== undefined && start < last.end) {
      last.lines.push(line);
      last.end = Math.max(last.end, end);
    } else groups.push({ lines: [line], end });
  }
  return groups
    .filter((group) => group.lines.length > 1 && group.lines.some(({ toBill }) => isWidened(toBill.sliced)))
    .map((group) => lines.filter((line) => group.lines.includes(line)));
}

/** @param lines of one student, in order of time */
function chargedTwice(
  lines: readonly Charged[],
): { readonly lineId: string; readonly twice: readonly Interval[]; readonly others: readonly string[] }[] {
  const counting = lines.map(({ toBill, line }) => {
    const { slot } = toBill.sliced;
    const counted = countedTime(toBill, line.outcome, line.student);
    return { lineId: line.lineId, inSlot: clip(counted, slot), around: difference(counted, [slot]) };
  });
  const taken: { lineId: string; time: readonly Interval[] }[] = [];
  return counting.flatMap(({ lineId, around }) => {
    const others = [
      ...counting.filter((other) => other.lineId !== lineId).map((other) => ({ ...other, time: other.inSlot })),
      ...taken,
    ].filter(({ time }) => time.some((a) => around.some((b) => overlaps(a, b))));
    const twice = intersection(around, union(others.flatMap(({ time }) => time)));
    taken.push({ lineId, time: difference(around, twice) });
    return twice.length === 0 ? [] : [{ lineId, twice, others: others.map((other) => other.lineId) }];
  });
}

/** The class again, if other classes charge some of its time. */
function without(assessed: AssessedClass, elsewhere: ReadonlyMap<string, readonly Interval[]>): AssessedClass {
  const { toBill, lines } = assessed;
  const ofStudent = new Map(
    lines.flatMap((line) => {
      const taken = isChargeable(line) ? elsewhere.get(line.lineId) : undefined;
      return isChargeable(line) && taken !== undefined ? [[line.student.person.personId, taken] as const] : [];
    }),
  );
  if (ofStudent.size === 0) return assessed;
  const { sliced } = toBill;
  const students = sliced.students.map((student): SlicedPresence => {
    const taken = ofStudent.get(student.person.personId);
    return taken === undefined ? student : { ...student, elsewhere: taken };
  });
  return assessClass({ ...toBill, sliced: { ...sliced, students } });
}
