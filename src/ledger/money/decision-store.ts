import { and, asc, eq, getTableColumns, gt, isNull, sql } from 'drizzle-orm';

import { decisionSchema, type Decision, type DecisionKind } from '../../core/attendance/decision.ts';
import type { Now } from '../../core/time/clock.ts';
import { prepareLinksOf } from '../attendance/presence-decisions.ts';
import type { Database } from '../database.ts';
import { decisions } from '../schema/decisions.ts';
import { conferenceRecords } from '../schema/evidence.ts';
import { people } from '../schema/school.ts';
import { ALL, matches } from '../select.ts';

/** What a person settled for a class, and whether it stands. */
export type StoredDecision = Decision &
  Readonly<Omit<typeof decisions.$inferSelect, keyof Decision>> & { readonly userEmail: string | null };

export type NewDecision = Decision & {
  readonly classId: number;
  readonly actor: string;
  readonly reason: string;
};

export interface DecisionFilter {
  readonly classId?: number | undefined;
  readonly kind?: DecisionKind | undefined;
  readonly standing?: boolean | undefined;
  /** Cursor: id of the last decision of the page before. */
  readonly after?: number | undefined;
  /** Left out: all of them. */
  readonly limit?: number | undefined;
}

/** A call as Google's record names it. */
export interface Call {
  readonly space: string;
  readonly start: number;
  readonly end: number;
}

export interface DecisionStore {
  get(id: number): StoredDecision | null;
  /** In order of id. */
  list(filter: DecisionFilter): StoredDecision[];
  /** Logs and audit log are the caller's, in the same transaction. */
  create(decision: NewDecision): StoredDecision;
  undo(id: number, actor: string, reason: string): StoredDecision;
  /** The classes that a record was linked to by hand, ascending. */
  linksOf(record: string): number[];
  /** Null: no such record was read. */
  call(record: string): Call | null;
}

export function createDecisionStore({ orm, sqlite }: Database, clock: Now): DecisionStore {
  const select = () =>
    orm
      .select({ ...getTableColumns(decisions), userEmail: people.email })
      .from(decisions)
      .leftJoin(people, eq(people.id, decisions.personId))
      .$dynamic();
  const read = (row: Omit<StoredDecision, keyof Decision> & Record<keyof Decision, unknown>): StoredDecision => ({
    ...row,
    ...decisionSchema.parse(row),
  });
  const get = (id: number): StoredDecision | null => {
    const found = select().where(eq(decisions.id, id)).get();
    return found === undefined ? null : read(found);
  };

  return {
    get,
    list: ({ classId, kind, standing, after = 0, limit = ALL }) =>
      select()
        .where(
          and(
            gt(decisions.id, after),
            matches(decisions.classId, classId),
            matches(decisions.kind, kind),
            standing === true ? isNull(decisions.undoneAt) : undefined,
          ),
        )
        .orderBy(asc(decisions.id))
        .limit(limit)
        .all()
        .map(read),
    create(decision) {
      const values = { ...decision, createdAt: clock.now() };
      return get(orm.insert(decisions).values(values).returning({ id: decisions.id }).get().id)!;
    },
    undo(id, actor, reason) {
      const values = { undoneAt: clock.now(), undoneBy: actor, undoReason: reason };
      orm.update(decisions).set(values).where(eq(decisions.id, id)).run();
      return get(id)!;
    },
    linksOf: prepareLinksOf(sqlite),
    call: (record) =>
      orm
        .select({
          space: conferenceRecords.space,
          start: conferenceRecords.start,
          end: sql<number>`coalesce(${conferenceRecords.end}, ${conferenceRecords.lastSeenAt})`,
        })
        .from(conferenceRecords)
        .where(eq(conferenceRecords.name, record))
        .get() ?? null,
  };
}
