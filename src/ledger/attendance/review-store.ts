import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { classes, rooms, sessions } from '../schema/classes.ts';
import { identities, ignored, reviewItems } from '../schema/decisions.ts';
import { conferenceRecords, participants } from '../schema/evidence.ts';
import { people } from '../schema/school.ts';
import { columnsBut, matches } from '../select.ts';

export type ReviewState = ReviewItem['state'];
/** Where a learned alias holds. */
export type AliasScope = AliasKey['scope'];

export type ReviewItem = Readonly<Omit<typeof reviewItems.$inferSelect, 'key' | 'createdAt'>> & {
  readonly classId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  readonly classStart: number;
  readonly suggestedPersonEmail: string | null;
  readonly suggestedPersonName: string | null;
};

/** What a participant is known by. */
export type AliasKey = Readonly<Pick<typeof identities.$inferSelect, 'kind' | 'value' | 'scope'>>;

/** An alias as a person taught it, or refused it. */
export type AliasRule = Readonly<Pick<typeof identities.$inferSelect, 'personId' | 'verdict' | 'actor' | 'reason'>>;

/** The rows of the review queue, and of what was learned from it. */
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
  /** @param by null: nobody any more, the item is open again */
  setState(id: number, state: ReviewState, by: { readonly actor: string; readonly reason: string } | null): void;
  learn(item: ReviewItem, key: AliasKey, rule: AliasRule): void;
  ignore(
    item: ReviewItem,
    key: Pick<AliasKey, 'value'> & { readonly kind: 'account' | 'name' },
    by: { readonly actor: string; readonly reason: string },
  ): void;
  /** Takes back what was learned and ignored from an item. */
  forget(id: number): void;
  /** Displayed names of the items of a session that are of this kind. */
  labelsOf(sessionId: number, kind: ReviewItem['kind']): string[];
  /** Where the account of an item, or anonymous participants of its kind, were seen. Instants in epoch ms. */
  seenIn(item: ReviewItem): { displayName: string; roomId: number; start: number; end: number }[];
}

export function createReviewStore({ orm }: Database, clock: Now): ReviewStore {
  const suggested = alias(people, 'suggested');
  const select = () =>
    orm
      .select({
        ...columnsBut(reviewItems, 'key', 'createdAt'),
        classId: sessions.classId,
        seriesId: classes.seriesId,
        subject: classes.subject,
        classStart: classes.start,
        suggestedPersonEmail: suggested.email,
        suggestedPersonName: suggested.name,
      })
      .from(reviewItems)
      .innerJoin(sessions, eq(sessions.id, reviewItems.sessionId))
      .innerJoin(classes, eq(classes.id, sessions.classId))
      .leftJoin(suggested, eq(suggested.id, reviewItems.suggestedPersonId))
      .$dynamic();

  const get = (id: number): ReviewItem | null => select().where(eq(reviewItems.id, id)).get() ?? null;

  return {
    get,
    list({ state, classId, after, limit }) {
      return select()
        .where(and(gt(reviewItems.id, after), matches(reviewItems.state, state), matches(sessions.classId, classId)))
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
    setState(id, state, by) {
      const decidedAt = by === null ? null : clock.now();
      const values = { state, decidedAt, decidedBy: by?.actor ?? null, decisionReason: by?.reason ?? null };
      orm.update(reviewItems).set(values).where(eq(reviewItems.id, id)).run();
    },
    learn(item, key, rule) {
      const where = {
        classId: key.scope === 'class' ? item.classId : null,
        seriesId: key.scope === 'series' ? item.seriesId : null,
      };
      const values = { ...rule, ...key, ...where, reviewItemId: item.id, createdAt: clock.now() };
      orm.insert(identities).values(values).run();
    },
    ignore({ id }, key, by) {
      const values = { ...key, reviewItemId: id, ...by, createdAt: clock.now() };
      orm.insert(ignored).values(values).run();
    },
    forget(id) {
      const undoneAt = clock.now();
      for (const table of [identities, ignored]) {
        orm
          .update(table)
          .set({ undoneAt })
          .where(and(eq(table.reviewItemId, id), isNull(table.undoneAt)))
          .run();
      }
    },
    labelsOf(sessionId, kind) {
      return orm
        .select({ displayName: reviewItems.displayName })
        .from(reviewItems)
        .where(and(eq(reviewItems.sessionId, sessionId), eq(reviewItems.kind, kind)))
        .all()
        .map(({ displayName }) => displayName);
    },
    seenIn(item) {
      return orm
        .selectDistinct({
          displayName: participants.displayName,
          roomId: rooms.id,
          start: conferenceRecords.start,
          end: sql<number>`coalesce(${conferenceRecords.end}, ${conferenceRecords.lastSeenAt})`,
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
    },
  };
}
