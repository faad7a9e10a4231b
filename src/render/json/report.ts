import { priceBasis, type BlockedLine, type ChargeLine, type PayLine } from '../../core/billing/lesson/line.ts';
import { taxed, type Taxed } from '../../core/billing/lesson/pricing.ts';
import { formatAmount, formatPercent } from '../../core/billing/money/money.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Counted } from '../../core/billing/period/changes.ts';
import { exceptionText } from '../../core/billing/period/exceptions.ts';
import type { StatementTax } from '../../core/billing/period/statements.ts';
import { WORDING } from '../../core/billing/period/wording.ts';
import { dueDate } from '../../core/reports/due-date.ts';
import { statementReference, type FamilyBill, type TeacherPay } from '../../core/reports/report.ts';
import type { WaitingParty } from '../../core/reports/waiting.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { MINUTE_MS, minutesOf } from '../../core/time/duration.ts';
import type { AttendanceSummary } from '../../queries/reports/attendance.ts';
import type { Bills } from '../../queries/reports/bills.ts';
import type { Payroll } from '../../queries/reports/payroll.ts';
import type { UnbilledMeeting } from '../../queries/reports/unbilled.ts';
import { instantOrNull, showSpan } from './fields.ts';

// Amounts are decimal text in the digits of the currency, with the whole number of minor units beside it. Minutes are
// numbers to two decimals, for reading only.

/** A report, with whether it was issued and the end of the audit log to check it by. */
export function showReport(view: Bills | Payroll) {
  const { close, audit, school } = view;
  const { school_name: name, address, tax_number, payment_details, due_days } = school;
  return {
    period: view.period,
    timezone: view.zone,
    ...(view.kind === 'billing'
      ? {
          school: { name, address, tax_number, payment_details },
          due_date: dueDate(close?.closedAt ?? null, due_days, view.zone),
        }
      : { school: { name, address, tax_number } }),
    ...(view.kind === 'billing'
      ? { families: view.statements.map((bill) => ({ ...showBill(bill), ...showReplaces(view, bill) })) }
      : { teachers: view.statements.map((own) => ({ ...showTeacherPay(own), ...showReplaces(view, own) })) }),
    blocked: view.blocked.map(showBlocked),
    without_amount: view.waiting.map(showWaiting),
    state: close === null ? 'draft' : 'closed',
    version: close?.version ?? null,
    document_id: close?.documentId ?? null,
    closed_time: instantOrNull(close?.closedAt ?? null),
    audit,
    exceptions: view.exceptions.map((exception) => exceptionText(exception, close?.wording ?? WORDING)),
  };
}

/** Somebody who has lines and, for want of an amount, no statement in a draft. */
function showWaiting({ side, familyId, personId, name, currency, lines }: WaitingParty) {
  return {
    ...(side === 'charge'
      ? { family_id: familyId, student_id: personId }
      : { teacher_id: personId, teacher_email: lines[0]?.personEmail ?? null }),
    name,
    currency,
    line_ids: lines.map(({ lineId }) => lineId),
  };
}

/** What a statement says otherwise than the version that it replaces; null: there was none. */
function showReplaces({ period, changes }: Bills | Payroll, statement: FamilyBill | TeacherPay) {
  const found = changes.get(statementReference(period, statement));
  if (found === undefined) return { replaces: null };
  const { currency } = statement;
  const { version, beforeMinor, deltaMinor, taxDeltaMinor } = found;
  const money = (minor: number): string => formatAmount(minor, currency);
  return {
    replaces: {
      version,
      total: money(beforeMinor),
      total_minor: beforeMinor,
      difference: money(deltaMinor),
      difference_minor: deltaMinor,
      tax_difference: money(taxDeltaMinor),
      tax_difference_minor: taxDeltaMinor,
      changes: found.changes.map((change) => ({
        kind: change.kind,
        line_id: change.id,
        date: change.date,
        subject: change.subject,
        person_email: change.personEmail,
        before: showCounted(change.before, currency),
        after: showCounted(change.after, currency),
        difference: money(change.deltaMinor),
        difference_minor: change.deltaMinor,
      })),
    },
  };
}

function showCounted(counted: Counted | null, currency: string) {
  if (counted === null) return null;
  const { ms, amountMinor, outcome } = counted;
  return { minutes: minutesOf(ms), amount: formatAmount(amountMinor, currency), amount_minor: amountMinor, outcome };
}

