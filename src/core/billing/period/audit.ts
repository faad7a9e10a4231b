import { counted } from '../../counted.ts';
import { periodBounds } from '../../time/calendar.ts';
import { shortDate } from '../../time/date-words.ts';
import { MINUTE_MS } from '../../time/duration.ts';
import type { LineFlag } from '../lesson/flags.ts';
import type { BlockedLine, ChargeLine, PayLine } from '../lesson/line.ts';
import { parseLineId } from '../line-id.ts';
import type { PeriodLines } from '../lines.ts';
import { currencyDigits } from '../money/currencies.ts';
import { formatAmount, parseAmount, sum } from '../money/money.ts';
import type { Adjustment, Proposals } from './adjustments.ts';
import type { Against, PeriodException } from './exceptions.ts';
import { familyStatements, payHash, teacherStatements, type TeacherStatement } from './statements.ts';

/** What the audit before a close looks at. */
export interface PeriodToClose {
  readonly period: string;
  readonly zone: string;
  /** What stands on its days already, a sentence each. */
  readonly closed?: readonly string[];
  readonly lines: PeriodLines;
  /** Corrections of earlier periods that are posted in this one. */
  readonly adjustments: readonly Adjustment[];
  /** Corrections that nobody has posted yet. */
  readonly proposals: Proposals;
  /** Meetings that look like lessons and are on no bill, a sentence each. */
  readonly unbilled?: readonly string[];
  /** Carries of teachers, see `teacherStatements`. */
  readonly carriedIn?: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Pay lines that a teacher disputes. */
  readonly disputed?: readonly string[];
  /** Teacher → hash of the pay that the teacher accepted, see `payHash`. */
  readonly acceptedPay: ReadonlyMap<number, string>;
}

/** One statement that must be true of a period before it is closed, and what speaks against it. */
export interface Invariant {
  readonly name: string;
  /** What is claimed, in a sentence. */
  readonly claim: string;
  /** What stands against it, counted: `2 lines have no rate`. Null where it holds. */
  readonly problem: string | null;
  readonly holds: boolean;
  /** `blocks`: the period closes only with this exception on its cover. `warns`: it closes. `fault`: it never closes. */
  readonly severity: 'blocks' | 'warns' | 'fault';
  readonly against: readonly Against[];
}

const PROBLEMS = {
  period_is_over: () => 'it is not over',
  period_is_open: (n: number) => `${counted(n, 'close stands', 'closes stand')} on its days`,
  evidence_is_whole: (n: number) => `${counted(n, 'line has', 'lines have')} no outcome yet`,
  nobody_is_unidentified: (n: number) => `${counted(n, 'line waits', 'lines wait')} for a review`,
  cancellations_are_settled: (n: number) => `${counted(n, 'line is', 'lines are')} of a canceled class that was held`,
  every_line_has_a_rate: (n: number) => `${counted(n, 'line has', 'lines have')} no rate`,
  no_line_is_disputed: (n: number) => `${counted(n, 'line is', 'lines are')} disputed`,
  totals_re_add: (n: number) => `${counted(n, 'total is', 'totals are')} not the sum of the lines`,
  amounts_are_exact: (n: number) => `${counted(n, 'amount is', 'amounts are')} not exact`,
  line_ids_are_unique: (n: number) => `${counted(n, 'line is', 'lines are')} there twice`,
  no_minute_is_negative: (n: number) => `${counted(n, 'line has', 'lines have')} minutes or an amount below zero`,
  nothing_unknown_is_money: (n: number) => `${counted(n, 'line has', 'lines have')} an amount without an outcome`,
  no_line_to_look_at: (n: number) => `${counted(n, 'line asks', 'lines ask')} to be looked at`,
  no_lesson_is_unbilled: (n: number) =>
    `${counted(n, 'meeting looks like a lesson and is', 'meetings look like lessons and are')} on no bill`,
  no_overrun_waits: (n: number) => `${counted(n, 'overrun waits', 'overruns wait')} for a decision`,
  nobody_is_double_booked: (n: number) => `${counted(n, 'line is', 'lines are')} of somebody in two classes at once`,
  every_student_has_a_family: (n: number) => `${counted(n, 'line is', 'lines are')} of a student without a family`,
  bills_are_in_the_currency_of_the_family: (n: number) =>
    `${counted(n, 'line is', 'lines are')} in another currency than that of the family`,
  closed_periods_agree: (n: number) =>
    `${counted(n, 'correction of a closed period waits', 'corrections of closed periods wait')}`,
  no_pay_is_negative: (n: number) => `${counted(n, 'teacher owes', 'teachers owe')} for the period`,
  teachers_have_accepted: (n: number) =>
    `${counted(n, 'teacher has', 'teachers have')} not accepted the pay as it is now`,
} as const;

