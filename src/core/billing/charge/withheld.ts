import { clip, intersection, union, type Interval } from '../../time/interval.ts';
import type { LineFlag } from '../lesson/flags.ts';
import { isChargeable, type AssessedClass, type Chargeable } from './assess.ts';
import type { Withheld } from './charge.ts';

/**
 * Why a line is not charged although its price is known, by line id:
 * - The student is not enrolled on the day of the class.
 * - The student is in two classes at once. A class that was missed yields to one that was attended while it was due; of
 *   two that were attended at once the one that the student is not enrolled in yields, else the later start, and of two
 *   that start together the higher number. Both are flagged.
 *
 * @param classes in order of time
 */
export function withheldLines(classes: readonly AssessedClass[]): Map<string, Withheld> {
  const chargeable = classes.flatMap(({ toBill, lines }) =>
    lines.filter(isChargeable).map((line) => ({ toBill, line })),
  );
  const { first, second } = doubleBooked(classes);
  return new Map(
    chargeable.map(({ line }): [string, Withheld] => {
      const causes: string[] = [];
      const flags: LineFlag[] = [];
      if (line.student.person.enrolled === false) {
        causes.push('The student is not enrolled on this day');
        flags.push('not_enrolled', 'review');
      }
      if (second.has(line.lineId)) {
        causes.push('The student is in another class at the same time');
        flags.push('student_double_booked', 'review');
      }
      if (first.has(line.lineId)) flags.push('student_double_booked');
      return [line.lineId, { causes, flags }];
    }),
  );
}

/** A line whose student is in a class, or should be. */
interface Occupied {
  readonly line: Chargeable;
  readonly slot: Interval;
  /** When the student was there; null: not at all. */
  readonly there: readonly Interval[] | null;
}

/** Two attended classes are in each other's way while the student was in both, a missed one is for its whole slot. */
function atOnce(a: Occupied, b: Occupied): boolean {
  const missed = a.there === null || b.there === null;
  return intersection(missed ? [a.slot] : a.there, missed ? [b.slot] : b.there).length > 0;
}

/** Lines of students who are in two classes at once: those that are charged, and those that are not. */
function doubleBooked(classes: readonly AssessedClass[]): {
  readonly first: Set<string>;
  readonly second: Set<string>;
} {
  const occupied = classes.flatMap((assessed) =>
    assessed.lines.filter(isChargeable).flatMap((line) => occupation(assessed, line)),
  );
  const first = new Set<string>();
  const second = new Set<string>();
  for (const lines of Map.groupBy(occupied, ({ line }) => line.student.person.personId).values()) {
    const claim = ({ there, line }: Occupied): number =>
      there === null ? 0 : line.student.person.enrolled === false ? 1 : 2;
    const standing: Occupied[] = [];
    for (const candidate of lines.toSorted((a, b) => claim(b) - claim(a))) {
      const before = standing.filter((other) => atOnce(other, candidate));
      if (before.length === 0) standing.push(candidate);
      else second.add(candidate.line.lineId);
      for (const { line } of before) first.add(line.lineId);
    }
  }
  return { first, second };
}

function occupation({ toBill: { sliced } }: AssessedClass, line: Chargeable): Occupied[] {
  const { slot } = sliced;
  if (line.outcome.kind === 'student_no_show') return [{ line, slot, there: null }];
  if (line.outcome.kind !== 'attended') return [];
  return [{ line, slot, there: union(clip(line.student.real, slot)) }];
}
