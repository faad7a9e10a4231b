import { and, asc, count, eq, isNull, max, or } from 'drizzle-orm';

import type { IdentityKnowledge, IdentityRule, Person } from '../../core/attendance/identity/knowledge.ts';
import type { Database } from '../database.ts';
import { identities, ignored } from '../schema/decisions.ts';
import { people } from '../schema/school.ts';
import { columnsBut, held, oneOf } from '../select.ts';
import type { AccountStore } from './account-store.ts';

export interface IdentityStore {
  /**
   * The people who may be behind accounts, labels and numbers. Only those who can matter are loaded, so that a rebuild
   * costs the same in a large school.
   *
   * @param wanted Google account ids; normalised names, phone labels and participants' resource names; people's numbers
   */
  knowledgeOf(wanted: {
    readonly accounts: readonly string[];
    readonly labels: readonly string[];
    readonly personIds: readonly number[];
  }): IdentityKnowledge;
  /** Another text after every change of what was learned or ignored for everywhere. */
  everywhereVersion(): string;
}

export function createIdentityStore({ orm }: Database, accountStore: Pick<AccountStore, 'emails'>): IdentityStore {
  const rulesOn = held(() =>
    orm
      .select()
      .from(identities)
      .where(and(isNull(identities.undoneAt), oneOf(identities.value, 'values')))
      .orderBy(asc(identities.id))
      .prepare(),
  );
  const peopleAmong = held(() =>
    orm
      .select(columnsBut(people, 'createdAt'))
      .from(people)
      .where(or(oneOf(people.id, 'ids'), oneOf(people.googleUserId, 'accounts'), oneOf(people.email, 'emails')))
      .prepare(),
  );
  const ignoredAmong = held(() =>
    orm
      .select(columnsBut(ignored, 'id', 'reviewItemId', 'actor', 'reason', 'createdAt', 'undoneAt'))
      .from(ignored)
      .where(and(isNull(ignored.undoneAt), oneOf(ignored.value, 'values')))
      .prepare(),
  );

  const versionOf = (table: typeof identities | typeof ignored) =>
    held(() =>
      orm
        .select({ newest: max(table.id), undone: count(table.undoneAt), all: count() })
        .from(table)
        .where(eq(table.scope, 'everywhere'))
        .prepare(),
    );
  const learnedVersion = versionOf(identities);
  const ignoredVersion = versionOf(ignored);

  return {
    everywhereVersion: () => JSON.stringify([learnedVersion().get(), ignoredVersion().get()]),
    knowledgeOf({ accounts, labels, personIds }) {
      const directory = accountStore.emails(accounts);
      const values = JSON.stringify([...accounts, ...labels]);
      const learned: IdentityRule[] = rulesOn().all({ values });
      const emails = [...directory.values()].flatMap((email) => (email === null ? [] : [email]));
      const ids = [...personIds, ...learned.map(({ personId }) => personId)];
      const known: Person[] = peopleAmong().all({
        ids: JSON.stringify(ids),
        accounts: JSON.stringify(accounts),
        emails: JSON.stringify(emails),
      });
      return {
        people: new Map(known.map((person) => [person.id, person])),
        directory,
        rules: learned,
        ignored: ignoredAmong().all({ values }),
      };
    },
  };
}
