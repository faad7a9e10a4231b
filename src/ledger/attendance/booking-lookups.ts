import { and, asc, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';

import { LONGEST_CLASS_MS } from '../../core/schedule/class.ts';
import type { Database } from '../database.ts';
import { classes, classPeople, rooms } from '../schema/classes.ts';
import { people } from '../schema/school.ts';
import { held } from '../select.ts';
import { roomColumns, type Room } from './room-store.ts';

/** What a booking asks about the classes that are there. */
export interface BookingLookups {
  /** A class of the room whose slot overlaps, other than `except`. */
  clash(roomId: number, start: number, end: number, except?: number): number | null;
  /** Other classes that are not canceled and overlap this one, each with an address that is on both rosters. */
  shared(id: number): { readonly classId: number; readonly email: string }[];
  /** The room of the last class of a series that this person teaches; null where there is none. */
  roomOfSeries(seriesId: string, teacherId: number): Room | null;
}

const other = alias(classes, 'other');
const mine = alias(classPeople, 'mine');

export function createBookingLookups(orm: Database['orm']): BookingLookups {
  const overlapping = held(() =>
    orm
      .select({ id: classes.id })
      .from(classes)
      .where(
        and(
          eq(classes.roomId, sql.placeholder('roomId')),
          isNull(classes.canceledAt),
          gt(classes.start, sql.placeholder('earliest')),
          lt(classes.start, sql.placeholder('end')),
          gt(classes.end, sql.placeholder('start')),
          ne(classes.id, sql.placeholder('except')),
        ),
      )
      .limit(1)
      .prepare(),
  );
  // No class is longer than a day, so those before need not be looked at. The plus signs keep SQLite from beginning with
  // all classes that these people ever had.
  const sharing = held(() =>
    orm
      .select({ classId: other.id, email: people.email })
      .from(classes)
      .innerJoin(
        other,
        and(
          gt(other.start, sql`${classes.start} - ${sql.placeholder('longest')}`),
          lt(other.start, classes.end),
          gt(other.end, classes.start),
          ne(other.id, classes.id),
          isNull(other.canceledAt),
        ),
      )
      .innerJoin(classPeople, eq(classPeople.classId, other.id))
      .innerJoin(mine, and(eq(mine.classId, sql`+${classes.id}`), eq(mine.personId, sql`+${classPeople.personId}`)))
      .innerJoin(people, eq(people.id, classPeople.personId))
      .where(eq(classes.id, sql.placeholder('id')))
      .orderBy(asc(other.id), asc(people.id))
      .prepare(),
  );

  return {
    clash(roomId, start, end, except) {
      // A class has at most a day, so those that began earlier are over. No class has the number 0.
      const slot = { start, end, earliest: start - LONGEST_CLASS_MS - 1 };
      return overlapping().get({ ...slot, roomId, except: except ?? 0 })?.id ?? null;
    },
    shared: (id) => sharing().all({ id, longest: LONGEST_CLASS_MS }),
    roomOfSeries: (seriesId, teacherId) =>
      orm
        .select(roomColumns)
        .from(classes)
        .innerJoin(rooms, eq(rooms.id, classes.roomId))
        .innerJoin(
          classPeople,
          and(
            eq(classPeople.classId, classes.id),
            eq(classPeople.personId, teacherId),
            eq(classPeople.role, 'teacher'),
          ),
        )
        .where(and(eq(classes.seriesId, seriesId), isNull(rooms.retiredAt)))
        .orderBy(desc(classes.start))
        .limit(1)
        .get() ?? null,
  };
}
