import { and, asc, count, eq, gt, gte, inArray, lt, or, sql } from 'drizzle-orm';

import type { Coverage } from '../../core/attendance/coverage-state.ts';
import type { Unmatched } from '../../core/attendance/identity/unmatched.ts';
import type { DerivedLog } from '../../core/attendance/logs.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { classes, sessions } from '../schema/classes.ts';
import { reviewItems } from '../schema/decisions.ts';
import { attendanceLogs, rebuilds } from '../schema/logs.ts';
import { people } from '../schema/school.ts';
import { ALL, held, matches, placeholdersBut } from '../select.ts';
import { planReview, type ReviewPlan } from './review-plan.ts';
import { substitutedBy } from './roster-rows.ts';

/** An attendance log with its class. Instants in epoch ms. */
export type AttendanceLog = typeof attendanceLogs.$inferSelect & {
  readonly classId: number;
  readonly subject: string;
  readonly classStart: number;
  readonly classEnd: number;
  readonly coverage: Coverage;
  readonly userEmail: string | null;
  /** Somebody in the class has to be named yet: an absence is not certain. */
  readonly reviewOpen: boolean;
};

export interface LogFilter {
  readonly sessionId?: number | undefined;
  readonly classId?: number | undefined;
  readonly userEmail?: string | undefined;
  /** Classes that end after `from` and start before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly status?: AttendanceLog['status'] | undefined;
  /** Only classes that one of these people teaches, or taught as a substitute. */
  readonly teacherIds?: readonly number[] | undefined;
  /** Cursor: id of the last log of the page before. */
  readonly after?: number | undefined;
  /** Left out: all of them. */
  readonly limit?: number | undefined;
}

export interface LogStore {
  /** In the order of their ids. */
  list(filter: LogFilter): AttendanceLog[];
  /** Classes that have a session, and so logs, in the order of their ids. */
  classIds(): number[];
  /** Makes `derived` the logs of a session; a row that stays the same is not written. @returns whether any changed */
  replace(sessionId: number, derived: readonly DerivedLog[]): boolean;
  /**
   * Makes `unmatched` the review items of a session. What a person settled stays as they left it; who waits for a name
   * again all the same has a new item. Who is seen no more, or was named meanwhile, is `gone`.
   */
  replaceReview(sessionId: number, unmatched: readonly Unmatched[]): void;
  /** What {@link replaceReview} would do, without doing it. */
  planReview(sessionId: number, unmatched: readonly Unmatched[]): ReviewPlan;
  /** Classes whose logs a migration wants to be derived again, in the order of their ids. @param most left out: all of them */
  awaitingRebuild(most?: number): number[];
  /** How many those are. @param within only classes that start in it; left out: all of them */
  awaitingCount(within?: Interval): number;
  /** Strikes a class from those. */
  rebuilt(classId: number): void;
}

/** Every class starts in it. */
const EVER: Interval = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };

