import { exceptionText } from '../core/billing/period/exceptions.ts';
import { MOST_XLSX_LINES } from './xlsx/xlsx.ts';
import { invalid, refused } from '../refusal.ts';
import type { Refused } from '../refusal.ts';
import { parseLineId } from '../core/billing/line-id.ts';
import type { PeriodException } from '../core/billing/period/exceptions.ts';
import { statementReference } from '../core/reports/report.ts';
import type { BillingReport, FamilyBill, PayrollReport, TeacherPay } from '../core/reports/report.ts';
import { formatInstant, localDate } from '../core/time/calendar.ts';
import type { AuditHead } from '../ledger/school/audit-log.ts';
import type { Bills } from '../queries/bills.ts';
import type { Payroll } from '../queries/payroll.ts';
import type { PeriodStatements } from '../queries/statements.ts';
import { billingCsv, payrollCsv } from './csv/csv.ts';
import { statementsPdf } from './pdf/pdf.ts';
import type { StatementToPrint } from './pdf/pdf.ts';
import { billingXlsx, payrollXlsx } from './xlsx/xlsx.ts';

/** A report as it is handed over. */
export type Rendered =
  | { readonly kind: 'data'; readonly data: object }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly body: Uint8Array | AsyncGenerator<string>;
    };

export type ReportView = Bills | Payroll;

export interface ReportWish {
  readonly format: ReportFormat;
  /** Of csv. */
  readonly variant?: 'plain' | 'accounting' | undefined;
  /** Of pdf: only statements in it. */
  readonly currency?: string | undefined;
}

export interface ReportOptions extends ReportWish {
  /** Epoch ms. */
  readonly now: number;
  /** IANA zone of the organisation. */
  readonly timezone: string;
}

/** Who sends statements, until the school can be named. */
const ORGANISATION = 'Rollbook';
/** Drawn one after the other, some milliseconds each. */
const MOST_STATEMENTS = 500;

type Form<View> = (view: View, options: ReportOptions) => Promise<Rendered | Refused> | Rendered | Refused;

interface Format {
  readonly billing: Form<Bills>;
  readonly payroll: Form<Payroll>;
}

/** Every form of a report. Another one is another line, with what writes it in a folder beside this file. */
const FORMATS = {
  json: {
    billing: ({ report, statements, audit }) => ({
      kind: 'data',
      data: {
        ...report,
        ...standing(statements, audit),
        exceptions: (statements.close?.exceptions ?? []).map(exceptionText),
      },
    }),
    payroll: ({ report, statements, audit }) => ({ kind: 'data', data: { ...report, ...standing(statements, audit) } }),
  },
  csv: {
    billing: (view, options) =>
      file(
        view,
        'csv',
        billingCsv(view.report, accountingOf(options, { ...dated(view, options), emails: view.emails })),
      ),
    payroll: (view, options) => file(view, 'csv', payrollCsv(view.report, accountingOf(options, dated(view, options)))),
  },
  xlsx: {
    billing: async (view) => tooLarge(view.report.families) ?? file(view, 'xlsx', await billingXlsx(view.report)),
    payroll: async (view) => tooLarge(view.report.teachers) ?? file(view, 'xlsx', await payrollXlsx(view.report)),
  },
  pdf: {
    billing: (view, options) => pdf(view, view.report.families, options),
    payroll: (view, options) => pdf(view, view.report.teachers, options),
  },
} satisfies Record<string, Format>;

export type ReportFormat = keyof typeof FORMATS;

export const REPORT_FORMATS = Object.keys(FORMATS) as [ReportFormat, ...ReportFormat[]];

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const;

/** A report in the form that was asked for. Refused: more than that form holds, or no such statement. */
export async function renderReport(view: ReportView, options: ReportOptions): Promise<Rendered | Refused> {
  const format: Format = FORMATS[options.format];
  return view.kind === 'billing' ? format.billing(view, options) : format.payroll(view, options);
}

/** `billing-2026-01`, with the family or teacher when it is of one. */
function nameOf(view: ReportView): string {
  const party =
    view.kind === 'billing'
      ? view.familyId === null
        ? ''
        : `-F${view.familyId}`
      : view.teacherId === null
        ? ''
        : `-T${view.teacherId}`;
  return `${view.kind}-${view.period}${party}`;
}

function file(
  view: ReportView,
  extension: keyof typeof TYPES,
  body: Uint8Array | AsyncGenerator<string>,
  name = nameOf(view),
): Rendered {
  return { kind: 'file', name: `${name}.${extension}`, type: TYPES[extension], body };
}

/** What a report says of itself: issued or draft, and the end of the audit log to check it by. */
function standing({ close }: PeriodStatements, audit: AuditHead) {
  return {
    state: close === null ? 'draft' : 'closed',
    version: close?.version ?? null,
    document_id: close?.documentId ?? null,
    closed_time: close === null ? null : formatInstant(close.closedAt),
    audit,
  };
}

function dated({ statements: { close } }: ReportView, { now, timezone }: ReportOptions) {
  return { date: localDate(close?.closedAt ?? now, timezone), dueDate: null };
}

function accountingOf<T>({ variant }: ReportOptions, accounting: T) {
  return variant === 'accounting' ? ({ variant, accounting } as const) : {};
}

/** Every statement on pages of its own, those of one currency when it is named. */
async function pdf(
  view: ReportView,
  statements: readonly (FamilyBill | TeacherPay)[],
  { currency, now }: ReportOptions,
): Promise<Rendered | Refused> {
  const {
    period,
    audit,
    statements: { close, zone, creditsNamed },
  } = view;
  const wanted = statements.filter((statement) => currency === undefined || statement.currency === currency);
  const printed = wanted.map((statement): StatementToPrint => ({
    statement,
    creditsNamed,
    organisation: ORGANISATION,
    period,
    timezone: zone,
    statementId: statementReference(period, statement),
    version: close?.version ?? 1,
    draft: close === null,
    createdAt: close?.closedAt ?? now,
    audit: close === null ? null : audit,
    exceptions: (close?.exceptions ?? []).filter((one) => concerns(one, statement)).map(exceptionText),
  }));
  const [first, ...others] = printed;
  if (first === undefined) return refused('not_found', `there is no such statement for ${period}`);
  if (printed.length > MOST_STATEMENTS) {
    const message = `a pdf holds ${MOST_STATEMENTS} statements, and there are ${printed.length}: ask for one family or teacher at a time`;
    return invalid([{ path: 'format', message }]);
  }
  const body = await statementsPdf([first, ...others]);
  return file(view, 'pdf', body, others.length === 0 ? first.statementId : nameOf(view));
}

function tooLarge(statements: BillingReport['families'] | PayrollReport['teachers']): Refused | null {
  const lines = statements.reduce((sum, one) => sum + one.lines.length + one.adjustments.length, 0);
  if (lines <= MOST_XLSX_LINES) return null;
  return invalid([{ path: 'format', message: `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv` }]);
}

/** Whether an exception on the cover is about the whole period or about a line of one of these people. */
function concerns({ lineId }: PeriodException, statement: FamilyBill | TeacherPay): boolean {
  const line = lineId === null ? null : parseLineId(lineId);
  if (line === null) return true;
  if ('teacher_id' in statement) return line.side === 'pay' && line.personId === statement.teacher_id;
  const students = statement.lines.map(({ line_id: id }) => parseLineId(id)?.personId);
  return line.side === 'charge' && [...students, statement.student_id].includes(line.personId);
}
