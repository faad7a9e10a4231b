import { isNear } from '../../core/near.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';

/** The addresses of everybody, for one change: whoever is entered by it is added. */
export interface AddressBook {
  /** Another address that one letter makes the difference to, the first by letters; null: there is none. */
  near(email: string): string | null;
  add(email: string): void;
}

/** The addresses are read once, when they are first asked for: a file of classes may enter thousands of people. */
export function createAddressBook(people: Pick<PeopleStore, 'emails'>): AddressBook {
  let read: string[] | null = null;
  const known = (): string[] => (read ??= people.emails());
  return {
    near: (email) =>
      known().reduce<string | null>(
        (first, other) => ((first === null || other < first) && isNear(other, email) ? other : first),
        null,
      ),
    add(email) {
      // Addresses that are read later have it already.
      read?.push(email);
    },
  };
}
