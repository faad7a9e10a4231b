import { and, asc, eq, gt, sql } from 'drizzle-orm';

import type { Person, PersonRole } from '../../core/attendance/identity/knowledge.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { families, familyMembers, people } from '../schema/school.ts';
import { columnsBut, held, matches, oneOf } from '../select.ts';

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

  const byId = held(() =>
    orm
      .select(columns)
      .from(people)
      .where(eq(people.id, sql.placeholder('id')))
      .prepare(),
  );
  const withEmail = held(() =>
    orm
      .select(columns)
      .from(people)
      .where(eq(people.email, sql.placeholder('email')))
      .prepare(),
  );
  const insertPerson = held(() =>
    orm
      .insert(people)
      .values({
        email: sql.placeholder('email'),
        name: sql.placeholder('name'),
        role: sql.placeholder('role'),
        googleUserId: sql.placeholder('googleUserId'),
        createdAt: sql.placeholder('createdAt'),
      })
      .returning(columns)
      .prepare(),
  );
  const familyById = held(() =>
    orm
      .select(familyColumns)
      .from(families)
      .where(eq(families.id, sql.placeholder('id')))
      .prepare(),
  );
  const familyWithName = held(() =>
    orm
      .select(familyColumns)
      .from(families)
      .where(eq(families.name, sql.placeholder('name')))
      .orderBy(asc(families.id))
      .limit(1)
      .prepare(),
  );
  const membersOf = held(() =>
    orm
      .select({ familyId: familyMembers.familyId, email: people.email })
      .from(familyMembers)
      .innerJoin(people, eq(people.id, familyMembers.personId))
      .where(oneOf(familyMembers.familyId, 'families'))
      .orderBy(asc(people.email))
      .prepare(),
  );
  const emptyFamily = held(() =>
    orm
      .delete(familyMembers)
      .where(eq(familyMembers.familyId, sql.placeholder('familyId')))
      .prepare(),
  );
  const joinFamily = held(() =>
    orm
      .insert(familyMembers)
      .values({ familyId: sql.placeholder('familyId'), personId: sql.placeholder('personId') })
      .onConflictDoUpdate({ target: familyMembers.personId, set: { familyId: sql`excluded.family_id` } })
      .prepare(),
  );
  const insertFamily = held(() =>
    orm
      .insert(families)
      .values({
        name: sql.placeholder('name'),
        currency: sql.placeholder('currency'),
        billingEmail: sql.placeholder('billingEmail'),
        createdAt: sql.placeholder('createdAt'),
      })
      .returning({ id: families.id })
      .prepare(),
  );

  const get = (id: number): Person | null => byId().get({ id }) ?? null;
  const byEmail = (email: string): Person | null => withEmail().get({ email: email.toLowerCase() }) ?? null;

  const withMembers = (found: readonly Omit<Family, 'studentEmails'>[]): Family[] => {
    if (found.length === 0) return [];
    const members = membersOf().all({ families: JSON.stringify(found.map(({ id }) => id)) });
    const byFamily = Map.groupBy(members, ({ familyId }) => familyId);
    return found.map((row) => ({ ...row, studentEmails: (byFamily.get(row.id) ?? []).map(({ email }) => email) }));
  };

  const setMembers = (familyId: number, emails: readonly string[]): void => {
    emptyFamily().run({ familyId });
    for (const email of emails) {
      const person = byEmail(email);
      if (person === null) throw new Error(`a family's student is not a person yet: ${email}`);
      joinFamily().run({ familyId, personId: person.id });
    }
  };

  const family = (id: number): Family | null => withMembers(familyById().all({ id }))[0] ?? null;

  return {
    get,
    byEmail,
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
    create({ email, name = null, role, googleUserId = null }) {
      const values = { email: email.toLowerCase(), name, role, googleUserId, createdAt: clock.now() };
      return write(() => insertPerson().get(values));
    },
    update(id, { email, name, role, googleUserId }) {
      return write(() => {
        const changes = { email: email?.toLowerCase(), name, role, googleUserId };
        if (Object.values(changes).some(isGiven)) orm.update(people).set(changes).where(eq(people.id, id)).run();
        return get(id)!;
      });
    },
    family,
    familyByName: (name) => withMembers(familyWithName().all({ name }))[0] ?? null,
    familyOf(personId) {
      const member = orm.select().from(familyMembers).where(eq(familyMembers.personId, personId)).get();
      return member === undefined ? null : family(member.familyId);
    },
    families: (after, limit) =>
      withMembers(
        orm
          .select(familyColumns)
          .from(families)
          .where(gt(families.id, after))
          .orderBy(asc(families.id))
          .limit(limit)
          .all(),
      ),
    createFamily({ studentEmails, name, currency, billingEmail = null }) {
      return write(() => {
        const { id } = insertFamily().get({ name, currency, billingEmail, createdAt: clock.now() });
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
