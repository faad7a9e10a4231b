import { and, desc, eq, gt, isNotNull, isNull, or, sql, type Placeholder, type SQL } from 'drizzle-orm';

import { LONGEST_CLASS_MS } from '../../core/schedule/class.ts';
import type { Database } from '../database.ts';
import { classes, rooms } from '../schema/classes.ts';
import { held } from '../select.ts';

/** What is asked of the schedule as a whole, without any class of it. */
export interface ScheduleLookups {
  /** When each class starts that is not canceled. */
  starts(): number[];
  /** The organisers of classes that end after the instant, in lower case. */
  organizersSince(at: number): string[];
  /** A room of each of so many organisers, as Google can be asked for it: those of the newest classes first. */
  newestRooms(limit: number): { readonly organizer: string; readonly room: string }[];
}

/**
 * The condition that a class ends after the instant. It bounds the start too, so that by the index on it the classes of
 * years before are left out.
 */
export function endsAfter(at: number | Placeholder): SQL | undefined {
  return and(gt(classes.end, at), gt(classes.start, sql`${at} - ${LONGEST_CLASS_MS}`));
}

export function createScheduleLookups(orm: Database['orm']): ScheduleLookups {
  const startsOf = held(() =>
    orm.select({ start: classes.start }).from(classes).where(isNull(classes.canceledAt)).prepare(),
  );
  const organizers = held(() =>
    orm
      .selectDistinct({ email: classes.organizerEmail })
      .from(classes)
      .where(endsAfter(sql.placeholder('at')))
      .prepare(),
  );
  const newest = held(() => {
    const room = sql<string>`coalesce(${rooms.space}, ${rooms.meetingCode})`;
    return orm
      .select({ organizer: classes.organizerEmail, room })
      .from(classes)
      .innerJoin(rooms, eq(rooms.id, classes.roomId))
      .where(or(isNotNull(rooms.space), isNotNull(rooms.meetingCode)))
      .groupBy(classes.organizerEmail)
      .orderBy(desc(sql`max(${classes.start})`))
      .limit(sql.placeholder('limit'))
      .prepare();
  });

  return {
    starts: () =>
      startsOf()
        .all()
        .map(({ start }) => start),
    organizersSince: (at) => [
      ...new Set(
        organizers()
          .all({ at })
          .map(({ email }) => email.toLowerCase()),
      ),
    ],
    newestRooms: (limit) => newest().all({ limit }),
  };
}
