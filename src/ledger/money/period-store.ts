import { and, asc, desc, eq, gte, isNull, lte, sql } from 'drizzle-orm';

import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import { storedExceptions, type PeriodException } from '../../core/billing/period/exceptions.ts';
import { periodBounds } from '../../core/time/calendar.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { closedLines, periodCloses } from '../schema/money.ts';
import { columnsBut, held } from '../select.ts';

/** A period as it was issued, without its lines. */
export interface Close extends Omit<Row, 'exceptions' | 'startsAt' | 'endsAt'> {
  /** The instants of the period: `[startsAt, endsAt)`. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly exceptions: readonly PeriodException[];
}

type Row = Readonly<Omit<typeof periodCloses.$inferSelect, 'document'>>;

export interface NewClose extends Omit<
  Close,
  'id' | 'version' | 'closedAt' | 'reopenedAt' | 'reopenedBy' | 'reopenReason'
> {
  readonly document: string;
  readonly lines: readonly (ChargeLine | PayLine)[];
}

export interface PeriodStore {
  /** Newest period first, newest version first. */
  list(): Close[];
  /** Every close that stands, by first day. */
  standing(): Close[];
  /** The close of a period that stands. */
  standingOf(period: string): Close | null;
  /** The close that stands and holds an instant. */
  standingAt(instant: number): Close | null;
  /** Closes that stand and share a day with these. */
  standingWithin(firstDay: string, lastDay: string): Close[];
  /** The version that the next close of the period has. */
  nextVersion(period: string): number;
  document(closeId: number): string;
  /** Whether the document is a `rollbook-period-1`, which earlier versions of this program issued. */
  isOfFirstFormat(closeId: number): boolean;
  /** In the order of the period, in pages. */
  lines(closeId: number): Generator<ChargeLine | PayLine>;
  /** A line of a close whose key or position is not that of the line itself, in words; null: there is none. */
  displacedLine(closeId: number): string | null;
  /** The line as the close that stands has it. */
  line(lineId: string): { readonly close: Close; readonly line: ChargeLine | PayLine } | null;
  /** The audit log is the caller's, in the same transaction. */
  save(close: NewClose): Close;
  /** Stores the end of the audit log behind the entry of the close, which holds the row of the close. */
  seal(id: number, audit: { readonly head: string; readonly count: number }): Close;
  reopen(id: number, actor: string, reason: string): Close;
}

const PAGE = 2_000;

export function createPeriodStore({ orm, sqlite }: Database, clock: Now): PeriodStore {
  const columns = columnsBut(periodCloses, 'document');
  const select = () => orm.select(columns).from(periodCloses).$dynamic();
  const stands = isNull(periodCloses.reopenedAt);
  const get = (id: number): Close => closeOf(select().where(eq(periodCloses.id, id)).get()!);
  const versionOf = (period: string): number =>
    (orm
      .select({ last: sql<number | null>`max(${periodCloses.version})` })
      .from(periodCloses)
      .where(eq(periodCloses.period, period))
      .get()?.last ?? 0) + 1;
  const pageOfLines = held(() =>
    sqlite.prepare<[number, number, number], { readonly position: number; readonly line: string }>(
      'select position, line from closed_lines where close_id = ? and position > ? order by position limit ?',
    ),
  );

  const displaced = held(() =>
    sqlite
      .prepare<[number], string>(
        `select case
         when line_id is not json_extract(line, '$.lineId') then 'the line ' || json_extract(line, '$.lineId') || ' is stored as ' || line_id
         else 'the line ' || line_id || ' has the position ' || position || ', but it is the line ' || place || ' (from 0 on)'
       end
       from (select line_id, position, line, row_number() over (order by position) - 1 as place
             from closed_lines where close_id = ?)
       where line_id is not json_extract(line, '$.lineId') or position <> place
       order by position limit 1`,
      )
      .pluck(),
  );

  const allStanding = held(() => select().where(stands).orderBy(asc(periodCloses.firstDay)).prepare());
  const standingOfPeriod = held(() =>
    select()
      .where(and(eq(periodCloses.period, sql.placeholder('period')), stands))
      .prepare(),
  );
  const standingAmong = held(() =>
    select()
      .where(
        and(
          stands,
          lte(periodCloses.firstDay, sql.placeholder('lastDay')),
          gte(periodCloses.lastDay, sql.placeholder('firstDay')),
        ),
      )
      .orderBy(asc(periodCloses.firstDay))
      .prepare(),
  );
  const standing = (): Close[] => allStanding().all().map(closeOf);

  return {
    list: () => select().orderBy(desc(periodCloses.firstDay), desc(periodCloses.version)).all().map(closeOf),
    standing,
    standingOf: (period) => standingOfPeriod().all({ period }).map(closeOf)[0] ?? null,
    standingAt: (instant) => standing().find(({ startsAt, endsAt }) => startsAt <= instant && instant < endsAt) ?? null,
    standingWithin: (firstDay, lastDay) => standingAmong().all({ firstDay, lastDay }).map(closeOf),
    nextVersion: versionOf,
    document: (closeId) =>
      orm.select({ document: periodCloses.document }).from(periodCloses).where(eq(periodCloses.id, closeId)).get()!
        .document,
    isOfFirstFormat: (closeId) =>
      orm
        .select({ found: sql<number>`instr(${periodCloses.document}, '"format":"rollbook-period-1"')` })
        .from(periodCloses)
        .where(eq(periodCloses.id, closeId))
        .get()!.found > 0,
    displacedLine: (closeId) => displaced().get(closeId) ?? null,
    *lines(closeId) {
      for (let after = -1; ;) {
        const page = pageOfLines().all(closeId, after, PAGE);
        for (const { line } of page) yield JSON.parse(line) as ChargeLine | PayLine;
        const last = page.at(-1);
        if (last === undefined || page.length < PAGE) return;
        after = last.position;
      }
    },
    line(lineId) {
      const found = orm
        .select({ close: columns, line: closedLines.line })
        .from(closedLines)
        .innerJoin(periodCloses, eq(periodCloses.id, closedLines.closeId))
        .where(and(eq(closedLines.lineId, lineId), stands))
        .get();
      return found === undefined ? null : { ...found, close: closeOf(found.close) };
    },
    save({ lines, ...close }) {
      const values = { ...close, version: versionOf(close.period), closedAt: clock.now() };
      const { id } = orm.insert(periodCloses).values(values).returning({ id: periodCloses.id }).get();
      const insert = sqlite.prepare('insert into closed_lines (close_id, line_id, position, line) values (?, ?, ?, ?)');
      for (const [position, line] of lines.entries()) insert.run(id, line.lineId, position, JSON.stringify(line));
      return get(id);
    },
    seal(id, { head, count }) {
      orm.update(periodCloses).set({ auditHead: head, auditCount: count }).where(eq(periodCloses.id, id)).run();
      return get(id);
    },
    reopen(id, actor, reason) {
      const values = { reopenedAt: clock.now(), reopenedBy: actor, reopenReason: reason };
      orm.update(periodCloses).set(values).where(eq(periodCloses.id, id)).run();
      return get(id);
    },
  };
}

function closeOf(row: Row): Close {
  const { start, end } = periodBounds(row.period, row.zone);
  const { startsAt, endsAt } = { startsAt: row.startsAt ?? start, endsAt: row.endsAt ?? end };
  return { ...row, startsAt, endsAt, exceptions: storedExceptions.parse(row.exceptions) };
}
