import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from 'drizzle-orm';

import {
  COVERAGES,
  FINAL_COVERAGES,
  fresh,
  OPEN_COVERAGES,
  OWED_COVERAGES,
  type Coverage,
  type CoverageState,
} from '../../core/attendance/coverage-state.ts';
import { LONGEST_CLASS_MS } from '../../core/schedule/class.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { classes, sessions } from '../schema/classes.ts';
import { ALL, columnsBut, held } from '../select.ts';

export type Session = Readonly<Omit<typeof sessions.$inferSelect, 'createdAt'>>;

/** A class that is on, and how its session is read. Google's time. */
interface ClassOn extends Pick<typeof classes.$inferSelect, 'organizerEmail' | 'start'> {
  readonly classId: number;
  readonly coverage: Session['coverage'] | null;
  readonly lastReadAt: number | null;
}

/** Which sessions are read, in milliseconds. */
export interface ReadReach {
  /** A live call is followed so long behind the end of its slot. */
  readonly outlastMs: number;
  /** A next attempt further ahead was stored by a wrong clock: it is due. */
  readonly longestWaits: Readonly<Record<Coverage, number>>;
  /** How long after the end of its slot an expired class is still asked for. */
  readonly keptMs: number;
}

export interface SessionStore {
  get(id: number): Session | null;
  ofClass(classId: number): Session | null;
  /** The session of a class; created when there is none. */
  ensure(classId: number): Session;
  save(id: number, state: CoverageState, extra: Partial<Pick<Session, 'lastReadAt' | 'alarmedAt' | 'flags'>>): void;
  /** Sessions of classes whose slot is on, canceled ones too, or ended at most `outlastMs` ago with the call still on, oldest end first. */
  live(now: number, reach: ReadReach): Session[];
  /** So many sessions of classes whose slot is on are left out of `live`, because a read failed and its next attempt is not due. */
  heldBack(now: number, reach: Pick<ReadReach, 'longestWaits'>): number;
  /** Ended sessions with something left to read that `live` does not return, oldest end first. */
  due(now: number, reach: ReadReach, limit: number): Session[];
  /**
   * Sessions that a wrong clock may have touched: of classes that have not begun, and expired ones whose slot ended after
   * the instant. Google's time.
   */
  misjudged(now: number, endedAfter: number): Session[];
  /** Ended sessions that are neither final nor expired and whose slot ended before the instant of Google's clock. */
  openEndedBefore(instant: number): Session[];
  /** Classes in which somebody is present, late or absent, oldest first; `from` and `to` bound their start. */
  judged(starts: { readonly from: number | null; readonly to: number | null }): {
    readonly classId: number;
    readonly start: number;
  }[];
  /** Classes whose slot is on, canceled ones left out, with the session of each as far as it has one. */
  on(now: number): ClassOn[];
  /** So many classes that began after `from`, until `to`, have no session yet. Google's time. */
  withoutSession(from: number, to: number): number;
  /** Sessions by coverage. */
  counts(): Record<string, number>;
  /** Sessions that are owed: neither final nor followed as live. Without a limit, all of them. */
  debt(
    limit?: number,
  ): (Session & { readonly subject: string; readonly classEnd: number; readonly organizerEmail: string })[];
}

