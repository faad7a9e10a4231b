import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import { normaliseName } from '../../core/attendance/identity.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Attendance } from '../../capture/rebuild.ts';
import type { Database } from '../../ledger/database.ts';
import {
  classes,
  conferenceRecords,
  identities,
  ignored,
  participants,
  people,
  reviewItems,
  rooms,
  sessions,
} from '../../ledger/schema/capture.ts';

export type ReviewState = 'open' | 'accepted' | 'refused' | 'ignored' | 'gone';
export type AliasScope = 'class' | 'series' | 'everywhere';

export interface ReviewItem {
  readonly id: number;
  readonly classId: number;
  readonly sessionId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  readonly classStart: number;
  readonly kind: 'signedin' | 'anonymous' | 'phone';
  readonly displayName: string;
  readonly userId: string | null;
  readonly participants: readonly string[];
  readonly presentMs: number;
  readonly suggestedPersonId: number | null;
  readonly suggestedPersonEmail: string | null;
  readonly suggestedPersonName: string | null;
  readonly suggestionReason: string | null;
  readonly state: ReviewState;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly decisionReason: string | null;
}

export interface Settled {
  readonly item: ReviewItem;
  readonly rebuiltClassIds: readonly number[];
}

/** The item's state does not allow what was asked. */
export class ReviewConflictError extends Error {
  override readonly name = 'ReviewConflictError';
}

export interface ReviewStore {
  /** In order of id. */
  list(where: {
    state?: ReviewState | undefined;
    classId?: number | undefined;
    after: number;
    limit: number;
  }): ReviewItem[];
  get(id: number): ReviewItem | null;
  countOpen(): number;
  /** Learns who this is, in the class, its series, or everywhere, and rebuilds the logs that it touches. */
  accept(id: number, by: { personId: number; scope: AliasScope; actor: string; reason: string }): Settled;
  /** Remembers that this is not that person (or nobody known), so that the guess does not come back. */
  refuse(id: number, by: { personId?: number | undefined; scope: AliasScope; actor: string; reason: string }): Settled;
  /** A bot or a room device: nobody, now and in all classes. */
  ignore(id: number, by: { actor: string; reason: string }): Settled;
  /** Takes back what was settled. */
  undo(id: number, by: { actor: string; reason: string }): Settled;
}

