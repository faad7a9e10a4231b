/** What people decided about participants and classes. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

import type { Decision, DecisionKind } from '../../core/attendance/decision.ts';
import { classes, sessions } from './classes.ts';
import { people } from './school.ts';

/** Where it holds, narrowest first: for the participants of one call, in a class, in a series, everywhere. */
const scope = () => text({ enum: ['call', 'class', 'series', 'everywhere'] }).notNull();

/** For which class or series something was learned, from whom, and until when. */
const learned = () => ({
  classId: integer().references(() => classes.id, { onDelete: 'restrict' }),
  seriesId: text(),
  /** The review that taught it. */
  reviewItemId: integer(),
  actor: text().notNull(),
  reason: text().notNull(),
  createdAt: integer().notNull(),
  undoneAt: integer(),
});

/** A Google account or a displayed name that stands for a person, learned from a review or entered by hand. */
export const identities = sqliteTable(
  'identities',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text({ enum: ['account', 'name', 'phone', 'participant'] }).notNull(),
    /** Google account id, the normalised displayed name, or the participant's resource name. */
    value: text().notNull(),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    verdict: text({ enum: ['is', 'is_not'] }).notNull(),
    scope: scope(),
    ...learned(),
  },
  (t) => [
    index('identities_value').on(t.value),
    index('identities_review_item').on(t.reviewItemId),
    check('identities_kind', sql`${t.kind} in ('account', 'name', 'phone', 'participant')`),
    check('identities_verdict', sql`${t.verdict} in ('is', 'is_not')`),
    check('identities_scope', sql`${t.scope} in ('call', 'class', 'series', 'everywhere')`),
  ],
);

/** Participants that are bots or room devices, not persons. */
export const ignored = sqliteTable(
  'ignored',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text({ enum: ['account', 'name', 'participant'] }).notNull(),
    /** As in `identities`. */
    value: text().notNull(),
    scope: scope().default('everywhere'),
    ...learned(),
  },
  (t) => [
    index('ignored_value').on(t.value),
    index('ignored_review_item').on(t.reviewItemId),
    check('ignored_kind', sql`${t.kind} in ('account', 'name', 'participant')`),
    check('ignored_scope', sql`${t.scope} in ('call', 'class', 'series', 'everywhere')`),
  ],
);

/** Unmatched participants of a session, one row an identity. A person has to say who they are. */
export const reviewItems = sqliteTable(
  'review_items',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: integer()
      .notNull()
      .references(() => sessions.id, { onDelete: 'restrict' }),
    /** `account:{id}` or the participant's resource name. */
    key: text().notNull(),
    kind: text({ enum: ['signedin', 'anonymous', 'phone'] }).notNull(),
    userId: text(),
    displayName: text().notNull(),
    participants: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    presentMs: integer().notNull(),
    /** Whom the account is of, where somebody known was there instead of somebody who was expected. */
    knownPersonId: integer().references(() => people.id, { onDelete: 'restrict' }),
    suggestedPersonId: integer().references(() => people.id, { onDelete: 'restrict' }),
    suggestionReason: text(),
    /** `gone`: matched since by other means, or no longer in the evidence. */
    state: text({ enum: ['open', 'accepted', 'refused', 'ignored', 'gone'] }).notNull(),
    decidedAt: integer(),
    decidedBy: text(),
    decisionReason: text(),
    /** The job that answered it, with others. */
    jobId: integer(),
    createdAt: integer().notNull(),
  },
  (t) => [
    uniqueIndex('review_items_key').on(t.sessionId, t.key),
    index('review_items_state').on(t.state),
    index('review_items_job').on(t.jobId),
    check('review_items_state_value', sql`${t.state} in ('open', 'accepted', 'refused', 'ignored', 'gone')`),
  ],
);

/** What a person settled for a class, laid over the evidence at every rebuild. */
export const decisions = sqliteTable(
  'decisions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().$type<DecisionKind>().notNull(),
    classId: integer().references(() => classes.id, { onDelete: 'restrict' }),
    personId: integer().references(() => people.id, { onDelete: 'restrict' }),
    payload: text({ mode: 'json' }).$type<Decision['payload']>().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    createdAt: integer().notNull(),
    /** Null: it stands. */
    undoneAt: integer(),
    undoneBy: text(),
    undoReason: text(),
  },
  (t) => [
    index('decisions_class').on(t.classId),
    /** Few: the call that is asked for is looked up among all that are linked. */
    index('decisions_linked_calls')
      .on(t.classId)
      .where(sql`kind = 'link_call' and undone_at is null`),
  ],
);
