import { formatAmount } from '../../core/billing/money/money.ts';
import { overlappingRate, rateInput, type RateRow } from '../../core/billing/policy/rates.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { NewRate } from '../../ledger/money/rate-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { invalid, invalidInput, refused, type Complaint, type Refused } from '../../refusal.ts';
import { showRate } from '../../render/json/prices.ts';
import { audited, stop, type AuditedDeps, type By, type Saved } from '../action.ts';

export interface RateDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'rates'>;
  readonly people: Pick<PeopleStore, 'byEmail'>;
  readonly classStore: Pick<ClassStore, 'get'>;
}

/** The body comes as the API has it. */
export function addRate(deps: RateDeps, body: unknown, by: By): Saved<{ rate: RateRow }> | Refused {
  const { rates } = deps.money;
  return audited(deps, by, (note) => {
    const rate = rates.create(checkedRate(deps, body, null), by.actor);
    note({ action: 'rate.create', subject: `rate:${rate.id}`, after: showRate(rate) });
    return { kind: 'saved', rate } as const;
  });
}

/** What is left out stays. Ends a rate with `valid_to`, or corrects it. */
export function changeRate(
  deps: RateDeps,
  id: number,
  changes: Readonly<Record<string, unknown>>,
  by: By,
): Saved<{ rate: RateRow }> | Refused {
  const { rates } = deps.money;
  return audited(deps, by, (note) => {
    const before = rates.get(id) ?? stop(refused('not_found', `there is no rate ${id}`));
    const { rate_id: _id, ...shown } = showRate(before);
    const rate = rates.update(id, checkedRate(deps, { ...shown, ...changes }, id));
    note({ action: 'rate.change', subject: `rate:${id}`, before: showRate(before), after: showRate(rate) });
    return { kind: 'saved', rate } as const;
  });
}

/** A rate as the API has it, in the form of the ledger. Refuses one that prices the same as another than `except`. */
function checkedRate(deps: RateDeps, body: unknown, except: number | null): NewRate {
  const { data, error } = rateInput.safeParse(body);
  if (data === undefined) return stop(invalidInput(error));
  const row = numbered(deps, data);
  refuseOverlap(deps, data, except);
  return row;
}

/** The people of a scope by number; who is unknown is a fault of the request, not a rate for nobody. */
function numbered({ people, classStore }: RateDeps, { scope, ...rate }: Omit<RateRow, 'id'>): NewRate {
  const complaints: Complaint[] = [];
  const person = (path: string, email: string | null | undefined): number | null => {
    if (email === null || email === undefined) return null;
    const found = people.byEmail(email);
    if (found === null) complaints.push({ path: `scope.${path}`, message: `${email} is not a person of the school` });
    return found?.id ?? null;
  };
  const { classId = null, subject = null, seriesId = null } = scope;
  if (classId !== null && classStore.get(classId) === null) {
    complaints.push({ path: 'scope.class_id', message: `there is no class ${classId}` });
  }
  const studentId = person('student_email', scope.studentEmail);
  const teacherId = person('teacher_email', scope.teacherEmail);
  if (complaints.length > 0) stop(invalid(complaints));
  return { ...rate, classId, studentId, teacherId, subject, seriesId };
}

function refuseOverlap({ money: { rates } }: RateDeps, rate: Omit<RateRow, 'id'>, except: number | null): void {
  const other = overlappingRate(rates.all(), rate, except);
  if (other === null) return;
  const days = `${other.validFrom} to ${other.validTo ?? 'no end'}`;
  stop(
    refused(
      'rate_overlap',
      `rate ${other.id} (${formatAmount(other.amountMinor, other.currency)} ${other.currency}, ${days}) prices the same: end it first, or choose other days`,
    ),
  );
}
