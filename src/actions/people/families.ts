import { isCurrency } from '../../core/billing/money/currencies.ts';
import type { Family, NewFamily, PeopleStore } from '../../ledger/school/people-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, refuseField, stop, type AuditedDeps, type By } from '../action.ts';
import { given, type Changes } from '../changes.ts';
import { normaliseEmail, type Noting } from './people.ts';
import { createPerson, relearning, type RelearningDeps } from './relearning.ts';

export interface SavedFamily {
  readonly kind: 'saved';
  readonly family: Family;
  /** Addresses for which a student was made. */
  readonly createdPeople: readonly string[];
}

export interface FamilyDeps extends AuditedDeps, RelearningDeps {
  readonly people: Pick<
    PeopleStore,
    'byEmail' | 'create' | 'family' | 'familyByName' | 'createFamily' | 'updateFamily'
  >;
}

/** For addresses that nobody has, students are made. */
export function addFamily(deps: FamilyDeps, input: NewFamily, by: By): SavedFamily | Refused {
  return audited(deps, by, (note) => relearning(deps, (learn) => enterNewFamily(deps, input, { note, learn })));
}

/** Inside a transaction. */
export function enterNewFamily(deps: FamilyDeps, input: NewFamily, noting: Noting): SavedFamily {
  refuseUnknownCurrency(input.currency);
  refuseTakenName(deps, input.name, null);
  const { wanted, created } = students(deps, input.studentEmails, noting);
  const family = deps.people.createFamily({ ...input, studentEmails: wanted });
  noting.note({ action: 'family.create', subject: `family:${family.id}`, after: family });
  return { kind: 'saved', family, createdPeople: created };
}

/** What is left out stays. For addresses that nobody has, students are made. */
export function changeFamily(deps: FamilyDeps, id: number, changes: Changes<NewFamily>, by: By): SavedFamily | Refused {
  return audited(deps, by, (note) =>
    relearning(deps, (learn) => changeKnownFamily(deps, id, changes, { note, learn })),
  );
}

/** Inside a transaction. */
export function changeKnownFamily(
  deps: FamilyDeps,
  id: number,
  changes: Changes<NewFamily>,
  noting: Noting,
): SavedFamily {
  const { people } = deps;
  const before = people.family(id) ?? stop(refused('not_found', `there is no family ${id}`));
  refuseUnknownCurrency(changes.currency);
  if (changes.name !== undefined) refuseTakenName(deps, changes.name, id);
  const { wanted, created } = students(deps, changes.studentEmails ?? before.studentEmails, noting);
  const family = people.updateFamily(id, { ...given(changes), studentEmails: wanted });
  noting.note({ action: 'family.change', subject: `family:${id}`, before, after: family });
  return { kind: 'saved', family, createdPeople: created };
}

/** The addresses, each once. For those that nobody has, students are made. */
function students({ people }: FamilyDeps, emails: readonly string[], noting: Noting) {
  const wanted = [...new Set(emails.map(normaliseEmail))];
  const created: string[] = [];
  for (const [i, email] of wanted.entries()) {
    const known = people.byEmail(email);
    if (known === null) {
      createPerson({ people }, { email, role: 'student' }, noting);
      created.push(email);
    } else if (known.role !== 'student') {
      refuseField(`student_emails.${i}`, `${email} is registered as ${known.role}; only students belong to a family`);
    }
  }
  return { wanted, created };
}

function refuseTakenName({ people }: FamilyDeps, name: string, except: number | null): void {
  const other = people.familyByName(name);
  if (other === null || other.id === except) return;
  stop(refused('name_taken', `family ${other.id} has this name already: change that family, or use another name`));
}

function refuseUnknownCurrency(currency: string | undefined): void {
  if (currency === undefined || isCurrency(currency)) return;
  refuseField('currency', 'is not a currency; use a code of ISO 4217 in capitals such as EUR');
}
