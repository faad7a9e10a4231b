/**
 * The tables of bills and pay. Money is whole minor units with its currency beside it, days are `YYYY-MM-DD`, instants
 * epoch milliseconds. Nothing here is deleted: a policy is superseded, a close reopened, a rate ended, each with a trace.
 */
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import type { Adjustment } from '../../core/billing/period/adjustments.ts';
import type { PeriodException } from '../../core/billing/period/exceptions.ts';
import { classes } from './classes.ts';
import { people } from './school.ts';

/** The rules from a day on. Of two versions from one day the later row holds. */
export const policyVersions = sqliteTable('policy_versions', {
  id: integer().primaryKey({ autoIncrement: true }),
  validFrom: text().notNull(),
  /** The whole policy in the API's form. */
  policy: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  actor: text().notNull(),
  reason: text(),
  createdAt: integer().notNull(),
});

/** Prices of lessons and of teachers' time. A column of the scope is null where any value fits. */
export const rates = sqliteTable(
  'rates',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text({ enum: ['charge', 'pay'] }).notNull(),
    amountMinor: integer().notNull(),
    currency: text().notNull(),
    unit: text({ enum: ['hour', 'lesson'] }).notNull(),
    validFrom: text().notNull(),
    /** The last day, included. */
    validTo: text(),
    classId: integer().references(() => classes.id, { onDelete: 'restrict' }),
    /** Persons, not addresses: a rate outlives a change of e-mail. */
    studentId: integer().references(() => people.id, { onDelete: 'restrict' }),
    teacherId: integer().references(() => people.id, { onDelete: 'restrict' }),
    subject: text(),
    seriesId: text(),
    actor: text().notNull(),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (t) => [
    check('rates_kind', sql`${t.kind} in ('charge', 'pay')`),
    check('rates_unit', sql`${t.unit} in ('hour', 'lesson')`),
    check('rates_amount', sql`${t.amountMinor} >= 0`),
    check('rates_days', sql`${t.validTo} is null or ${t.validFrom} <= ${t.validTo}`),
  ],
);

/** From when to when a student takes a subject or a series. A student without rows is enrolled by every roster. */
export const enrolments = sqliteTable(
  'enrolments',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    seriesId: text(),
    subject: text(),
    from: text('from_day').notNull(),
    /** The last day, included. */
    to: text('to_day'),
    actor: text().notNull(),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (t) => [
    index('enrolments_person').on(t.personId),
    check('enrolments_what', sql`(${t.seriesId} is null) <> (${t.subject} is null)`),
    check('enrolments_days', sql`${t.to} is null or ${t.from} <= ${t.to}`),
  ],
);

/** A period as it was issued. Reopening keeps the row; the next close is a new version. */
export const periodCloses = sqliteTable(
  'period_closes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    period: text().notNull(),
    /** 1, and one more with every reopening. */
    version: integer().notNull(),
    firstDay: text().notNull(),
    lastDay: text().notNull(),
    /** The zone it was closed in. */
    zone: text().notNull(),
    /** The instants `[start, end)` of the period. Null in closes of earlier versions: they follow from days and zone. */
    startsAt: integer(),
    endsAt: integer(),
    /** The last version of the school's settings when it was closed; 0: there was none. */
    settingsVersion: integer().notNull().default(0),
    /** The edition of the words that its statements are printed with. */
    wording: integer().notNull().default(1),
    /** Canonical JSON without anything of this machine, and its SHA-256. */
    document: text().notNull(),
    documentId: text().notNull(),
    /** SHA-256 over the lines of `closed_lines`, which have the numbers of this ledger. */
    linesHash: text().notNull(),
    /** Closes of earlier versions hold sentences; `storedExceptions` reads both. */
    exceptions: text({ mode: 'json' }).$type<readonly (PeriodException | string)[]>().notNull(),
    /** What teachers owe into the next period: 0 or less. */
    carries: text({ mode: 'json' })
      .$type<readonly { readonly teacherId: number; readonly currency: string; readonly carryMinor: number }[]>()
      .notNull(),
    /** The audit log when it was closed. */
    auditHead: text().notNull(),
    auditCount: integer().notNull(),
    reason: text(),
    closedAt: integer().notNull(),
    closedBy: text().notNull(),
    /** Null: it stands. */
    reopenedAt: integer(),
    reopenedBy: text(),
    reopenReason: text(),
  },
  (t) => [
    uniqueIndex('period_closes_version').on(t.period, t.version),
    uniqueIndex('period_closes_standing')
      .on(t.period)
      .where(sql`reopened_at is null`),
    index('period_closes_days').on(t.firstDay, t.lastDay),
  ],
);

/** The lines of a close, as the ledger numbers them. */
export const closedLines = sqliteTable(
  'closed_lines',
  {
    closeId: integer()
      .notNull()
      .references(() => periodCloses.id, { onDelete: 'restrict' }),
    lineId: text().notNull(),
    /** The position of the line in the period. */
    position: integer().notNull(),
    line: text({ mode: 'json' }).$type<ChargeLine | PayLine>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.closeId, t.lineId] }),
    uniqueIndex('closed_lines_position').on(t.closeId, t.position),
    index('closed_lines_line').on(t.lineId),
  ],
);

/** What a person said to a proposed correction of a closed line. */
export const adjustments = sqliteTable(
  'adjustments',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    adjustmentId: text().notNull(),
    lineId: text().notNull(),
    /** The closed period that it corrects. */
    corrects: text().notNull(),
    state: text({ enum: ['accepted', 'rejected'] }).notNull(),
    /** The open period that it is a line of; null when rejected. */
    postedIn: text(),
    adjustment: text({ mode: 'json' }).$type<Adjustment>().notNull(),
    /** SHA-256 of what was proposed: a rejected proposal comes again only when it is another one. */
    contentHash: text().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    createdAt: integer().notNull(),
    /** The closed period was reopened before this was issued, so it is a line of no period any more. Null: it stands. */
    withdrawnAt: integer(),
  },
  (t) => [
    uniqueIndex('adjustments_accepted')
      .on(t.adjustmentId)
      .where(sql`state = 'accepted'`),
    index('adjustments_line').on(t.lineId),
    index('adjustments_posted_in').on(t.postedIn),
    index('adjustments_corrects').on(t.corrects),
    check('adjustments_state', sql`${t.state} in ('accepted', 'rejected')`),
    check('adjustments_posted', sql`(${t.state} = 'accepted') = (${t.postedIn} is not null)`),
  ],
);

/** A teacher accepted the own pay of a period, as it was then. */
export const periodAcceptances = sqliteTable(
  'period_acceptances',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    period: text().notNull(),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    /** SHA-256 of the pay that was accepted. When the pay changes, it is no longer accepted. */
    payHash: text().notNull(),
    acceptedAt: integer().notNull(),
  },
  (t) => [index('period_acceptances_period').on(t.period, t.personId)],
);

/** A teacher disagrees with a line of the own pay. */
export const disputes = sqliteTable(
  'disputes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    lineId: text().notNull(),
    period: text().notNull(),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    text: text().notNull(),
    createdAt: integer().notNull(),
    /** Null: open. */
    closedAt: integer(),
    closedBy: text(),
    outcome: text({ enum: ['upheld', 'refused'] }),
    closeReason: text(),
  },
  (t) => [
    uniqueIndex('disputes_open')
      .on(t.lineId)
      .where(sql`closed_at is null`),
    index('disputes_period').on(t.period),
  ],
);
