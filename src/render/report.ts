import { parseLineId } from '../core/billing/line-id.ts';
import { statementException, type PeriodException } from '../core/billing/period/exceptions.ts';
import { WORDING } from '../core/billing/period/wording.ts';
import { dueDate } from '../core/reports/due-date.ts';
import { rowsOf, statementReference, type FamilyBill, type TeacherPay } from '../core/reports/report.ts';
import { localDate } from '../core/time/calendar.ts';
import type { AttendanceSummary } from '../queries/reports/attendance.ts';
import type { Bills } from '../queries/reports/bills.ts';
import type { Payroll } from '../queries/reports/payroll.ts';
import { invalid, refused, type Refused } from '../refusal.ts';
import { accountingRows, quickbooksColumns, xeroColumns } from './csv/accounting.ts';
import { csvChunks } from './csv/csv.ts';
import { attendanceColumns, billingColumns, payrollColumns, standingColumns } from './csv/plain.ts';
import { showAttendance, showReport } from './json/report.ts';
import { nameOr } from './pdf/content.ts';
import { statementsPdf, type StatementToPrint } from './pdf/pdf.ts';
import { MOST_XLSX_LINES, billingXlsx, payrollXlsx } from './xlsx/xlsx.ts';

interface Data {
  readonly kind: 'data';
  readonly data: object;
}

/** A report as it is handed over. */
export type Rendered =
  | Data
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly body: Uint8Array | Generator<string>;
    };

export type AnyReport = Bills | Payroll;

/** The columns of a csv; `accounting` is an earlier name of `xero`. */
export const CSV_VARIANTS = ['plain', 'accounting', 'xero', 'quickbooks'] as const;
export type CsvVariant = (typeof CSV_VARIANTS)[number];

export interface ReportWish {
  readonly format: ReportFormat;
  /** Of csv. */
  readonly variant?: CsvVariant | undefined;
  /** Of pdf: only statements in it. */
  readonly currency?: string | undefined;
}

export interface ReportOptions extends ReportWish {
  /** Epoch ms. */
  readonly now: number;
}

/** Who sends statements where the school has no name. */
const ORGANISATION = 'Rollbook';
/** Drawn one after the other, some milliseconds each. */
const MOST_STATEMENTS = 500;

/** What a form writes. Without a name it is named after the report. */
type Written = Data | { readonly kind: 'body'; readonly body: Uint8Array | Generator<string>; readonly name?: string };

interface Format {
  /** As `content-type` names it. */
  readonly type: string;
  /** It can be printed. */
  readonly isText: boolean;
  /** Of bills and pay. */
  readonly write: (view: AnyReport, options: ReportOptions) => Promise<Written | Refused> | Written | Refused;
  /** Of the attendance summary; left out: it has no such form. */
  readonly writeSummary?: (view: AttendanceSummary) => Written;
}

/** Every form of a report, by the extension of its file. Another one is another line, with its writer in a folder beside this file. */
export const FORMATS = {
  json: {
    type: 'application/json',
    isText: true,
    write: (view) => ({ kind: 'data', data: showReport(view) }),
    writeSummary: (view) => ({ kind: 'data', data: showAttendance(view) }),
  },
  csv: {
    type: 'text/csv; charset=utf-8',
    isText: true,
    write: csv,
    writeSummary: ({ people }) => ({ kind: 'body', body: csvChunks(attendanceColumns, people) }),
  },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', isText: false, write: xlsx },
  pdf: { type: 'application/pdf', isText: false, write: pdf },
} as const satisfies Record<string, Format>;

export type ReportFormat = keyof typeof FORMATS;
type SummaryFormat = {
  [Name in ReportFormat]: (typeof FORMATS)[Name] extends { writeSummary: unknown } ? Name : never;
}[ReportFormat];

export const REPORT_FORMATS = Object.keys(FORMATS) as [ReportFormat, ...ReportFormat[]];
export const SUMMARY_FORMATS = REPORT_FORMATS.filter(
  (format): format is SummaryFormat => 'writeSummary' in FORMATS[format],
);

/** Bills or pay in the form that was asked for. Refused: more than that form holds, or no such statement. */
export async function renderReport(view: AnyReport, options: ReportOptions): Promise<Rendered | Refused> {
  const { write }: Format = FORMATS[options.format];
  const written = await write(view, options);
  return written.kind === 'refused' ? written : handedOver(written, nameOf(view), options.format);
}

export function renderSummary(view: AttendanceSummary, format: SummaryFormat): Rendered {
  return handedOver(FORMATS[format].writeSummary(view), `attendance-${view.period}`, format);
}

function handedOver(written: Written, usual: string, format: ReportFormat): Rendered {
  if (written.kind === 'data') return written;
  const { name = usual, body } = written;
  return { kind: 'file', name: `${name}.${format}`, type: FORMATS[format].type, body };
}

/** `billing-2026-01`, with the family or teacher when it is of one. */
function nameOf({ kind, period, partyId }: AnyReport): string {
  const party = partyId === null ? '' : `-${kind === 'billing' ? 'F' : 'T'}${partyId}`;
  return `${kind}-${period}${party}`;
}

