import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';

import type { RosterRole } from '../../core/schedule/class.ts';
import type { Database } from '../database.ts';
import { classPeople } from '../schema/classes.ts';
import { decisions } from '../schema/decisions.ts';
import { people } from '../schema/school.ts';
import { held, oneOf } from '../select.ts';

/** Somebody who belongs to a class. */
export interface RosterEntry {
  readonly personId: number;
  readonly role: RosterRole;
  readonly email: string;
  readonly name: string | null;
}

/** Who belongs to classes. Transactions are the caller's. */
interface Rosters {
  /** By class; teachers first, then students in enrolment order. */
  of(classIds: readonly number[]): Map<number, RosterEntry[]>;
  /** Makes these, in this order, the people of a role. */
  replace(classId: number, role: RosterRole, personIds: readonly number[]): void;
}

/** Teachers come first, whatever roles there will be. */
const roleRank = sql`case ${classPeople.role} when 'teacher' then 0 else 1 end`;

export function createRosters(orm: Database['orm']): Rosters {
  const rosterOf = held(() =>
    orm
      .select({
        classId: classPeople.classId,
        personId: classPeople.personId,
        role: classPeople.role,
        email: people.email,
        name: people.name,
      })
      .from(classPeople)
      .innerJoin(people, eq(people.id, classPeople.personId))
      .where(oneOf(classPeople.classId, 'classes'))
      .orderBy(roleRank, asc(classPeople.position))
      .prepare(),
  );
  const emptyRoster = held(() =>
    orm
      .delete(classPeople)
      .where(and(eq(classPeople.classId, sql.placeholder('classId')), eq(classPeople.role, sql.placeholder('role'))))
      .prepare(),
  );
  const enrol = held(() =>
    orm
      .insert(classPeople)
      .values({
        classId: sql.placeholder('classId'),
        personId: sql.placeholder('personId'),
        role: sql.placeholder('role'),
        position: sql.placeholder('position'),
      })
      .prepare(),
  );

  return {
    of(classIds) {
      const rosters = new Map<number, RosterEntry[]>();
      for (const { classId, ...entry } of rosterOf().all({ classes: JSON.stringify(classIds) })) {
        const roster = rosters.get(classId);
        if (roster === undefined) rosters.set(classId, [entry]);
        else roster.push(entry);
      }
      return rosters;
    },
    replace(classId, role, personIds) {
      emptyRoster().run({ classId, role });
      for (const [position, personId] of [...new Set(personIds)].entries()) {
        enrol().run({ classId, personId, role, position });
      }
    },
  };
}

/** The classes in which one of these people stood in for a teacher, as a person decided last. */
export function substitutedBy(orm: Database['orm'], personIds: readonly number[]) {
  return orm
    .select({ id: decisions.classId })
    .from(decisions)
    .where(
      and(
        eq(decisions.kind, 'substitute'),
        inArray(decisions.personId, [...personIds]),
        isNull(decisions.undoneAt),
        sql`json_extract(${decisions.payload}, '$.confirmed')`,
        sql`not exists (select 1 from decisions later where later.class_id = ${decisions.classId} and later.kind = 'substitute'
          and later.person_id = ${decisions.personId} and later.undone_at is null and later.id > ${decisions.id})`,
      ),
    );
}
