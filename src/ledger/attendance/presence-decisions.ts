import { and, asc, eq, isNull, sql } from 'drizzle-orm';

import { decisionSchema, presenceDecision, type PresenceDecision } from '../../core/attendance/decision.ts';
import type { WindowMargins } from '../../core/schedule/class.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { decisions } from '../schema/decisions.ts';
import { held } from '../select.ts';

/** A call that counts for a class in another room, or for one of several in its own. */
interface LinkedCall {
  readonly name: string;
  readonly space: string;
  /** Null: no class was ever in its room. */
  readonly roomId: number | null;
  readonly start: number;
  readonly end: number;
}

/** Decisions that change who was where. They are rows of their own; the evidence stays as Google gave it. */
export interface PresenceDecisions {
  /** Those that stand, in the order they were made. */
  ofClass(classId: number): PresenceDecision[];
  /** People about whom was decided whether they stood in for a teacher of the class. */
  explained(classId: number): ReadonlySet<number>;
  callsLinkedTo(classId: number): LinkedCall[];
  /** The classes that a person said a call counts for, ascending; none: nobody said so. */
  linksOf(record: string): number[];
  /** Other classes that share the calls that a class was linked to: by a link of their own, or because those were in their room. */
  linkedBeside(classId: number, margins: WindowMargins): number[];
  /** Classes that calls of a room, which overlap the interval, were linked to. */
  linkedFrom(roomId: number, within: Interval): number[];
}

/** The classes that a record was linked to by hand, ascending. */
export function prepareLinksOf(sqlite: Database['sqlite']): (record: string) => number[] {
  const links = held(() =>
    sqlite
      .prepare<[string], number>(
        `select distinct class_id from decisions
       where kind = 'link_call' and undone_at is null and payload ->> 'record' = ? order by class_id`,
      )
      .pluck(),
  );
  return (record) => links().all(record);
}

export function createPresenceDecisions({ orm, sqlite }: Database): PresenceDecisions {
  const linkedTo = held(() =>
    sqlite.prepare<[number], LinkedCall>(
      `select r.name, r.space, m.id as roomId, r.start_at as start, coalesce(r.end_at, r.last_seen_at) as "end"
     from decisions d join conference_records r on r.name = d.payload ->> 'record' left join rooms m on m.space = r.space
     where d.class_id = ? and d.kind = 'link_call' and d.undone_at is null`,
    ),
  );
  const linksOf = prepareLinksOf(sqlite);
  const beside = held(() =>
    sqlite
      .prepare<{ classId: number } & WindowMargins, number>(
        `with links as (select payload ->> 'record' as record from decisions
           where class_id = :classId and kind = 'link_call' and undone_at is null)
         select o.class_id as id from links join decisions o on o.kind = 'link_call' and o.undone_at is null
           and o.payload ->> 'record' = links.record and o.class_id <> :classId
         union select c.id from links join conference_records r on r.name = links.record join rooms m on m.space = r.space
           join classes c on c.room_id = m.id and c.start_at - :beforeMs <= coalesce(r.end_at, r.last_seen_at)
             and c.end_at + :afterMs >= r.start_at and c.id <> :classId
         order by id`,
      )
      .pluck(),
  );
  const from = held(() =>
    sqlite
      .prepare<{ roomId: number } & Interval, number>(
        `select distinct d.class_id from decisions d join conference_records r on r.name = d.payload ->> 'record'
           join rooms m on m.space = r.space
         where d.kind = 'link_call' and d.undone_at is null and m.id = :roomId
           and r.start_at <= :end and coalesce(r.end_at, r.last_seen_at) >= :start order by d.class_id`,
      )
      .pluck(),
  );
  const explained = held(() =>
    sqlite
      .prepare<[number], number>(
        `select person_id from decisions where class_id = ? and kind = 'substitute' and undone_at is null`,
      )
      .pluck(),
  );

  const standing = held(() =>
    orm
      .select()
      .from(decisions)
      .where(and(eq(decisions.classId, sql.placeholder('classId')), isNull(decisions.undoneAt)))
      .orderBy(asc(decisions.id))
      .prepare(),
  );

  return {
    explained: (classId) => new Set(explained().all(classId)),
    ofClass: (classId) =>
      standing()
        .all({ classId })
        .map((row) => presenceDecision(classId, decisionSchema.parse(row)))
        .filter((decision) => decision !== null),
    callsLinkedTo: (classId) => linkedTo().all(classId),
    linksOf,
    linkedBeside: (classId, { beforeMs, afterMs }) => beside().all({ classId, beforeMs, afterMs }),
    linkedFrom: (roomId, { start, end }) => from().all({ roomId, start, end }),
  };
}
