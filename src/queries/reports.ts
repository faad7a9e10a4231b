import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { PeopleStore } from '../ledger/school/people-store.ts';
import { billingCsv, payrollCsv } from '../render/csv/csv.ts';
import { statementsPdf } from '../render/pdf/pdf.ts';
import type { StatementToPrint } from '../render/pdf/pdf.ts';
import { parseLineId } from '../core/billing/line-id.ts';
import { exceptionText } from '../core/billing/period/exceptions.ts';
import type { PeriodException } from '../core/billing/period/exceptions.ts';
import { billingReport, payrollReport, statementReference } from '../core/reports/report.ts';
import type { BillingReport, FamilyBill, PayrollReport, TeacherPay } from '../core/reports/report.ts';
import { MOST_XLSX_LINES, billingXlsx, payrollXlsx } from '../render/xlsx/xlsx.ts';
import { formatInstant, localDate } from '../core/time/calendar.ts';
import type { Clock } from '../core/time/clock.ts';
import { invalid, refused } from '../actions/action.ts';
import type { Refused } from '../actions/action.ts';
import type { PeriodBooks, Periods } from '../actions/periods/periods.ts';

export type ReportFormat = 'json' | 'csv' | 'xlsx' | 'pdf';

export interface ReportWish {
  readonly period: string;
  readonly format: ReportFormat;
  /** Of csv. */
  readonly variant?: 'plain' | 'accounting' | undefined;
  /** Of pdf: only statements in it. */
  readonly currency?: string | undefined;
  /** A family, or a teacher. Left out: all of them. */
  readonly party?: number | undefined;
}

/** A report as it is handed over. */
export type Rendered =
  | { readonly kind: 'data'; readonly data: object }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly type: string;
      readonly body: Uint8Array | AsyncGenerator<string>;
    };

export interface Reports {
  billing(wish: ReportWish): Promise<Rendered | Refused>;
  /** Holds nothing of what families are asked. */
  payroll(wish: ReportWish): Promise<Rendered | Refused>;
}

export interface ReportDeps {
  readonly stores: MoneyStores;
  readonly periods: Periods;
  readonly people: Pick<PeopleStore, 'family'>;
  readonly audit: Pick<AuditLog, 'head'>;
  readonly clock: Clock;
  readonly timezone: string;
}