function csv(view: AnyReport, { variant = 'plain', now }: ReportOptions): Written | Refused {
  if (variant !== 'plain') return accounting(view, variant, now);
  const standing = standingColumns(view.close === null ? 'draft' : 'closed', view.blocked.length);
  const body =
    view.kind === 'billing'
      ? csvChunks([...billingColumns, ...standing], rowsOf(view))
      : csvChunks([...payrollColumns, ...standing], rowsOf(view));
  return { kind: 'body', body };
}

function accounting(view: AnyReport, variant: Exclude<CsvVariant, 'plain'>, now: number): Written | Refused {
  if (variant === 'quickbooks' && view.kind === 'payroll') {
    return invalid([{ path: 'variant', message: 'quickbooks is of bills: take xero or plain for pay' }]);
  }
  const { zone, school, close } = view;
  const issuedAt = close?.closedAt ?? now;
  const date = localDate(issuedAt, zone);
  const file = { date, dueDate: dueDate(issuedAt, school.due_days, zone) ?? date, draft: close === null, school };
  const columns = variant === 'quickbooks' ? quickbooksColumns : xeroColumns;
  return { kind: 'body', body: csvChunks(columns, accountingRows(view, file)) };
}

async function xlsx(view: AnyReport): Promise<Written | Refused> {
  const lines = view.statements.reduce((sum, { lines, adjustments }) => sum + lines.length + adjustments.length, 0);
  if (lines > MOST_XLSX_LINES) {
    return invalid([{ path: 'format', message: `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv` }]);
  }
  return { kind: 'body', body: await (view.kind === 'billing' ? billingXlsx(view) : payrollXlsx(view)) };
}

/** Every statement on pages of its own, those of one currency when it is named. */
async function pdf(view: AnyReport, { currency, now }: ReportOptions): Promise<Written | Refused> {
  const { period, zone, audit, close, creditsNamed, school } = view;
  const due = dueDate(close?.closedAt ?? null, school.due_days, zone);
  const statements: readonly (FamilyBill | TeacherPay)[] = view.statements;
  const wanted = statements.filter((statement) => currency === undefined || statement.currency === currency);
  const printed = wanted.map((statement): StatementToPrint => ({
    statement,
    creditsNamed,
    organisation: school.school_name ?? ORGANISATION,
    school,
    dueDate: 'teacherId' in statement || statement.totalMinor <= 0 ? null : due,
    period,
    timezone: zone,
    statementId: statementReference(period, statement),
    version: close?.version ?? 1,
    draft: close === null,
    leftOut: view.blocked.filter(({ personId }) => isOf(personId, statement, view.familyOf)).length,
    createdAt: close?.closedAt ?? now,
    audit: close === null ? null : audit,
    wording: close?.wording ?? WORDING,
    exceptions: (close?.exceptions ?? [])
      .filter((exception) => concerns(exception, statement))
      .map((exception) => namingStudent(exception, statement, close?.wording ?? WORDING)),
  }));
  const [first, ...others] = printed;
  if (first === undefined) return refused('not_found', `there is no such statement for ${period}`);
  if (printed.length > MOST_STATEMENTS) {
    const message = `a pdf holds ${MOST_STATEMENTS} statements, and there are ${printed.length}: ask for one family or teacher at a time`;
    return invalid([{ path: 'format', message }]);
  }
  const body = await statementsPdf([first, ...others]);
  return { kind: 'body', body, ...(others.length === 0 ? { name: first.statementId } : {}) };
}

/** Whether an exception on the cover is about the whole period, or about a line of one of these people or of their family. */
function concerns({ lineId, familyId }: PeriodException, statement: FamilyBill | TeacherPay): boolean {
  const line = lineId === null ? null : parseLineId(lineId);
  if (line === null) return true;
  if ('teacherId' in statement) return line.side === 'pay' && line.personId === statement.teacherId;
  if (familyId !== undefined && familyId === statement.familyId) return true;
  const students = [...statement.lines.map(({ studentId }) => studentId), statement.studentId];
  return line.side === 'charge' && students.includes(line.personId);
}

/** Whether a student or teacher is one of those that a statement is of. */
function isOf(personId: number, statement: FamilyBill | TeacherPay, familyOf?: ReadonlyMap<number, number>): boolean {
  if ('teacherId' in statement) return personId === statement.teacherId;
  const familyId = familyOf?.get(personId) ?? null;
  return familyId === null ? personId === statement.studentId : familyId === statement.familyId;
}

/** An exception as the statement has it, with the name of the student where the statement has lessons of several. */
function namingStudent(exception: PeriodException, statement: FamilyBill | TeacherPay, wording: number): string {
  const text = statementException(exception, wording);
  const line = exception.lineId === null ? null : parseLineId(exception.lineId);
  if (wording < 3 || line === null || 'teacherId' in statement) return text;
  const names = new Map(statement.lines.map((own) => [own.studentId, nameOr(own.studentName, own.studentEmail)]));
  const name = names.get(line.personId);
  return names.size > 1 && name !== undefined ? `${name}, ${text}` : text;
}