export function createLogStore({ orm }: Database, clock: Now): LogStore {
  const ofSession = sql.placeholder('sessionId');
  const logsOf = held(() => orm.select().from(attendanceLogs).where(eq(attendanceLogs.sessionId, ofSession)).prepare());
  const itemsOf = held(() => orm.select().from(reviewItems).where(eq(reviewItems.sessionId, ofSession)).prepare());
  const withSession = held(() =>
    orm.select({ id: sessions.classId }).from(sessions).orderBy(asc(sessions.classId)).prepare(),
  );
  const awaited = held(() =>
    orm.select().from(rebuilds).orderBy(asc(rebuilds.classId)).limit(sql.placeholder('most')).prepare(),
  );
  const awaitedStarts = held(() =>
    orm
      .select({ count: count() })
      .from(rebuilds)
      .innerJoin(classes, eq(classes.id, rebuilds.classId))
      .where(and(gte(classes.start, sql.placeholder('start')), lt(classes.start, sql.placeholder('end'))))
      .prepare(),
  );
  const ofLog = eq(attendanceLogs.id, sql.placeholder('id'));
  const written = placeholdersBut(attendanceLogs, 'id');
  const added = held(() => orm.insert(attendanceLogs).values(written).prepare());
  const changedTo = held(() => orm.update(attendanceLogs).set(written).where(ofLog).prepare());
  const removed = held(() => orm.delete(attendanceLogs).where(ofLog).prepare());
  const strike = held(() =>
    orm
      .delete(rebuilds)
      .where(eq(rebuilds.classId, sql.placeholder('classId')))
      .prepare(),
  );
  return {
    list({ sessionId, classId, userEmail, from, to, status, teacherIds, after, limit = ALL }) {
      return orm
        .select({
          log: attendanceLogs,
          classId: sessions.classId,
          coverage: sessions.coverage,
          subject: classes.subject,
          classStart: classes.start,
          classEnd: classes.end,
          userEmail: people.email,
          reviewOpen:
            sql<number>`exists (select 1 from review_items i where i.session_id = ${sessions.id} and i.state = 'open')`.mapWith(
              Boolean,
            ),
        })
        .from(attendanceLogs)
        .innerJoin(sessions, eq(sessions.id, attendanceLogs.sessionId))
        .innerJoin(classes, eq(classes.id, sessions.classId))
        .leftJoin(people, eq(people.id, attendanceLogs.personId))
        .where(
          and(
            matches(attendanceLogs.sessionId, sessionId),
            matches(sessions.classId, classId),
            matches(people.email, userEmail?.toLowerCase()),
            from === undefined ? undefined : gt(classes.end, from),
            to === undefined ? undefined : lt(classes.start, to),
            matches(attendanceLogs.status, status),
            teacherIds === undefined
              ? undefined
              : or(
                  sql`exists (select 1 from class_people cp where cp.class_id = ${classes.id} and cp.person_id in ${teacherIds} and cp.role = 'teacher')`,
                  inArray(classes.id, substitutedBy(orm, teacherIds)),
                ),
            after === undefined ? undefined : gt(attendanceLogs.id, after),
          ),
        )
        .orderBy(asc(attendanceLogs.id))
        .limit(limit)
        .all()
        .map(({ log, ...rest }) => ({ ...log, ...rest }));
    },
    classIds: () =>
      withSession()
        .all()
        .map(({ id }) => id),
    awaitingRebuild: (most = ALL) =>
      awaited()
        .all({ most })
        .map(({ classId }) => classId),
    awaitingCount: ({ start, end } = EVER) => awaitedStarts().get({ start, end })!.count,
    rebuilt(classId) {
      strike().run({ classId });
    },
    replace(sessionId, derived) {
      const stored = new Map(
        logsOf()
          .all({ sessionId })
          .map((row) => [keyOf(row), row]),
      );
      let changed = false;
      for (const log of derived) {
        const row = rowOf(log);
        const old = stored.get(keyOf(log));
        stored.delete(keyOf(log));
        if (old !== undefined && sameLog(old, row)) continue;
        const values = { ...row, sessionId, updatedAt: clock.now() };
        if (old === undefined) added().run(values);
        else changedTo().run({ ...values, id: old.id });
        changed = true;
      }
      for (const { id } of stored.values()) {
        removed().run({ id });
        changed = true;
      }
      return changed;
    },
    planReview: (sessionId, unmatched) => planReview(itemsOf().all({ sessionId }), unmatched),
    replaceReview(sessionId, unmatched) {
      const { items, gone } = planReview(itemsOf().all({ sessionId }), unmatched);
      for (const { old, key, state, values } of items) {
        if (old === null) {
          const entry = { ...values, sessionId, key, state, createdAt: clock.now() };
          orm.insert(reviewItems).values(entry).run();
        } else {
          orm
            .update(reviewItems)
            .set({ ...values, state })
            .where(eq(reviewItems.id, old.id))
            .run();
        }
      }
      for (const { id } of gone) orm.update(reviewItems).set({ state: 'gone' }).where(eq(reviewItems.id, id)).run();
    },
  };
}

/** Whose log it is: one a session. */
function keyOf({ personId, participant }: Pick<DerivedLog, 'personId' | 'participant'>): number | string {
  return personId ?? participant ?? '';
}

type LogRow = Omit<typeof attendanceLogs.$inferInsert, 'id' | 'sessionId' | 'updatedAt'>;

function rowOf(derived: DerivedLog): LogRow {
  const { classId: _, identity, ...log } = derived;
  return {
    ...log,
    intervals: log.intervals.map(({ open, ...interval }) => ({ ...interval, ...(open ? { open } : {}) })),
    identityMethod: identity?.method ?? null,
    identityConfidence: identity?.confidence ?? null,
  };
}

function sameLog(stored: typeof attendanceLogs.$inferSelect, row: LogRow): boolean {
  return Object.entries(row).every(
    ([column, value]) => JSON.stringify(stored[column as keyof typeof stored]) === JSON.stringify(value),
  );
}
