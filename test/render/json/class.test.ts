import { expect, test } from 'vitest';

import type { ClassView } from '../../../src/queries/classes.ts';
import {
  changedClassSchema,
  classSchema,
  scheduledClassSchema,
  showChangedClass,
  showClass,
  showClassFacts,
  showScheduledClass,
} from '../../../src/render/json/class.ts';
import { maskedNames, openNames } from '../../../src/render/json/mask.ts';

const at = (time: string) => Date.parse(`2026-01-16T${time}Z`);

/** A class of Ana's with two students, whose room has a code. */
function scheduled(changed: Partial<ClassView['class']> = {}): ClassView {
  const entry = (personId: number, role: 'teacher' | 'student', email: string) => ({
    personId,
    role,
    email,
    name: null,
  });
  return {
    class: {
      id: 5,
      subject: 'Algebra',
      roomId: 1,
      room: {
        id: 1,
        meetingCode: 'abc-defg-hij',
        space: 'spaces/one',
        meetLink: null,
        ownerEmail: 'ana@school.example',
      },
      organizerEmail: 'ana@school.example',
      seriesId: 'mondays',
      start: at('15:00:00'),
      end: at('15:45:00'),
      status: 'scheduled',
      roster: [
        entry(1, 'teacher', 'ana@school.example'),
        entry(3, 'student', 'ben@home.example'),
        entry(8, 'student', 'cleo@home.example'),
      ],
      canceledAt: null,
      canceledBy: null,
      cancelReason: null,
      noticeStart: null,
      ...changed,
    } as ClassView['class'],
    session: null,
  };
}

test('a class that has not begun is shown with who comes and where, and nothing of its evidence', () => {
  const shown = showClass(scheduled(), openNames);
  expect(shown).toEqual({
    class_id: 5,
    session_id: null,
    subject: 'Algebra',
    status: 'scheduled',
    coverage: null,
    start_time: '2026-01-16T15:00:00Z',
    end_time: '2026-01-16T15:45:00Z',
    duration_minutes: 45,
    teacher_email: 'ana@school.example',
    student_emails: ['ben@home.example', 'cleo@home.example'],
    meet_code: 'abc-defg-hij',
    meet_link: 'https://meet.google.com/abc-defg-hij',
    organizer_email: 'ana@school.example',
    series_id: 'mondays',
    canceled_time: null,
    canceled_by: null,
    cancel_reason: null,
    flags: [],
    last_error: null,
    next_attempt_time: null,
  });
  expect(classSchema.parse(shown)).toEqual(shown);
});

test('a class that has begun says how complete its evidence is, and why the last read failed', () => {
  const session = {
    id: 4,
    classId: 5,
    coverage: 'partial',
    overSeenAt: null,
    finalReadAt: null,
    attempts: 2,
    nextAttemptAt: at('16:10:00'),
    lastError: 'no token for ana@school.example',
    lastReadAt: null,
    alarmedAt: null,
    flags: ['mixed'],
  } as unknown as ClassView['session'];
  expect(showClass({ ...scheduled(), session }, openNames)).toMatchObject({
    session_id: 4,
    coverage: 'partial',
    flags: ['mixed'],
    last_error: 'no token for ana@school.example',
    next_attempt_time: '2026-01-16T16:10:00Z',
  });
});

test('a canceled class says by whom and why; an operator sees no name, text or code, and who reads it', () => {
  const canceled = {
    canceledAt: at('12:00:00'),
    canceledBy: 'family',
    cancelReason: 'ben@home.example is ill',
  } as const;
  expect(showClass(scheduled(canceled), openNames)).toMatchObject({
    canceled_time: '2026-01-16T12:00:00Z',
    canceled_by: 'family',
    cancel_reason: 'ben@home.example is ill',
  });
  expect(showClass(scheduled(canceled), maskedNames)).toMatchObject({
    teacher_email: 'a•••',
    student_emails: ['b•••', 'c•••'],
    organizer_email: 'ana@school.example',
    subject: null,
    meet_code: null,
    meet_link: null,
    cancel_reason: null,
  });
});

test('a room without a code has the link that it came with, or none', () => {
  const linkOf = (meetLink: string | null) => {
    const { class: found } = scheduled();
    return showClass(scheduled({ room: { ...found.room, meetingCode: null, meetLink } }), openNames).meet_link;
  };
  expect([linkOf('https://meet.google.com/lookup/x'), linkOf(null)]).toEqual([
    'https://meet.google.com/lookup/x',
    null,
  ]);
});

test('a class that was scheduled says its numbers and room; one that was changed is shown whole', () => {
  const saved = { ...scheduled(), createdPeople: ['cleo@home.example'], warnings: ['the class is over'] };
  const news = { created_people: ['cleo@home.example'], warnings: ['the class is over'] };
  const shown = showScheduledClass(saved, openNames);
  expect(shown).toEqual({
    class_id: 5,
    session_id: null,
    status: 'scheduled',
    meet_code: 'abc-defg-hij',
    meet_link: 'https://meet.google.com/abc-defg-hij',
    ...news,
  });
  expect(scheduledClassSchema.parse(shown)).toEqual(shown);
  const changed = showChangedClass(saved, openNames);
  expect(changed).toEqual({ ...showClass(scheduled(), openNames), ...news });
  expect(changedClassSchema.parse(changed)).toEqual(changed);
});

test('the audit log holds a class field by field in this order, and how it was canceled only when it was', () => {
  const facts =
    '"start_time":"2026-01-16T15:00:00Z","end_time":"2026-01-16T15:45:00Z","teacher_emails":["ana@school.example"],' +
    '"student_emails":["ben@home.example","cleo@home.example"],"meet_code":"abc-defg-hij","room_id":1,' +
    '"organizer_email":"ana@school.example","series_id":"mondays"';
  expect(JSON.stringify(showClassFacts(scheduled().class))).toBe(`{"subject":"Algebra","status":"scheduled",${facts}}`);
  const canceled = {
    status: 'canceled',
    canceledAt: at('12:00:00'),
    canceledBy: 'family',
    cancelReason: null,
  } as const;
  expect(JSON.stringify(showClassFacts(scheduled(canceled).class))).toBe(
    `{"subject":"Algebra","status":"canceled",${facts},"canceled_by":"family","cancel_reason":null}`,
  );
});
