/** People and families, and who may use the daemon. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

import { ROLES } from '../school/role.ts';

export const people = sqliteTable(
  'people',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    /** Lower case. */
    email: text().notNull().unique(),
    name: text(),
    role: text({ enum: ['teacher', 'student', 'admin', 'other'] }).notNull(),
    /** Not unique: siblings may share one account. */
    googleUserId: text(),
    createdAt: integer().notNull(),
  },
  (t) => [
    index('people_google_user_id').on(t.googleUserId),
    check('people_role', sql`${t.role} in ('teacher', 'student', 'admin', 'other')`),
  ],
);

export const families = sqliteTable(
  'families',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text().notNull(),
    currency: text().notNull(),
    billingEmail: text(),
    createdAt: integer().notNull(),
  },
  (t) => [index('families_name').on(t.name)],
);

export const familyMembers = sqliteTable(
  'family_members',
  {
    /** A student belongs to one family. */
    personId: integer()
      .primaryKey()
      .references(() => people.id, { onDelete: 'restrict' }),
    familyId: integer()
      .notNull()
      .references(() => families.id, { onDelete: 'restrict' }),
  },
  (t) => [index('family_members_family').on(t.familyId)],
);

export const apiTokens = sqliteTable('api_tokens', {
  id: integer().primaryKey({ autoIncrement: true }),
  label: text().notNull(),
  role: text({ enum: ROLES }).notNull(),
  /** The teacher whose classes and pay the token opens. */
  personId: integer().references(() => people.id, { onDelete: 'restrict' }),
  /** SHA-256 of the token, hex. The token itself is shown once and never stored. */
  hash: text().notNull().unique(),
  createdAt: integer().notNull(),
  expiresAt: integer(),
  revokedAt: integer(),
  /** Exact to the minute: it is written at most once a minute. */
  lastUsedAt: integer(),
});

/** Append-only and hash-chained: every manual change with before, after, actor and reason. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    /** 1, 2, 3, … without gaps. */
    id: integer().primaryKey(),
    at: integer().notNull(),
    actor: text().notNull(),
    action: text().notNull(),
    subject: text().notNull(),
    before: text(),
    after: text(),
    reason: text(),
    previousHash: text().notNull(),
    /** SHA-256, hex, over this entry and the hash of the one before; with a key HMAC-SHA-256. */
    hash: text().notNull(),
    /**
     * The rows of the kept tables that the change left, as JSON; null where a row was deleted. Null in entries of versions
     * that did not note them.
     */
    rows: text(),
    /** Tells the key with which the hash was made, without telling the key; null: with none. */
    keyId: text(),
  },
  (t) => [index('audit_log_subject').on(t.subject)],
);

/** What the school is by name, such as its zone, which has no versions. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text({ mode: 'json' }).$type<unknown>().notNull(),
  updatedAt: integer().notNull(),
});

/** Changes of the school's rules and of what its statements say about it. The later row holds for what it names. */
export const settingsVersions = sqliteTable('settings_versions', {
  id: integer().primaryKey({ autoIncrement: true }),
  /** The first day of classes that the rules of attendance in it hold for; null: of every class in no closed period. */
  validFrom: text(),
  /** The beginning of that day in the zone that the ledger had then. */
  effectiveAt: integer(),
  /** Only what was changed, named as the API has it. */
  changes: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  actor: text().notNull(),
  reason: text(),
  createdAt: integer().notNull(),
});
