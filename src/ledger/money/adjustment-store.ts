import { and, asc, eq } from 'drizzle-orm';

import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { adjustments } from '../schema/money.ts';

/** A correction of a closed line with what a person said to it. */
export interface SettledAdjustment {
  readonly id: number;
  readonly adjustment: Adjustment;
  /** The closed period. */
  readonly corrects: string;
  readonly state: 'accepted' | 'rejected';
  /** The period that it is a line of. */
  readonly postedIn: string | null;
  readonly contentHash: string;
  readonly actor: string;
  readonly reason: string;
  readonly createdAt: number;
}

export interface AdjustmentStore {
  /** In order of id. */
  list(where: { readonly corrects?: string; readonly postedIn?: string }): SettledAdjustment[];
  /** Whether just this was refused before. */
  wasRejected(contentHash: string): boolean;
  /** The audit log is the caller's, in the same transaction. */
  save(settled: Omit<SettledAdjustment, 'id' | 'createdAt'>): SettledAdjustment;
}

export function createAdjustmentStore({ orm }: Database, clock: Now): AdjustmentStore {
  const columns = {
    id: adjustments.id,
    adjustment: adjustments.adjustment,
    corrects: adjustments.corrects,
    state: adjustments.state,
    postedIn: adjustments.postedIn,
    contentHash: adjustments.contentHash,
    actor: adjustments.actor,
    reason: adjustments.reason,
    createdAt: adjustments.createdAt,
  };
  return {
    list: ({ corrects, postedIn }) =>
      orm
        .select(columns)
        .from(adjustments)
        .where(
          and(
            corrects === undefined ? undefined : eq(adjustments.corrects, corrects),
            postedIn === undefined ? undefined : eq(adjustments.postedIn, postedIn),
          ),
        )
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