/**
 * The audit before a close.
 *
 * @param asOf now, epoch ms
 */
export function auditPeriod(toClose: PeriodToClose, asOf: number): Invariant[] {
  const { period, zone, lines, adjustments, proposals, carriedIn } = toClose;
  const { charges, pay, blocked } = lines;
  const all = [...charges, ...pay];
  const claim = (
    severity: Invariant['severity'],
    name: keyof typeof PROBLEMS,
    text: string,
    against: readonly Against[],
  ): Invariant => ({
    name,
    claim: text,
    problem: against.length === 0 ? null : PROBLEMS[name](against.length),
    holds: against.length === 0,
    severity,
    against,
  });
  const blockedBy = (...codes: readonly BlockedLine['code'][]): Against[] =>
    blocked
      .filter(({ code }) => codes.includes(code))
      .map((line) => ({ lineId: line.lineId, text: lessonText(line, line.reason) }));
  const flagged = (flag: LineFlag): Against[] => ofLines(all.filter(({ flags }) => flags.includes(flag)));
  const waiting = all.filter(({ flags }) => flags.includes('review_open'));
  const heldAlthoughCanceled = waiting.filter(({ outcome }) => outcome === 'held_although_canceled');
  const statements = teacherStatements(pay, adjustments, carriedIn);
  const { end } = periodBounds(period, zone);
  return [
    claim('blocks', 'period_is_over', 'The period has ended.', asOf < end ? [ofPeriod(`${period} is not over`)] : []),
    claim('blocks', 'period_is_open', 'No day of the period is closed.', (toClose.closed ?? []).map(ofPeriod)),
    claim('blocks', 'evidence_is_whole', 'Every class has an outcome.', blockedBy('not_over', 'no_evidence')),
    claim('blocks', 'nobody_is_unidentified', 'No review is open.', [
      ...blockedBy('review_open'),
      ...waiting
        .filter((line) => !heldAlthoughCanceled.includes(line))
        .map((line) => ({ lineId: line.lineId, text: lessonText(line, inDoubt(line)) })),
    ]),
    claim(
      'blocks',
      'cancellations_are_settled',
      'No canceled class was held.',
      heldAlthoughCanceled.map((line) => ({ lineId: line.lineId, text: lessonText(line, line.reason) })),
    ),
    claim(
      'blocks',
      'every_line_has_a_rate',
      'Every line has a rate.',
      blockedBy('no_rate', 'rates_differ', 'charge_blocked'),
    ),
    claim(
      'blocks',
      'no_line_is_disputed',
      'No teacher disputes a line.',
      (toClose.disputed ?? []).map((lineId) => disputeOf(lineId, pay)),
    ),
    claim('fault', 'totals_re_add', 'Every total is the sum of its lines.', totalsOff(charges, pay, adjustments)),
    claim('fault', 'amounts_are_exact', 'Every amount is exact.', amountsOff(all)),
    claim('fault', 'line_ids_are_unique', 'No line is there twice.', repeated(all.map(({ lineId }) => lineId))),
    claim('fault', 'no_minute_is_negative', 'No line has minutes or an amount below zero.', negative(charges, pay)),
    claim('fault', 'nothing_unknown_is_money', 'No line without an outcome has an amount.', unknownMoney(all)),
    claim('warns', 'no_line_to_look_at', 'No line asks to be looked at.', flagged('review')),
    claim('warns', 'no_lesson_is_unbilled', 'Every lesson is on a bill.', (toClose.unbilled ?? []).map(ofPeriod)),
    claim(
      'warns',
      'no_overrun_waits',
      'Every overrun of a minute or more was approved or refused.',
      ofLines(charges.filter(({ flags, overrunMs }) => flags.includes('unapproved_overrun') && overrunMs >= MINUTE_MS)),
    ),
    claim('warns', 'nobody_is_double_booked', 'Nobody was in two classes at once.', [
      ...flagged('student_double_booked'),
      ...flagged('teacher_double_booked'),
    ]),
    claim('warns', 'every_student_has_a_family', 'Every student is in a family.', flagged('no_family')),
    claim(
      'warns',
      'bills_are_in_the_currency_of_the_family',
      'Every family is billed in its own currency.',
      flagged('other_currency'),
    ),
    claim('warns', 'closed_periods_agree', 'No correction of a closed period waits.', [
      ...proposals.adjustments.map(({ adjustmentId, reason }) => ({ lineId: adjustmentId, text: reason })),
      ...proposals.unresolved.map(({ lineId, ...line }) => ({
        lineId,
        text: lessonText(line, `It cannot be computed again yet. ${line.reason}`),
      })),
    ]),
    claim(
      'warns',
      'no_pay_is_negative',
      'No teacher owes for the period.',
      statements
        .filter(({ needsApproval }) => needsApproval)
        .map(({ teacherEmail, carryMinor, currency }) =>
          ofPeriod(`${teacherEmail}: ${formatAmount(carryMinor, currency)} ${currency} is carried over`),
        ),
    ),
    claim(
      'warns',
      'teachers_have_accepted',
      'Every teacher has accepted the pay as it is now.',
      notAccepted(statements, toClose.acceptedPay).map(ofPeriod),
    ),
  ];
}

