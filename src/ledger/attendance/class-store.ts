import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';

import { statusAt, type ClassStatus, type RoomClass, type RosterRole } from '../../core/schedule/class.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { classes, classPeople, rooms, sessions } from '../schema/classes.ts';
import { columnsBut, held, matches } from '../select.ts';
import { createBookingLookups, type BookingLookups } from './booking-lookups.ts';
import { roomColumns, type Room } from './room-store.ts';
import { createRosters, substitutedBy, type RosterEntry } from './roster-rows.ts';
import { createScheduleLookups, endsAfter, type ScheduleLookups } from './schedule-lookups.ts';

const columns = columnsBut(classes, 'roomId', 'createdAt', 'updatedAt');

type Row = Readonly<Omit<typeof classes.$inferSelect, 'roomId' | 'createdAt' | 'updatedAt'>>;

export interface ScheduledClass extends Row {
  readonly room: Room;
  readonly status: ClassStatus;
  /** Whether the slot has begun, also of a class that was canceled. */
  readonly begun: boolean;
  /** Teachers first, then students in enrolment order. */
  readonly roster: readonly RosterEntry[];
}

export interface NewClass extends Pick<Row, 'subject' | 'organizerEmail' | 'seriesId' | 'start' | 'end'> {
  readonly roomId: number;
  readonly teacherIds: readonly number[];
  readonly studentIds: readonly number[];
}

/** What is left out, or undefined, stays as it is. */
export type ClassChanges = { readonly [Field in keyof NewClass]?: NewClass[Field] | undefined } & {
  readonly noticeStart?: number | null | undefined;
};

export interface ClassFilter {
  readonly id?: number | undefined;
  /** Classes that end after `from` and start before `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly status?: ClassStatus | undefined;
  readonly personId?: number | undefined;
  /** Classes that one of these people teaches, or taught as a substitute. */
  readonly teacherIds?: readonly number[] | undefined;
  /** Cursor: start and id of the last class of the page before. */
  readonly after?: { readonly start: number; readonly id: number } | undefined;
  readonly limit: number;
}

const PAGE = 500;

export interface ClassStore extends BookingLookups, ScheduleLookups {
  get(id: number): ScheduledClass | null;
  /** In order of start, then id. */
  list(filter: ClassFilter): ScheduledClass[];
  /** As `list`, without an end; read page by page. */
  all(filter: Omit<ClassFilter, 'after' | 'limit'>): ScheduledClass[];
  create(entry: NewClass): ScheduledClass;
  update(id: number, changes: ClassChanges): ScheduledClass;
  cancel(id: number, by: NonNullable<Row['canceledBy']>, reason: string): ScheduledClass;
  /** The same class entered before: same room or code, start, end, subject and roster. A null room is any. */
  same(entry: Omit<NewClass, 'roomId'> & { readonly roomId: number | null }): number | null;
  /** Takes a cancellation back. */
  reinstate(id: number): ScheduledClass;
  /**
   * Classes that have begun, later than `since`, and have no session yet.
   *
   * @param kept canceled ones that ended before are left out: Google has deleted their records
   */
  begunWithoutSession(since: number, now: number, kept: number): ScheduledClass[];
  /** Classes of a room whose slot, widened by the margins, overlaps `[from, to)`; canceled ones too. */
  inRoom(roomId: number, from: number, to: number): RoomClass[];
}

/**
 * Scheduled classes and their rosters. The status of a class follows from its slot at the instant asked.
 *
 * @param slotClock tells whether a slot has begun or is over
 */
