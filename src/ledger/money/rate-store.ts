import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import type { RateRow } from '../../core/billing/policy/rates.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { rates } from '../schema/money.ts';
import { people } from '../schema/school.ts';
import { held, matches } from '../select.ts';

/** A rate as it is entered: people of the scope by number. */
export type NewRate = Readonly<Omit<typeof rates.$inferSelect, 'id' | 'actor' | 'createdAt' | 'updatedAt'>>;

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
      .select({
        id: rates.id,
        kind: rates.kind,
        amountMinor: rates.amountMinor,
        currency: rates.currency,
        unit: rates.unit,
        validFrom: rates.validFrom,
        validTo: rates.validTo,
        scope: {
          classId: rates.classId,
          studentEmail: student.email,
          teacherEmail: teacher.email,
          subject: rates.subject,
          seriesId: rates.seriesId,
        },
      })
      .from(rates)
      .leftJoin(student, eq(student.id, rates.studentId))
      .leftJoin(teacher, eq(teacher.id, rates.teacherId))
      .$dynamic();
  const byId = held(() =>
    select()
      .where(eq(rates.id, sql.placeholder('id')))
      .prepare(),
  );
  const behind = held(() =>
    select()
      .where(gt(rates.id, sql.placeholder('after')))
      .orderBy(asc(rates.id))
      .limit(PAGE)
      .prepare(),
  );
  const get = (id: number): RateRow | null => byId().get({ id }) ?? null;
  const list = ({ kind, after, limit }: RateFilter): RateRow[] =>
    select()
      .where(and(gt(rates.id, after), matches(rates.kind, kind)))
      .orderBy(asc(rates.id))
      .limit(limit)
      .all();

  return {
    get,
    list,
    all() {
      const found: RateRow[] = [];
      for (let page: RateRow[]; ;) {
        page = behind().all({ after: found.at(-1)?.id ?? 0 });
        found.push(...page);
        if (page.length < PAGE) return found;
      }
    },
    create(rate, actor) {
      const now = clock.now();
      const values = { ...rate, actor, createdAt: now, updatedAt: now };
      return get(orm.insert(rates).values(values).returning({ id: rates.id }).get().id)!;
    },
    update(id, rate) {
      const values = { ...rate, updatedAt: clock.now() };
      orm.update(rates).set(values).where(eq(rates.id, id)).run();
      return get(id)!;
    },
  };
}
