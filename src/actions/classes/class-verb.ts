import type { Logger } from 'pino';

import type { Attendance } from '../../capture/rebuild.ts';
import { evidenceWindow, type WindowMargins } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS } from '../../core/time/duration.ts';
import { union, type Interval } from '../../core/time/interval.ts';
import type { MeetClient } from '../../google/meet/meet-client.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { RoomStore } from '../../ledger/attendance/room-store.ts';
import type { SessionStore } from '../../ledger/attendance/session-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { ClassView } from '../../queries/classes.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, stop, type AuditedDeps, type By, type Note } from '../action.ts';
import { createAddressBook, type AddressBook } from '../people/address-book.ts';
import { relearning, type Learn, type RelearningDeps } from '../people/relearning.ts';

export interface ScheduleDeps extends AuditedDeps, RelearningDeps {
  readonly database: Pick<Database, 'write' | 'whenFree'>;
  readonly people: PeopleStore;
  readonly money: Pick<MoneyStores, 'periods' | 'decisions'>;
  readonly classStore: ClassStore;
  readonly roomStore: RoomStore;
  readonly sessionStore: SessionStore;
  readonly attendance: Attendance;
  readonly meet: Pick<MeetClient, 'mayAskAs' | 'getSpace' | 'createSpace'>;
  readonly margins: WindowMargins;
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads the classes for which nobody else is named; null leaves each to its teacher. */
  readonly defaultOrganizer: string | null;
}

export interface SavedClass extends ClassView {
  readonly kind: 'saved';
  /** Addresses for which a person was made. */
  readonly createdPeople: readonly string[];
  readonly warnings: readonly string[];
}

/** Notes that the classes of a room changed around a slot. */
export type Touch = (roomId: number, slot: Interval) => void;

/** What a change of the schedule tells: its entries of the audit log, the rooms that it touched, and who is known since. */
export interface Telling {
  readonly note: Note;
  readonly touch: Touch;
  readonly learn: Learn;
  readonly addresses: AddressBook;
}

/** A change of the schedule in one transaction: with the logs that follow from it, or nothing of it. */
export function changeSchedule<T>(deps: ScheduleDeps, by: By, work: (telling: Telling) => T): T | Refused {
  return audited(deps, by, (note) => rebuildingRooms(deps, (telling) => work({ note, ...telling })));
}

/** Does the work, and then rebuilds the logs of the rooms that it touched, and of who is known since. */
export function rebuildingRooms<T>(deps: ScheduleDeps, work: (telling: Omit<Telling, 'note'>) => T): T {
  const addresses = createAddressBook(deps.people);
  return relearning(deps, (learn) => touchingRooms(deps, (touch) => work({ touch, learn, addresses })));
}

function touchingRooms<T>({ attendance, margins, clock }: ScheduleDeps, work: (touch: Touch) => T): T {
  const touched: { readonly roomId: number; readonly window: Interval }[] = [];
  const done = work((roomId, slot) => touched.push({ roomId, window: evidenceWindow(slot, margins) }));
  // What lies well ahead has no evidence to share out yet.
  const due = touched.filter(({ window }) => window.start < clock.now() + DAY_MS);
  for (const [roomId, entries] of Map.groupBy(due, (entry) => entry.roomId)) {
    for (const window of union(entries.map((entry) => entry.window))) attendance.rebuildRoom(roomId, window);
  }
  return done;
}

export function refuseClash({ classStore }: ScheduleDeps, roomId: number, slot: Interval, except?: number): void {
  const busy = classStore.clash(roomId, slot.start, slot.end, except);
  if (busy === null) return;
  const other = classStore.get(busy);
  const when = other === null ? '' : ` from ${formatInstant(other.start)} to ${formatInstant(other.end)}`;
  const or = other?.status === 'completed' ? '' : ', or cancel that class first';
  const message = `class ${busy}${when} is in this room at that time: choose another time or room${or}`;
  stop({ ...refused('room_busy', message), classId: busy });
}

/** A class that has begun has a session at once, without waiting for the monitor. */
export function ensureSession({ classStore, sessionStore }: ScheduleDeps, id: number): void {
  if (classStore.get(id)?.begun === true) sessionStore.ensure(id);
}

/** The answer of a verb: the class as it is now. */
export function savedClass(
  { classStore, sessionStore }: ScheduleDeps,
  id: number,
  createdPeople: readonly string[] = [],
  warnings: readonly string[] = [],
): SavedClass {
  return { kind: 'saved', class: classStore.get(id)!, session: sessionStore.ofClass(id), createdPeople, warnings };
}

/** Who of a class is in another one at the same time: it is taken, since a person may have meant it, and told. */
export function doubleBookings({ classStore }: Pick<ScheduleDeps, 'classStore'>, id: number): string[] {
  return classStore.shared(id).map(({ classId, email }) => `${email} is in class ${classId} at that time too`);
}

export function noClass(id: number): Refused {
  return refused('not_found', `there is no class ${id}`);
}
