import { and, asc, count, eq, inArray, isNotNull } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { adjustments } from '../schema/money.ts';
import { columnsBut, matches } from '../select.ts';

type Row = Readonly<Omit<typeof adjustments.$inferSelect, 'adjustmentId' | 'lineId'>>;

/**
 * A correction of a closed line with what a person said to it. `withdrawn`: it was accepted, and its period was reopened
 * before it was issued, so that it is a line of no period.
 */
export type SettledAdjustment = Omit<Row, 'state' | 'withdrawnAt'> & {
  readonly state: Row['state'] | 'withdrawn';
};

type NewAdjustment = Omit<Row, 'id' | 'createdAt' | 'withdrawnAt'>;

export interface AdjustmentStore {
  /** In order of id. */
  list(where: { readonly corrects?: string; readonly postedIn?: string }): SettledAdjustment[];
  /** The periods that corrections were accepted for, each once. */
  periodsPostedIn(): string[];
  /** Line id → how many numbers were given to its corrections, in whichever period: none is given again. */
  numbersGiven(): Map<string, number>;
  /** The audit log is the caller's, in the same transaction. */
  save(settled: NewAdjustment): SettledAdjustment;
  /** Accepted corrections become lines of another period. The audit log is the caller's, in the same transaction. */
  move(ids: readonly number[], postedIn: string): void;
  /** Accepted corrections are lines of no period any more. The audit log is the caller's, in the same transaction. */
  withdraw(ids: readonly number[]): SettledAdjustment[];
}

export function createAdjustmentStore({ orm }: Database, clock: Now): AdjustmentStore {
  const columns = columnsBut(adjustments, 'adjustmentId', 'lineId');
  return {
    list: ({ corrects, postedIn }) =>
      orm
        .select(columns)
        .from(adjustments)
        .where(and(matches(adjustments.corrects, corrects), matches(adjustments.postedIn, postedIn)))
        .orderBy(asc(adjustments.id))
        .all()
        .map(settledOf),
    periodsPostedIn: () =>
      orm
        .selectDistinct({ postedIn: adjustments.postedIn })
        .from(adjustments)
        .where(isNotNull(adjustments.postedIn))
        .all()
        .flatMap(({ postedIn }) => postedIn ?? []),
    numbersGiven: () =>
      new Map(
        orm
          .select({ lineId: adjustments.lineId, given: count() })
          .from(adjustments)
          .where(eq(adjustments.state, 'accepted'))
          .groupBy(adjustments.lineId)
          .all()
          .map(({ lineId, given }) => [lineId, given]),
      ),
    save(settled) {
      const { adjustmentId, lineId } = settled.adjustment;
      const values = { ...settled, adjustmentId, lineId, createdAt: clock.now() };
      return settledOf(orm.insert(adjustments).values(values).returning(columns).get());
    },
    move(ids, postedIn) {
      orm
        .update(adjustments)
        .set({ postedIn })
        .where(inArray(adjustments.id, [...ids]))
        .run();
    },
    withdraw(ids) {
      const withdrawnAt = clock.now();
      return orm
        .update(adjustments)
        .set({ withdrawnAt })
        .where(inArray(adjustments.id, [...ids]))
        .returning(columns)
        .all()
        .map(settledOf);
    },
  };
}

function settledOf({ withdrawnAt, ...row }: Row): SettledAdjustment {
  return withdrawnAt === null ? row : { ...row, state: 'withdrawn' };
}