export function createSessionStore({ orm, sqlite, write }: Database, clock: Now): SessionStore {
  const columns = columnsBut(sessions, 'createdAt');
  const select = () =>
    orm.select(columns).from(sessions).innerJoin(classes, eq(classes.id, sessions.classId)).$dynamic();
  const byClass = held(() =>
    orm
      .select(columns)
      .from(sessions)
      .where(eq(sessions.classId, sql.placeholder('classId')))
      .prepare(),
  );
  const onAt = held(() =>
    orm
      .select({
        classId: classes.id,
        organizerEmail: classes.organizerEmail,
        start: classes.start,
        coverage: sessions.coverage,
        lastReadAt: sessions.lastReadAt,
      })
      .from(classes)
      .leftJoin(sessions, eq(sessions.classId, classes.id))
      .where(
        and(
          isNull(classes.canceledAt),
          gt(classes.start, sql.placeholder('from')),
          lte(classes.start, sql.placeholder('now')),
          gt(classes.end, sql.placeholder('now')),
        ),
      )
      .orderBy(asc(classes.id))
      .prepare(),
  );
  const byId = held(() =>
    orm
      .select(columns)
      .from(sessions)
      .where(eq(sessions.id, sql.placeholder('id')))
      .prepare(),
  );
  const saved = held(() =>
    sqlite.prepare<Record<string, string | number | null>>(
      `update sessions set coverage = @coverage, over_seen_at = @overSeenAt, final_read_at = @finalReadAt,
         attempts = @attempts, next_attempt_at = @nextAttemptAt, last_error = @lastError,
         last_read_at = iif(@reads, @lastReadAt, last_read_at), alarmed_at = iif(@alarms, @alarmedAt, alarmed_at),
         flags = coalesce(@flags, flags)
       where id = @id`,
    ),
  );
  const moment = sql.placeholder('now');
  const reached = or(
    lte(sessions.nextAttemptAt, moment),
    ...COVERAGES.map((coverage) =>
      and(eq(sessions.coverage, coverage), gt(sessions.nextAttemptAt, sql.placeholder(coverage))),
    ),
  );
  /** What the statements with `reached` compare with. */
  const instants = (at: number, longestWaits: ReadReach['longestWaits']) => ({
    now: at,
    ...Object.fromEntries(COVERAGES.map((coverage) => [coverage, at + longestWaits[coverage]])),
  });
  const open = inArray(sessions.coverage, OPEN_COVERAGES);
  const followed = held(() =>
    select()
      .where(
        and(
          lte(classes.start, moment),
          or(
            and(gt(classes.end, moment), open),
            and(eq(sessions.coverage, 'live'), gt(classes.end, sql.placeholder('outlasted'))),
          ),
          or(isNull(sessions.nextAttemptAt), reached),
        ),
      )
      .orderBy(asc(classes.end), asc(sessions.id))
      .prepare(),
  );
  const waiting = held(() =>
    orm
      .select({ n: sql<number>`count(*)` })
      .from(sessions)
      .innerJoin(classes, eq(classes.id, sessions.classId))
      .where(
        and(
          lte(classes.start, moment),
          gt(classes.end, moment),
          open,
          gt(sessions.attempts, 0),
          isNotNull(sessions.nextAttemptAt),
          sql`not ${reached}`,
        ),
      )
      .prepare(),
  );
  const owed = held(() =>
    select()
      .where(
        and(
          lte(classes.end, moment),
          or(ne(sessions.coverage, 'live'), lte(classes.end, sql.placeholder('outlasted'))),
          or(
            and(
              or(open, and(eq(sessions.coverage, 'expired'), gt(classes.end, sql.placeholder('kept')))),
              or(isNull(sessions.nextAttemptAt), reached),
            ),
            and(inArray(sessions.coverage, FINAL_COVERAGES), reached),
          ),
        ),
      )
      .orderBy(asc(classes.end), asc(sessions.id))
      .limit(sql.placeholder('limit'))
      .prepare(),
  );
  const touched = held(() =>
    select()
      .where(
        or(
          and(
            gt(classes.start, moment),
            or(ne(sessions.coverage, 'pending'), gt(sessions.attempts, 0), isNotNull(sessions.nextAttemptAt)),
          ),
          and(eq(sessions.coverage, 'expired'), gte(classes.end, sql.placeholder('endedAfter'))),
        ),
      )
      .prepare(),
  );
  const openEnded = held(() =>
    select()
      .where(and(open, lt(classes.end, sql.placeholder('instant'))))
      .prepare(),
  );
  const sessionless = held(() =>
    orm
      .select({ n: sql<number>`count(*)` })
      .from(classes)
      .leftJoin(sessions, eq(sessions.classId, classes.id))
      .where(
        and(
          isNull(classes.canceledAt),
          gt(classes.start, sql.placeholder('from')),
          lte(classes.start, sql.placeholder('to')),
          isNull(sessions.id),
        ),
      )
      .prepare(),
  );
  const counted = held(() =>
    orm
      .select({ coverage: sessions.coverage, n: sql<number>`count(*)` })
      .from(sessions)
      .groupBy(sessions.coverage)
      .prepare(),
  );
  const owing = held(() =>
    orm
      .select({ ...columns, subject: classes.subject, classEnd: classes.end, organizerEmail: classes.organizerEmail })
      .from(sessions)
      .innerJoin(classes, eq(classes.id, sessions.classId))
      .where(inArray(sessions.coverage, OWED_COVERAGES))
      .orderBy(asc(classes.end), asc(sessions.id))
      .limit(sql.placeholder('limit'))
      .prepare(),
  );
  const ofClass = (classId: number): Session | null => byClass().get({ classId }) ?? null;

  return {
    ofClass,
    get: (id) => byId().get({ id }) ?? null,
    ensure(classId) {
      return write(() => {
        const existing = ofClass(classId);
        if (existing !== null) return existing;
        const values = { classId, ...fresh, flags: [], createdAt: clock.now() };
        return orm.insert(sessions).values(values).returning(columns).get();
      });
    },
    save(id, { coverage, overSeenAt, finalReadAt, attempts, nextAttemptAt, lastError }, extra) {
      const { lastReadAt, alarmedAt, flags } = extra;
      saved().run({
        id,
        coverage,
        overSeenAt,
        finalReadAt,
        attempts,
        nextAttemptAt: nextAttemptAt === null ? null : Math.round(nextAttemptAt),
        lastError,
        reads: Number(lastReadAt !== undefined),
        lastReadAt: lastReadAt ?? null,
        alarms: Number(alarmedAt !== undefined),
        alarmedAt: alarmedAt ?? null,
        flags: flags === undefined ? null : JSON.stringify(flags),
      });
    },
    live: (now, { outlastMs, longestWaits }) =>
      followed().all({ ...instants(now, longestWaits), outlasted: now - outlastMs }),
    heldBack: (now, { longestWaits }) => waiting().get(instants(now, longestWaits))?.n ?? 0,
    due: (now, { outlastMs, longestWaits, keptMs }, limit) =>
      owed().all({
        ...instants(now, longestWaits),
        outlasted: now - outlastMs,
        kept: now - keptMs,
        limit,
      }),
    misjudged: (now, endedAfter) => touched().all({ now, endedAfter }),
    openEndedBefore: (instant) => openEnded().all({ instant }),
    judged: ({ from, to }) =>
      orm
        .select({ classId: classes.id, start: classes.start })
        .from(sessions)
        .innerJoin(classes, eq(classes.id, sessions.classId))
        .where(
          and(
            inArray(sessions.coverage, FINAL_COVERAGES),
            from === null ? undefined : gte(classes.start, from),
            to === null ? undefined : lt(classes.start, to),
          ),
        )
        .orderBy(asc(classes.start), asc(classes.id))
        .all(),
    on: (now) => onAt().all({ now, from: now - LONGEST_CLASS_MS }),
    withoutSession: (from, to) => sessionless().get({ from, to })?.n ?? 0,
    counts: () =>
      Object.fromEntries(
        counted()
          .all()
          .map(({ coverage, n }) => [coverage, n]),
      ),
    debt: (limit = ALL) => owing().all({ limit }),
  };
}
