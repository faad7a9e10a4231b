/**
 * The tables of `rollbook.db`. Instants are epoch milliseconds, resource names are Google's own.
 *
 * After a change run `npm run generate`: it writes the SQL migration and makes its tables STRICT.
 */
import { ROLES } from '../school/role.ts';
import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

import type { Decision, DecisionKind } from '../../core/attendance/decision.ts';
import type { LogFlag } from '../../core/attendance/logs.ts';
import type { PresenceInterval } from '../../core/attendance/presence.ts';
import type { SessionFlag } from '../../core/attendance/status.ts';

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

export const families = sqliteTable('families', {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  currency: text().notNull(),
  billingEmail: text(),
  createdAt: integer().notNull(),
});

export const familyMembers = sqliteTable('family_members', {
  /** A student belongs to one family. */
  personId: integer()
    .primaryKey()
    .references(() => people.id, { onDelete: 'restrict' }),
  familyId: integer()
    .notNull()
    .references(() => families.id, { onDelete: 'restrict' }),
});

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
    startAt: integer().notNull(),
    endAt: integer().notNull(),
    /** The notice of a cancellation counts from this start: moving a class late does not lengthen the notice. */
    noticeStartAt: integer(),
    canceledAt: integer(),
    canceledBy: text({ enum: ['family', 'teacher', 'school'] }),
    cancelReason: text(),
    createdAt: integer().notNull(),
    updatedAt: integer().notNull(),
  },
  (t) => [
    index('classes_room_start').on(t.roomId, t.startAt),
    index('classes_start').on(t.startAt),
    check('classes_slot', sql`${t.startAt} < ${t.endAt}`),
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
    /** Our clock. Null: due at the next pass, or nothing left to do when the coverage is final. */
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

// ── Evidence: what Google said. Rows are never deleted, a changed value keeps the old one in evidence_changes. ──

export const conferenceRecords = sqliteTable(
  'conference_records',
  {
    name: text().primaryKey(),
    space: text().notNull(),
    startAt: integer().notNull(),
    startText: text().notNull(),
    endAt: integer(),
    endText: text(),
    expireAt: integer(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    /** Google's time of the first complete listing that no longer held it. */
    missingSinceAt: integer(),
  },
  (t) => [index('conference_records_space_start').on(t.space, t.startAt)],
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
    earliestAt: integer().notNull(),
    latestAt: integer(),
    /** Google's time of the last complete listing of the participant's sessions. */
    sessionsReadAt: integer(),
    firstSeenAt: integer().notNull(),
    lastSeenAt: integer().notNull(),
    missingSinceAt: integer(),
  },
  (t) => [
    index('participants_record').on(t.record),
    index('participants_user').on(t.userId),
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
    startAt: integer().notNull(),
    startText: text().notNull(),
    endAt: integer(),
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
export const directoryUsers = sqliteTable('directory_users', {
  userId: text().primaryKey(),
  /** Null: no such user in the organisation. */
  email: text(),
  name: text(),
  fetchedAt: integer().notNull(),
});

// ── What people decided. ──

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
    scope: text({ enum: ['class', 'series', 'everywhere'] }).notNull(),
    classId: integer().references(() => classes.id, { onDelete: 'restrict' }),
    seriesId: text(),
    /** The review that taught it. */
    reviewItemId: integer(),
    actor: text().notNull(),
    reason: text().notNull(),
    createdAt: integer().notNull(),
    undoneAt: integer(),
  },
  (t) => [
    index('identities_value').on(t.value),
    check('identities_kind', sql`${t.kind} in ('account', 'name', 'phone', 'participant')`),
    check('identities_verdict', sql`${t.verdict} in ('is', 'is_not')`),
    check('identities_scope', sql`${t.scope} in ('class', 'series', 'everywhere')`),
  ],
);

/** Participants that are bots or room devices, not persons. */
export const ignored = sqliteTable('ignored', {
  id: integer().primaryKey({ autoIncrement: true }),
  kind: text({ enum: ['account', 'name'] }).notNull(),
  value: text().notNull(),
  reviewItemId: integer(),
  actor: text().notNull(),
  reason: text().notNull(),
  createdAt: integer().notNull(),
  undoneAt: integer(),
});

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
    participants: text({ mode: 'json' }).$type<string[]>().notNull(),
    presentMs: integer().notNull(),
    suggestedPersonId: integer().references(() => people.id, { onDelete: 'restrict' }),
    suggestionReason: text(),
    /** `gone`: matched since by other means, or no longer in the evidence. */
    state: text({ enum: ['open', 'accepted', 'refused', 'ignored', 'gone'] }).notNull(),
    decidedAt: integer(),
    decidedBy: text(),
    decisionReason: text(),
    createdAt: integer().notNull(),
  },
  (t) => [
    uniqueIndex('review_items_key').on(t.sessionId, t.key),
    index('review_items_state').on(t.state),
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
    undoneAt: integer(),
    undoneBy: text(),
    undoReason: text(),
  },
  (t) => [index('decisions_class').on(t.classId)],
);

// ── Derived from evidence, schedule and decisions; rebuilt at will. ──

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
    joinAt: integer(),
    /** Null while the person is in the call, or was never seen. */
    leaveAt: integer(),
    durationMs: integer().notNull(),
    intervals: text({ mode: 'json' }).$type<readonly PresenceInterval[]>().notNull(),
    identityMethod: text({ enum: ['account', 'directory', 'alias', 'name', 'decision'] }),
    identityConfidence: text({ enum: ['strong', 'medium', 'weak'] }),
    devices: integer().notNull(),
    evidence: text({ mode: 'json' }).$type<string[]>().notNull(),
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
    index('attendance_logs_person_id').on(t.personId),
    check('attendance_logs_who', sql`(${t.personId} is null) <> (${t.participant} is null)`),
  ],
);

// ── What the daemon keeps about itself, and who may use it. ──

export const jobs = sqliteTable(
  'jobs',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().notNull(),
    /** Two requests with one kind and key are one job while it is queued or running. */
    key: text().notNull(),
    payload: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    state: text({ enum: ['queued', 'running', 'done', 'failed'] }).notNull(),
    attempts: integer().notNull().default(0),
    maxAttempts: integer().notNull(),
    runAt: integer().notNull(),
    leaseUntil: integer(),
    progressDone: integer().notNull().default(0),
    progressTotal: integer().notNull().default(0),
    result: text({ mode: 'json' }).$type<Record<string, unknown>>(),
    lastError: text(),
    actor: text().notNull(),
    createdAt: integer().notNull(),
    finishedAt: integer(),
  },
  (t) => [
    index('jobs_state_run').on(t.state, t.runAt),
    uniqueIndex('jobs_open_key')
      .on(t.kind, t.key)
      .where(sql`state in ('queued', 'running')`),
    check('jobs_state', sql`${t.state} in ('queued', 'running', 'done', 'failed')`),
  ],
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
  lastUsedAt: integer(),
});

/** Append-only and hash-chained: every manual change with before, after, actor and reason. */
export const auditLog = sqliteTable('audit_log', {
  id: integer().primaryKey(),
  at: integer().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  subject: text().notNull(),
  before: text(),
  after: text(),
  reason: text(),
  previousHash: text().notNull(),
  hash: text().notNull(),
});

/** The last pass of each loop. */
export const loopPasses = sqliteTable('loop_passes', {
  name: text().primaryKey(),
  startedAt: integer().notNull(),
  finishedAt: integer(),
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

/** Business settings that are not policy versions, by name. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text({ mode: 'json' }).$type<unknown>().notNull(),
  updatedAt: integer().notNull(),
});