export function createReviewStore({ orm, write }: Database, attendance: Attendance, clock: Clock): ReviewStore {
  const suggested = alias(people, 'suggested');
  const select = () =>
    orm
      .select({
        id: reviewItems.id,
        classId: sessions.classId,
        sessionId: reviewItems.sessionId,
        seriesId: classes.seriesId,
        subject: classes.subject,
        classStart: classes.startAt,
        kind: reviewItems.kind,
        displayName: reviewItems.displayName,
        userId: reviewItems.userId,
        participants: reviewItems.participants,
        presentMs: reviewItems.presentMs,
        suggestedPersonId: reviewItems.suggestedPersonId,
        suggestedPersonEmail: suggested.email,
        suggestedPersonName: suggested.name,
        suggestionReason: reviewItems.suggestionReason,
        state: reviewItems.state,
        decidedAt: reviewItems.decidedAt,
        decidedBy: reviewItems.decidedBy,
        decisionReason: reviewItems.decisionReason,
      })
      .from(reviewItems)
      .innerJoin(sessions, eq(sessions.id, reviewItems.sessionId))
      .innerJoin(classes, eq(classes.id, sessions.classId))
      .leftJoin(suggested, eq(suggested.id, reviewItems.suggestedPersonId))
      .$dynamic();

  const get = (id: number): ReviewItem | null => select().where(eq(reviewItems.id, id)).get() ?? null;
  const found = (id: number): ReviewItem => {
    const item = get(id);
    if (item === null) throw new ReviewConflictError(`there is no review item ${id}`);
    return item;
  };

  const decide = (id: number, state: ReviewState, by: { actor: string; reason: string } | null): void => {
    orm
      .update(reviewItems)
      .set({
        state,
        decidedAt: by === null ? null : clock.now(),
        decidedBy: by?.actor ?? null,
        decisionReason: by?.reason ?? null,
      })
      .where(eq(reviewItems.id, id))
      .run();
  };

  const learn = (
    item: ReviewItem,
    rule: { personId: number; verdict: 'is' | 'is_not'; scope: AliasScope; actor: string; reason: string },
  ): void => {
    for (const { kind, value, scope } of keysOf(item, rule.scope)) {
      orm
        .insert(identities)
        .values({
          ...rule,
          kind,
          value,
          scope,
          classId: scope === 'class' ? item.classId : null,
          seriesId: scope === 'series' ? item.seriesId : null,
          reviewItemId: item.id,
          createdAt: clock.now(),
        })
        .run();
    }
  };

  /** An account is unique; a typed name may be carried by two guests at once, and then only the participant is. */
  const keysOf = (
    item: ReviewItem,
    scope: AliasScope,
  ): { kind: 'account' | 'name' | 'phone' | 'participant'; value: string; scope: AliasScope }[] => {
    if (item.userId !== null) return [{ kind: 'account', value: item.userId, scope }];
    const label = {
      kind: item.kind === 'phone' ? 'phone' : 'name',
      value: normaliseName(item.displayName),
      scope,
    } as const;
    const alike = orm
      .select({ displayName: reviewItems.displayName })
      .from(reviewItems)
      .where(and(eq(reviewItems.sessionId, item.sessionId), eq(reviewItems.kind, item.kind)))
      .all()
      .filter(({ displayName }) => normaliseName(displayName) === label.value);
    if (alike.length < 2) return [label];
    const own = item.participants.map((value) => ({ kind: 'participant' as const, value, scope: 'class' as const }));
    return scope === 'class' ? own : [...own, label];
  };

  /** Every session that the item's account or label was in. */
  const rebuildTouched = (item: ReviewItem): number[] => {
    const label = normaliseName(item.displayName);
    const rows = orm
      .selectDistinct({
        displayName: participants.displayName,
        roomId: rooms.id,
        start: conferenceRecords.startAt,
        end: conferenceRecords.endAt,
        seen: conferenceRecords.lastSeenAt,
      })
      .from(participants)
      .innerJoin(conferenceRecords, eq(conferenceRecords.name, participants.record))
      .innerJoin(rooms, eq(rooms.space, conferenceRecords.space))
      .where(
        item.userId === null
          ? and(isNull(participants.userId), eq(participants.kind, item.kind))
          : eq(participants.userId, item.userId),
      )
      .all();
    const touched = new Set<number>();
    for (const { displayName, roomId, start, end, seen } of rows) {
      if (item.userId === null && normaliseName(displayName) !== label) continue;
      for (const classId of attendance.rebuildRoom(roomId, { start, end: end ?? seen })) touched.add(classId);
    }
    return [...touched].sort((a, b) => a - b);
  };

  const settled = (item: ReviewItem): Settled => {
    const rebuiltClassIds = rebuildTouched(item);
    return { item: found(item.id), rebuiltClassIds };
  };

  return {
    get,
    list({ state, classId, after, limit }) {
      return select()
        .where(
          and(
            gt(reviewItems.id, after),
            state === undefined ? undefined : eq(reviewItems.state, state),
            classId === undefined ? undefined : eq(sessions.classId, classId),
          ),
        )
        .orderBy(asc(reviewItems.id))
        .limit(limit)
        .all();
    },
    countOpen() {
      const row = orm
        .select({ n: sql<number>`count(*)` })
        .from(reviewItems)
        .where(eq(reviewItems.state, 'open'))
        .get();
      return row?.n ?? 0;
    },
    accept(id, { personId, scope, actor, reason }) {
      return write(() => {
        const item = found(id);
        if (item.state !== 'open') throw new ReviewConflictError(`the review item is ${item.state}: undo that first`);
        if (scope === 'series' && item.seriesId === null) {
          throw new ReviewConflictError('the class belongs to no series: accept for the class or everywhere');
        }
        learn(item, { personId, verdict: 'is', scope, actor, reason });
        decide(id, 'accepted', { actor, reason });
        return settled(item);
      });
    },
    refuse(id, { personId, scope, actor, reason }) {
      return write(() => {
        const item = found(id);
        if (item.state !== 'open') throw new ReviewConflictError(`the review item is ${item.state}: undo that first`);
        const refusedId = personId ?? item.suggestedPersonId;
        const within = scope === 'series' && item.seriesId === null ? 'class' : scope;
        if (refusedId !== null) learn(item, { personId: refusedId, verdict: 'is_not', scope: within, actor, reason });
        decide(id, 'refused', { actor, reason });
        return settled(item);
      });
    },
    ignore(id, { actor, reason }) {
      return write(() => {
        const item = found(id);
        if (item.state !== 'open') throw new ReviewConflictError(`the review item is ${item.state}: undo that first`);
        const rule =
          item.userId === null
            ? { kind: 'name' as const, value: normaliseName(item.displayName) }
            : { kind: 'account' as const, value: item.userId };
        orm
          .insert(ignored)
          .values({ ...rule, reviewItemId: id, actor, reason, createdAt: clock.now() })
          .run();
        decide(id, 'ignored', { actor, reason });
        return settled(item);
      });
    },
    undo(id) {
      return write(() => {
        const item = found(id);
        if (item.state === 'open' || item.state === 'gone') {
          throw new ReviewConflictError(`the review item is ${item.state}: there is nothing to undo`);
        }
        const undoneAt = clock.now();
        for (const table of [identities, ignored]) {
          orm
            .update(table)
            .set({ undoneAt })
            .where(and(eq(table.reviewItemId, id), isNull(table.undoneAt)))
            .run();
        }
        decide(id, 'open', null);
        return settled(item);
      });
    },
  };
}