/** Who sends statements, until the school can be named. */
const ORGANISATION = 'Rollbook';
/** Drawn one after the other, some milliseconds each. */
const MOST_STATEMENTS = 500;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function createReports({ stores, periods, people, audit, clock, timezone }: ReportDeps): Reports {
  const { view } = stores;

  /** What a report says of itself: issued or draft, and the end of the audit log to check it by. */
  const standing = ({ close }: PeriodBooks) => ({
    state: close === null ? 'draft' : 'closed',
    version: close?.version ?? null,
    document_id: close?.documentId ?? null,
    closed_time: close === null ? null : formatInstant(close.closedAt),
    audit: close === null ? audit.head() : { head: close.auditHead, count: close.auditCount },
  });

  const accounting = ({ close }: PeriodBooks, emails?: ReadonlyMap<string, string>) => ({
    date: localDate(close?.closedAt ?? clock.now(), timezone),
    dueDate: null,
    ...(emails === undefined ? {} : { emails }),
  });

  /** Every statement on pages of its own, those of one currency when it is named. */
  const pdf = async (
    { period, currency }: ReportWish,
    { close, zone }: PeriodBooks,
    statements: readonly (FamilyBill | TeacherPay)[],
    name: string,
  ): Promise<Rendered | Refused> => {
    const creditsNamed = close !== null && stores.periods.isOfFirstFormat(close.id);
    const wanted = statements.filter((one) => currency === undefined || one.currency === currency);
    const printed = wanted.map((statement): StatementToPrint => ({
      statement,
      creditsNamed,
      organisation: ORGANISATION,
      period,
      timezone: zone,
      statementId: statementReference(period, statement),
      version: close?.version ?? 1,
      draft: close === null,
      createdAt: close?.closedAt ?? clock.now(),
      audit: close === null ? null : { head: close.auditHead, count: close.auditCount },
      exceptions: (close?.exceptions ?? []).filter((one) => concerns(one, statement)).map(exceptionText),
    }));
    const [first, ...others] = printed;
    if (first === undefined) return refused('not_found', `there is no such statement for ${period}`);
    if (printed.length > MOST_STATEMENTS) {
      const message = `a pdf holds ${MOST_STATEMENTS} statements, and there are ${printed.length}: ask for one family or teacher at a time`;
      return invalid([{ path: 'format', message }]);
    }
    const body = await statementsPdf([first, ...others]);
    const file = others.length === 0 ? first.statementId : name;
    return { kind: 'file', name: `${file}.pdf`, type: 'application/pdf', body };
  };

  return {
    async billing(wish) {
      const { period, format, variant = 'plain', party } = wish;
      const found = await periods.books(period);
      if (found.kind === 'refused') return found;
      const inFamily = view.familyOf();
      const report = billingReport({
        period,
        zone: found.zone,
        statements: found.families.filter(({ familyId }) => party === undefined || familyId === party),
        familyNames: view.familyNames(),
        blocked: found.lines.blocked.filter(({ personId }) => party === undefined || inFamily.get(personId) === party),
      });
      const name = `billing-${period}${party === undefined ? '' : `-F${party}`}`;
      switch (format) {
        case 'json':
          return {
            kind: 'data',
            data: { ...report, ...standing(found), exceptions: (found.close?.exceptions ?? []).map(exceptionText) },
          };
        case 'csv': {
          const emails = new Map(
            report.families.flatMap((one): [string, string][] => {
              const email = billingEmail(one, people);
              return email === null ? [] : [[statementReference(period, one), email]];
            }),
          );
          const accounts = { variant: 'accounting', accounting: accounting(found, emails) } as const;
          return csv(`${name}.csv`, billingCsv(report, variant === 'accounting' ? accounts : {}));
        }
        case 'xlsx':
          return (
            tooLarge(report.families) ?? {
              kind: 'file',
              name: `${name}.xlsx`,
              type: XLSX,
              body: await billingXlsx(report),
            }
          );
        case 'pdf':
          return pdf(wish, found, report.families, name);
        default:
          return format satisfies never;
      }
    },

    async payroll(wish) {
      const { period, format, variant = 'plain', party } = wish;
      const found = await periods.books(period);
      if (found.kind === 'refused') return found;
      const statements = found.teachers.filter(({ teacherId }) => party === undefined || teacherId === party);
      const report = payrollReport({
        period,
        zone: found.zone,
        statements,
        teacherNames: view.namesOfPeople(statements.map(({ teacherId }) => teacherId)),
        blocked: found.lines.blocked.filter(({ personId }) => party === undefined || personId === party),
      });
      const name = `payroll-${period}${party === undefined ? '' : `-T${party}`}`;
      switch (format) {
        case 'json':
          return { kind: 'data', data: { ...report, ...standing(found) } };
        case 'csv': {
          const accounts = { variant: 'accounting', accounting: accounting(found) } as const;
          return csv(`${name}.csv`, payrollCsv(report, variant === 'accounting' ? accounts : {}));
        }
        case 'xlsx':
          return (
            tooLarge(report.teachers) ?? {
              kind: 'file',
              name: `${name}.xlsx`,
              type: XLSX,
              body: await payrollXlsx(report),
            }
          );
        case 'pdf':
          return pdf(wish, found, report.teachers, name);
        default:
          return format satisfies never;
      }
    },
  };
}

function csv(name: string, body: AsyncGenerator<string>): Rendered {
  return { kind: 'file', name, type: 'text/csv; charset=utf-8', body };
}

function tooLarge(statements: BillingReport['families'] | PayrollReport['teachers']): Refused | null {
  const lines = statements.reduce((sum, one) => sum + one.lines.length + one.adjustments.length, 0);
  if (lines <= MOST_XLSX_LINES) return null;
  return invalid([{ path: 'format', message: `a workbook holds ${MOST_XLSX_LINES} lines: read the report as csv` }]);
}

function billingEmail({ family_id: familyId, lines }: FamilyBill, people: ReportDeps['people']): string | null {
  if (familyId === null) return lines[0]?.student_email ?? null;
  return people.family(familyId)?.billingEmail ?? null;
}

/** Whether an exception on the cover is about the whole period or about a line of one of these people. */
function concerns({ lineId }: PeriodException, statement: FamilyBill | TeacherPay): boolean {
  const line = lineId === null ? null : parseLineId(lineId);
  if (line === null) return true;
  if ('teacher_id' in statement) return line.side === 'pay' && line.personId === statement.teacher_id;
  const students = statement.lines.map(({ line_id: id }) => parseLineId(id)?.personId);
  return line.side === 'charge' && [...students, statement.student_id].includes(line.personId);
}
