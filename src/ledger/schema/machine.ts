/** What the daemon keeps about itself. */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const jobs = sqliteTable(
  'jobs',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().notNull(),
    /** Two requests with one kind and key are one job while it is queued or running. */
    key: text().notNull(),
    payload: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    state: text({ enum: ['queued', 'running', 'done', 'failed'] }).notNull(),
    /** Runs that began. Also tells one run of a job from another. */
    attempts: integer().notNull().default(0),
    maxAttempts: integer().notNull(),
    /** The job does not run before this instant. */
    runAt: integer().notNull(),
    /** Until then a running job belongs to the worker that claimed it. */
    leaseUntil: integer(),
    progressDone: integer().notNull().default(0),
    progressTotal: integer().notNull().default(0),
    result: text({ mode: 'json' }).$type<Record<string, unknown>>(),
    lastError: text(),
    actor: text().notNull(),
    createdAt: integer().notNull(),
    finishedAt: integer(),
    /** What it changed was taken back. */
    undoneAt: integer(),
  },
  (t) => [
    index('jobs_state_run').on(t.state, t.runAt),
    uniqueIndex('jobs_open_key')
      .on(t.kind, t.key)
      .where(sql`state in ('queued', 'running')`),
    check('jobs_state', sql`${t.state} in ('queued', 'running', 'done', 'failed')`),
  ],
);

/** The last pass of each loop. */
export const loopPasses = sqliteTable('loop_passes', {
  name: text().primaryKey(),
  startedAt: integer().notNull(),
  /** Null while it runs, or when the process ended in it. */
  finishedAt: integer(),
  /** Of the last pass that succeeded: how fresh the ledger is. */
  succeededAt: integer(),
  summary: text({ mode: 'json' }).$type<Record<string, unknown>>(),
  error: text(),
});

/** Google calls of the last minute, so that the quota also holds after a restart. */
export const quotaUsage = sqliteTable(
  'quota_usage',
  { user: text().notNull(), at: integer().notNull(), calls: integer().notNull() },
  (t) => [primaryKey({ columns: [t.user, t.at] })],
);
