import { and, asc, eq, gt } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import type { RateRow } from '../../core/billing/policy/rates.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { rates } from '../schema/money.ts';
import { people } from '../schema/school.ts';
import { matches } from '../select.ts';

/** A rate as it is entered: people of the scope by number. */
export interface NewRate extends Omit<RateRow, 'id' | 'scope'> {
  readonly classId: number | null;
  readonly studentId: number | null;
  readonly teacherId: number | null;
  readonly subject: string | null;
  readonly seriesId: string | null;
}

export interface RateFilter {
  readonly kind?: RateRow['kind'] | undefined;
  readonly after: number;
  readonly limit: number;
}

export interface RateStore {
  get(id: number): RateRow | null;
  /** In order of id. */
  list(filter: RateFilter): RateRow[];
  /** Every rate, for pricing. */
  all(): RateRow[];
  /** Overlaps and the audit log are the caller's, in the same transaction. */
  create(rate: NewRate, actor: string): RateRow;
  update(id: number, rate: NewRate): RateRow;
}

/** More rates are read in pages, so that no read holds the loop for long. */
const PAGE = 5_000;

export function createRateStore({ orm }: Database, clock: Now): RateStore {
  const student = alias(people, 'student');
  const teacher = alias(people, 'teacher');
  const select = () =>
    orm
      .select({ rate: rates, studentEmail: student.email, teacherEmail: teacher.email })
      .from(rates)
      .leftJoin(student, eq(student.id, rates.studentId))
      .leftJoin(teacher, eq(teacher.id, rates.teacherId))
      .$dynamic();
  const show = ({
    rate,
    studentEmail,
    teacherEmail,
  }: ReturnType<ReturnType<typeof select>['all']>[number]): RateRow => {
    const { id, kind, amountMinor, currency, unit, validFrom, validTo, classId, subject, seriesId } = rate;
    const scope = { classId, studentEmail, teacherEmail, subject, seriesId };
    return { id, kind, amountMinor, currency, unit, validFrom, validTo, scope };
  };
  const get = (id: number): RateRow | null => {
    const found = select().where(eq(rates.id, id)).get();
    return found === undefined ? null : show(found);
  };
  const list = ({ kind, after, limit }: RateFilter): RateRow[] =>
    select()
      .where(and(gt(rates.id, after), matches(rates.kind, kind)))
      .orderBy(asc(rates.id))
      .limit(limit)
      .all()
      .map(show);

  return {
    get,
    list,
    all() {
      const found: RateRow[] = [];
      for (let page: RateRow[]; ;) {
        page = list({ after: found.at(-1)?.id ?? 0, limit: PAGE });
        found.push(...page);
        if (page.length < PAGE) return found;
      }
    },
    create(rate, actor) {
      const now = clock.now();
      const { id } = orm
        .insert(rates)
        .values({ ...rate, actor, createdAt: now, updatedAt: now })
        .returning({ id: rates.id })
        .get();
      return get(id)!;
    },
    update(id, rate) {
      orm
        .update(rates)
        .set({ ...rate, updatedAt: clock.now() })
        .where(eq(rates.id, id))
        .run();
      return get(id)!;
    },
  };
}
