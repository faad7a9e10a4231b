import { createTimeline } from '../../src/emulator/timeline.ts';
import type { CaptureWorld } from './capture-world.ts';

export const MINUTE = 60_000;
export const TEACHER = 'teacher@school.example';
export const ANA = 'ana@school.example';
export const OTHER = 'other@school.example';

/** 2 March 2026, when London keeps UTC: `16:05`, or any instant in full. */
export function at(when: string): number {
  return Date.parse(when.includes('T') ? when : `2026-03-02T${when}:00Z`);
}

/** A teacher and Ana with accounts, and a room of the teacher's; what happens in the room is the test's. */
export function oneRoom() {
  const timeline = createTimeline('2026-03-02');
  const teacher = timeline.account(TEACHER, 'Tess Teacher');
  const ana = timeline.account(ANA, 'Ana Silva');
  return { timeline, teacher, ana, room: timeline.room(teacher) };
}

/** The same with a lesson that goes on since 15:58, and a second teacher with a room of their own. */
export function twoRooms() {
  const school = oneRoom();
  const { timeline, teacher, ana, room } = school;
  const other = timeline.account(OTHER, 'Otto Other');
  const otherRoom = timeline.room(other);
  const lesson = room.call('15:58', null);
  lesson.joins(teacher, '15:58', null);
  lesson.joins(ana, '16:00', null);
  return { ...school, other, otherRoom };
}

interface Booking {
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
  readonly teacher?: string;
  readonly students?: readonly string[];
  /** Null: the class has no code. By default that of the first room. */
  readonly code?: string | null;
  /** By default the teacher. */
  readonly organizer?: string;
}

/** Books a class from 16:00 to 17:00 in the first room, with Ana, unless it says otherwise. @returns its number */
export function book({ parts, google }: CaptureWorld, booking: Booking = {}): number {
  const { people, roomStore, classStore } = parts;
  const { subject = 'Algebra', from = '16:00', to = '17:00', teacher = TEACHER, students = [ANA] } = booking;
  const { code = google.world.spaces[0]!.meetingCode, organizer = teacher } = booking;
  const person = (email: string, role: 'teacher' | 'student') => {
    const { name } = google.world.accounts.find((account) => account.email === email) ?? {};
    return (people.byEmail(email) ?? people.create({ email, role, ...(name !== undefined && { name }) })).id;
  };
  const room =
    (code === null ? null : roomStore.byCode(code)) ??
    roomStore.create({ meetingCode: code, space: null, meetLink: null, ownerEmail: null });
  return classStore.create({
    subject,
    roomId: room.id,
    organizerEmail: organizer,
    seriesId: null,
    start: at(from),
    end: at(to),
    teacherIds: [person(teacher, 'teacher')],
    studentIds: students.map((email) => person(email, 'student')),
  }).id;
}

/** One round of the three loops at that time. */
export async function pass({ parts, clock, signal }: CaptureWorld, when: string): Promise<void> {
  clock.set(at(when));
  parts.monitor();
  await parts.fetch(signal);
  await parts.sweep(signal);
}
