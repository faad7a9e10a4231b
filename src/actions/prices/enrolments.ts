import type { Enrolment } from '../../ledger/money/enrolment-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, refuseField, stop, type AuditedDeps, type By, type Saved } from '../action.ts';

export interface EnrolmentInput {
  readonly studentEmail: string;
  readonly seriesId: string | null;
  readonly subject: string | null;
  readonly from: string;
  readonly to: string | null;
}

export interface EnrolmentDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'enrolments'>;
  readonly people: Pick<PeopleStore, 'byEmail'>;
}

/**
 * Says from which day to which a student is a pupil: of one series or of one subject, exactly one of which
 * is named.
 */
export function addEnrolment(
  deps: EnrolmentDeps,
  { studentEmail, ...input }: EnrolmentInput,
  by: By,
): Saved<{ enrolment: Enrolment }> | Refused {
  const { enrolments } = deps.money;
  return audited(deps, by, (note) => {
    const student = deps.people.byEmail(studentEmail);
    if (student?.role !== 'student') {
      refuseField('student_email', `${studentEmail} is not a student of the school`);
    }
    refuseReversed(input.from, input.to);
    const enrolment = enrolments.create({ ...input, personId: student.id }, by.actor);
    note({ action: 'enrolment.create', subject: `enrolment:${enrolment.id}`, after: enrolment });
    return { kind: 'saved', enrolment } as const;
  });
}

export function changeEnrolment(
  deps: EnrolmentDeps,
  id: number,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | null | undefined },
  by: By,
): Saved<{ enrolment: Enrolment }> | Refused {
  const { enrolments } = deps.money;
  return audited(deps, by, (note) => {
    const before = enrolments.get(id) ?? stop(refused('not_found', `there is no enrolment ${id}`));
    const dates = { from: from ?? before.from, to: to === undefined ? before.to : to };
    refuseReversed(dates.from, dates.to);
    const enrolment = enrolments.update(id, dates);
    note({ action: 'enrolment.change', subject: `enrolment:${id}`, before, after: enrolment });
    return { kind: 'saved', enrolment } as const;
  });
}

function refuseReversed(from: string, to: string | null): void {
  if (to !== null && to < from) refuseField('to', 'must not lie before from');
}
