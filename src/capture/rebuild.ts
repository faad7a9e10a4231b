import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';

import type { RecordEvidence } from '../core/attendance/evidence.ts';
import { indexIdentities, normaliseName } from '../core/attendance/identity.ts';
import type { IdentityIndex, IdentityRule, Person } from '../core/attendance/identity.ts';
import { deriveRoom } from '../core/attendance/logs.ts';
import { decisionSchema, presenceDecision } from '../core/attendance/decision.ts';
import type { PresenceDecision } from '../core/attendance/decision.ts';
import type { DerivedLog, Rules } from '../core/attendance/logs.ts';
import type { Unmatched } from '../core/attendance/unmatched.ts';
import { evidenceWindow } from '../core/schedule/class.ts';
import type { RoomClass } from '../core/schedule/class.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Interval } from '../core/time/interval.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { Database } from '../ledger/database.ts';
import type { EvidenceStore, RecordedEvidence } from '../ledger/attendance/evidence-store.ts';
import {
  attendanceLogs,
  classes,
  decisions,
  identities,
  ignored,
  people,
  reviewItems,
  sessions,
} from '../ledger/schema/capture.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';

/** An attendance log with its class. Instants in epoch ms. */
export type AttendanceLog = typeof attendanceLogs.$inferSelect & {
  readonly classId: number;
  readonly subject: string;
  readonly classStart: number;
  readonly classEnd: number;
  readonly coverage: string;
  readonly userEmail: string | null;
};

export interface LogFilter {
  readonly sessionId?: number | undefined;
  readonly classId?: number | undefined;
  readonly userEmail?: string | undefined;
  /** Classes that end behind `from` and start before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly status?: AttendanceLog['status'] | undefined;
  /** Only classes this person teaches. */
  readonly teacherId?: number | undefined;
  /** Cursor: id of the last log of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface Rebuilt {
  readonly logs: number;
  /** The logs are not what they were. */
  readonly changed: boolean;
  /** Evidence that touches the class contradicts itself. */
  readonly contradicted: boolean;
  /** Evidence that touches the class is believed only when a second read says the same. */
  readonly doubted: boolean;
}

export interface AttendanceStore {
  /** Derives the logs and the review queue of a class from evidence, schedule, identities and decisions. Safe to repeat. */
  rebuild(classId: number): Rebuilt;
  /** Rebuilds every session of a room whose window overlaps the interval. @returns classes whose logs changed */
  rebuildRoom(roomId: number, within: Interval): number[];
  /** What a rebuild would store, without storing it: for `verify`. */
  derive(classId: number): readonly DerivedLog[];
  logs(filter: LogFilter): AttendanceLog[];
  /** Records of the class's room that overlap its window. */
  evidenceOf(classId: number): RecordedEvidence;
}

export interface AttendanceStoreDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly evidence: EvidenceStore;
  /** Thresholds may be changed while running. */
  readonly rules: () => Rules;
}

/** A call that counts for a class in another room, or for one of several in its own. */
interface LinkedCall {
  readonly name: string;
  readonly space: string;
  readonly start: number;
  readonly end: number;
}

