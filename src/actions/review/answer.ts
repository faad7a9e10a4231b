import type { Attendance } from '../../capture/rebuild.ts';
import { normaliseName } from '../../core/attendance/identity.ts';
import type { AliasKey, AliasScope, ReviewItem, ReviewStore } from '../../ledger/attendance/review-store.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { showReviewItem } from '../../render/json/review.ts';
import { audited, stop, type AuditedDeps, type ByWithReason } from '../action.ts';

export interface ReviewDeps extends AuditedDeps {
  readonly review: ReviewStore;
  readonly people: Pick<PeopleStore, 'get' | 'byEmail'>;
  readonly attendance: Pick<Attendance, 'rebuildRoom'>;
}

export interface Answered {
  readonly kind: 'answered';
  readonly item: ReviewItem;
  /** Classes whose logs changed. */
  readonly rebuiltClassIds: readonly number[];
}

type Verb = 'accept' | 'refuse' | 'ignore' | 'undo';

/**
 * Answers a review item: the rows, the logs that they touch and the audit entry in one transaction.
 *
 * @param work stores the answer; refuses inside the transaction what cannot be
 */
export function answerItem(
  deps: ReviewDeps,
  verb: Verb,
  id: number,
  by: ByWithReason,
  work: (item: ReviewItem) => void,
): Answered | Refused {
  const { review } = deps;
  return audited(deps, by, (note) => {
    const before = review.get(id) ?? stop(refused('not_found', `there is no review item ${id}`));
    work(before);
    const rebuiltClassIds = rebuildTouched(deps, before);
    const item = review.get(id)!;
    const after = { ...showReviewItem(item), rebuilt_class_ids: rebuiltClassIds };
    const subject = `review:${id}`;
    note({ action: `review.${verb}`, subject, before: showReviewItem(before), after });
    return { kind: 'answered', item, rebuiltClassIds };
  });
}

/** Only an item that is open can be answered. */
export function refuseUnlessOpen({ state }: ReviewItem): void {
  if (state !== 'open') stop(refused('review_conflict', `the review item is ${state}: undo that first`));
}

/** Where an alias holds. By default in the series of the class, so that nobody is asked again for its next class. */
export function scopeOf(
  { seriesId }: ReviewItem,
  wanted: AliasScope | undefined,
  verb: 'accept' | 'refuse',
): AliasScope {
  if (wanted === 'series' && seriesId === null) {
    stop(refused('review_conflict', `the class belongs to no series: ${verb} for the class or everywhere`));
  }
  return wanted ?? (seriesId === null ? 'class' : 'series');
}

/**
 * What the participant of an item is known by. An account is unique; a typed name may be carried by two guests at once,
 * and then only the participant itself is.
 */
export function keysOf({ review }: Pick<ReviewDeps, 'review'>, item: ReviewItem, scope: AliasScope): AliasKey[] {
  if (item.userId !== null) return [{ kind: 'account', value: item.userId, scope }];
  const label: AliasKey = {
    kind: item.kind === 'phone' ? 'phone' : 'name',
    value: normaliseName(item.displayName),
    scope,
  };
  const alike = review.labelsOf(item.sessionId, item.kind).filter((name) => normaliseName(name) === label.value);
  if (alike.length < 2) return [label];
  const own = item.participants.map((value): AliasKey => ({ kind: 'participant', value, scope: 'class' }));
  return scope === 'class' ? own : [...own, label];
}

/** Rebuilds every class in whose call the account or label of the item was. @returns those whose logs changed */
function rebuildTouched({ review, attendance }: Pick<ReviewDeps, 'review' | 'attendance'>, item: ReviewItem): number[] {
  const label = normaliseName(item.displayName);
  const touched = new Set<number>();
  for (const { displayName, roomId, start, end } of review.seenIn(item)) {
    if (item.userId === null && normaliseName(displayName) !== label) continue;
    for (const classId of attendance.rebuildRoom(roomId, { start, end })) touched.add(classId);
  }
  return [...touched].sort((a, b) => a - b);
}