export function createClassStore({ orm, write }: Database, clock: Now, slotClock: Now = clock): ClassStore {
  const rosters = createRosters(orm);
  const whole = (rows: { class: Row; room: Room }[]): ScheduledClass[] => {
    if (rows.length === 0) return [];
    const found = rosters.of(rows.map((row) => row.class.id));
    const now = slotClock.now();
    return rows.map(({ class: c, room }) => ({
      ...c,
      room,
      status: statusAt({ ...c, canceled: c.canceledAt !== null }, now),
      begun: c.start <= now,
      roster: found.get(c.id) ?? [],
    }));
  };

  const select = () =>
    orm
      .select({ class: columns, room: roomColumns })
      .from(classes)
      .innerJoin(rooms, eq(rooms.id, classes.roomId))
      .$dynamic();

  const byId = held(() =>
    select()
      .where(eq(classes.id, sql.placeholder('id')))
      .prepare(),
  );
  const get = (id: number): ScheduledClass | null => whole(byId().all({ id }))[0] ?? null;
  const begun = held(() =>
    select()
      .leftJoin(sessions, eq(sessions.classId, classes.id))
      .where(
        and(
          or(isNull(classes.canceledAt), gt(classes.end, sql.placeholder('kept'))),
          gt(classes.start, sql.placeholder('since')),
          lte(classes.start, sql.placeholder('now')),
          isNull(sessions.id),
        ),
      )
      .orderBy(asc(classes.end))
      .prepare(),
  );
  const touching = held(() =>
    select()
      .where(
        and(
          eq(classes.roomId, sql.placeholder('roomId')),
          lt(classes.start, sql.placeholder('to')),
          endsAfter(sql.placeholder('from')),
        ),
      )
      .orderBy(asc(classes.start), asc(classes.id))
      .prepare(),
  );

  const hasStatus = (status: ClassStatus) => {
    const now = slotClock.now();
    switch (status) {
      case 'canceled':
        return isNotNull(classes.canceledAt);
      case 'scheduled':
        return and(isNull(classes.canceledAt), gt(classes.start, now));
      case 'active':
        return and(isNull(classes.canceledAt), lte(classes.start, now), gt(classes.end, now));
      case 'completed':
        return and(isNull(classes.canceledAt), lte(classes.end, now));
      default:
        return status satisfies never;
    }
  };

  const insertClass = held(() =>
    orm
      .insert(classes)
      .values({
        subject: sql.placeholder('subject'),
        roomId: sql.placeholder('roomId'),
        organizerEmail: sql.placeholder('organizerEmail'),
        seriesId: sql.placeholder('seriesId'),
        start: sql.placeholder('start'),
        end: sql.placeholder('end'),
        createdAt: sql.placeholder('now'),
        updatedAt: sql.placeholder('now'),
      })
      .returning({ id: classes.id })
      .prepare(),
  );
  // The code may have been given to another space since.
  const sameCode = orm
    .select({ code: rooms.meetingCode })
    .from(rooms)
    .where(eq(rooms.id, sql.placeholder('roomId')));
  const ofSlot = [
    eq(classes.start, sql.placeholder('start')),
    eq(classes.end, sql.placeholder('end')),
    eq(classes.subject, sql.placeholder('subject')),
  ];
  const alikeAnywhere = held(() =>
    select()
      .where(and(...ofSlot))
      .prepare(),
  );
  const alike = held(() =>
    select()
      .where(and(or(eq(classes.roomId, sql.placeholder('roomId')), inArray(rooms.meetingCode, sameCode)), ...ofSlot))
      .prepare(),
  );

  const list = ({ id, from, to, status, personId, teacherIds, after, limit }: ClassFilter): ScheduledClass[] => {
    const withPerson = (ids: readonly number[], role?: RosterRole) =>
      inArray(
        classes.id,
        orm
          .select({ id: classPeople.classId })
          .from(classPeople)
          .where(and(inArray(classPeople.personId, ids), matches(classPeople.role, role))),
      );
    return whole(
      select()
        .where(
          and(
            matches(classes.id, id),
            from === undefined ? undefined : endsAfter(from),
            to === undefined ? undefined : lt(classes.start, to),
            status === undefined ? undefined : hasStatus(status),
            personId === undefined ? undefined : withPerson([personId]),
            teacherIds === undefined
              ? undefined
              : or(withPerson(teacherIds, 'teacher'), inArray(classes.id, substitutedBy(orm, teacherIds))),
            after === undefined
              ? undefined
              : or(gt(classes.start, after.start), and(eq(classes.start, after.start), gt(classes.id, after.id))),
          ),
        )
        .orderBy(asc(classes.start), asc(classes.id))
        .limit(limit)
        .all(),
    );
  };

  return {
    ...createBookingLookups(orm),
    ...createScheduleLookups(orm),
    get,
    list,
    all(filter) {
      const found: ScheduledClass[] = [];
      for (;;) {
        const page = list({ ...filter, after: found.at(-1), limit: PAGE });
        found.push(...page);
        if (page.length < PAGE) return found;
      }
    },
    create({ teacherIds, studentIds, ...entry }) {
      return write(() => {
        const now = clock.now();
        const { id } = insertClass().get({ ...entry, now });
        rosters.replace(id, 'teacher', teacherIds);
        rosters.replace(id, 'student', studentIds);
        return get(id)!;
      });
    },
    update(id, { teacherIds, studentIds, ...changes }) {
      return write(() => {
        const values = { ...changes, updatedAt: clock.now() };
        orm.update(classes).set(values).where(eq(classes.id, id)).run();
        if (teacherIds !== undefined) rosters.replace(id, 'teacher', teacherIds);
        if (studentIds !== undefined) rosters.replace(id, 'student', studentIds);
        return get(id)!;
      });
    },
    cancel(id, by, reason) {
      return write(() => {
        // By the clock that presence is compared with: what was given until then counts.
        const canceledAt = slotClock.now();
        const values = { canceledAt, canceledBy: by, cancelReason: reason, updatedAt: clock.now() };
        orm.update(classes).set(values).where(eq(classes.id, id)).run();
        return get(id)!;
      });
    },
    reinstate(id) {
      return write(() => {
        const values = { canceledAt: null, canceledBy: null, cancelReason: null, updatedAt: clock.now() };
        orm.update(classes).set(values).where(eq(classes.id, id)).run();
        return get(id)!;
      });
    },
    same({ roomId, start, end, subject, teacherIds, studentIds }) {
      const wanted = JSON.stringify([[...new Set(teacherIds)], [...new Set(studentIds)]]);
      const slot = { start, end, subject };
      const rows = roomId === null ? alikeAnywhere().all(slot) : alike().all({ ...slot, roomId });
      const found = whole(rows).find(({ roster }) => {
        const ids = (role: RosterRole) => roster.filter((entry) => entry.role === role).map(({ personId }) => personId);
        return JSON.stringify([ids('teacher'), ids('student')]) === wanted;
      });
      return found?.id ?? null;
    },
    begunWithoutSession: (since, now, kept) => whole(begun().all({ since, now, kept })),
    inRoom: (roomId, from, to) =>
      whole(touching().all({ roomId, from, to })).map((c) => ({ ...c, canceled: c.status === 'canceled' })),
  };
}
