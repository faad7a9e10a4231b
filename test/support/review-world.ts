import { ANA, BEN, moneyWorld, type MoneyWorld } from './money-world.ts';

/** An account that nobody at the school knows. */
export const STRANGER = 'tablet@nowhere.example';

export interface ReviewWorld extends MoneyWorld {
  /** Two classes of the series `mondays`, and one of no series; the stranger was in all of them, Ben in none. */
  readonly classIds: readonly [first: number, second: number, other: number];
  /** The item of the stranger in each class, as it is now: `open`, and who is suggested. */
  reviewItems(): { readonly id: number; readonly state: string; readonly suggested: string | null }[];
  /** Ben's status in each class and how he was recognised. */
  ofBen(): (string | null)[];
}

/** The school office with a stranger in three classes, each in a room of its own. */
export function reviewWorld(): ReviewWorld {
  const world = moneyWorld();
  const there = { [ANA]: ['16:00-17:00'], [STRANGER]: ['16:00-16:30'] };
  const lesson = (date: string, space: string, series: string | null) =>
    world.lesson({ date, space, series, there, students: [BEN] });
  const classIds = [
    lesson('2026-01-12', 'spaces/one', 'mondays'),
    lesson('2026-01-19', 'spaces/two', 'mondays'),
    lesson('2026-01-21', 'spaces/three', null),
  ] as const;
  return {
    ...world,
    classIds,
    reviewItems: () =>
      classIds.flatMap((classId) =>
        world.review
          .list({ classId, after: 0, limit: 9 })
          .map(({ id, state, suggestedPersonEmail }) => ({ id, state, suggested: suggestedPersonEmail })),
      ),
    ofBen: () =>
      classIds.map((classId) => {
        const log = world.logStore.list({ classId, userEmail: BEN, limit: 9 })[0];
        return log === undefined ? null : `${log.status} ${log.identityMethod ?? '-'}`;
      }),
  };
}