/** No exception helps against these. */
const NEVER: ReadonlySet<string> = new Set(['period_is_over', 'period_is_open']);

/** Whether a period may be closed: clean, with exceptions on the cover, or not at all. */
export function closable(invariants: readonly Invariant[]): 'clean' | 'with_exceptions' | 'no' {
  const failed = invariants.filter(({ holds }) => !holds);
  if (failed.some(({ severity, name }) => severity === 'fault' || NEVER.has(name))) return 'no';
  return failed.some(({ severity }) => severity === 'blocks') ? 'with_exceptions' : 'clean';
}

/** What is not settled of a line that waits for a review. One that has an outcome already has the reason of that. */
function inDoubt({ outcome, reason }: Pick<ChargeLine | PayLine, 'outcome' | 'reason'>): string {
  const counts = outcome === 'attended' || outcome === 'canceled';
  return counts ? 'Somebody in the call was not recognised yet, so its minutes may change.' : reason;
}

/** `Algebra, 14 Jan 2026: Nobody came.` */
function lessonText({ subject, date }: { readonly subject: string; readonly date: string }, text: string): string {
  return `${subject}, ${shortDate(date)}: ${text}`;
}

function disputeOf(lineId: string, pay: readonly PayLine[]): Against {
  const line = pay.find((candidate) => candidate.lineId === lineId);
  const text = 'The teacher disputes the line.';
  return { lineId, text: line === undefined ? text : lessonText(line, text) };
}

function ofPeriod(text: string): Against {
  return { lineId: null, text };
}

function ofLines(lines: readonly { readonly lineId: string }[]): Against[] {
  return lines.map(({ lineId }) => ({ lineId, text: null }));
}

