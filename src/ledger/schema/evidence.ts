/** What Google said. Rows are never deleted, a changed value keeps the old one in `evidence_changes`. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const conferenceRecords = sqliteTable(
  'conference_records',
  {
    name: text().primaryKey(),
    space: text().notNull(),
    start: integer('start_at').notNull(),
    startText: text().notNull(),
    end: integer('end_at'),
    endText: text(),
    expireAt: integer(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    /** Google's time of the first complete listing that no longer held it. */
    missingSinceAt: integer(),
  },
  (t) => [index('conference_records_space_start').on(t.space, t.start)],
);

export const participants = sqliteTable(
  'participants',
  {
    name: text().primaryKey(),
    record: text()
      .notNull()
      .references(() => conferenceRecords.name, { onDelete: 'restrict' }),
    kind: text({ enum: ['signedin', 'anonymous', 'phone'] }).notNull(),
    userId: text(),
    displayName: text().notNull(),
    earliest: integer('earliest_at').notNull(),
    latest: integer('latest_at'),
    /** Google's time of the last complete listing of the participant's sessions. */
    sessionsReadAt: integer(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    missingSinceAt: integer(),
  },
  (t) => [
    index('participants_record').on(t.record),
    index('participants_user').on(t.userId),
    index('participants_typed_name')
      .on(t.displayName)
      .where(sql`user_id is null`),
    check('participants_kind', sql`${t.kind} in ('signedin', 'anonymous', 'phone')`),
  ],
);

export const participantSessions = sqliteTable(
  'participant_sessions',
  {
    name: text().primaryKey(),
    participant: text()
      .notNull()
      .references(() => participants.name, { onDelete: 'restrict' }),
    start: integer('start_at').notNull(),
    startText: text().notNull(),
    end: integer('end_at'),
    endText: text(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    missingSinceAt: integer(),
  },
  (t) => [index('participant_sessions_participant').on(t.participant)],
);

/** The value that was replaced, and by which read. */
export const evidenceChanges = sqliteTable(
  'evidence_changes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    resource: text().notNull(),
    field: text().notNull(),
    oldValue: text(),
    newValue: text(),
    readAt: integer().notNull(),
  },
  (t) => [index('evidence_changes_resource').on(t.resource)],
);

/** What the Directory said of an account. Kept for good: accounts are deleted, history is not. */
export const directoryUsers = sqliteTable(
  'directory_users',
  {
    userId: text().primaryKey(),
    /** Null: no such user in the organisation. */
    email: text(),
    name: text(),
    fetchedAt: integer().notNull(),
    /** Google's time since when the Directory refuses to answer; for a day the account counts as unanswered. */
    refusedSinceAt: integer(),
    /** Asked again however old its calls are: it was refused, or people were entered since. */
    askAgain: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (t) => [index('directory_users_email').on(t.email)],
);
