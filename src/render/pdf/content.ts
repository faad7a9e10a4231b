import { priceBasis, type BlockedLine, type ChargeLine, type PayLine } from '../../core/billing/lesson/line.ts';
import { currencyDigits } from '../../core/billing/money/currencies.ts';
import { formatAmount, formatPercent } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Counted, EntryChange, StatementChanges } from '../../core/billing/period/changes.ts';
import type { FamilyBill, TeacherPay } from '../../core/reports/report.ts';
import type { WaitingParty } from '../../core/reports/waiting.ts';
import { clockTime } from '../../core/time/calendar.ts';
import { shortDate } from '../../core/time/date-words.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { printable } from './page.ts';
import { legible } from './scripts.ts';
import { countedInThousands, grouped, minutesText } from './words.ts';

/** What a statement says, before anything is drawn. */
export interface Content {
  readonly title: string;
  readonly party: string;
  readonly headline: { readonly label: string; readonly amount: string; readonly note: string };
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Lessons without an amount yet, each with what is missing. */
  readonly waiting: readonly Row[];
  readonly corrections: readonly Row[];
  readonly totals: readonly Total[];
  /** Of a statement that replaces another: what it says otherwise, and what that comes to. */
  readonly changes: {
    readonly heading: string;
    readonly rows: readonly Row[];
    readonly totals: readonly Total[];
  } | null;
  readonly notes: readonly string[];
}

