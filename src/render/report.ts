import { parseLineId } from '../core/billing/line-id.ts';
import { exceptionText, type PeriodException } from '../core/billing/period/exceptions.ts';
import { statementReference, type FamilyBill, type TeacherPay } from '../core/reports/report.ts';
import { localDate } from '../core/time/calendar.ts';
import type { Bills } from '../queries/bills.ts';
import type { Payroll } from '../queries/payroll.ts';
import { invalid, refused, type Refused } from '../refusal.ts';
import { accountingCsv, billingCsv, payrollCsv } from './csv/csv.ts';
import { showReport } from './json/report.ts';
import { statementsPdf, type StatementToPrint } from './pdf/pdf.ts';
import { MOST_XLSX_LINES, billingXlsx, payrollXlsx } from './xlsx/xlsx.ts';

/** A report as it is handed over. */
export type Rendered =
  | { readonly kind: 'data'; readonly data: object }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly body: Uint8Array | Generator<string>;
    };

export type AnyReport = Bills | Payroll;

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

type Format = (view: AnyReport, options: ReportOptions) => Promise<Rendered | Refused> | Rendered | Refused;

/** Every form of a report. Another one is another line, with what writes it in a folder beside this file. */
const FORMATS = {
  json: (view) => ({ kind: 'data', data: showReport(view) }),
  csv(view, { variant, now, timezone }) {
    const accounting = variant === 'accounting';
    if (accounting) return file(view, 'csv', accountingCsv(view, localDate(view.close?.closedAt ?? now, timezone)));
    return file(view, 'csv', view.kind === 'billing' ? billingCsv(view) : payrollCsv(view));
  },
  xlsx: async (view) =>
    tooLarge(view) ?? file(view, 'xlsx', await (view.kind === 'billing' ? billingXlsx(view) : payrollXlsx(view))),
  pdf,
} satisfies Record<string, Format>;

export type ReportFormat = keyof typeof FORMATS;

export const REPORT_FORMATS = Object.keys(FORMATS) as [ReportFormat, ...ReportFormat[]];

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const;

/** A report in the form that was asked for. Refused: more than that form holds, or no such statement. */
export async function renderReport(view: AnyReport, options: ReportOptions): Promise<Rendered | Refused> {
  const format: Format = FORMATS[options.format];
  return format(view, options);
}

/** `billing-2026-01`, with the family or teacher when it is of one. */
function nameOf({ kind, period, partyId }: AnyReport): string {
  const party = partyId === null ? '' : `-${kind === 'billing' ? 'F' : 'T'}${partyId}`;
  return `${kind}-${period}${party}`;
}

function file(
  view: AnyReport,
  extension: keyof typeof TYPES,
  body: Uint8Array | Generator<string>,
  name = nameOf(view),
): Rendered {
  return { kind: 'file', name: `${name}.${extension}`, type: TYPES[extension], body };
}

/** Every statement on pages of its own, those of one currency when it is named. */
async function pdf(view: AnyReport, { currency, now }: ReportOptions): Promise<Rendered | Refused> {
  const { period, zone, audit, close, creditsNamed } = view;
  const statements: readonly (FamilyBill | TeacherPay)[] = view.statements;
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
    exceptions: (close?.exceptions ?? []).filter((exception) => concerns(exception, statement)).map(exceptionText),
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

function tooLarge({ statements }: AnyReport): Refused | null {
  const lines = statements.reduce((sum, { lines, adjustments }) => sum + lines.length + adjustments.length, 0);
  if (lines <= MOST_XLSX_LINES) return null;
  return invalid([{ path: 'format', message: `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv` }]);
}

/** Whether an exception on the cover is about the whole period or about a line of one of these people. */
function concerns({ lineId }: PeriodException, statement: FamilyBill | TeacherPay): boolean {
  const line = lineId === null ? null : parseLineId(lineId);
  if (line === null) return true;
  if ('teacherId' in statement) return line.side === 'pay' && line.personId === statement.teacherId;
  const students = [...statement.lines.map(({ studentId }) => studentId), statement.studentId];
  return line.side === 'charge' && students.includes(line.personId);
}
