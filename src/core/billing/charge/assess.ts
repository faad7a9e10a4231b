import type { BilledClass, PersonPresence } from '../lesson/billed-class.ts';
import { flagSet } from '../lesson/flags.ts';
import type { BlockedLine } from '../lesson/line.ts';
import { awaitingReview, classify, waitsForReview, type BlockCode, type Outcome } from '../lesson/outcome.ts';
import type { Quantity } from '../lesson/pricing.ts';
import type { SlicedClass, SlicedPresence } from '../lesson/sliced-presence.ts';
import { formatLineId, type LineOwner } from '../line-id.ts';
import type { PolicyVersion } from '../policy/policy.ts';
import type { RateBook, RateRow } from '../policy/rates.ts';
import { quantityOf } from './quantity.ts';

type Side = LineOwner['side'];

/** A class with everything that its charges and its pay are calculated from. */
export interface ClassToBill {
  readonly billed: BilledClass;
  /** Local start date. */
  readonly date: string;
  readonly policy: PolicyVersion;
  readonly sliced: SlicedClass;
  readonly rates: RateBook;
  /** Student → family. */
  readonly familyOf: ReadonlyMap<number, number>;
  /** Family → the currency that it is billed in; none where it is left out. */
  readonly currencyOf?: ReadonlyMap<number, string> | undefined;
}

/** A student of the class, and the outcome of the class for that student. */
export interface StudentOutcome {
  readonly student: SlicedPresence;
  readonly outcome: Outcome;
}

/** A line that can have a price. */
export interface Chargeable extends StudentOutcome {
  readonly lineId: string;
  readonly rate: RateRow;
  readonly quantity: Quantity;
  /** Which of how many equal parts of the price; null: the whole. */
  readonly part: { readonly index: number; readonly of: number } | null;
}

/** A class whose lines are known but for their prices. */
export interface AssessedClass {
  readonly toBill: ClassToBill;
  /** In enrolment order. */
  readonly lines: readonly (Chargeable | BlockedLine)[];
  readonly outcomes: readonly StudentOutcome[];
}

export function isChargeable(line: Chargeable | BlockedLine): line is Chargeable {
  return 'quantity' in line;
}

/** The outcome of a class for each student, and the time that is charged for it, before anything has a price. */
export function assessClass(toBill: ClassToBill): AssessedClass {
  const { billed, sliced, policy } = toBill;
  const outcomes = sliced.students.map((student) => ({
    student,
    outcome: classify(billed, sliced, student, policy.settings),
  }));
  const rates = sliced.students.map(({ person }) => rateOf(toBill, person.email));
  const shared = policy.settings.group.charge === 'split' && outcomes.length > 1;
  const attended = outcomes.filter(({ outcome }) => outcome.kind === 'attended').map(({ student }) => student);
  // With a split price, one blocked student blocks every student's line. What waits because the class was held although
  // it was canceled is the same for all of them.
  const blocks = ({ outcome: { kind, blocked } }: StudentOutcome) =>
    blocked !== null && kind !== 'held_although_canceled';
  const open = shared ? outcomes.find(blocks)?.outcome : undefined;
  const oneRate = !shared || new Set(rates.map((rate) => rate?.id)).size <= 1;

  const lines = outcomes.map((entry, index): Chargeable | BlockedLine => {
    const { student } = entry;
    const rate = rates[index] ?? null;
    const outcome = open ?? entry.outcome;
    const waiting = open === undefined && waitsForReview(outcome);
    const block = (code: BlockCode, reason: string) =>
      blockedLine(toBill, 'charge', student.person, entry.outcome, { code, reason });
    if (outcome.blocked !== null && !waiting) return block(outcome.blocked, outcome.reason);
    if (rate === null) {
      const { email } = student.person;
      return block('no_rate', `No charge rate is valid on ${toBill.date} for ${email} in ${toBill.billed.subject}.`);
    }
    if (!oneRate) {
      return block('rates_differ', 'The price is split over the group, but the students have different rates.');
    }
    // The line has an amount of 0 until a person says who a guest was, or what is to become of the class.
    const shown = waiting ? awaitingReview(outcome) : entry.outcome;
    return {
      lineId: lineIdOf(toBill, 'charge', student.person),
      student,
      outcome: shown,
      rate,
      quantity: quantityOf(toBill, shown, shared ? sharersOf(entry, attended, sliced) : [student]),
      part: shared ? { index, of: outcomes.length } : null,
    };
  });
  return { toBill, lines, outcomes };
}

/** The id of the line of a person of the class. */
export function lineIdOf({ billed }: ClassToBill, side: Side, { personId }: PersonPresence): string {
  return formatLineId({ side, classId: billed.classId, personId });
}

/** What a charge line and a pay line of a person have in common, apart from money. */
export function lineBasics(toBill: ClassToBill, side: Side, person: PersonPresence, { kind }: Outcome) {
  const { classId, seriesId, subject, start, end } = toBill.billed;
  return {
    lineId: lineIdOf(toBill, side, person),
    classId,
    seriesId,
    subject,
    start,
    end,
    date: toBill.date,
    scheduledMs: toBill.sliced.slotMs,
    outcome: kind,
    policyFrom: toBill.policy.validFrom,
    evidence: [...person.evidence].sort(),
  };
}

/** The line of a person that has no amount, and why. */
export function blockedLine(
  toBill: ClassToBill,
  side: Side,
  person: PersonPresence,
  outcome: Outcome,
  why: Pick<BlockedLine, 'code' | 'reason' | 'rateId'>,
): BlockedLine {
  const { lineId, classId, subject, start, date, outcome: kind } = lineBasics(toBill, side, person, outcome);
  return {
    lineId,
    side,
    classId,
    subject,
    start,
    date,
    personId: person.personId,
    personEmail: person.email,
    personName: person.name,
    outcome: kind,
    ...why,
    flags: flagSet(outcome.flags, toBill.sliced.flags),
    evidence: side === 'pay' ? person.evidence.toSorted() : sessionsOf(person, toBill.sliced),
  };
}

/** The sessions that a charge follows from. Time together needs the teachers' too: they stand behind the student's. */
export function sessionsOf(student: PersonPresence, { teachers }: SlicedClass): string[] {
  const others = teachers.flatMap(({ person }) => person.evidence);
  return [...new Set([...student.evidence.toSorted(), ...others.toSorted()])];
}

function rateOf({ billed, sliced, date, rates }: ClassToBill, studentEmail: string): RateRow | null {
  const { classId, seriesId, subject } = billed;
  // Families agreed on a price with the teacher of the roster; a substitute does not change it.
  const teacherEmails = sliced.teachers
    .filter(({ person }) => person.substitute !== true)
    .map(({ person }) => person.email);
  return rates.resolve('charge', { classId, seriesId, subject, teacherEmails, studentEmail, date });
}

/** Whose time counts together where a group shares one price. */
function sharersOf(
  { student, outcome }: StudentOutcome,
  attended: readonly SlicedPresence[],
  { students }: SlicedClass,
): readonly SlicedPresence[] {
  if (outcome.kind === 'attended') return attended;
  return outcome.kind === 'canceled' ? students : [student];
}
