import type { Attendance } from '../../capture/rebuild.ts';
import { normaliseName } from '../../core/attendance/identity/names.ts';
import { applies } from '../../core/attendance/identity/rules.ts';
import { evidenceWindow, type WindowMargins } from '../../core/schedule/class.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { AliasKey, AliasScope, ReviewItem, ReviewStore } from '../../ledger/attendance/review-store.ts';
import type { SightingStore } from '../../ledger/attendance/sighting-store.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { certainAbsences, type AbsenceDeps, type CertainAbsence } from '../../queries/reports/absences.ts';
import { refused, type Refused } from '../../refusal.ts';
import { showReviewItem } from '../../render/json/review.ts';
import { audited, stop, type AuditedDeps, type ByWithReason } from '../action.ts';

export interface ReviewDeps extends AuditedDeps, AbsenceDeps {
  readonly review: ReviewStore;
  readonly people: Pick<PeopleStore, 'get' | 'byEmail'>;
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly sightings: SightingStore;
  readonly attendance: Pick<Attendance, 'rebuild' | 'rebuildRoom' | 'rebuildCalls' | 'waiting'>;
  readonly margins: WindowMargins;
}

/** Who answers, why, and for which job, when it answers many at once. */
export type AnsweredBy = ByWithReason & { readonly jobId?: number | undefined };

export interface Answered {
  readonly kind: 'answered';
  readonly item: ReviewItem;
  /** Classes whose logs changed. */
  readonly rebuiltClassIds: readonly number[];
  /** Whose absence is certain now, in the class of the item and in those whose logs changed. */
  readonly absences: readonly CertainAbsence[];
}

type Verb = 'accept' | 'refuse' | 'ignore' | 'undo';

/**
 * Answers a review item: the rows, the logs that they touch and the audit entry in one transaction.
 *
 * @param work stores the answer; refuses inside the transaction what cannot be
 * @param conclude what follows once the logs are rebuilt
 */
export function answerItem(
  deps: ReviewDeps,
  verb: Verb,
  id: number,
  { by, scope = 'call' }: { readonly by: AnsweredBy; readonly scope: AliasScope | undefined },
  work: (item: ReviewItem) => void,
  conclude: (item: ReviewItem) => void = () => undefined,
): Answered | Refused {
  const { review } = deps;
  return audited(deps, by, (note) => {
    const before = review.get(id) ?? stop(refused('not_found', `there is no review item ${id}`));
    work(before);
    const rebuiltClassIds = rebuildTouched(deps, before, scope);
    conclude(before);
    const item = review.get(id)!;
    const job = by.jobId === undefined ? {} : { job_id: by.jobId };
    const answer = verb === 'undo' ? {} : { scope };
    const after = { ...showReviewItem(item), ...answer, rebuilt_class_ids: rebuiltClassIds, ...job };
    const subject = `review:${id}`;
    note({ action: `review.${verb}`, subject, before: showReviewItem(before), after });
    const touched = [...new Set([item.classId, ...rebuiltClassIds])].sort((a, b) => a - b);
    return { kind: 'answered', item, rebuiltClassIds, absences: verb === 'undo' ? [] : certainAbsences(deps, touched) };
  });
}

/** Only an item that is open can be answered. */
export function refuseUnlessOpen(deps: Pick<ReviewDeps, 'review'>, item: ReviewItem): void {
  if (item.state === 'open') return;
  const why = item.state === 'gone' ? goneBecause(deps, item) : `the review item is ${item.state}: undo that first`;
  stop(refused('review_conflict', why));
}

