import { union } from '../../time/interval.ts';
import { formatLineId } from '../line-id.ts';
import { formatAmount, round, share, split } from '../money/money.ts';
import { discountOf } from '../policy/policy.ts';
import type { PolicyVersion, Settings } from '../policy/policy.ts';
import type { RateBook, RateRow } from '../policy/rates.ts';
import type { BilledClass } from './billed-class.ts';
import { teacherWasLate, teacherWasTheCause } from './sliced-presence.ts';
import type { SlicedClass, SlicedPresence } from './sliced-presence.ts';
import { flagSet, inOrder, rateUsed } from './line.ts';
import type { BlockedLine, ChargeLine, Step } from './line.ts';
import { bounded, capMs, effectiveBasis, evidenceSteps, measureCharge, percentOfSlot, seen } from './minutes.ts';
import type { Measured } from './minutes.ts';
import { awaitingReview, cancelTier, classify } from './outcome.ts';
import type { BlockCode, Outcome } from './outcome.ts';

import { priceOfQuantity, priceText, taxOn, taxText } from './pricing.ts';
import type { Quantity } from './pricing.ts';

/** A class with all that money needs to know about it. */
export interface ClassToBill {
  readonly billed: BilledClass;
  /** Local start date. */
  readonly date: string;
  readonly policy: PolicyVersion;
  readonly sliced: SlicedClass;
  readonly rates: RateBook;
  /** Student → family. */
  readonly familyOf: ReadonlyMap<number, number>;
}

/** A student of the class and how it came out for them. */
export interface StudentOutcome {
  readonly student: SlicedPresence;
  readonly outcome: Outcome;
}

export interface ClassCharges {
  /** In enrolment order. */
  readonly lines: readonly (ChargeLine | BlockedLine)[];
  readonly outcomes: readonly StudentOutcome[];
}

/** The charge lines of a class, one a student. */
export function chargeClass(toBill: ClassToBill): ClassCharges {
  const { billed, sliced, policy } = toBill;
  const outcomes = sliced.students.map((student) => ({
    student,
    outcome: classify(billed, sliced, student, policy.settings),
  }));
  const rates = sliced.students.map(({ person }) => rateOf(toBill, person.email));
  const shared = policy.settings.group.charge === 'split' && outcomes.length > 1;
  const attended = outcomes.filter(({ outcome }) => outcome.kind === 'attended').map(({ student }) => student);
  // Shares hang together: while one is open, none is final.
  const open = shared ? outcomes.find(({ outcome }) => outcome.blocked !== null)?.outcome : undefined;
  const oneRate = !shared || new Set(rates.map((rate) => rate?.id)).size <= 1;

  const lines = outcomes.map((entry, index) => {
    const rate = rates[index] ?? null;
    const outcome = open ?? entry.outcome;
    const waiting = open === undefined && outcome.blocked === 'review_open';
    if (outcome.blocked !== null && !waiting) return block(toBill, entry, outcome.blocked, outcome.reason);
    if (rate === null) return block(toBill, entry, 'no_rate', noRate(toBill, entry.student.person.email));
    if (!oneRate) {
      return block(
        toBill,
        entry,
        'rates_differ',
        'The price is split over the group, but the students have different rates.',
      );
    }
    const together = shared && entry.outcome.kind === 'attended' ? attended : [entry.student];
    // A guess never bills: the line stands at nothing until somebody says who the guest was.
    const shown = waiting ? { ...entry, outcome: awaitingReview(outcome) } : entry;
    const quantity = quantityOf(toBill, shown.outcome, together);
    return lineOf(toBill, shown, rate, quantity, shared ? { index, of: outcomes.length } : null);
  });
  return { lines, outcomes };
}

function rateOf({ billed, sliced, date, rates }: ClassToBill, studentEmail: string): RateRow | null {
  const { classId, seriesId, subject } = billed;
  // Families agreed on a price with the teacher of the roster; a substitute changes nothing.
  const teacherEmails = sliced.teachers
    .filter(({ person }) => person.substitute !== true)
    .map(({ person }) => person.email);
  return rates.resolve('charge', { classId, seriesId, subject, teacherEmails, studentEmail, date });
}

function noRate({ billed, date }: ClassToBill, studentEmail: string): string {
  return `No charge rate is valid on ${date} for ${studentEmail} in ${billed.subject}.`;
}

function quantityOf(
  { billed, sliced, policy }: ClassToBill,
  { kind }: Outcome,
  students: readonly SlicedPresence[],
): Quantity {
  const { settings } = policy;
  if (kind === 'attended') return attendedQuantity(sliced, students, settings);
  const charged =
    kind === 'student_no_show'
      ? settings.noShow.chargePercent
      : kind === 'canceled'
        ? cancelTier(billed, settings).tier.chargePercent
        : 0;
  const capped = bounded(percentOfSlot(sliced, charged), null, capMs(sliced, settings));
  return {
    billedMs: capped.ms,
    lessonPercent: charged,
    steps: [{ name: 'round', text: `${charged} % of the timetable, not rounded.`, ms: capped.ms }, ...capped.steps],
  };
}

