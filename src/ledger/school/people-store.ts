import { and, asc, eq, gt, inArray, type SQL } from 'drizzle-orm';

import type { Person, PersonRole } from '../../core/attendance/identity.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { families, familyMembers, people } from '../schema/school.ts';
import { ALL, columnsBut, matches } from '../select.ts';

export interface NewPerson {
  readonly email: string;
  readonly name?: string | null;
  readonly role: PersonRole;
  readonly googleUserId?: string | null;
}

export interface Family extends Readonly<Omit<typeof families.$inferSelect, 'createdAt'>> {
  /** In order of e-mail. */
  readonly studentEmails: readonly string[];
}

export interface NewFamily {
  readonly name: string;
  readonly currency: string;
  readonly billingEmail?: string | null;
  readonly studentEmails: readonly string[];
}

export interface PeopleStore {
  get(id: number): Person | null;
  byEmail(email: string): Person | null;
  /** Whose account it is, in order of id: siblings may share one. */
  byAccount(googleUserId: string): Person[];
  /** Of everybody. */
  emails(): string[];
  /** In order of id, those after `after`. */
  list(where: { readonly role?: PersonRole | undefined; readonly after: number; readonly limit: number }): Person[];
  create(person: NewPerson): Person;
  update(id: number, changes: Partial<NewPerson>): Person;
  family(id: number): Family | null;
  familyByName(name: string): Family | null;
  /** The family of a student. */
  familyOf(personId: number): Family | null;
  families(after: number, limit: number): Family[];
  /** The students are people already. A student moves here from another family. */
  createFamily(family: NewFamily): Family;
  updateFamily(id: number, changes: Partial<NewFamily>): Family;
}

/** People and the families that are billed. E-mail addresses are kept in lower case. */
export function createPeopleStore({ orm, write }: Database, clock: Now): PeopleStore {
  const columns = columnsBut(people, 'createdAt');
  const familyColumns = columnsBut(families, 'createdAt');

  const get = (id: number): Person | null => orm.select(columns).from(people).where(eq(people.id, id)).get() ?? null;

  const familiesWhere = (condition: SQL, limit = ALL): Family[] => {
    const found = orm
      .select(familyColumns)
      .from(families)
      .where(condition)
      .orderBy(asc(families.id))
      .limit(limit)
      .all();
    const ids = found.map(({ id }) => id);
    const members = orm
      .select({ familyId: familyMembers.familyId, email: people.email })
      .from(familyMembers)
      .innerJoin(people, eq(people.id, familyMembers.personId))
      .where(inArray(familyMembers.familyId, ids))
      .orderBy(asc(people.email))
      .all();
    const byFamily = Map.groupBy(members, ({ familyId }) => familyId);
    return found.map((row) => ({ ...row, studentEmails: (byFamily.get(row.id) ?? []).map(({ email }) => email) }));
  };

  const setMembers = (familyId: number, emails: readonly string[]): void => {
    orm.delete(familyMembers).where(eq(familyMembers.familyId, familyId)).run();
    for (const email of emails) {
      const person = orm.select({ id: people.id }).from(people).where(eq(people.email, email.toLowerCase())).get();
      if (person === undefined) throw new Error(`a family's student is not a person yet: ${email}`);
      orm
        .insert(familyMembers)
        .values({ familyId, personId: person.id })
        .onConflictDoUpdate({ target: familyMembers.personId, set: { familyId } })
        .run();
    }
  };

  const family = (id: number): Family | null => familiesWhere(eq(families.id, id))[0] ?? null;

  return {
    get,
    byEmail(email) {
      return orm.select(columns).from(people).where(eq(people.email, email.toLowerCase())).get() ?? null;
    },
    emails: () =>
      orm
        .select({ email: people.email })
        .from(people)
        .all()
        .map(({ email }) => email),
    byAccount: (googleUserId) =>
      orm.select(columns).from(people).where(eq(people.googleUserId, googleUserId)).orderBy(asc(people.id)).all(),
    list({ role, after, limit }) {
      return orm
        .select(columns)
        .from(people)
        .where(and(gt(people.id, after), matches(people.role, role)))
        .orderBy(asc(people.id))
        .limit(limit)
        .all();
    },
    create(person) {
      const values = { ...person, email: person.email.toLowerCase(), createdAt: clock.now() };
      return write(() => orm.insert(people).values(values).returning(columns).get());
    },
    update(id, { email, name, role, googleUserId }) {
      return write(() => {
        const changes = { email: email?.toLowerCase(), name, role, googleUserId };
        if (Object.values(changes).some(isGiven)) orm.update(people).set(changes).where(eq(people.id, id)).run();
        return get(id)!;
      });
    },
    family,
    familyByName: (name) => familiesWhere(eq(families.name, name))[0] ?? null,
    familyOf(personId) {
      const member = orm.select().from(familyMembers).where(eq(familyMembers.personId, personId)).get();
      return member === undefined ? null : family(member.familyId);
    },
    families: (after, limit) => familiesWhere(gt(families.id, after), limit),
    createFamily({ studentEmails, ...entry }) {
      return write(() => {
        const values = { ...entry, createdAt: clock.now() };
        const { id } = orm.insert(families).values(values).returning({ id: families.id }).get();
        setMembers(id, studentEmails);
        return family(id)!;
      });
    },
    updateFamily(id, { studentEmails, ...changes }) {
      return write(() => {
        if (Object.values(changes).some(isGiven)) orm.update(families).set(changes).where(eq(families.id, id)).run();
        if (studentEmails !== undefined) setMembers(id, studentEmails);
        return family(id)!;
      });
    },
  };
}

const isGiven = (value: unknown) => value !== undefined;
