import { periodBounds } from '../../time/calendar.ts';
import type { Adjustment, Proposals } from './adjustments.ts';
import type { BlockedLine, ChargeLine, PayLine } from '../lesson/line.ts';
import type { PeriodLines } from '../lines.ts';
import { currencyDigits } from '../money/currencies.ts';
import { parseAmount } from '../money/money.ts';
import { familyStatements, teacherStatements } from './statements.ts';

/** What the audit before a close looks at. */
export interface PeriodToClose {
  readonly period: string;
  readonly zone: string;
  readonly lines: PeriodLines;
  /** Corrections of earlier periods that are posted in this one. */
  readonly adjustments: readonly Adjustment[];
  /** Corrections that nobody has posted yet. */
  readonly proposals: Proposals;
  /** Carries of teachers, see `teacherStatements`. */
  readonly carriedIn?: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Pay lines that a teacher disputes. */
  readonly disputed?: readonly string[];
}

/** One statement that must be true of a period before it is closed, and what speaks against it. */
export interface Invariant {
  readonly name: string;
  /** What is claimed, in a sentence. */
  readonly claim: string;
  readonly holds: boolean;
  /** `blocks`: closing needs the exceptions on the cover. `warns`: to be read, no more. `fault`: never closes. */
  readonly severity: 'blocks' | 'warns' | 'fault';
  /** Line ids, or sentences. */
  readonly against: readonly string[];
}

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
    name: string,
    text: string,
    against: readonly string[],
  ): Invariant => ({
    name,
    claim: text,
    holds: against.length === 0,
    severity,
    against,
  });
  const blockedBy = (...codes: readonly BlockedLine['code'][]): string[] =>
    blocked.filter(({ code }) => codes.includes(code)).map(({ lineId, reason }) => `${lineId}: ${reason}`);
  const flagged = (flag: string): string[] =>
    all.filter(({ flags }) => flags.includes(flag)).map(({ lineId }) => lineId);
  const { end } = periodBounds(period, zone);
  return [
    claim('blocks', 'period_is_over', 'The period has ended.', asOf < end ? [`${period} is not over`] : []),
    claim('blocks', 'evidence_is_whole', 'Every class has an outcome.', blockedBy('not_over', 'no_evidence')),
    claim('blocks', 'nobody_is_unidentified', 'No review is open.', [
      ...blockedBy('review_open'),
      ...flagged('review_open'),
    ]),
    claim('blocks', 'cancellations_are_settled', 'No cancelled class was held.', blockedBy('held_although_canceled')),
    claim(
      'blocks',
      'every_line_has_a_rate',
      'Every line has a rate.',
      blockedBy('no_rate', 'rates_differ', 'charge_blocked'),
    ),
    claim('blocks', 'no_line_is_disputed', 'No teacher disputes a line.', toClose.disputed ?? []),
    claim('fault', 'totals_re_add', 'Every total is the sum of its lines.', totalsOff(charges, pay, adjustments)),
    claim('fault', 'amounts_are_exact', 'Text and minor units of every amount agree.', amountsOff(all)),
    claim('fault', 'line_ids_are_unique', 'No line is there twice.', repeated(all.map(({ lineId }) => lineId))),
    claim('fault', 'no_minute_is_negative', 'No line has less than nothing.', negative(charges, pay)),
    claim('fault', 'nothing_unknown_is_money', 'No unknown outcome has an amount.', unknownMoney(all)),
    claim('warns', 'no_line_to_look_at', 'No line asks to be looked at.', flagged('review')),
    claim('warns', 'nobody_is_double_booked', 'Nobody was in two classes at once.', [
      ...flagged('student_double_booked'),
      ...flagged('teacher_double_booked'),
    ]),
    claim('warns', 'every_student_has_a_family', 'Every student is in a family.', flagged('no_family')),
    claim('warns', 'closed_periods_agree', 'No correction of a closed period waits.', [
      ...proposals.adjustments.map(({ adjustmentId, reason }) => `${adjustmentId}: ${reason}`),
      ...proposals.unresolved.map(({ lineId }) => lineId),
    ]),
    claim(
      'warns',
      'no_pay_is_negative',
      'No teacher owes for the period.',
      teacherStatements(pay, adjustments, carriedIn)
        .filter(({ needsApproval }) => needsApproval)
        .map(
          ({ teacherEmail, carryMinor, currency }) =>
            `${teacherEmail}: ${carryMinor} minor units ${currency} are carried over`,
        ),
    ),
  ];
}

/** Whether a period may be closed: clean, with exceptions on the cover, or not at all. */
export function closable(invariants: readonly Invariant[]): 'clean' | 'with_exceptions' | 'no' {
  const failed = invariants.filter(({ holds }) => !holds);
  if (failed.some(({ severity, name }) => severity === 'fault' || name === 'period_is_over')) return 'no';
  return failed.some(({ severity }) => severity === 'blocks') ? 'with_exceptions' : 'clean';
}

function totalsOff(
  charges: readonly ChargeLine[],
  pay: readonly PayLine[],
  adjustments: readonly Adjustment[],
): string[] {
  const statements = [...familyStatements(charges, adjustments), ...teacherStatements(pay, adjustments)];
  const stated = statements.reduce((sum, { lines, adjustments: own }) => sum + lines.length + own.length, 0);
  const off = statements
    .filter((statement) => {
      const parts = [...statement.lines, ...statement.adjustments].reduce(
        (sum, { amountMinor }) => sum + amountMinor,
        0,
      );
      return parts !== ('subtotalMinor' in statement ? statement.subtotalMinor : statement.totalMinor);
    })
    .map(({ currency, total }) => `${total} ${currency}`);
  return stated === charges.length + pay.length + adjustments.length ? off : [...off, 'a line is on no statement'];
}

function amountsOff(lines: readonly (ChargeLine | PayLine)[]): string[] {
  return lines
    .filter(({ amount, amountMinor, currency }) => {
      const decimals = amount.split('.')[1]?.length ?? 0;
      return parseAmount(amount, currency) !== amountMinor || decimals !== currencyDigits(currency);
    })
    .map(({ lineId }) => lineId);
}

function repeated(lineIds: readonly string[]): string[] {
  return [...Map.groupBy(lineIds, (id) => id)].filter(([, same]) => same.length > 1).map(([id]) => id);
}

function negative(charges: readonly ChargeLine[], pay: readonly PayLine[]): string[] {
  return [
    ...charges.filter(({ billedMs, amountMinor, taxMinor }) => Math.min(billedMs, amountMinor, taxMinor) < 0),
    ...pay.filter(({ paidMs, amountMinor }) => Math.min(paidMs, amountMinor) < 0),
  ].map(({ lineId }) => lineId);
}

function unknownMoney(lines: readonly (ChargeLine | PayLine)[]): string[] {
  return lines
    .filter(({ amountMinor }) => amountMinor !== 0)
    .filter(({ outcome }) => outcome === 'unknown' || outcome === 'held_although_canceled')
    .map(({ lineId }) => lineId);
}

/** The exceptions of an audit for the cover of a period that is closed in spite of them. */
export function exceptionsOf(invariants: readonly Invariant[]): string[] {
  return invariants
    .filter(({ holds, severity }) => !holds && severity !== 'fault')
    .flatMap(({ name, against }) => against.map((item) => `${name}: ${item}`));
}
