import type { Unmatched } from '../../core/attendance/identity/unmatched.ts';
import type { reviewItems } from '../schema/decisions.ts';

/** A row of the review queue as it is stored. */
export type ReviewRow = Readonly<typeof reviewItems.$inferSelect>;

/** An item that a session is to have. */
export interface PlannedItem {
  /** The row that becomes it; null: it is made anew. */
  readonly old: ReviewRow | null;
  readonly key: string;
  readonly state: 'open' | 'refused';
  readonly values: Pick<
    ReviewRow,
    | 'kind'
    | 'userId'
    | 'displayName'
    | 'participants'
    | 'presentMs'
    | 'knownPersonId'
    | 'suggestedPersonId'
    | 'suggestionReason'
  >;
}

/** What the review queue of a session is to become. */
export interface ReviewPlan {
  readonly items: readonly PlannedItem[];
  /** Rows that are open and wait for nobody any more. */
  readonly gone: readonly ReviewRow[];
}

/** Behind the key of whoever waits for a name again. No name of Google has it. */
const AGAIN = '#';

/** @param rows every item of the session */
export function planReview(rows: readonly ReviewRow[], unmatched: readonly Unmatched[]): ReviewPlan {
  const left = new Set(rows);
  const items = unmatched.map((waits): PlannedItem => {
    const { classId: _, suggestion, mayBe, key, ...guest } = waits;
    // What a person answered stays as they left it: whoever waits for a name again has a new item.
    const own = [...left].filter((row) => row.key === key || row.key.startsWith(`${key}${AGAIN}`));
    const waiting = own.find(({ state }) => state === 'open') ?? own.find(({ state }) => state === 'gone');
    // All who could be meant were ruled out: the guest is a stranger, and stays one until somebody else is missing.
    const refused = mayBe.length > 0 ? undefined : own.findLast(({ state }) => state === 'refused');
    const old = waiting ?? refused ?? null;
    if (old !== null) left.delete(old);
    const again = own.length === 0 ? '' : `${AGAIN}${own.length + 1}`;
    return {
      old,
      key: old?.key ?? key + again,
      state: old?.state === 'refused' ? 'refused' : 'open',
      values: {
        ...guest,
        suggestedPersonId: suggestion?.personId ?? null,
        suggestionReason: suggestion?.reason ?? null,
      },
    };
  });
  return { items, gone: [...left].filter(({ state }) => state === 'open') };
}
