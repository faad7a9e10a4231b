import { minutesOf } from '../../time/duration.ts';
import { totalMs } from '../../time/interval.ts';
import { flagSet, type LineFlag } from '../lesson/flags.ts';
import { inOrder, rateUsed, type BlockedLine, type ChargeLine, type Step } from '../lesson/line.ts';
import { effectiveBasis, evidenceSteps } from '../lesson/minutes.ts';
import { priceOfQuantity, priceText, taxOn, taxText } from '../lesson/pricing.ts';
import {
  bridgedIn,
  inRoom,
  seen,
  teacherWasLate,
  wasShort,
  type Seen,
  type SlicedPresence,
} from '../lesson/sliced-presence.ts';
import { formatAmount, round, share, split } from '../money/money.ts';
import { discountOf } from '../policy/policy.ts';
import {
  isChargeable,
  lineBasics,
  sessionsOf,
  type AssessedClass,
  type Chargeable,
  type ClassToBill,
  type StudentOutcome,
} from './assess.ts';

/** What is decided about a charge line before it has a price. */
export interface Withheld {
  /** Why the line is shown and not charged until a person decides; empty: it is charged. Each begins a sentence. */
  readonly causes: readonly string[];
  readonly flags: readonly LineFlag[];
}

/** What a class is charged, one line a student. */
export interface ClassCharges {
  /** In enrolment order. */
  readonly lines: readonly (ChargeLine | BlockedLine)[];
  readonly outcomes: readonly StudentOutcome[];
}

/**
 * The charge lines of a class, one a student.
 *
 * @param withheld by line id: what is not charged until a person decides, see `withheldLines`
 */
export function chargeClass(
  { toBill, lines, outcomes }: AssessedClass,
  withheld: ReadonlyMap<string, Withheld>,
): ClassCharges {
  return {
    lines: lines.map((line) => (isChargeable(line) ? lineOf(toBill, line, withheld.get(line.lineId)) : line)),
    outcomes,
  };
}

const NOTHING_WITHHELD: Withheld = { causes: [], flags: [] };

function lineOf(
  toBill: ClassToBill,
  chargeable: Chargeable,
  { causes, flags }: Withheld = NOTHING_WITHHELD,
): ChargeLine {
  const { student, outcome, rate, quantity, part } = chargeable;
  const { sliced, policy, familyOf } = toBill;
  const { settings } = policy;
  const { person } = student;
  const whole = round(priceOfQuantity(rate, quantity));
  const priceMinor = part === null ? whole : split(whole, Array<number>(part.of).fill(1))[part.index]!;
  const familyId = familyOf.get(person.personId) ?? null;
  const discountMinor = share(priceMinor, discountOf(settings.discount, person.email, familyId));
  const netMinor = priceMinor - discountMinor;
  const taxMinor = settings.tax?.per === 'line' ? taxOn(netMinor, settings.tax) : 0;
  const money = (minor: number): string => `${formatAmount(minor, rate.currency)} ${rate.currency}`;
  const steps: Step[] = [
    ...evidenceSteps([['student', student], ...sliced.teachers.map((t) => ['teacher', t] as const)], settings.bridge),
    ...quantity.steps,
    { name: 'classify', text: outcome.reason },
    { name: 'price', text: priceText(rate, quantity, money, part?.of), minor: priceMinor },
    { name: 'discount', text: discountMinor === 0 ? 'No discount.' : `Less ${money(discountMinor)}.`, minor: netMinor },
    { name: 'tax', text: taxText(settings.tax, money(taxMinor)), minor: taxMinor },
  ];
  const taught = (sliced.teachers.find(({ inSlot }) => inSlot.length > 0) ?? sliced.teachers[0])?.person;
  // The steps show what would be charged; the line charges it unless something withholds it.
  const charged = (value: number): number => (causes.length === 0 ? value : 0);
  return {
    side: 'charge',
    ...lineBasics(toBill, 'charge', person, outcome),
    evidence: sessionsOf(person, sliced),
    bridgedMs: bridgedIn(student, sliced.window).bridgedMs,
    teacherEmail: taught?.email ?? null,
    teacherName: taught?.name ?? null,
    studentId: person.personId,
    studentEmail: person.email,
    studentName: person.name,
    familyId,
    ...seenOf(toBill, chargeable),
    billedMs: charged(quantity.billedMs),
    currency: rate.currency,
    rate: rateUsed(rate),
    priceMinor: charged(priceMinor),
    discountMinor: charged(discountMinor),
    amountMinor: charged(netMinor),
    amount: formatAmount(charged(netMinor), rate.currency),
    tax: settings.tax,
    taxMinor: charged(taxMinor),
    credit: outcome.credit,
    reason: [
      outcome.reason,
      ...elsewhereText(student),
      ...causes.map((cause) => `${cause}: not charged until a person decides.`),
    ].join(' '),
    flags: flagSet(outcome.flags, sliced.flags, lineFlags(toBill, chargeable, familyId), flags),
    steps: [
      ...inOrder(steps),
      ...causes.map((cause): Step => ({ name: 'price', text: `${cause}: not charged.`, minor: 0 })),
    ],
  };
}

function elsewhereText({ elsewhere = [] }: SlicedPresence): string[] {
  if (elsewhere.length === 0) return [];
  return [`${minutesOf(totalMs(elsewhere))} min before or after the slot are charged in another class.`];
}

/** What shows that a canceled class was held may belong to the class beside it. */
function seenOf({ sliced }: ClassToBill, { student, outcome }: Chargeable): Seen {
  if (outcome.kind !== 'held_although_canceled') return seen(student, sliced);
  return seen(inRoom(student), { ...sliced, teachers: sliced.teachers.map(inRoom) });
}

function lineFlags(
  { billed, sliced, policy: { settings }, currencyOf }: ClassToBill,
  { student, outcome, rate }: Chargeable,
  familyId: number | null,
): LineFlag[] {
  const flags: LineFlag[] = [];
  if (familyId === null) flags.push('no_family');
  else if ((currencyOf?.get(familyId) ?? rate.currency) !== rate.currency) flags.push('other_currency');
  if (bridgedIn(student, sliced.window).unstable) flags.push('unstable');
  if (outcome.credit) flags.push('credit_issued');
  if (outcome.kind === 'attended') {
    if (teacherWasLate(sliced, settings)) flags.push('teacher_late');
    const { togetherMs, overrunMs } = seen(student, sliced);
    if (togetherMs === 0) flags.push('never_together');
    if (wasShort(togetherMs, sliced)) flags.push('short');
    if (overrunMs > 0 && billed.overrunDecided !== true) flags.push('unapproved_overrun');
    if (effectiveBasis(sliced, settings) !== settings.charge.basis) flags.push('basis_fell_to_overlap');
  }
  return flags;
}
