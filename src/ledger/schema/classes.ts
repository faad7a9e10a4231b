import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

import type { SessionFlag } from '../../core/attendance/coverage-state.ts';
/** The schedule: rooms, classes with their rosters, and the session of each class. */
import { CANCELERS } from '../../core/schedule/class.ts';
import { people } from './school.ts';

/** A Meet space. Its meeting code is only a label that Google may give to another space later. */
export const rooms = sqliteTable(
  'rooms',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    meetingCode: text(),
    /** `spaces/{id}`; null until resolved. */
    space: text(),
    meetLink: text(),
    /** The account that was seen to own the room: only its empty list proves that nobody came. */
    ownerEmail: text(),
    /** Set when the code was seen to open another space. */
    changedToSpace: text(),
    /** A retired room no longer answers to its code. */
    retiredAt: integer(),
    checkedAt: integer(),
    createdAt: integer().notNull(),
  },
  (t) => [
    uniqueIndex('rooms_space').on(t.space),
    uniqueIndex('rooms_code')
      .on(t.meetingCode)
      .where(sql`retired_at is null`),
  ],
);

export const classes = sqliteTable(
  'classes',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    subject: text().notNull(),
    roomId: integer()
      .notNull()
      .references(() => rooms.id, { onDelete: 'restrict' }),
    organizerEmail: text().notNull(),
    seriesId: text(),
    start: integer('start_at').notNull(),
    end: integer('end_at').notNull(),
    /** The notice of a cancellation counts from this start: moving a class late does not lengthen the notice. */
    noticeStart: integer('notice_start_at'),
    canceledAt: integer(),
    canceledBy: text({ enum: CANCELERS }),
    cancelReason: text(),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (t) => [
    index('classes_room_start').on(t.roomId, t.start),
    index('classes_start').on(t.start),
    index('classes_series').on(t.seriesId),
    check('classes_slot', sql`${t.start} < ${t.end}`),
  ],
);

export const classPeople = sqliteTable(
  'class_people',
  {
    classId: integer()
      .notNull()
      .references(() => classes.id, { onDelete: 'restrict' }),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'restrict' }),
    role: text({ enum: ['teacher', 'student'] }).notNull(),
    /** Enrolment order: splits of money follow it. */
    position: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.classId, t.personId] }),
    index('class_people_person').on(t.personId),
    check('class_people_role', sql`${t.role} in ('teacher', 'student')`),
  ],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    classId: integer()
      .notNull()
      .unique()
      .references(() => classes.id, { onDelete: 'restrict' }),
    coverage: text({
      enum: ['pending', 'live', 'settling', 'complete', 'empty', 'partial', 'no_access', 'expired'],
    }).notNull(),
    /** Google's time of the last read that succeeded. */
    lastReadAt: integer(),
    /** Google's time of the first complete read that found slot and calls over, with the evidence as it is now. */
    overSeenAt: integer(),
    /** Google's time of the read that made the coverage final. */
    finalReadAt: integer(),
    /** Failures in a row. */
    attempts: integer().notNull().default(0),
    /** Null: due at the next pass, or nothing left to do when the coverage is final. */
    nextAttemptAt: integer(),
    lastError: text(),
    alarmedAt: integer(),
    flags: text({ mode: 'json' }).$type<readonly SessionFlag[]>().notNull(),
    createdAt: integer().notNull(),
  },
  (t) => [
    index('sessions_coverage').on(t.coverage, t.nextAttemptAt),
    check(
      'sessions_coverage_value',
      sql`${t.coverage} in ('pending', 'live', 'settling', 'complete', 'empty', 'partial', 'no_access', 'expired')`,
    ),
  ],
);