/** E-mails of the teachers who accepted another pay, or none. */
function notAccepted(statements: readonly TeacherStatement[], acceptedPay: ReadonlyMap<number, string>): string[] {
  const missing = statements.filter(({ teacherId }) => acceptedPay.get(teacherId) !== payHash(statements, teacherId));
  return [...new Set(missing.map(({ teacherEmail }) => teacherEmail))].sort();
}

function totalsOff(
  charges: readonly ChargeLine[],
  pay: readonly PayLine[],
  adjustments: readonly Adjustment[],
): Against[] {
  const statements = [...familyStatements(charges, adjustments), ...teacherStatements(pay, adjustments)];
  const stated = sum(statements.map(({ lines, adjustments: own }) => lines.length + own.length));
  const off = statements
    .filter((statement) => {
      const parts = sum([...statement.lines, ...statement.adjustments].map(({ amountMinor }) => amountMinor));
      return parts !== ('subtotalMinor' in statement ? statement.subtotalMinor : statement.totalMinor);
    })
    .map(({ currency, total }) => ofPeriod(`${total} ${currency}`));
  return stated === charges.length + pay.length + adjustments.length
    ? off
    : [...off, ofPeriod('a line is on no statement')];
}

function amountsOff(lines: readonly (ChargeLine | PayLine)[]): Against[] {
  return ofLines(
    lines.filter(({ amount, amountMinor, currency }) => {
      const decimals = amount.split('.')[1]?.length ?? 0;
      return parseAmount(amount, currency) !== amountMinor || decimals !== currencyDigits(currency);
    }),
  );
}

function repeated(lineIds: readonly string[]): Against[] {
  const found = [...Map.groupBy(lineIds, (id) => id)].filter(([, same]) => same.length > 1);
  return found.map(([lineId]) => ({ lineId, text: null }));
}

function negative(charges: readonly ChargeLine[], pay: readonly PayLine[]): Against[] {
  return ofLines([
    ...charges.filter(({ billedMs, amountMinor, taxMinor }) => Math.min(billedMs, amountMinor, taxMinor) < 0),
    ...pay.filter(({ paidMs, amountMinor }) => Math.min(paidMs, amountMinor) < 0),
  ]);
}

function unknownMoney(lines: readonly (ChargeLine | PayLine)[]): Against[] {
  return ofLines(
    lines
      .filter(({ amountMinor }) => amountMinor !== 0)
      .filter(({ outcome }) => outcome === 'unknown' || outcome === 'held_although_canceled'),
  );
}

/**
 * The claims that did not hold, for the cover of a period that is closed nevertheless. Warnings are left out: families
 * read the cover, and whether a teacher accepted the pay does not concern them.
 *
 * @param familyOf student → family
 */
export function exceptionsOf(
  invariants: readonly Invariant[],
  { charges, blocked }: Pick<PeriodLines, 'charges' | 'blocked'>,
  familyOf: ReadonlyMap<number, number>,
): PeriodException[] {
  const students = new Map([
    ...charges.map(
      ({ lineId, studentName, studentEmail }) => [lineId, { name: studentName, email: studentEmail }] as const,
    ),
    ...blocked.map(
      ({ lineId, personName, personEmail }) => [lineId, { name: personName, email: personEmail }] as const,
    ),
  ]);
  return invariants
    .filter(({ holds, severity }) => !holds && severity === 'blocks')
    .flatMap(({ name, against }) =>
      against.map((item): PeriodException => {
        const line = item.lineId === null ? null : parseLineId(item.lineId);
        if (item.lineId === null || line?.side !== 'charge') return { invariant: name, ...item };
        const [familyId, student] = [familyOf.get(line.personId), students.get(item.lineId)];
        const family = familyId === undefined ? {} : { familyId };
        return { invariant: name, ...item, ...family, ...(student === undefined ? {} : { student }) };
      }),
    );
}
