import { currencyDigits } from '../../core/billing/money/currencies.ts';
import { clockTime } from '../../core/time/calendar.ts';
import type { AdjustmentEntry, BillLine, FamilyBill, PayrollLine, TeacherPay } from '../../core/reports/report.ts';
import { legible, printable } from './page.ts';
import { counted, grouped, minutesText, shortDate } from './words.ts';

/** What a statement says, before anything is drawn. */
export interface Content {
  readonly title: string;
  readonly party: string;
  readonly headline: { readonly label: string; readonly amount: string; readonly note: string };
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly corrections: readonly Row[];
  readonly totals: readonly Total[];
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

/** @param creditsNamed whether a line with a make-up credit says so, see `StatementToPrint` */
export function familyContent(
  family: FamilyBill,
  { timezone: zone, creditsNamed }: { readonly timezone: string; readonly creditsNamed: boolean },
): Content {
  const { currency, lines, adjustments, taxes } = family;
  const names = new Map(lines.map(({ student_email, student_name }) => [student_email, student_name] as const));
  const onTop = taxes.some(({ inclusive }) => !inclusive);
  const billed = lines.reduce((sum, { billed_minutes }) => sum + billed_minutes, 0);
  return {
    title: 'Statement',
    party: partyOf(family),
    headline: {
      label: 'Total',
      amount: withCurrency(family.total, currency),
      note: `${counted(lines.length, 'lesson')}, ${minutesText(billed)} minutes billed`,
    },
    columns: columnsOf(['Booked', 'Together', 'Billed'], currency),
    rows: lines.map((line) => [
      when(line, zone),
      [line.subject, ...small(line, creditsNamed)],
      [minutesText(line.scheduled_minutes)],
      [minutesText(line.together_minutes)],
      [minutesText(line.billed_minutes)],
      [rateText(line)],
      [grouped(line.amount)],
    ]),
    corrections: adjustments.map((entry) =>
      correction(entry, [nameOr(names.get(entry.person_email) ?? null, entry.person_email)]),
    ),
    totals: [
      ...(taxes.length > 0 ? [{ label: 'Subtotal', amount: grouped(family.subtotal), strong: false }] : []),
      ...taxes.map(({ code, percent, inclusive, base, tax }) => ({
        label: `${inclusive ? 'Included: ' : ''}${code} ${percent} % ${inclusive ? 'in' : 'on'} ${grouped(base)}`,
        amount: grouped(tax),
        strong: false,
      })),
      { label: `Total ${currency}`, amount: grouped(family.total), strong: true },
    ],
    notes: [
      'Booked is the length of the lesson in the timetable, Together the time that student and teacher were both in ' +
        'the call, Billed what counts for the amount. All three are minutes.',
      roundingNote(currency, onTop),
    ],
  };
}

export function teacherContent(teacher: TeacherPay, zone: string): Content {
  const { currency, lines, adjustments } = teacher;
  const paid = lines.reduce((sum, { paid_minutes }) => sum + paid_minutes, 0);
  const carries = teacher.carried_in_minor !== 0 || teacher.carry_minor !== 0;
  const approval = teacher.needs_approval ? ', needs approval' : '';
  return {
    title: 'Pay statement',
    party:
      nameOr(teacher.name, teacher.teacher_email) === teacher.teacher_email
        ? teacher.teacher_email
        : `${teacher.name} (${teacher.teacher_email})`,
    headline: {
      label: 'Payout',
      amount: withCurrency(teacher.payout, currency),
      note: `${counted(lines.length, 'lesson')}, ${minutesText(paid)} minutes paid`,
    },
    columns: columnsOf(['Booked', 'Held', 'Paid'], currency),
    rows: lines.map((line) => [
      when(line, zone),
      [line.subject, ...reasonOf(line)],
      [minutesText(line.scheduled_minutes)],
      [minutesText(line.held_minutes)],
      [minutesText(line.paid_minutes)],
      [rateText(line)],
      [grouped(line.amount)],
    ]),
    corrections: adjustments.map((entry) => correction(entry, [])),
    totals: [
      { label: `Total ${currency}`, amount: grouped(teacher.total), strong: !carries },
      ...(carries
        ? [
            { label: 'From earlier periods', amount: grouped(teacher.carried_in), strong: false },
            { label: `Payout ${currency}`, amount: grouped(teacher.payout), strong: true },
            { label: `Left to the next period${approval}`, amount: grouped(teacher.carry), strong: false },
          ]
        : []),
    ],
    notes: [
      'Booked is the length of the lesson in the timetable, Held the time that you were in the call within it, Paid ' +
        'what counts for the amount. All three are minutes.',
      roundingNote(currency, false),
    ],
  };
}

function columnsOf(minutes: readonly [string, string, string], currency: string): readonly Column[] {
  return [
    { header: 'Date', width: 94, align: 'left' },
    { header: 'Lesson', width: 165, align: 'left' },
    { header: minutes[0], width: 44, align: 'right' },
    { header: minutes[1], width: 50, align: 'right' },
    { header: minutes[2], width: 38, align: 'right' },
    { header: 'Rate', width: 52, align: 'right' },
    { header: currency, width: 56, align: 'right' },
  ];
}

function when(line: BillLine | PayrollLine, zone: string): string[] {
  const clock = (instant: string): string => clockTime(Date.parse(instant), zone);
  return [shortDate(line.date), `${clock(line.start_time)}–${clock(line.end_time)} · ${line.line_id}`];
}

function small(line: BillLine, creditsNamed: boolean): string[] {
  const teacher = line.teacher_email === null ? '' : `, taught by ${line.teacher_email}`;
  const discount =
    line.discount_minor === 0 ? [] : [`${grouped(line.price)} less a discount of ${grouped(line.discount)}`];
  return [
    `${nameOr(line.student_name, line.student_email)}${teacher}`,
    ...reasonOf(line),
    ...discount,
    ...(line.credit && creditsNamed ? ['A make-up lesson is credited.'] : []),
  ];
}

/** What speaks for itself needs no sentence. */
function reasonOf(line: BillLine | PayrollLine): string[] {
  return line.outcome === 'attended' && line.amount_minor !== 0 ? [] : [line.reason];
}

/** A name that the font cannot draw would be a row of boxes: the e-mail says who it is. */
function nameOr(name: string | null, email: string): string {
  if (name === null) return email;
  return legible(name) ? name : email;
}

function partyOf({ name, family_id, lines }: FamilyBill): string {
  if (legible(name)) return name;
  return family_id === null ? (lines[0]?.student_email ?? name) : `Family ${family_id}`;
}

function rateText({ rate, rate_unit }: BillLine | PayrollLine): string {
  if (rate === null) return '–';
  return rate_unit === 'hour' ? `${grouped(rate)}/h` : `${grouped(rate)} each`;
}

function correction(entry: AdjustmentEntry, who: readonly string[]): Row {
  return [
    [shortDate(entry.date), entry.adjustment_id],
    [entry.subject, ...who, entry.reason],
    [],
    [],
    [signed(minutesText(entry.minutes))],
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

function withCurrency(amount: string, currency: string): string {
  return `${currency} ${grouped(amount)}`;
}

/** Every text as it can be drawn. */
export function drawable(content: Content): Content {
  const rows = (some: readonly Row[]): readonly Row[] =>
    some.map((row) => row.map((cell) => cell.map((text) => printable(text))));
  return {
    ...content,
    party: printable(content.party),
    rows: rows(content.rows),
    corrections: rows(content.corrections),
  };
}
