import type { Attendance } from '../../capture/rebuild.ts';
import type { Person } from '../../core/attendance/identity/knowledge.ts';
import { evidenceWindow, type WindowMargins } from '../../core/schedule/class.ts';
import type { Now } from '../../core/time/clock.ts';
import { union } from '../../core/time/interval.ts';
import type { AccountStore } from '../../ledger/attendance/account-store.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { SightingStore } from '../../ledger/attendance/sighting-store.ts';
import type { NewPerson, PeopleStore } from '../../ledger/school/people-store.ts';
import type { Note } from '../action.ts';

/** Notes that a person is known now (before: null), or is known otherwise. */
export type Learn = (before: Person | null, after: Person) => void;

export interface RelearningDeps {
  readonly classStore: Pick<ClassStore, 'all'>;
  readonly sightings: SightingStore;
  /** Accounts that the Directory did not know before may be of somebody new. */
  readonly accountStore: Pick<AccountStore, 'askAgain'>;
  readonly attendance: Pick<Attendance, 'rebuild' | 'rebuildRoom' | 'rebuildCalls'>;
  readonly margins: WindowMargins;
  readonly clock: Now;
}

/** Does the work, and then rebuilds the logs that follow from what it taught about people. Joins a transaction. */
export function relearning<T>(deps: RelearningDeps, work: (learn: Learn) => T): T {
  const learned: { readonly before: Person | null; readonly after: Person }[] = [];
  const done = work((before, after) => learned.push({ before, after }));
  const accounts = new Set<string>();
  const emails = new Set<string>();
  const renamed = new Set<number>();
  for (const { before, after } of learned) {
    if (before?.googleUserId !== after.googleUserId) {
      for (const account of [before?.googleUserId, after.googleUserId]) if (account) accounts.add(account);
    }
    if (before?.email !== after.email) for (const email of [before?.email, after.email]) if (email) emails.add(email);
    // Nobody expects somebody who is new yet: they are in no log and on no roster.
    if (before !== null && (before.name !== after.name || before.role !== after.role)) renamed.add(after.id);
  }
  if (emails.size > 0) deps.accountStore.askAgain();
  deps.attendance.rebuildCalls(deps.sightings.ofAccounts({ accounts: [...accounts], emails: [...emails] }));
  rebuildAround(deps, renamed);
  return done;
}

/** Rebuilds the classes that expect or show these people, and those where others may have been taken for them. */
function rebuildAround(deps: RelearningDeps, personIds: ReadonlySet<number>): void {
  const { classStore, sightings, attendance, margins, clock } = deps;
  const now = clock.now();
  const classes = [...personIds].flatMap((personId) => classStore.all({ personId }));
  const begun = classes
    .map((c) => ({ roomId: c.room.id, window: evidenceWindow(c, margins) }))
    .filter(({ window }) => window.start < now);
  for (const [roomId, entries] of Map.groupBy(begun, (entry) => entry.roomId)) {
    for (const window of union(entries.map((entry) => entry.window))) attendance.rebuildRoom(roomId, window);
  }
  const expected = new Set(classes.map(({ id }) => id));
  const seen = new Set([...personIds].flatMap((personId) => sightings.classesWithLogOf(personId)));
  for (const classId of seen) if (!expected.has(classId)) attendance.rebuild(classId);
}

/** Enters somebody who is not known yet. The address is in lower case. */
export function createPerson(
  { people }: { readonly people: Pick<PeopleStore, 'create'> },
  person: NewPerson,
  { note, learn }: { readonly note: Note; readonly learn: Learn },
): Person {
  const made = people.create(person);
  note({ action: 'person.create', subject: `person:${made.id}`, after: made });
  learn(null, made);
  return made;
}