export function createAttendanceStore({
  database,
  clock,
  classStore,
  sessionStore,
  evidence,
  rules,
}: AttendanceStoreDeps): AttendanceStore {
  const { orm, sqlite, write } = database;

  const evidenceOf = (c: { start: number; end: number; room: { space: string | null } }): RecordedEvidence =>
    c.room.space === null
      ? { records: [], participants: [] }
      : evidence.load(c.room.space, evidenceWindow(c, rules().margins));

  const linkedTo = sqlite.prepare<[number], LinkedCall>(
    `select r.name, r.space, r.start_at as start, coalesce(r.end_at, r.last_seen_at) as "end"
     from decisions d join conference_records r on r.name = d.payload ->> 'record'
     where d.class_id = ? and d.kind = 'link_call' and d.undone_at is null`,
  );
  const linkOf = sqlite
    .prepare<[string], number>(
      `select class_id from decisions where kind = 'link_call' and undone_at is null and payload ->> 'record' = ?`,
    )
    .pluck();

  /** The evidence of a class: the calls of its room but those that a person linked elsewhere, and those linked to it. */
  const countedFor = (c: {
    id: number;
    start: number;
    end: number;
    room: { space: string | null };
  }): RecordedEvidence => {
    const found = evidenceOf(c);
    const own = found.records.filter(({ name }) => linkOf.get(name) === undefined);
    const kept = new Set(own.map(({ name }) => name));
    const linked = linkedTo.all(c.id).map(({ name, space, start, end }) => {
      const { records, participants } = evidence.load(space, { start, end: Math.max(end, start + 1) });
      return {
        records: records.filter((record) => record.name === name).map((record) => ({ ...record, classId: c.id })),
        participants: participants.filter(({ record }) => record === name),
      };
    });
    return {
      records: [...own, ...linked.flatMap(({ records }) => records)],
      participants: [
        ...found.participants.filter(({ record }) => kept.has(record)),
        ...linked.flatMap(({ participants }) => participants),
      ],
    };
  };

  /** Only who can matter to these participants and classes, so that a rebuild costs the same in a large school. */
  const identitiesFor = (
    found: RecordedEvidence,
    inRoom: readonly RoomClass[],
    also: readonly number[],
  ): IdentityIndex => {
    const accounts = [...new Set(found.participants.flatMap(({ userId }) => (userId === null ? [] : [userId])))];
    const labels = found.participants.flatMap(({ name, displayName }) => [name, normaliseName(displayName)]);
    const directory = evidence.directory(accounts);
    const rows = orm
      .select()
      .from(identities)
      .where(and(isNull(identities.undoneAt), inArray(identities.value, [...new Set([...accounts, ...labels])])))
      .orderBy(asc(identities.id))
      .all();
    const learned: IdentityRule[] = rows;
    const ids = [
      ...inRoom.flatMap(({ roster }) => roster.map(({ personId }) => personId)),
      ...learned.map(({ personId }) => personId),
      ...also,
    ];
    const emails = [...directory.values()].flatMap((email) => (email === null ? [] : [email]));
    const someone = orm
      .select({
        id: people.id,
        email: people.email,
        name: people.name,
        role: people.role,
        googleUserId: people.googleUserId,
      })
      .from(people)
      .where(
        or(
          inArray(people.id, [...new Set(ids)]),
          inArray(people.googleUserId, accounts),
          inArray(people.email, emails),
        ),
      )
      .all();
    const known: Person[] = someone;
    return indexIdentities({
      people: new Map(known.map((person) => [person.id, person])),
      directory,
      rules: learned,
      ignored: orm
        .select({ kind: ignored.kind, value: ignored.value })
        .from(ignored)
        .where(isNull(ignored.undoneAt))
        .all(),
    });
  };

  const decisionsOf = (classId: number): PresenceDecision[] =>
    orm
      .select()
      .from(decisions)
      .where(and(eq(decisions.classId, classId), isNull(decisions.undoneAt)))
      .orderBy(asc(decisions.id))
      .all()
      .map((row) => presenceDecision(classId, decisionSchema.parse(row)))
      .filter((decision) => decision !== null);

  const deriveClass = (classId: number) => {
    const c = classStore.get(classId);
    const session = sessionStore.ofClass(classId);
    if (c === null || session === null) return null;
    const { margins } = rules();
    const found = countedFor(c);
    const reach = reachOf(found.records, evidenceWindow(c, margins));
    const inRoom = classStore.inRoom(c.room.id, reach.start - margins.afterMs, reach.end + margins.beforeMs);
    const settled = decisionsOf(classId);
    const index = identitiesFor(
      found,
      inRoom,
      settled.map(({ personId }) => personId),
    );
    const derived = deriveRoom(
      { classes: inRoom, ...found },
      [{ classId, coverage: session.coverage }],
      index,
      settled,
      rules(),
    );
    return { session, derived };
  };

  const storeLogs = (sessionId: number, derived: readonly DerivedLog[]): boolean => {
    const keyOf = (log: { personId: number | null; participant: string | null }) =>
      log.personId ?? log.participant ?? '';
    const stored = new Map(
      orm
        .select()
        .from(attendanceLogs)
        .where(eq(attendanceLogs.sessionId, sessionId))
        .all()
        .map((row) => [keyOf(row), row]),
    );
    let changed = false;
    for (const log of derived) {
      const row = rowOf(log);
      const old = stored.get(keyOf(log));
      stored.delete(keyOf(log));
      if (old === undefined) {
        orm
          .insert(attendanceLogs)
          .values({ ...row, sessionId, updatedAt: clock.now() })
          .run();
        changed = true;
      } else if (!sameLog(old, row)) {
        orm
          .update(attendanceLogs)
          .set({ ...row, updatedAt: clock.now() })
          .where(eq(attendanceLogs.id, old.id))
          .run();
        changed = true;
      }
    }
    for (const { id } of stored.values()) {
      orm.delete(attendanceLogs).where(eq(attendanceLogs.id, id)).run();
      changed = true;
    }
    return changed;
  };

  const storeReview = (sessionId: number, unmatched: readonly Unmatched[]): void => {
    const stored = new Map(
      orm
        .select()
        .from(reviewItems)
        .where(eq(reviewItems.sessionId, sessionId))
        .all()
        .map((row) => [row.key, row]),
    );
    for (const one of unmatched) {
      const old = stored.get(one.key);
      stored.delete(one.key);
      const values = {
        kind: one.kind,
        userId: one.userId,
        displayName: one.displayName,
        participants: [...one.participants],
        presentMs: one.presentMs,
        suggestedPersonId: one.suggestion?.personId ?? null,
        suggestionReason: one.suggestion?.reason ?? null,
      };
      if (old === undefined) {
        orm
          .insert(reviewItems)
          .values({ ...values, sessionId, key: one.key, state: 'open', createdAt: clock.now() })
          .run();
      } else {
        const state = old.state === 'gone' ? 'open' : old.state;
        orm
          .update(reviewItems)
          .set({ ...values, state })
          .where(eq(reviewItems.id, old.id))
          .run();
      }
    }
    for (const { id, state } of stored.values()) {
      if (state === 'open') orm.update(reviewItems).set({ state: 'gone' }).where(eq(reviewItems.id, id)).run();
    }
  };

  const rebuild = (classId: number): Rebuilt =>
    write(() => {
      const found = deriveClass(classId);
      if (found === null) return { logs: 0, changed: false, contradicted: false, doubted: false };
      const { session, derived } = found;
      const changed = storeLogs(session.id, derived.logs);
      storeReview(session.id, derived.unmatched);
      return {
        logs: derived.logs.length,
        changed,
        contradicted: derived.contradicted.has(classId),
        doubted: derived.doubted.has(classId),
      };
    });

  return {
    rebuild,
    rebuildRoom(roomId, within) {
      const { beforeMs, afterMs } = rules().margins;
      const touched = classStore.inRoom(roomId, within.start - afterMs, within.end + beforeMs);
      return write(() => touched.filter(({ id }) => rebuild(id).changed).map(({ id }) => id));
    },
    derive(classId) {
      return deriveClass(classId)?.derived.logs ?? [];
    },
    evidenceOf(classId) {
      const c = classStore.get(classId);
      return c === null ? { records: [], participants: [] } : evidenceOf(c);
    },
    logs({ sessionId, classId, userEmail, from, to, status, teacherId, after, limit }) {
      return orm
        .select({
          log: attendanceLogs,
          classId: sessions.classId,
          coverage: sessions.coverage,
          subject: classes.subject,
          classStart: classes.startAt,
          classEnd: classes.endAt,
          userEmail: people.email,
        })
        .from(attendanceLogs)
        .innerJoin(sessions, eq(sessions.id, attendanceLogs.sessionId))
        .innerJoin(classes, eq(classes.id, sessions.classId))
        .leftJoin(people, eq(people.id, attendanceLogs.personId))
        .where(
          and(
            sessionId === undefined ? undefined : eq(attendanceLogs.sessionId, sessionId),
            classId === undefined ? undefined : eq(sessions.classId, classId),
            userEmail === undefined ? undefined : eq(people.email, userEmail.toLowerCase()),
            from === undefined ? undefined : gt(classes.endAt, from),
            to === undefined ? undefined : lt(classes.startAt, to),
            status === undefined ? undefined : eq(attendanceLogs.status, status),
            teacherId === undefined
              ? undefined
              : sql`exists (select 1 from class_people cp where cp.class_id = ${classes.id} and cp.person_id = ${teacherId} and cp.role = 'teacher')`,
            after === undefined ? undefined : gt(attendanceLogs.id, after),
          ),
        )
        .orderBy(asc(attendanceLogs.id))
        .limit(limit)
        .all()
        .map(({ log, ...rest }) => ({ ...log, ...rest }));
    },
  };
}

