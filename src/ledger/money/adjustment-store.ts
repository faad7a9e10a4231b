import { and, asc, eq } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { adjustments } from '../schema/money.ts';
import { columnsBut, matches } from '../select.ts';

/** A correction of a closed line with what a person said to it. */
export type SettledAdjustment = Readonly<Omit<typeof adjustments.$inferSelect, 'adjustmentId' | 'lineId'>>;

export interface AdjustmentStore {
  /** In order of id. */
  list(where: { readonly corrects?: string; readonly postedIn?: string }): SettledAdjustment[];
  /** Whether just this was refused before. */
  wasRejected(contentHash: string): boolean;
  /** The audit log is the caller's, in the same transaction. */
  save(settled: Omit<SettledAdjustment, 'id' | 'createdAt'>): SettledAdjustment;
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
        .all(),
    wasRejected: (contentHash) =>
      orm
        .select({ id: adjustments.id })
        .from(adjustments)
        .where(and(eq(adjustments.contentHash, contentHash), eq(adjustments.state, 'rejected')))
        .get() !== undefined,
    save(settled) {
      const { adjustmentId, lineId } = settled.adjustment;
      return orm
        .insert(adjustments)
        .values({ ...settled, adjustmentId, lineId, createdAt: clock.now() })
        .returning(columns)
        .get();
    },
  };
}
