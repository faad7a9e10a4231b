import { and, asc, eq, isNull, sql } from 'drizzle-orm';

import { decisionSchema, presenceDecision, type PresenceDecision } from '../../core/attendance/decision.ts';
import type { Database } from '../database.ts';
import { decisions } from '../schema/decisions.ts';
import { held } from '../select.ts';

/** A call that counts for a class in another room, or for one of several in its own. */
interface LinkedCall {
  readonly name: string;
  readonly space: string;
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
  /** Other classes that calls of a class were linked to. */
  linkedBeside(classId: number): number[];
  /** Whether a person said for which class a call counts. */
  isLinked(record: string): boolean;
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
      `select r.name, r.space, r.start_at as start, coalesce(r.end_at, r.last_seen_at) as "end"
     from decisions d join conference_records r on r.name = d.payload ->> 'record'
     where d.class_id = ? and d.kind = 'link_call' and d.undone_at is null`,
    ),
  );
  const linksOf = prepareLinksOf(sqlite);
  const beside = held(() =>
    sqlite
      .prepare<[number], number>(
        `select distinct o.class_id from decisions d
       join decisions o on o.kind = 'link_call' and o.undone_at is null
         and o.payload ->> 'record' = d.payload ->> 'record' and o.class_id <> d.class_id
       where d.class_id = ? and d.kind = 'link_call' and d.undone_at is null order by o.class_id`,
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
    linkedBeside: (classId) => beside().all(classId),
    isLinked: (record) => linksOf(record).length > 0,
  };
}