export function showBill(bill: FamilyBill) {
  const { currency, subtotalMinor } = bill;
  return {
    family_id: bill.familyId,
    student_id: bill.studentId,
    name: bill.name,
    currency,
    lines: bill.lines.map(showCharge),
    adjustments: bill.adjustments.map(showAdjustment),
    subtotal: formatAmount(subtotalMinor, currency),
    subtotal_minor: subtotalMinor,
    taxes: bill.taxes.map((tax) => showTax(tax, currency)),
    ...showNetTaxGross({ netMinor: bill.netMinor, taxMinor: bill.taxMinor, grossMinor: bill.totalMinor }, currency),
    total: bill.total,
    total_minor: bill.totalMinor,
  };
}

export function showTeacherPay(pay: TeacherPay) {
  const { currency, carriedInMinor, payoutMinor, carryMinor } = pay;
  return {
    teacher_id: pay.teacherId,
    teacher_email: pay.teacherEmail,
    name: pay.name,
    currency,
    lines: pay.lines.map(showPay),
    adjustments: pay.adjustments.map(showAdjustment),
    total: pay.total,
    total_minor: pay.totalMinor,
    carried_in: formatAmount(carriedInMinor, currency),
    carried_in_minor: carriedInMinor,
    payout: formatAmount(payoutMinor, currency),
    payout_minor: payoutMinor,
    carry: formatAmount(carryMinor, currency),
    carry_minor: carryMinor,
    needs_approval: pay.needsApproval,
  };
}

function showLine(line: ChargeLine | PayLine) {
  return {
    line_id: line.lineId,
    class_id: line.classId,
    date: line.date,
    ...showSpan(line),
    subject: line.subject,
    scheduled_minutes: minutesOf(line.scheduledMs),
    rate: priceBasis(line)?.amount ?? null,
    rate_unit: priceBasis(line)?.unit ?? null,
    amount: line.amount,
    amount_minor: line.amountMinor,
    outcome: line.outcome,
    reason: line.reason,
    flags: line.flags,
  };
}

export function showCharge(line: ChargeLine) {
  const { currency } = line;
  return {
    ...showLine(line),
    student_email: line.studentEmail,
    student_name: line.studentName,
    teacher_email: line.teacherEmail,
    present_minutes: minutesOf(line.presentMs),
    together_minutes: minutesOf(line.togetherMs),
    overrun_minutes: minutesOf(line.overrunMs),
    bridged_minutes: bridged(line),
    billed_minutes: minutesOf(line.billedMs),
    price: formatAmount(line.priceMinor, currency),
    price_minor: line.priceMinor,
    discount: formatAmount(line.discountMinor, currency),
    discount_minor: line.discountMinor,
    ...showTaxOf(line),
    credit: line.credit,
  };
}

export function showPay(line: PayLine) {
  return {
    ...showLine(line),
    teacher_email: line.teacherEmail,
    held_minutes: minutesOf(line.heldMs),
    bridged_minutes: bridged(line),
    paid_minutes: minutesOf(line.paidMs),
    tiers: showTiers(line),
  };
}

/** Null where the pay is not by tiers, and on lines that were issued before they were kept. */
function showTiers({ tiers }: PayLine) {
  if (tiers === undefined) return null;
  const heads = tiers.heads.map((one) => ({ heads: one.heads, minutes: minutesOf(one.ms) }));
  return { base: tiers.base, extra_head: tiers.extraHead, heads };
}

/** Null on lines that were issued before it was kept. */
function bridged({ bridgedMs }: ChargeLine | PayLine): number | null {
  return bridgedMs === undefined ? null : minutesOf(bridgedMs);
}

/** A correction of a closed line. Minutes and amounts have any sign. */
export function showAdjustment(adjustment: Adjustment) {
  return {
    adjustment_id: adjustment.adjustmentId,
    line_id: adjustment.lineId,
    closed_period: adjustment.closedPeriod,
    class_id: adjustment.classId,
    date: adjustment.date,
    subject: adjustment.subject,
    person_email: adjustment.personEmail,
    minutes: minutesOf(adjustment.ms),
    amount: adjustment.amount,
    amount_minor: adjustment.amountMinor,
    ...showTaxOf(adjustment),
    reason: adjustment.reason,
  };
}

/** The tax is zero where it is computed per statement, and what depends on it is null. */
function showTaxOf(entry: ChargeLine | Adjustment) {
  const { tax, currency } = entry;
  return {
    tax_code: tax?.code ?? null,
    tax_inclusive: tax?.inclusive ?? false,
    ...showNetTaxGross(taxed(entry), currency),
  };
}