/** Why an item waits for nobody, though nobody answered it. */
export function goneBecause({ review }: Pick<ReviewDeps, 'review'>, item: ReviewItem): string {
  const values = [item.userId ?? normaliseName(item.displayName), ...item.participants];
  const c = { id: item.classId, seriesId: item.seriesId };
  const others = review
    .answersOn(values)
    .filter((answer) => answer.itemId !== null && answer.itemId !== item.id && applies(answer, c));
  const other = others.at(-1);
  if (other === undefined) {
    return 'the review item is gone: who it was is known since by other means, or Google no longer lists them';
  }
  const where = { call: 'for the call', class: 'for the class', series: 'for the series', everywhere: 'everywhere' };
  const named = others.flatMap(({ itemId, personEmail }) => (itemId === other.itemId ? (personEmail ?? []) : []));
  const what = other.personEmail === null ? 'ignored' : `accepted as ${[...new Set(named)].join(' and ')}`;
  return `the review item is gone: review item ${other.itemId} settled it, ${what} ${where[other.scope]}: undo review item ${other.itemId} first`;
}

/** Where an answer holds: for the call alone, unless somebody says more. */
export function scopeOf(
  { seriesId }: Pick<ReviewItem, 'seriesId'>,
  wanted: AliasScope | undefined,
  verb: 'accept' | 'refuse' | 'ignore',
): AliasScope {
  if (wanted === 'series' && seriesId === null) {
    stop(refused('review_conflict', `the class belongs to no series: ${verb} for the call, the class or everywhere`));
  }
  return wanted ?? 'call';
}

/**
 * What the participant of an item is known by: for the call the participant itself, and else its account or the name it
 * shows. A typed name may be carried by two guests at once, and then only the participant itself is known by it there.
 */
export function keysOf({ review }: Pick<ReviewDeps, 'review'>, item: ReviewItem, scope: AliasScope): AliasKey[] {
  // Somebody known may be expected in another class of the same call: there they stay who they are.
  const ownScope = item.knownPersonId === null ? 'call' : 'class';
  const own = item.participants.map((value): AliasKey => ({ kind: 'participant', value, scope: ownScope }));
  if (scope === 'call') return own;
  if (item.userId !== null) return [{ kind: 'account', value: item.userId, scope }];
  const label: AliasKey = {
    kind: item.kind === 'phone' ? 'phone' : 'name',
    value: normaliseName(item.displayName),
    scope,
  };
  const alike = review
    .namesIn(item.sessionId, item.kind)
    .filter((one) => normaliseName(one.displayName) === label.value);
  if (scope === 'everywhere') return alike.length < 2 ? [label] : [...own, label];
  // The participant itself is settled too where the name is not used for it.
  return scope === 'class' && anyAtOnce(alike) ? own : [...own, label];
}

/** Whether two of them were there at the same time; who has no times may have been. */
function anyAtOnce(stays: readonly { readonly start: number | null; readonly end: number | null }[]): boolean {
  return stays.some((a, i) =>
    stays
      .slice(i + 1)
      .some((b) => (a.start ?? -Infinity) < (b.end ?? Infinity) && (b.start ?? -Infinity) < (a.end ?? Infinity)),
  );
}

/** Rebuilds the classes that an answer reaches. @returns those whose logs changed */
function rebuildTouched(deps: ReviewDeps, item: ReviewItem, scope: AliasScope): number[] {
  const { attendance } = deps;
  // The call may belong to other classes by now, and the item stands in this one.
  const own = attendance.rebuild(item.classId).logsChanged ? [item.classId] : [];
  return [...new Set([...own, ...rebuildReached(deps, item, scope)])].sort((a, b) => a - b);
}

function rebuildReached(deps: ReviewDeps, item: ReviewItem, scope: AliasScope): number[] {
  const { sightings, attendance, classStore, margins } = deps;
  const { userId } = item;
  if (scope === 'call' || scope === 'class') {
    const inCalls = attendance.rebuildCalls(sightings.ofParticipants(item.participants));
    if (scope === 'call') return inCalls;
    const c = classStore.get(item.classId)!;
    return [...inCalls, ...attendance.rebuildRoom(c.room.id, evidenceWindow(c, margins))];
  }
  const seen =
    userId === null
      ? sightings.ofNames((name) => normaliseName(name) === normaliseName(item.displayName))
      : sightings.ofAccounts({ accounts: [userId], emails: [] });
  return attendance.rebuildCalls(seen);
}
