import { and, asc, desc, eq, gt, inArray, isNull, notLike, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import type { Reach } from '../../core/attendance/identity/knowledge.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { classes, sessions } from '../schema/classes.ts';
import { identities, ignored, reviewItems } from '../schema/decisions.ts';
import { participants } from '../schema/evidence.ts';
import { people } from '../schema/school.ts';
import { columnsBut, held, matches } from '../select.ts';

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
  readonly knownPersonEmail: string | null;
  readonly knownPersonName: string | null;
};

/** What a participant is known by. */
export type AliasKey = Readonly<Pick<typeof identities.$inferSelect, 'kind' | 'value' | 'scope'>>;

/** An alias as a person taught it, or refused it. */
export type AliasRule = Readonly<Pick<typeof identities.$inferSelect, 'personId' | 'verdict' | 'actor' | 'reason'>>;

type IgnoredKind = (typeof ignored.$inferSelect)['kind'];

export interface SettledBy {
  readonly actor: string;
  readonly reason: string;
  readonly jobId?: number | undefined;
}

/** An answer to an item, and where it holds. */
export interface GivenAnswer extends Reach {
  readonly itemId: number | null;
  /** Null: it was ignored. */
  readonly personEmail: string | null;
}

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
  /** @param by null: nobody any more, the item is open again. Of an item that stays open only the job is kept */
  setState(id: number, state: ReviewState, by: SettledBy | null): void;
  learn(item: ReviewItem, key: AliasKey, rule: AliasRule): void;
  ignore(
    item: ReviewItem,
    key: Pick<AliasKey, 'value' | 'scope'> & { readonly kind: IgnoredKind },
    by: Pick<SettledBy, 'actor' | 'reason'>,
  ): void;
  /** Takes back what was learned and ignored from an item. @returns how much that was */
  forget(id: number): number;
  /** Where what was learned and ignored from an item holds. */
  scopesOf(id: number): AliasScope[];
  /** What was said of accounts, labels and participants: who they are, or that they are ignored. The oldest first. */
  answersOn(values: readonly string[]): GivenAnswer[];
  /** Items that a job answered and nobody took back, the last one first. */
  answeredBy(jobId: number): ReviewItem[];
  /** The items of a session that are of this kind: the names shown, and from when to when the guests were in the call. Accounts have no times. */
  namesIn(
    sessionId: number,
    kind: ReviewItem['kind'],
  ): { displayName: string; start: number | null; end: number | null }[];
}

const TABLES = [identities, ignored];

/** The class or the series, where it holds for that alone. */
function whereOf({ classId, seriesId }: ReviewItem, scope: AliasScope) {
  return { classId: scope === 'class' ? classId : null, seriesId: scope === 'series' ? seriesId : null };
}

export function createReviewStore({ orm }: Database, clock: Now): ReviewStore {
  const suggested = alias(people, 'suggested');
  const known = alias(people, 'known');
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
        knownPersonEmail: known.email,
        knownPersonName: known.name,
      })
      .from(reviewItems)
      .innerJoin(sessions, eq(sessions.id, reviewItems.sessionId))
      .innerJoin(classes, eq(classes.id, sessions.classId))
      .leftJoin(suggested, eq(suggested.id, reviewItems.suggestedPersonId))
      .leftJoin(known, eq(known.id, reviewItems.knownPersonId))
      .$dynamic();

  const byId = held(() =>
    select()
      .where(eq(reviewItems.id, sql.placeholder('id')))
      .prepare(),
  );
  const open = held(() =>
    orm
      .select({ n: sql<number>`count(*)` })
      .from(reviewItems)
      .where(eq(reviewItems.state, 'open'))
      .prepare(),
  );
  const standing = TABLES.map((table) =>
    held(() =>
      orm
        .select({ scope: table.scope })
        .from(table)
        .where(and(eq(table.reviewItemId, sql.placeholder('id')), isNull(table.undoneAt)))
        .prepare(),
    ),
  );
  const get = (id: number): ReviewItem | null => byId().get({ id }) ?? null;

  return {
    get,
    list({ state, classId, after, limit }) {
      return select()
        .where(and(gt(reviewItems.id, after), matches(reviewItems.state, state), matches(sessions.classId, classId)))
        .orderBy(asc(reviewItems.id))
        .limit(limit)
        .all();
    },
    countOpen: () => open().get()?.n ?? 0,
    setState(id, state, by) {
      const settled = state === 'open' ? null : by;
      const decidedAt = settled === null ? null : clock.now();
      const answer = {
        decidedBy: settled?.actor ?? null,
        decisionReason: settled?.reason ?? null,
        jobId: by?.jobId ?? null,
      };
      const values = { state, decidedAt, ...answer };
      orm.update(reviewItems).set(values).where(eq(reviewItems.id, id)).run();
    },
    learn(item, key, rule) {
      const values = { ...rule, ...key, ...whereOf(item, key.scope), reviewItemId: item.id, createdAt: clock.now() };
      orm.insert(identities).values(values).run();
    },
    ignore(item, key, { actor, reason }) {
      const values = { ...key, ...whereOf(item, key.scope), reviewItemId: item.id, createdAt: clock.now() };
      orm
        .insert(ignored)
        .values({ ...values, actor, reason })
        .run();
    },
    forget(id) {
      const undoneAt = clock.now();
      return TABLES.reduce((sum, table) => {
        const standing = and(eq(table.reviewItemId, id), isNull(table.undoneAt));
        return sum + orm.update(table).set({ undoneAt }).where(standing).run().changes;
      }, 0);
    },
    scopesOf(id) {
      return standing.flatMap((statement) =>
        statement()
          .all({ id })
          .map(({ scope }) => scope),
      );
    },
    answersOn(values) {
      const accepted = orm
        .select({ rule: identities, personEmail: people.email })
        .from(identities)
        .innerJoin(people, eq(people.id, identities.personId))
        .where(and(inArray(identities.value, [...values]), eq(identities.verdict, 'is'), isNull(identities.undoneAt)))
        .all();
      const hidden = orm
        .select()
        .from(ignored)
        .where(and(inArray(ignored.value, [...values]), isNull(ignored.undoneAt)))
        .all()
        .map((rule) => ({ rule, personEmail: null }));
      return [...accepted, ...hidden]
        .sort((a, b) => a.rule.createdAt - b.rule.createdAt)
        .map(({ rule: { reviewItemId, scope, classId, seriesId }, personEmail }) => ({
          itemId: reviewItemId,
          scope,
          classId,
          seriesId,
          personEmail,
        }));
    },
    answeredBy(jobId) {
      return select().where(eq(reviewItems.jobId, jobId)).orderBy(desc(reviewItems.id)).all();
    },
    namesIn(sessionId, kind) {
      const end = sql<number | null>`coalesce(${participants.latest}, ${participants.lastSeenAt})`;
      return (
        orm
          .select({ displayName: reviewItems.displayName, start: participants.earliest, end })
          .from(reviewItems)
          .leftJoin(participants, eq(participants.name, reviewItems.key))
          // Whoever waits again has an item already.
          .where(and(eq(reviewItems.sessionId, sessionId), eq(reviewItems.kind, kind), notLike(reviewItems.key, '%#%')))
          .all()
      );
    },
  };
}
