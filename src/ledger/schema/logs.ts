/** Attendance, derived from evidence, schedule and decisions, and rebuilt at will. */
import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

import type { LogFlag } from '../../core/attendance/logs.ts';
import type { PresenceInterval } from '../../core/attendance/presence.ts';
import { classes, sessions } from './classes.ts';
import { participants } from './evidence.ts';
import { people } from './school.ts';

export const attendanceLogs = sqliteTable(
  'attendance_logs',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: integer()
      .notNull()
      .references(() => sessions.id, { onDelete: 'restrict' }),
    personId: integer().references(() => people.id, { onDelete: 'restrict' }),
    /** The unmatched participant, when there is no person. */
    participant: text().references(() => participants.name, { onDelete: 'restrict' }),
    role: text({ enum: ['teacher', 'student', 'guest', 'observer'] }).notNull(),
    displayName: text(),
    status: text({ enum: ['pending', 'present', 'late', 'absent', 'excused', 'guest'] }).notNull(),
    provisional: integer({ mode: 'boolean' }).notNull(),
    join: integer('join_at'),
    /** Null while the person is in the call, or was never seen. */
    leave: integer('leave_at'),
    durationMs: integer().notNull(),
    intervals: text({ mode: 'json' }).$type<readonly PresenceInterval[]>().notNull(),
    identityMethod: text({ enum: ['account', 'directory', 'alias', 'name', 'decision'] }),
    identityConfidence: text({ enum: ['strong', 'medium', 'weak'] }),
    devices: integer().notNull(),
    evidence: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    flags: text({ mode: 'json' }).$type<readonly LogFlag[]>().notNull(),
    updatedAt: integer().notNull(),
  },
  (t) => [
    uniqueIndex('attendance_logs_person')
      .on(t.sessionId, t.personId)
      .where(sql`person_id is not null`),
    uniqueIndex('attendance_logs_participant')
      .on(t.sessionId, t.participant)
      .where(sql`person_id is null`),
    index('attendance_logs_session').on(t.sessionId),
    index('attendance_logs_person_id').on(t.personId),
    check('attendance_logs_who', sql`(${t.personId} is null) <> (${t.participant} is null)`),
  ],
);

/**
 * Classes whose logs are to be derived again, because the rules by which they follow from the evidence have changed: a
 * migration that changes such a rule enters them. A row goes when its class is done.
 */
export const rebuilds = sqliteTable('rebuilds', {
  classId: integer()
    .primaryKey()
    .references(() => classes.id, { onDelete: 'restrict' }),
});