function reachOf(records: readonly RecordEvidence[], window: Interval): Interval {
  return records.reduce(
    (reach, { start, end, lastSeenAt }) => ({
      start: Math.min(reach.start, start),
      end: Math.max(reach.end, end ?? lastSeenAt),
    }),
    window,
  );
}

type LogRow = Omit<typeof attendanceLogs.$inferInsert, 'id' | 'sessionId' | 'updatedAt'>;

function rowOf(log: DerivedLog): LogRow {
  return {
    personId: log.personId,
    participant: log.participant,
    role: log.role,
    displayName: log.displayName,
    status: log.status,
    provisional: log.provisional,
    joinAt: log.join,
    leaveAt: log.leave,
    durationMs: log.durationMs,
    intervals: log.intervals.map(({ start, end, closedBy, open }) => ({
      start,
      end,
      closedBy,
      ...(open ? { open } : {}),
    })),
    identityMethod: log.identity?.method ?? null,
    identityConfidence: log.identity?.confidence ?? null,
    devices: log.devices,
    evidence: [...log.evidence],
    flags: [...log.flags],
  };
}

function sameLog(stored: typeof attendanceLogs.$inferSelect, row: LogRow): boolean {
  return Object.entries(row).every(
    ([column, value]) => JSON.stringify(stored[column as keyof typeof stored]) === JSON.stringify(value),
  );
}
