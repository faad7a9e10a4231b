import { and, asc, desc, eq, getTableColumns, gt, inArray, isNull } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { disputes, periodAcceptances } from '../schema/money.ts';
import { people } from '../schema/school.ts';
import { ALL, columnsBut, matches } from '../select.ts';

/** What a teacher does not agree with. */
export type Dispute = Readonly<typeof disputes.$inferSelect> & { readonly teacherEmail: string };

export interface Acceptance extends Readonly<Omit<typeof periodAcceptances.$inferSelect, 'id' | 'period'>> {
  readonly teacherEmail: string;
}

export interface DisputeFilter {
  readonly period?: string | undefined;
  readonly personIds?: readonly number[] | undefined;
  readonly open?: boolean | undefined;
  readonly after?: number | undefined;
  /** Left out: all of them. */
  readonly limit?: number | undefined;
}

/** Whether teachers accepted or disputed their pay. The audit log is the caller's, in the same transaction. */
export interface PayAnswerStore {
  /** The pay that each teacher accepted last, by e-mail. */
  acceptances(period: string): Acceptance[];
  accept(period: string, personId: number, payHash: string): Acceptance;
  dispute(id: number): Dispute | null;
  openDisputeOf(lineId: string): Dispute | null;
  /** In order of id. */
  disputes(filter: DisputeFilter): Dispute[];
  addDispute(dispute: Pick<Dispute, 'lineId' | 'period' | 'personId' | 'text'>): Dispute;
  closeDispute(id: number, outcome: 'upheld' | 'refused', actor: string, reason: string): Dispute;
}

export function createPayAnswerStore({ orm }: Database, clock: Now): PayAnswerStore {
  const select = () =>
    orm
      .select({ ...getTableColumns(disputes), teacherEmail: people.email })
      .from(disputes)
      .innerJoin(people, eq(people.id, disputes.personId))
      .$dynamic();
  const dispute = (id: number): Dispute | null => select().where(eq(disputes.id, id)).get() ?? null;
  const acceptances = (period: string): Acceptance[] => {
    const rows = orm
      .select({ ...columnsBut(periodAcceptances, 'id', 'period'), teacherEmail: people.email })
      .from(periodAcceptances)
      .innerJoin(people, eq(people.id, periodAcceptances.personId))
      .where(eq(periodAcceptances.period, period))
      .orderBy(asc(people.email), desc(periodAcceptances.id))
      .all();
    return rows.filter((row, i) => row.personId !== rows[i - 1]?.personId);
  };
  return {
    acceptances,
    accept(period, personId, payHash) {
      orm.insert(periodAcceptances).values({ period, personId, payHash, acceptedAt: clock.now() }).run();
      return acceptances(period).find((acceptance) => acceptance.personId === personId)!;
    },
    dispute,
    openDisputeOf: (lineId) =>
      select()
        .where(and(eq(disputes.lineId, lineId), isNull(disputes.closedAt)))
        .get() ?? null,
    disputes: ({ period, personIds, open, after = 0, limit = ALL }) =>
      select()
        .where(
          and(
            gt(disputes.id, after),
            matches(disputes.period, period),
            personIds === undefined ? undefined : inArray(disputes.personId, personIds),
            open === true ? isNull(disputes.closedAt) : undefined,
          ),
        )
        .orderBy(asc(disputes.id))
        .limit(limit)
        .all(),
    addDispute(entry) {
      const values = { ...entry, createdAt: clock.now() };
      return dispute(orm.insert(disputes).values(values).returning({ id: disputes.id }).get().id)!;
    },
    closeDispute(id, outcome, actor, reason) {
      const changes = { closedAt: clock.now(), closedBy: actor, outcome, closeReason: reason };
      orm.update(disputes).set(changes).where(eq(disputes.id, id)).run();
      return dispute(id)!;
    },
  };
}
