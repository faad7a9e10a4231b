/** Calls that belong to no class's window: whose were listed, and what is kept of them. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

import { conferenceRecords } from './evidence.ts';

/** When the calls of an organiser were last listed. */
export const callListings = sqliteTable('call_listings', {
  organizerEmail: text().primaryKey(),
  triedAt: integer().notNull(),
  /** Not listed again before. */
  nextAttemptAt: integer().notNull(),
  /** Google's time of the last listing that left nothing undecided; null: there was none yet. */
  listedAt: integer(),
  /** Of every call that began earlier it is decided whether it is kept. */
  decidedTo: integer(),
  /** A hash of what was known about people at that listing: when it changes, older calls are looked at again. */
  knowledge: text(),
  /** Failures in a row. */
  attempts: integer().notNull().default(0),
  /** Why the last listing was not complete. */
  lastError: text(),
});

/** Calls that are none of the school's: nobody in them is kept, and the row is deleted after 30 days. */
export const otherCalls = sqliteTable(
  'other_calls',
  {
    /** `conferenceRecords/…` */
    name: text().primaryKey(),
    space: text().notNull(),
    start: integer('start_at').notNull(),
    /** Null: it went on when it was last listed. */
    end: integer('end_at'),
    lastSeenAt: integer().notNull(),
  },
  (t) => [
    index('other_calls_start').on(t.start),
    index('other_calls_end').on(t.end),
    index('other_calls_space').on(t.space),
  ],
);

/** Calls that are kept as evidence although no class led to them. */
export const keptCalls = sqliteTable('kept_calls', {
  record: text()
    .primaryKey()
    .references(() => conferenceRecords.name, { onDelete: 'restrict' }),
  /** The account that they are read as. */
  organizerEmail: text().notNull(),
  /** The code of a room that no class has; null where it is not known. */
  meetingCode: text(),
  /** Google's time of the last read of everybody in the call. */
  readAt: integer().notNull(),
});
