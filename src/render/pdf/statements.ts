import { parseLineId } from '../../core/billing/line-id.ts';
import { statementException, type PeriodException } from '../../core/billing/period/exceptions.ts';
import { WORDING } from '../../core/billing/period/wording.ts';
import { dueDate } from '../../core/reports/due-date.ts';
import { statementReference, type FamilyBill, type TeacherPay } from '../../core/reports/report.ts';
import type { Bills } from '../../queries/reports/bills.ts';
import type { Payroll } from '../../queries/reports/payroll.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import { nameOr } from './content.ts';
import { statementsPdf, type StatementToPrint } from './pdf.ts';

/** Who sends statements where the school has no name. */
const ORGANISATION = 'Rollbook';
/** Drawn one after the other, some milliseconds each. */
const MOST_STATEMENTS = 500;

/** A file, which is named after its statement when it holds one. */
interface Printed {
  readonly kind: 'body';
  readonly body: Uint8Array;
  readonly name?: string;
}

/** Every statement of a report on pages of its own, those of one currency when it is named. */
export async function printStatements(
  view: Bills | Payroll,
  { currency, now }: { readonly currency?: string | undefined; readonly now: number },
): Promise<Printed | Refused> {
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
    exceptions: exceptionsOf(statement, close?.exceptions ?? [], close?.wording ?? WORDING),
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

/** The exceptions as the statement has them, each with the name of the student where the statement has lessons of several. */
function exceptionsOf(
  statement: FamilyBill | TeacherPay,
  exceptions: readonly PeriodException[],
  wording: number,
): string[] {
  const own = exceptions.filter((exception) => concerns(exception, statement));
  if (wording < 3 || 'teacherId' in statement) return own.map((exception) => statementException(exception, wording));
  const names = new Map(
    statement.lines.map(({ studentId, studentName, studentEmail }) => [studentId, nameOr(studentName, studentEmail)]),
  );
  return own.map((exception) => {
    const text = statementException(exception, wording);
    const line = exception.lineId === null ? null : parseLineId(exception.lineId);
    const name = line === null ? undefined : names.get(line.personId);
    return names.size > 1 && name !== undefined ? `${name}, ${text}` : text;
  });
}
