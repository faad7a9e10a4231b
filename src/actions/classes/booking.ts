import type { Logger } from 'pino';

import { refuse, storedOrRefused } from '../action.ts';
import { invalid, refused } from '../../refusal.ts';
import type { By } from '../action.ts';
import type { Refused } from '../../refusal.ts';
import type { Attendance } from '../../capture/rebuild.ts';
import { fresh } from '../../core/attendance/coverage.ts';
import { evidenceWindow, statusAt } from '../../core/schedule/class.ts';
import type { RosterRole, WindowMargins } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { MeetClient } from '../../google/meet/meet-client.ts';
import type { ClassStore, ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { Room, RoomStore } from '../../ledger/attendance/room-store.ts';
import type { Session, SessionStore } from '../../ledger/attendance/session-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { CAPTURE_DAYS, checkBooking, emailsOf } from './booking-rules.ts';
import type { BookingInput, CheckedBooking } from './booking-rules.ts';
import { createRoomFinder } from './room-finder.ts';
import type { FoundSpace } from './room-finder.ts';
import { DAY_MS } from '../../core/time/duration.ts';

export interface Booked {
  readonly kind: 'booked';
  readonly class: ScheduledClass;
  readonly session: Session | null;
  /** Addresses that were nobody before. */
  readonly createdPeople: readonly string[];
  readonly warnings: readonly string[];
}

export type Entered =
  | { readonly kind: 'entered'; readonly classId: number; readonly warnings: readonly string[] }
  | { readonly kind: 'known'; readonly classId: number }
  | Refused;

/** What is left out stays as it is. */
export type BookingChanges = { readonly [Field in keyof BookingInput]?: BookingInput[Field] | undefined };

export interface Booking {
  /** Enters a class, and the people on it who are unknown. Without a code a Meet space is made first. */
  schedule(input: BookingInput, by: By, signal: AbortSignal): Promise<Booked | Refused>;
  change(id: number, changes: BookingChanges, by: By, signal: AbortSignal): Promise<Booked | Refused>;
  cancel(
    id: number,
    who: 'family' | 'teacher' | 'school',
    by: { readonly actor: string; readonly reason: string },
  ): Booked | Refused;
  /**
   * Enters many classes without asking Google: the loops resolve their rooms. A class that is in the ledger already is
   * known. One answer an input, in order; a refused one leaves the others in, so the caller owns the transaction.
   */
  enterAll(inputs: readonly BookingInput[], by: By): Entered[];
}

export interface BookingDeps {
  readonly database: Pick<Database, 'write'>;
  readonly people: PeopleStore;
  readonly classStore: ClassStore;
  readonly roomStore: RoomStore;
  readonly sessionStore: SessionStore;
  readonly attendance: Attendance;
  readonly audit: AuditLog;
  readonly meet: Pick<MeetClient, 'getSpace' | 'createSpace'>;
  readonly margins: WindowMargins;
  readonly clock: Clock;
  readonly log: Logger;
  readonly defaultOrganizer: string | null;
}

/** A move on shorter notice than this is judged like a late cancellation. */
const NOTICE_MS = DAY_MS;

/** The schedule as people change it. Every change is audited in the transaction that makes it. */
export function createBooking(deps: BookingDeps): Booking {
  const { database, people, classStore, sessionStore, attendance, audit, margins, clock, defaultOrganizer } = deps;
  const rooms = createRoomFinder(deps);

  const stored = <T>(work: () => T): T | Refused => storedOrRefused(database.write, work);

  /** Who stands for an address, and who was made on the way. One for each change, or for all rows of a file. */
  const createRoll = (actor: string) => {
    const known = new Map<string, number>();
    const created: string[] = [];
    const find = (email: string): number | null => {
      const id = known.get(email) ?? people.byEmail(email)?.id ?? null;
      if (id !== null) known.set(email, id);
      return id;
    };
    const findOrMake = (email: string, role: RosterRole): number => {
      const found = find(email);
      if (found !== null) return found;
      const { id } = people.create({ email, role });
      audit.append({ actor, action: 'person.create', subject: `person:${id}`, after: { email, role } });
      created.push(email);
      known.set(email, id);
      return id;
    };
    return {
      created,
      find,
      idsOf: ({ teacherEmail, studentEmails }: CheckedBooking) => ({
        teacherIds: [findOrMake(teacherEmail, 'teacher')],
        studentIds: studentEmails.map((email) => findOrMake(email, 'student')),
      }),
    };
  };
  type Roll = ReturnType<typeof createRoll>;

  const refuseClash = (roomId: number, slot: Interval, except?: number): void => {
    const busy = classStore.clash(roomId, slot.start, slot.end, except);
    if (busy === null) return;
    const other = classStore.get(busy);
    const when = other === null ? '' : ` from ${formatInstant(other.start)} to ${formatInstant(other.end)}`;
    refuse({
      ...refused(
        'room_busy',
        `class ${busy}${when} is in this room at that time: choose another time or room, or cancel that class first`,
      ),
      classId: busy,
    });
  };

  /** A class that has begun has a session at once, without waiting for the monitor. */
  const ensureSession = (id: number): void => {
    const status = classStore.get(id)?.status;
    if (status !== 'scheduled' && status !== 'canceled') sessionStore.ensure(id);
  };

  const rebuild = (roomId: number, slot: Interval): void => {
    const window = evidenceWindow(slot, margins);
    // What lies well ahead has no evidence to share out yet.
    if (window.start < clock.now() + DAY_MS) attendance.rebuildRoom(roomId, window);
  };

  const booked = (id: number, createdPeople: readonly string[], warnings: readonly string[]): Booked => ({
    kind: 'booked',
    class: classStore.get(id)!,
    session: sessionStore.ofClass(id),
    createdPeople,
    warnings,
  });

  /** Inside a transaction. The caller rebuilds the room. */
  const enter = (booking: CheckedBooking, room: Room, roll: Roll, by: By): number => {
    refuseClash(room.id, booking);
    const made = classStore.create({
      subject: booking.subject,
      roomId: room.id,
      organizerEmail: booking.organizerEmail ?? defaultOrganizer ?? booking.teacherEmail,
      seriesId: booking.seriesId,
      start: booking.start,
      end: booking.end,
      ...roll.idsOf(booking),
    });
    ensureSession(made.id);
    audit.append({ ...by, action: 'class.schedule', subject: `class:${made.id}`, after: facts(made) });
    return made.id;
  };

  return {
    async schedule(input, by, signal) {
      const { booking, complaints } = checkBooking(input, clock.now());
      if (complaints.length > 0) return invalid(complaints);
      const organizer = booking.organizerEmail ?? defaultOrganizer ?? booking.teacherEmail;
      const space = await rooms.spaceFor(booking.meetCode, organizer, signal);
      if (space.kind === 'refused') return space;
      return stored(() => {
        const room = rooms.roomFor(space.code, space.found, organizer);
        const roll = createRoll(by.actor);
        const id = enter(booking, room, roll, by);
        rebuild(room.id, booking);
        return booked(id, roll.created, [...booking.warnings, ...space.warnings]);
      });
    },

    async change(id, changes, by, signal) {
      const before = classStore.get(id);
      if (before === null) return noClass(id);
      const first = checkChanges(before, changes, clock.now());
      if (first.kind === 'refused') return first;
      let space: { code: string | null; found: FoundSpace | null; warnings: readonly string[] } | null = null;
      if (changes.meetCode !== undefined && movesRoom(before, first.booking.meetCode, clock.now())) {
        const organizer = first.booking.organizerEmail ?? before.organizerEmail;
        const answer = await rooms.spaceFor(first.booking.meetCode, organizer, signal);
        if (answer.kind === 'refused') return answer;
        space = answer;
      }
      return stored(() => {
        // Again: while Google was asked, the class may have begun or been changed.
        const c = classStore.get(id)!;
        const now = clock.now();
        const checked = checkChanges(c, changes, now);
        if (checked.kind === 'refused') refuse(checked);
        const { booking } = checked;
        const organizer = booking.organizerEmail ?? c.organizerEmail;
        const room = space === null ? c.room : rooms.roomFor(space.code, space.found, organizer);
        const moved = c.start !== booking.start || c.end !== booking.end || c.room.id !== room.id;
        if (moved) refuseClash(room.id, booking, id);
        const roll = createRoll(by.actor);
        if (changes.teacherEmail !== undefined || changes.studentEmails !== undefined) {
          const ids = roll.idsOf(booking);
          // Somebody may change sides: a person stands once on a roster.
          classStore.update(id, { studentIds: [] });
          classStore.update(id, ids);
        }
        const onShortNotice = c.start !== booking.start && c.noticeStart === null && c.start - now < NOTICE_MS;
        classStore.update(id, {
          subject: booking.subject,
          roomId: room.id,
          organizerEmail: organizer,
          seriesId: booking.seriesId,
          start: booking.start,
          end: booking.end,
          ...(onShortNotice ? { noticeStart: c.start } : {}),
        });
        const warnings = [...booking.warnings, ...(space?.warnings ?? [])];
        if (moved) {
          ensureSession(id);
          warnings.push(...reopen(c, booking, now));
          rebuild(c.room.id, c);
        }
        rebuild(room.id, booking);
        attendance.rebuild(id);
        const [was, is] = [facts(c), facts(classStore.get(id)!)];
        if (JSON.stringify(was) !== JSON.stringify(is)) {
          audit.append({ ...by, action: 'class.change', subject: `class:${id}`, before: was, after: is });
        }
        return booked(id, roll.created, warnings);
      });
    },

    cancel(id, who, by) {
      return stored(() => {
        const c = classStore.get(id);
        if (c === null) refuse(noClass(id));
        if (c.status === 'canceled') {
          refuse(
            refused(
              'class_canceled',
              `class ${id} is canceled already, by the ${c.canceledBy ?? 'school'}: nothing is left to cancel`,
            ),
          );
        }
        const after = classStore.cancel(id, who, by.reason);
        rebuild(c.room.id, c);
        attendance.rebuild(id);
        audit.append({ ...by, action: 'class.cancel', subject: `class:${id}`, before: facts(c), after: facts(after) });
        return booked(id, [], []);
      });
    },

    enterAll(inputs, by) {
      const now = clock.now();
      const touched = new Map<number, Interval>();
      const roll = createRoll(by.actor);
      const entered = inputs.map((input): Entered => {
        const { booking, complaints } = checkBooking(input, now);
        const { meetCode } = booking;
        if (complaints.length > 0) return invalid(complaints);
        if (meetCode === null)
          return invalid([{ path: 'meet_code', message: 'is missing; give the code or link of the room' }]);
        return stored(() => {
          const organizer = booking.organizerEmail ?? defaultOrganizer ?? booking.teacherEmail;
          const room = rooms.roomFor(meetCode, null, organizer);
          const known = sameClass(booking, room, roll);
          if (known !== null) return { kind: 'known', classId: known };
          const id = enter(booking, room, roll, by);
          const before = touched.get(room.id) ?? booking;
          touched.set(room.id, {
            start: Math.min(before.start, booking.start),
            end: Math.max(before.end, booking.end),
          });
          return { kind: 'entered', classId: id, warnings: booking.warnings };
        });
      });
      for (const [roomId, slots] of touched) rebuild(roomId, slots);
      return entered;
    },
  };

  /** The class that says the same; nobody new stands on its roster. */
  function sameClass(booking: CheckedBooking, room: Room, roll: Roll): number | null {
    const { teacherEmail, studentEmails, subject, start, end, organizerEmail, seriesId } = booking;
    const teacherIds = [roll.find(teacherEmail)].filter((id) => id !== null);
    const studentIds = studentEmails.map(roll.find).filter((id) => id !== null);
    if (teacherIds.length === 0 || studentIds.length < studentEmails.length) return null;
    return classStore.same({
      subject,
      roomId: room.id,
      organizerEmail: organizerEmail ?? '',
      seriesId,
      start,
      end,
      teacherIds,
      studentIds,
    });
  }

  /** What an ended class was read for is no longer what it is: it is read again while Google has its records. */
  function reopen(before: ScheduledClass, after: Interval, now: number): string[] {
    const session = sessionStore.ofClass(before.id);
    if (session === null || before.end > now) return [];
    if (after.end <= now - CAPTURE_DAYS * DAY_MS) {
      return [
        `Google has deleted the records of that day: the logs follow from what was read before ${formatInstant(now)}`,
      ];
    }
    sessionStore.save(session.id, fresh, { alarmedAt: null });
    return [];
  }
}

/** A past class keeps its room, even where the code opens another one today. */
function movesRoom({ room, end }: ScheduledClass, code: string | null, now: number): boolean {
  return code !== null && (code !== room.meetingCode || end > now);
}

function checkChanges(
  c: ScheduledClass,
  changes: BookingChanges,
  now: number,
): { readonly kind: 'ok'; readonly booking: CheckedBooking } | Refused {
  if (c.status === 'canceled') {
    return refused('class_canceled', `class ${c.id} is canceled and stays as it was: schedule a new class instead`);
  }
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const input: BookingInput = {
    teacherEmail: emailsOf(c, 'teacher')[0] ?? '',
    studentEmails: emailsOf(c, 'student'),
    subject: c.subject,
    start: c.start,
    durationMinutes: (c.end - c.start) / 60_000,
    meetCode: null,
    organizerEmail: null,
    seriesId: c.seriesId,
    ...given,
  };
  const { booking, complaints } = checkBooking(input, now, input.start === c.start);
  if (complaints.length > 0) return invalid(complaints);
  if (booking.start !== c.start && statusAt({ ...c, canceled: false }, now) === 'active') {
    return refused(
      'class_is_live',
      `class ${c.id} is on, so its start cannot be moved: end it early with duration_minutes and schedule the rest as a new class`,
    );
  }
  return { kind: 'ok', booking };
}

function noClass(id: number): Refused {
  return refused('not_found', `there is no class ${id}`);
}

/** A class as the audit log shows it. */
function facts(c: ScheduledClass): Record<string, unknown> {
  return {
    subject: c.subject,
    status: c.status,
    start_time: formatInstant(c.start),
    end_time: formatInstant(c.end),
    teacher_emails: emailsOf(c, 'teacher'),
    student_emails: emailsOf(c, 'student'),
    meet_code: c.room.meetingCode,
    room_id: c.room.id,
    organizer_email: c.organizerEmail,
    series_id: c.seriesId,
    ...(c.canceledBy === null ? {} : { canceled_by: c.canceledBy, cancel_reason: c.cancelReason }),
  };
}
