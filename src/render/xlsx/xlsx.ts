import type { PeriodException } from '../../core/billing/period/exceptions.ts';
import { rowsOf, type FamilyBill, type Report, type TeacherPay } from '../../core/reports/report.ts';
import { withoutTimes } from './archive.ts';
import {
  billingLines,
  billingTotals,
  blockedColumns,
  exceptionColumns,
  payrollLines,
  payrollTotals,
  type SheetColumn,
} from './columns.ts';

/** A workbook is put together in memory, 20 000 lines in some 180 MB: larger reports are read as CSV. */
export const MOST_XLSX_LINES = 100_000;

/** A report with what stood against its close. */
type Reported<Statement> = Report<Statement> & { readonly exceptions?: readonly PeriodException[] };

/**
 * A workbook with a sheet of lines, one of totals, one of what has no amount yet and one of what was not settled at the
 * close. Numbers are numbers, dates are dates
 * on the wall calendar of the report's zone, and text is text whatever it begins with. The same report gives the same
 * bytes.
 *
 * @throws {RangeError} more than `MOST_XLSX_LINES`
 */
export function billingXlsx(report: Reported<FamilyBill>): Promise<Uint8Array> {
  return workbook([
    sheet('Lines', billingLines(report.zone), [...rowsOf(report)]),
    sheet('Totals', billingTotals, report.statements),
    sheet('Without amount', blockedColumns, report.blocked),
    sheet('Not settled at close', exceptionColumns, report.exceptions ?? []),
  ]);
}

/** As `billingXlsx`, for teachers. */
export function payrollXlsx(report: Reported<TeacherPay>): Promise<Uint8Array> {
  return workbook([
    sheet('Lines', payrollLines(report.zone), [...rowsOf(report)]),
    sheet('Totals', payrollTotals, report.statements),
    sheet('Without amount', blockedColumns, report.blocked),
    sheet('Not settled at close', exceptionColumns, report.exceptions ?? []),
  ]);
}

function sheet<Row>(name: string, columns: readonly SheetColumn<Row>[], rows: readonly Row[]) {
  if (rows.length > MOST_XLSX_LINES) {
    throw new RangeError(`${rows.length} lines are too many for a workbook: read the report as CSV`);
  }
  const header = columns.map((column) => ({
    value: column.header,
    type: String,
    fontWeight: 'bold' as const,
    backgroundColor: '#E8EDF2',
    bottomBorderStyle: 'thin' as const,
  }));
  return {
    sheet: name,
    data: [header, ...rows.map((row) => columns.map((column) => column.cell(row)))],
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
  };
}

async function workbook(sheets: readonly ReturnType<typeof sheet>[]): Promise<Uint8Array> {
  const { default: write } = await import('write-excel-file/node');
  return withoutTimes(await write([...sheets]).toBuffer());
}
