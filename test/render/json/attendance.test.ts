import { expect, test } from 'vitest';

import type { AttendanceLog } from '../../../src/ledger/attendance/log-store.ts';
import type { ClassView } from '../../../src/queries/classes.ts';
import { classSchema, logSchema, showClass, showLog } from '../../../src/render/json/attendance.ts';
import { maskedNames, openNames } from '../../../src/render/json/mask.ts';

const at = (time: string) => Date.parse(`2026-01-16T${time}Z`);

const log: AttendanceLog = {
  id: 9,
  sessionId: 4,
  classId: 5,
  subject: 'Algebra',
  classStart: at('15:00:00'),
  classEnd: at('15:30:00'),
  coverage: 'complete',
  personId: 3,
  participant: null,
  userEmail: 'ben@home.example',
  displayName: 'Ben Brown',
  role: 'student',
  status: 'late',
  provisional: false,
  join: at('15:08:20.500'),
  leave: at('15:29:00'),
  durationMs: 1_240_999,
  intervals: [{ start: at('15:08:20.500'), end: at('15:29:00'), closedBy: 'session' }],
  identityMethod: 'account',
  identityConfidence: 'strong',
  devices: 1,
  evidence: ['conferenceRecords/r/participants/p/participantSessions/s'],
  flags: ['late'] as unknown as AttendanceLog['flags'],
  updatedAt: 0,
};

test('a log is shown with its intervals to the millisecond, and its minutes from whole seconds', () => {
  const shown = showLog(log, openNames);
  expect(shown).toEqual({
    id: 9,
    session_id: 4,
    class_id: 5,
    subject: 'Algebra',
    class_start: '2026-01-16T15:00:00Z',
    class_end: '2026-01-16T15:30:00Z',
    person_id: 3,
    user_email: 'ben@home.example',
    display_name: 'Ben Brown',
    role: 'student',
    join_time: '2026-01-16T15:08:20.500Z',
    leave_time: '2026-01-16T15:29:00Z',
    duration_seconds: 1240,
    duration_minutes: 20.67,
    intervals: [{ join_time: '2026-01-16T15:08:20.500Z', leave_time: '2026-01-16T15:29:00Z', closed_by: 'session' }],
    status: 'late',
    provisional: false,
    coverage: 'complete',
    identity: { method: 'account', confidence: 'strong' },
    devices: 1,
    evidence: ['conferenceRecords/r/participants/p/participantSessions/s'],
    flags: ['late'],
  });
  expect(logSchema.parse(shown)).toEqual(shown);
});

test('who is in the call has left at no time yet, although the minutes are counted so far', () => {
  const open = [{ start: at('15:08:20.500'), end: at('15:20:00'), closedBy: 'session', open: true }] as const;
  expect(showLog({ ...log, leave: null, intervals: open }, openNames)).toMatchObject({
    leave_time: null,
    intervals: [{ join_time: '2026-01-16T15:08:20.500Z', leave_time: null, closed_by: null }],
  });
});

test('a participant whom nobody knows has no identity and no address', () => {
  const unknown = { personId: null, participant: 'p', userEmail: null, identityMethod: null, identityConfidence: null };
  expect(showLog({ ...log, ...unknown, role: 'guest' }, openNames)).toMatchObject({
    person_id: null,
    user_email: null,
    display_name: 'Ben Brown',
    identity: null,
  });
});

test('an operator sees no names', () => {
  expect(showLog(log, maskedNames)).toMatchObject({ user_email: 'b•••', display_name: 'b•••' });
});

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

test('a canceled class says by whom and why; an operator sees neither names nor addresses', () => {
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
    organizer_email: 'a•••',
    cancel_reason: 'b••• is ill',
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