function showNetTaxGross({ netMinor, taxMinor, grossMinor }: Taxed, currency: string) {
  return {
    net: netMinor === null ? null : formatAmount(netMinor, currency),
    net_minor: netMinor,
    tax: formatAmount(taxMinor, currency),
    tax_minor: taxMinor,
    gross: grossMinor === null ? null : formatAmount(grossMinor, currency),
    gross_minor: grossMinor,
  };
}

function showTax({ tax, baseMinor, ...amounts }: StatementTax, currency: string) {
  return {
    code: tax.code,
    percent: formatPercent(tax.basisPoints),
    inclusive: tax.inclusive,
    per: tax.per,
    base: formatAmount(baseMinor, currency),
    base_minor: baseMinor,
    ...showNetTaxGross(amounts, currency),
  };
}

/** A line that is not money yet, and why. */
export function showBlocked(line: BlockedLine) {
  return {
    line_id: line.lineId,
    class_id: line.classId,
    date: line.date,
    start_time: formatInstant(line.start),
    subject: line.subject,
    person_email: line.personEmail,
    person_name: line.personName,
    outcome: line.outcome,
    code: line.code,
    reason: line.reason,
    flags: line.flags,
  };
}

export function showAttendance({ period, zone, people }: AttendanceSummary) {
  return {
    period,
    timezone: zone,
    people: people.map(({ personId, ...month }) => ({ person_id: personId, ...month })),
  };
}

export function showUnbilled(found: UnbilledMeeting) {
  const { action, classId, text, substitute } = found.suggestion;
  const { closedPeriod } = found;
  const about =
    closedPeriod === null
      ? text
      : `${text} ${closedPeriod} is closed and stays as it was issued: the difference is proposed as a correction.`;
  return {
    kind: found.kind,
    space: found.space,
    meet_code: found.meetCode,
    organizer_email: found.organizerEmail,
    records: found.records,
    ...showSpan(found),
    together_minutes: minutesOf(found.togetherMs),
    people: found.people.map(({ personId, email, name, role, presentMs }) => ({
      person_id: personId,
      email,
      name,
      role,
      minutes: minutesOf(presentMs),
    })),
    confidence: found.confidence,
    closed_period: closedPeriod,
    suggestion: {
      action,
      class_id: classId,
      substitute: substitute === undefined ? null : { user_email: substitute.email, for: substitute.for },
      text: about,
      requests: requestsFor(found),
    },
  };
}

/** What the API is sent to follow a suggestion. Whoever sends it may write another reason. */
function requestsFor(found: UnbilledMeeting): { method: 'POST'; path: string; body: object }[] {
  const { action, classId, substitute } = found.suggestion;
  const as = found.closedPeriod === null ? {} : { as: 'adjustment' };
  const post = (path: string, body: object) => ({ method: 'POST' as const, path, body });
  switch (action) {
    case 'link_call':
      return [
        ...found.records.map((record) => ({ kind: 'link_call', record, reason: 'held in another room' })),
        ...(substitute === undefined
          ? []
          : [{ kind: 'substitute', user_email: substitute.email, for: substitute.for, reason: 'taught instead' }]),
      ].map(({ kind, ...about }) => post('/api/decisions', { kind, class_id: classId, ...about, ...as }));
    case 'reinstate_class':
      return [post(`/api/classes/${classId}/reinstate`, { reason: 'held although it was canceled', ...as })];
    case 'create_class':
      return [post('/api/schedule/class', classFor(found))];
    default:
      return action satisfies never;
  }
}

/** A class begins and ends at whole five minutes. */
const STEP_MS = 5 * MINUTE_MS;

/** A class around a meeting, in its room. The subject is to be written. */
function classFor({ people, start, end, meetCode, organizerEmail }: UnbilledMeeting) {
  const emails = (role: 'teacher' | 'student') => people.flatMap((one) => (one.role === role ? (one.email ?? []) : []));
  const begins = Math.floor(start / STEP_MS) * STEP_MS;
  return {
    teacher_email: emails('teacher')[0] ?? null,
    student_emails: emails('student'),
    subject: null,
    start_time: formatInstant(begins),
    duration_minutes: (Math.ceil((end - begins) / STEP_MS) * STEP_MS) / MINUTE_MS,
    meet_code: meetCode,
    organizer_email: organizerEmail,
  };
}
