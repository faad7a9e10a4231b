import { parseLineId } from '../../core/billing/line-id.ts';
import { statementException, type PeriodException } from '../../core/billing/period/exceptions.ts';
import { WORDING } from '../../core/billing/period/wording.ts';
import { counted } from '../../core/counted.ts';
import { dueDate } from '../../core/reports/due-date.ts';
import { statementReference, type FamilyBill, type TeacherPay } from '../../core/reports/report.ts';
import { waitingReference, type WaitingParty } from '../../core/reports/waiting.ts';
import type { Bills } from '../../queries/reports/bills.ts';
import type { Payroll } from '../../queries/reports/payroll.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import { isUnderReview, nameOr } from './content.ts';
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

/**
 * Every statement of a report on pages of its own, those of one currency when it is named. In a draft whoever has lessons
 * and no amount for any of them has a page too, which says what is missing.
 */
export async function printStatements(
  view: Bills | Payroll,
  { currency, now }: { readonly currency?: string | undefined; readonly now: number },
): Promise<Printed | Refused> {
  const { period, zone, audit, close, creditsNamed, school } = view;
  const due = dueDate(close?.closedAt ?? null, school.due_days, zone);
  const wording = close?.wording ?? WORDING;
  // Earlier editions had no page for what comes to nothing in a version that replaces another.
  const statements = [...view.statements].filter((statement) => wording > 3 || !isEmpty(statement));
  const parties = [...statements, ...view.waiting].sort(byParty);
  const wanted = parties.filter((party) => currency === undefined || (party.currency ?? currency) === currency);
  const printed = wanted.map((statement): StatementToPrint => {
    const isWaiting = 'kind' in statement;
    return {
      statement,
      creditsNamed,
      organisation: school.school_name ?? ORGANISATION,
      school,
      dueDate: isWaiting || 'teacherId' in statement || statement.totalMinor <= 0 ? null : due,
      period,
      timezone: zone,
      statementId: isWaiting ? waitingReference(period, statement) : statementReference(period, statement),
      version: view.version,
      draft: close === null,
      waiting: isWaiting
        ? statement.lines
        : view.blocked.filter(({ personId }) => isOf(personId, statement, view.familyOf)),
      underReview: isWaiting || close !== null ? 0 : statement.lines.filter((line) => isUnderReview(line)).length,
      createdAt: close?.closedAt ?? now,
      audit: close === null ? null : audit,
      wording,
      exceptions: isWaiting ? [] : exceptionsOf(statement, close?.exceptions ?? [], wording),
      changes: isWaiting || wording < 4 ? null : (view.changes.get(statementReference(period, statement)) ?? null),
    };
  });
  const [first, ...others] = printed;
  if (first === undefined) return refused('not_found', noneText(view));
  if (printed.length > MOST_STATEMENTS) {
    const message = `a pdf holds ${MOST_STATEMENTS} statements, and there are ${printed.length}: ask for one family or teacher at a time`;
    return invalid([{ path: 'format', message }]);
  }
  const body = await statementsPdf([first, ...others]);
  return { kind: 'body', body, ...(others.length === 0 ? { name: first.statementId } : {}) };
}

type Party = FamilyBill | TeacherPay | WaitingParty;

/** Families by number, then students without one; teachers by e-mail, as statements are. */
function byParty(a: Party, b: Party): number {
  const [placeA, placeB] = [placeOf(a), placeOf(b)];
  return placeA.number - placeB.number || (placeA.text < placeB.text ? -1 : placeA.text > placeB.text ? 1 : 0);
}

function placeOf(party: Party): { readonly number: number; readonly text: string } {
  if ('teacherId' in party) return { number: 0, text: party.teacherEmail };
  if ('kind' in party && party.side === 'pay') return { number: 0, text: party.lines[0]?.personEmail ?? '' };
  const personId = 'kind' in party ? party.personId : party.studentId;
  return { number: party.familyId ?? LAST_FAMILY + (personId ?? 0), text: '' };
}

/** Students without a family come behind all families. */
const LAST_FAMILY = 2 ** 40;

/** Why there is nothing to print, where that is known. */
function noneText({ period, statements, close, exceptions }: Bills | Payroll): string {
  const without = exceptions.filter(({ lineId }) => lineId !== null).length;
  const none = `there is no such statement for ${period}`;
  if (close === null || without === 0 || statements.length > 0) return none;
  return `${none}: it was closed with ${counted(without, 'line')} unsettled, which ${without === 1 ? 'is' : 'are'} on no statement`;
}

function isEmpty({ lines, adjustments }: FamilyBill | TeacherPay): boolean {
  return lines.length + adjustments.length === 0;
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

/** The exceptions as the statement has them, each with the name of the student where there are several. */
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
  if (wording > 3) {
    // Who has no line on it is named too.
    for (const { lineId, student } of own) {
      const id = lineId === null ? undefined : parseLineId(lineId)?.personId;
      if (id !== undefined && student !== undefined) names.set(id, nameOr(student.name, student.email));
    }
  }
  return own.map((exception) => {
    const text = statementException(exception, wording);
    const line = exception.lineId === null ? null : parseLineId(exception.lineId);
    const name = line === null ? undefined : names.get(line.personId);
    return names.size > 1 && name !== undefined ? `${name}, ${text}` : text;
  });
}