export interface Column {
  readonly header: string;
  /** In points. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** One cell a column. The first text of a cell is its main one, the others are small print under it. */
export type Row = readonly (readonly string[])[];

export interface Total {
  readonly label: string;
  readonly amount: string;
  readonly strong: boolean;
}

/** How a statement of a family is worded, see `StatementToPrint`. */
interface FamilyWords {
  /** Whether a line with a make-up credit says so. */
  readonly creditsNamed: boolean;
}

/** What of a draft has no amount yet. */
interface Unsettled {
  readonly timezone: string;
  readonly wording: number;
  readonly draft: boolean;
  readonly waiting: readonly BlockedLine[];
  /** Lines that count nothing until a person has settled something. */
  readonly underReview: number;
  /** What the version that it replaces said otherwise; null: it is the first, or was issued without. */
  readonly changes: StatementChanges | null;
}

export function familyContent(family: FamilyBill, words: FamilyWords & Unsettled): Content {
  const { creditsNamed, wording } = words;
  const { currency, lines, adjustments, taxes } = family;
  // They say nothing to a family; a teacher disputes a line by its number.
  const numbered = wording < 4;
  const names = new Map(lines.map(({ studentEmail, studentName }) => [studentEmail, studentName] as const));
  const onTop = taxes.some(({ tax }) => !tax.inclusive);
  const billed = lines.reduce((sum, { billedMs }) => sum + minutesOf(billedMs), 0);
  const money = (minor: number): string => grouped(formatAmount(minor, currency));
  return {
    title: 'Statement',
    party: partyOf(family),
    headline: {
      label: 'Total',
      amount: nothingCounts(family, words) ? NO_AMOUNT : `${currency} ${money(family.totalMinor)}`,
      note: noteOf(family, `${minutesText(billed)} minutes billed`, wording),
    },
    columns: columnsOf(['Booked', 'Together', 'Billed'], currency),
    rows: lines.map((line) =>
      rowOf(line, { ...words, numbered }, small(line, creditsNamed), [line.togetherMs, line.billedMs]),
    ),
    waiting: waitingRows(words),
    corrections: adjustments.map((entry) =>
      correction(entry, numbered ? [entry.adjustmentId] : [], [
        nameOr(names.get(entry.personEmail) ?? null, entry.personEmail),
      ]),
    ),
    totals: nothingCounts(family, words) ? [] : wording === 1 ? firstTotals(family) : totalsOf(family),
    changes: changesContent(words.changes, currency, false),
    notes: [
      'Booked is the length of the lesson in the timetable, Together the time that student and teacher were both in ' +
        'the call, Billed what counts for the amount. All three are minutes.',
      roundingNote(currency, onTop),
    ],
  };
}

/** Net, each tax and gross. */
function totalsOf({ currency, taxes, netMinor, totalMinor }: FamilyBill): Total[] {
  const money = (minor: number): string => grouped(formatAmount(minor, currency));
  const total = { label: `Total ${currency}`, amount: money(totalMinor), strong: true };
  if (taxes.length === 0) return [total];
  return [
    { label: 'Net', amount: money(netMinor), strong: false },
    ...taxes.map(({ tax: { code, basisPoints }, netMinor: base, taxMinor }) => {
      const label = `${code} ${formatPercent(basisPoints)} % on ${money(base)}`;
      return { label, amount: money(taxMinor), strong: false };
    }),
    { ...total, label: `Gross total ${currency}` },
  ];
}

/** As the statements of the first edition have them. */
function firstTotals({ currency, taxes, subtotalMinor, totalMinor }: FamilyBill): Total[] {
  const money = (minor: number): string => grouped(formatAmount(minor, currency));
  return [
    ...(taxes.length > 0 ? [{ label: 'Subtotal', amount: money(subtotalMinor), strong: false }] : []),
    ...taxes.map(({ tax: { code, basisPoints, inclusive }, baseMinor, taxMinor }) => {
      const rate = `${code} ${formatPercent(basisPoints)} %`;
      const label = inclusive ? `Included: ${rate} in ${money(baseMinor)}` : `${rate} on ${money(baseMinor)}`;
      return { label, amount: money(taxMinor), strong: false };
    }),
    { label: `Total ${currency}`, amount: money(totalMinor), strong: true },
  ];
}

export function teacherContent(teacher: TeacherPay, unsettled: Unsettled): Content {
  const { currency, lines, adjustments } = teacher;
  const paid = lines.reduce((sum, { paidMs }) => sum + minutesOf(paidMs), 0);
  const carries = teacher.carriedInMinor !== 0 || teacher.carryMinor !== 0;
  const money = (minor: number): string => grouped(formatAmount(minor, currency));
  const approval = teacher.needsApproval ? ', needs approval' : '';
  return {
    title: 'Pay statement',
    party: teacherNamed(teacher.name, teacher.teacherEmail),
    headline: {
      label: 'Payout',
      amount: nothingCounts(teacher, unsettled) ? NO_AMOUNT : `${currency} ${money(teacher.payoutMinor)}`,
      note: noteOf(teacher, `${minutesText(paid)} minutes paid`, unsettled.wording),
    },
    columns: columnsOf(['Booked', 'Held', 'Paid'], currency),
    rows: lines.map((line) =>
      rowOf(line, { ...unsettled, numbered: true }, reasonOf(line), [line.heldMs, line.paidMs]),
    ),
    waiting: waitingRows(unsettled),
    corrections: adjustments.map((entry) => correction(entry, [entry.adjustmentId], [])),
    totals: nothingCounts(teacher, unsettled)
      ? []
      : [
          { label: `Total ${currency}`, amount: money(teacher.totalMinor), strong: !carries },
          ...(carries
            ? [
                { label: 'From earlier periods', amount: money(teacher.carriedInMinor), strong: false },
                { label: `Payout ${currency}`, amount: money(teacher.payoutMinor), strong: true },
                { label: `Left to the next period${approval}`, amount: money(teacher.carryMinor), strong: false },
              ]
            : []),
        ],
    changes: changesContent(unsettled.changes, currency, true),
    notes: [
      'Booked is the length of the lesson in the timetable, Held the time that you were in the call within it, Paid ' +
        'what counts for the amount. All three are minutes.',
      roundingNote(currency, false),
    ],
  };
}

/** Of a draft of somebody none of whose lessons has an amount yet: no total, which would be a wrong zero. */
export function waitingContent({ side, name, familyId, lines, currency }: WaitingParty, zone: string): Content {
  const email = lines[0]?.personEmail ?? name;
  const drawn = nameOr(name, familyId === null ? email : `Family ${familyId}`);
  const isPay = side === 'pay';
  return {
    title: isPay ? 'Pay statement' : 'Statement',
    party: isPay ? teacherNamed(name, email) : drawn,
    headline: {
      label: isPay ? 'Payout' : 'Total',
      amount: NO_AMOUNT,
      note: `${countedInThousands(lines.length, 'lesson')} without an amount`,
    },
    columns: columnsOf(isPay ? ['Booked', 'Held', 'Paid'] : ['Booked', 'Together', 'Billed'], currency ?? 'Amount'),
    rows: [],
    waiting: waitingRows({ timezone: zone, waiting: lines }),
    corrections: [],
    totals: [],
    changes: null,
    notes: [],
  };
}

/** Under the total, what it is for. Editions before the fourth counted no lessons also where a statement has only corrections. */
function noteOf({ lines, adjustments }: FamilyBill | TeacherPay, counted: string, wording: number): string {
  const isCorrections = wording > 3 && lines.length === 0 && adjustments.length > 0;
  if (isCorrections) return `No lessons, only ${countedInThousands(adjustments.length, 'correction')}`;
  return `${countedInThousands(lines.length, 'lesson')}, ${counted}`;
}

const NO_AMOUNT = 'No amount yet';

/** Whether every line waits for a person: the sum of their zeroes is no total. */
function nothingCounts({ lines, adjustments }: FamilyBill | TeacherPay, { underReview }: Unsettled): boolean {
  return lines.length > 0 && lines.length === underReview && adjustments.length === 0;
}

/** Whether the zero of a line is none yet. */
export function isUnderReview({ flags, amountMinor }: ChargeLine | PayLine): boolean {
  return amountMinor === 0 && flags.includes('review_open');
}

function waitingRows({ timezone, waiting }: Pick<Unsettled, 'timezone' | 'waiting'>): Row[] {
  return waiting.map(({ side, date, start, lineId, subject, personName, personEmail, reason }) => [
    [shortDate(date), clockTime(start, timezone) + (side === 'pay' ? ` · ${lineId}` : '')],
    [subject, ...(side === 'pay' ? [] : [nameOr(personName, personEmail)]), reason],
    [],
    [],
    [],
    [],
    ['–'],
  ]);
}

function changesContent(found: StatementChanges | null, currency: string, isPay: boolean): Content['changes'] {
  if (found === null) return null;
  const { version, changes, beforeMinor, deltaMinor, taxDeltaMinor } = found;
  const money = (minor: number): string => grouped(formatAmount(minor, currency));
  const counted = ({ ms, amountMinor }: Counted): string => `${minutes(ms)} min, ${money(amountMinor)}`;
  const textOf = ({ kind, before, after }: EntryChange): string => {
    if (kind === 'added') return 'Added.';
    if (kind === 'taken_off') return 'Taken off.';
    return before !== null && after !== null && counted(before) === counted(after)
      ? 'Changed; the amount stays.'
      : `Was ${counted(before!)}; is ${counted(after!)} now.`;
  };
  return {
    heading:
      changes.length === 0 ? `Nothing changed since version ${version}` : `What changed since version ${version}`,
    rows: changes.map((change) => [
      [shortDate(change.date), change.id],
      [change.subject, ...(isPay ? [] : [nameOr(change.personName, change.personEmail)]), textOf(change)],
      [],
      [],
      [signed(minutes((change.after?.ms ?? 0) - (change.before?.ms ?? 0)))],
      [],
      [signed(money(change.deltaMinor))],
    ]),
    totals: [
      ...(taxDeltaMinor === 0 ? [] : [{ label: 'Tax on top', amount: signed(money(taxDeltaMinor)), strong: false }]),
      { label: `Version ${version} was`, amount: money(beforeMinor), strong: false },
      { label: `Difference ${currency}`, amount: signed(money(deltaMinor)), strong: true },
    ],
  };
}

function teacherNamed(name: string, email: string): string {
  return nameOr(name, email) === email ? email : `${name} (${email})`;
}

function columnsOf(minutes: readonly [string, string, string], currency: string): readonly Column[] {
  return [
    { header: 'Date', width: 94, align: 'left' },
    { header: 'Lesson', width: 145, align: 'left' },
    { header: minutes[0], width: 44, align: 'right' },
    { header: minutes[1], width: 50, align: 'right' },
    { header: minutes[2], width: 38, align: 'right' },
    { header: 'Rate', width: 64, align: 'right' },
    { header: currency, width: 64, align: 'right' },
  ];
}

/** @param durations those that stand after the length in the timetable, in ms */
function rowOf(
  line: ChargeLine | PayLine,
  { timezone: zone, draft, numbered }: Pick<Unsettled, 'timezone' | 'draft'> & { readonly numbered: boolean },
  smallPrint: string[],
  durations: readonly number[],
): Row {
  const { date, start, end, lineId, scheduledMs } = line;
  const time = `${clockTime(start, zone)}–${clockTime(end, zone)}`;
  return [
    [shortDate(date), numbered ? `${time} · ${lineId}` : time],
    [line.subject, ...smallPrint],
    ...[scheduledMs, ...durations].map((ms) => [minutes(ms)]),
    rateText(line),
    [draft && isUnderReview(line) ? '–' : grouped(line.amount)],
  ];
}

function small(line: ChargeLine, creditsNamed: boolean): string[] {
  const teacher =
    line.teacherEmail === null ? '' : `, taught by ${nameOr(line.teacherName ?? null, line.teacherEmail)}`;
  const money = (minor: number): string => grouped(formatAmount(minor, line.currency));
  const discount =
    line.discountMinor === 0 ? [] : [`${money(line.priceMinor)} less a discount of ${money(line.discountMinor)}`];
  return [
    `${nameOr(line.studentName, line.studentEmail)}${teacher}`,
    ...reasonOf(line),
    ...discount,
    ...(line.credit && creditsNamed ? ['A make-up lesson is credited.'] : []),
  ];
}

/** Why an amount is what it is; nothing for a lesson that was attended and has an amount of its rate and minutes. */
function reasonOf(line: ChargeLine | PayLine): string[] {
  const furtherStudents = line.side === 'pay' && line.tiers?.heads.some(({ heads }) => heads > 1);
  return line.outcome === 'attended' && line.amountMinor !== 0 && furtherStudents !== true ? [] : [line.reason];
}

/** A name that no typeface draws would be a row of boxes: the e-mail says who it is. */
export function nameOr(name: string | null, email: string): string {
  if (name === null) return email;
  const drawn = printable(name);
  return drawn !== '' && legible(drawn) ? drawn : email;
}

function partyOf({ name, familyId, email }: FamilyBill): string {
  const drawn = printable(name);
  if (drawn !== '' && legible(drawn)) return drawn;
  return familyId === null ? (email ?? name) : `Family ${familyId}`;
}

function rateText(line: ChargeLine | PayLine): string[] {
  const basis = priceBasis(line);
  switch (basis?.unit) {
    case undefined:
      return ['–'];
    case 'percent':
      return [`${basis!.amount} %`, 'of charge'];
    case 'hour':
      return [`${grouped(basis!.amount)}/h`];
    case 'lesson':
      return [`${grouped(basis!.amount)} each`];
  }
}

function correction(entry: Adjustment, number: readonly string[], who: readonly string[]): Row {
  return [
    [shortDate(entry.date), ...number],
    [entry.subject, ...who, entry.reason],
    [],
    [],
    [signed(minutes(entry.ms))],
    [],
    [signed(grouped(entry.amount))],
  ];
}

/** A correction always shows which way it goes. */
function signed(text: string): string {
  return text.startsWith('-') || /^[0.]+$/.test(text) ? text : `+${text}`;
}

function roundingNote(currency: string, taxOnTop: boolean): string {
  const digits = currencyDigits(currency);
  const unit = digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`;
  const tax = taxOnTop ? ' and the tax shown above' : '';
  return `Each line is rounded to ${unit} ${currency}; the total is the sum of the rounded lines${tax}.`;
}

function minutes(ms: number): string {
  return minutesText(minutesOf(ms));
}

/** Every text as it can be drawn. */
export function drawable(content: Content): Content {
  const rows = (some: readonly Row[]): readonly Row[] =>
    some.map((row) => row.map((cell) => cell.map((text) => printable(text))));
  return {
    ...content,
    party: printable(content.party),
    rows: rows(content.rows),
    waiting: rows(content.waiting),
    corrections: rows(content.corrections),
    changes: content.changes === null ? null : { ...content.changes, rows: rows(content.changes.rows) },
  };
}
