import { and, asc, eq, gt } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { enrolments } from '../schema/money.ts';
import { people } from '../schema/school.ts';
import { matches } from '../select.ts';

/** From when to when a student takes a series, or a subject. Days are included. */
export type Enrolment = Readonly<Omit<typeof enrolments.$inferSelect, 'actor' | 'createdAt' | 'updatedAt'>> & {
  readonly email: string;
};

export type NewEnrolment = Omit<Enrolment, 'id' | 'email'>;

export interface EnrolmentStore {
  get(id: number): Enrolment | null;
  /** In order of id. */
  list(where: { readonly personId?: number | undefined; readonly after: number; readonly limit: number }): Enrolment[];
  /** The audit log is the caller's, in the same transaction. */
  create(enrolment: NewEnrolment, actor: string): Enrolment;
  update(id: number, changes: Pick<NewEnrolment, 'from' | 'to'>): Enrolment;
}

export function createEnrolmentStore({ orm }: Database, clock: Now): EnrolmentStore {
  const select = () =>
    orm
      .select({
        id: enrolments.id,
        personId: enrolments.personId,
        email: people.email,
        seriesId: enrolments.seriesId,
        subject: enrolments.subject,
        from: enrolments.from,
        to: enrolments.to,
      })
      .from(enrolments)
      .innerJoin(people, eq(people.id, enrolments.personId))
      .$dynamic();
  const get = (id: number): Enrolment | null => select().where(eq(enrolments.id, id)).get() ?? null;
  return {
    get,
    list: ({ personId, after, limit }) =>
      select()
        .where(and(gt(enrolments.id, after), matches(enrolments.personId, personId)))
        .orderBy(asc(enrolments.id))
        .limit(limit)
        .all(),
    create(enrolment, actor) {
      const now = clock.now();
      const values = { ...enrolment, actor, createdAt: now, updatedAt: now };
      const { id } = orm.insert(enrolments).values(values).returning({ id: enrolments.id }).get();
      return get(id)!;
    },
    update(id, { from, to }) {
      const values = { from, to, updatedAt: clock.now() };
      orm.update(enrolments).set(values).where(eq(enrolments.id, id)).run();
      return get(id)!;
    },
  };
}
