import { formatAmount } from '../../core/billing/money/money.ts';
import { policyVersion, policyToJson, policyWarnings } from '../../core/billing/policy/policy-json.ts';
import { overlappingRate, rateInput } from '../../core/billing/policy/rates.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { Enrolment } from '../../ledger/money/enrolment-store.ts';
import type { StoredPolicy } from '../../ledger/money/policy-store.ts';
import type { NewRate } from '../../ledger/money/rate-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { rateToJson } from '../../render/json/rates.ts';
import type { Complaint } from '../classes/booking-rules.ts';
import { invalid, invalidInput, refuse, refused, storedOrRefused } from '../action.ts';
import type { By, Refused } from '../action.ts';

export interface SavedPolicy {
  readonly kind: 'saved';
  readonly policy: StoredPolicy;
  /** Settings that do less than they seem to. */
  readonly warnings: readonly string[];
}

export interface SavedRate {
  readonly kind: 'saved';
  readonly rate: RateRow;
}

export interface SavedEnrolment {
  readonly kind: 'saved';
  readonly enrolment: Enrolment;
}

export interface EnrolmentInput {
  readonly studentEmail: string;
  readonly seriesId: string | null;
  readonly subject: string | null;
  readonly from: string;
  readonly to: string | null;
}

/** What is asked for lessons, and whom. Bodies come as the API has them; every change is audited in its transaction. */
export interface Tariffs {
  /** `{valid_from, preset, …settings changed}`. Earlier versions stay. */
  addPolicy(body: unknown, by: By): SavedPolicy | Refused;
  addRate(body: unknown, by: By): SavedRate | Refused;
  /** What is left out stays. Ends a rate with `valid_to`, or corrects it. */
  changeRate(id: number, changes: Readonly<Record<string, unknown>>, by: By): SavedRate | Refused;
  addEnrolment(input: EnrolmentInput, by: By): SavedEnrolment | Refused;
  changeEnrolment(
    id: number,
    changes: { readonly from?: string | undefined; readonly to?: string | null | undefined },
    by: By,
  ): SavedEnrolment | Refused;
}

export interface TariffDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: MoneyStores;
  readonly people: PeopleStore;
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly audit: Pick<AuditLog, 'append'>;
}

export function createTariffs({ database, stores, people, classStore, audit }: TariffDeps): Tariffs {
  const { policy, rates, enrolments } = stores;

  /** The people of a scope by number; who is unknown is a fault of the request, not a rate for nobody. */
  const numbered = ({ scope, ...rate }: Omit<RateRow, 'id'>): NewRate => {
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
    if (complaints.length > 0) refuse(invalid(complaints));
    return { ...rate, classId, studentId, teacherId, subject, seriesId };
  };

  const refuseOverlap = (rate: RateRow): void => {
    const other = overlappingRate(rates.all(), rate);
    if (other === null) return;
    const days = `${other.validFrom} to ${other.validTo ?? 'no end'}`;
    refuse(
      refused(
        'rate_overlap',
        `rate ${other.id} (${formatAmount(other.amountMinor, other.currency)} ${other.currency}, ${days}) prices the same: end it first, or choose other days`,
      ),
    );
  };

  const parsedRate = (body: unknown): Omit<RateRow, 'id'> => {
    const parsed = rateInput.safeParse(body);
    return parsed.success ? parsed.data : refuse(invalidInput(parsed.error));
  };

  return {
    addPolicy(body, by) {
      const parsed = policyVersion.safeParse(body);
      if (!parsed.success) return invalidInput(parsed.error);
      return storedOrRefused(database.write, () => {
        const stored = policy.add(parsed.data, { actor: by.actor, reason: by.reason ?? null });
        const after = policyToJson(stored.version);
        audit.append({ ...by, action: 'policy.add', subject: `policy:${stored.id}`, after });
        return { kind: 'saved', policy: stored, warnings: policyWarnings(stored.version) } as const;
      });
    },

    addRate: (body, by) =>
      storedOrRefused(database.write, () => {
        const wanted = parsedRate(body);
        const row = numbered(wanted);
        refuseOverlap({ ...wanted, id: 0 });
        const rate = rates.create(row, by.actor);
        audit.append({ ...by, action: 'rate.create', subject: `rate:${rate.id}`, after: rateToJson(rate) });
        return { kind: 'saved', rate } as const;
      }),

    changeRate: (id, changes, by) =>
      storedOrRefused(database.write, () => {
        const before = rates.get(id) ?? refuse(refused('not_found', `there is no rate ${id}`));
        const { rate_id: _id, ...shown } = rateToJson(before);
        const wanted = parsedRate({ ...shown, ...changes });
        const row = numbered(wanted);
        refuseOverlap({ ...wanted, id });
        const rate = rates.update(id, row);
        if (JSON.stringify(rate) !== JSON.stringify(before)) {
          const values = { before: rateToJson(before), after: rateToJson(rate) };
          audit.append({ ...by, action: 'rate.change', subject: `rate:${id}`, ...values });
        }
        return { kind: 'saved', rate } as const;
      }),

    addEnrolment: ({ studentEmail, ...input }, by) =>
      storedOrRefused(database.write, () => {
        const student = people.byEmail(studentEmail);
        if (student?.role !== 'student') {
          refuse(invalid([{ path: 'student_email', message: `${studentEmail} is not a student of the school` }]));
        }
        refuseReversed(input.from, input.to);
        const enrolment = enrolments.create({ ...input, personId: student.id }, by.actor);
        audit.append({ ...by, action: 'enrolment.create', subject: `enrolment:${enrolment.id}`, after: enrolment });
        return { kind: 'saved', enrolment } as const;
      }),

    changeEnrolment: (id, { from, to }, by) =>
      storedOrRefused(database.write, () => {
        const before = enrolments.get(id) ?? refuse(refused('not_found', `there is no enrolment ${id}`));
        const dates = { from: from ?? before.from, to: to === undefined ? before.to : to };
        refuseReversed(dates.from, dates.to);
        const enrolment = enrolments.update(id, dates);
        if (before.from !== enrolment.from || before.to !== enrolment.to) {
          const subject = `enrolment:${id}`;
          audit.append({ ...by, action: 'enrolment.change', subject, before, after: enrolment });
        }
        return { kind: 'saved', enrolment } as const;
      }),
  };
}

function refuseReversed(from: string, to: string | null): void {
  if (to !== null && to < from) refuse(invalid([{ path: 'to', message: 'must not lie before from' }]));
}
