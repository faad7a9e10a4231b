import { dueDate } from '../core/reports/due-date.ts';
import { rowsOf } from '../core/reports/report.ts';
import { localDate } from '../core/time/calendar.ts';
import type { AttendanceSummary } from '../queries/reports/attendance.ts';
import type { Bills } from '../queries/reports/bills.ts';
import type { Payroll } from '../queries/reports/payroll.ts';
import { invalid, type Refused } from '../refusal.ts';
import { quickbooksBillColumns, quickbooksColumns, xeroBillColumns, xeroColumns } from './csv/accounting-columns.ts';
import { accountingRows, type AccountingFile } from './csv/accounting.ts';
import { csvChunks } from './csv/csv.ts';
import { attendanceColumns, billingColumns, payrollColumns, standingColumns } from './csv/plain.ts';
import { showAttendance, showReport } from './json/report.ts';
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
  const standing = standingColumns(view.close === null ? 'draft' : 'closed', view.blocked.length, view.version);
  const body =
    view.kind === 'billing'
      ? csvChunks([...billingColumns, ...standing], rowsOf(view))
      : csvChunks([...payrollColumns, ...standing], rowsOf(view));
  return { kind: 'body', body };
}

function accounting(view: AnyReport, variant: Exclude<CsvVariant, 'plain'>, now: number): Written {
  const { kind, zone, school, close } = view;
  const issuedAt = close?.closedAt ?? now;
  const date = localDate(issuedAt, zone);
  const isPay = kind === 'payroll';
  const file: AccountingFile = {
    date,
    // When families are to pay says nothing of when the school pays.
    dueDate: isPay ? date : (dueDate(issuedAt, school.due_days, zone) ?? date),
    draft: close === null,
    version: view.version,
    accountCode: isPay ? school.pay_account_code : school.account_code,
    taxType: isPay ? school.pay_tax_type : school.tax_type,
  };
  const [invoices, bills] =
    variant === 'quickbooks' ? [quickbooksColumns, quickbooksBillColumns] : [xeroColumns, xeroBillColumns];
  return { kind: 'body', body: csvChunks(isPay ? bills : invoices, accountingRows(view, file)) };
}

async function xlsx(view: AnyReport): Promise<Written | Refused> {
  const lines = view.statements.reduce((sum, { lines, adjustments }) => sum + lines.length + adjustments.length, 0);
  if (lines > MOST_XLSX_LINES) {
    return invalid([{ path: 'format', message: `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv` }]);
  }
  return { kind: 'body', body: await (view.kind === 'billing' ? billingXlsx(view) : payrollXlsx(view)) };
}

/** Fonts and shaping are loaded when a statement is printed, not whenever the program starts. */
async function pdf(view: AnyReport, options: ReportOptions): Promise<Written | Refused> {
  const { printStatements } = await import('./pdf/statements.ts');
  return printStatements(view, options);
}