function attendedQuantity(sliced: SlicedClass, students: readonly SlicedPresence[], settings: Settings): Quantity {
  const measured: Measured = measureCharge(sliced, students, settings);
  const inSlot = union(students.flatMap((student) => student.inSlot));
  const minimum = teacherWasTheCause(sliced, inSlot, settings) ? null : settings.min;
  const { ms, steps } = bounded(measured.roundedMs, minimum, capMs(sliced, settings));
  return { billedMs: ms, lessonPercent: measured.countedMs > 0 ? 100 : 0, steps: [...measured.steps, ...steps] };
}

function lineOf(
  toBill: ClassToBill,
  { student, outcome }: StudentOutcome,
  rate: RateRow,
  quantity: Quantity,
  part: { readonly index: number; readonly of: number } | null,
): ChargeLine {
  const { sliced, policy, familyOf } = toBill;
  const { settings } = policy;
  const { person } = student;
  const whole = round(priceOfQuantity(rate, quantity));
  const priceMinor = part === null ? whole : split(whole, Array<number>(part.of).fill(1))[part.index]!;
  const familyId = familyOf.get(person.personId) ?? null;
  const discountMinor = share(priceMinor, discountOf(settings.discount, person.email, familyId));
  const amountMinor = priceMinor - discountMinor;
  const taxMinor = settings.tax?.per === 'line' ? taxOn(amountMinor, settings.tax) : 0;
  const money = (minor: number): string => `${formatAmount(minor, rate.currency)} ${rate.currency}`;
  const steps: Step[] = [
    ...evidenceSteps([['student', student], ...sliced.teachers.map((t) => ['teacher', t] as const)], settings.bridge),
    ...quantity.steps,
    { name: 'classify', text: outcome.reason },
    { name: 'price', text: priceText(rate, quantity, money, part?.of), minor: priceMinor },
    {
      name: 'discount',
      text: discountMinor === 0 ? 'No discount.' : `Less ${money(discountMinor)}.`,
      minor: amountMinor,
    },
    { name: 'tax', text: taxText(settings.tax, money(taxMinor)), minor: taxMinor },
  ];
  return {
    side: 'charge',
    ...common(toBill, student),
    studentId: person.personId,
    studentEmail: person.email,
    studentName: person.name,
    familyId,
    ...seen(student, sliced),
    billedMs: quantity.billedMs,
    currency: rate.currency,
    rate: rateUsed(rate),
    priceMinor,
    discountMinor,
    amountMinor,
    amount: formatAmount(amountMinor, rate.currency),
    tax: settings.tax,
    taxMinor,
    credit: outcome.credit,
    outcome: outcome.kind,
    reason: outcome.reason,
    flags: flagSet(outcome.flags, sliced.flags, lineFlags(student, sliced, settings, outcome, familyId)),
    policyFrom: policy.validFrom,
    steps: inOrder(steps),
  };
}

function common({ billed, date, sliced }: ClassToBill, { person }: SlicedPresence) {
  const present = sliced.teachers.find(({ inSlot }) => inSlot.length > 0) ?? sliced.teachers[0];
  return {
    lineId: formatLineId({ side: 'charge', classId: billed.classId, personId: person.personId }),
    classId: billed.classId,
    seriesId: billed.seriesId,
    subject: billed.subject,
    start: billed.start,
    end: billed.end,
    date,
    teacherEmail: present?.person.email ?? null,
    scheduledMs: sliced.slotMs,
    evidence: [...person.evidence].sort(),
  };
}

function lineFlags(
  student: SlicedPresence,
  sliced: SlicedClass,
  settings: Settings,
  outcome: Outcome,
  familyId: number | null,
): string[] {
  const flags: string[] = [];
  if (familyId === null) flags.push('no_family');
  if (outcome.credit) flags.push('credit_issued');
  if (outcome.kind === 'attended') {
    if (teacherWasLate(sliced, settings)) flags.push('teacher_late');
    if (seen(student, sliced).togetherMs === 0) flags.push('never_together');
    if (seen(student, sliced).overrunMs > 0) flags.push('unapproved_overrun');
    if (effectiveBasis(sliced, settings) !== settings.charge.basis) flags.push('basis_fell_to_overlap');
  }
  return flags;
}

function block(
  toBill: ClassToBill,
  { student, outcome }: StudentOutcome,
  code: BlockCode,
  reason: string,
): BlockedLine {
  const { billed, date, sliced } = toBill;
  return {
    lineId: formatLineId({ side: 'charge', classId: billed.classId, personId: student.person.personId }),
    side: 'charge',
    classId: billed.classId,
    subject: billed.subject,
    start: billed.start,
    date,
    personId: student.person.personId,
    personEmail: student.person.email,
    outcome: outcome.kind,
    code,
    reason,
    flags: flagSet(outcome.flags, sliced.flags),
  };
}
