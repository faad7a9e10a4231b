import { expect, test } from 'vitest';

import type { AttendanceLog } from '../../../src/ledger/attendance/log-store.ts';
import { logSchema, showLog } from '../../../src/render/json/attendance.ts';
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
  reviewOpen: false,
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

test('an operator sees no names, no subject and no evidence', () => {
  const shown = { user_email: 'b•••', display_name: 'b•••', subject: null, evidence: [] };
  expect(showLog(log, maskedNames)).toMatchObject(shown);
});

test('who is absent while somebody in the call has to be named is flagged: it may be the one', () => {
  const flagsOf = (status: AttendanceLog['status']) =>
    showLog({ ...log, status, flags: ['reversed'], reviewOpen: true }, openNames).flags;
  expect(flagsOf('absent')).toEqual(['reversed', 'review_open']);
  expect(flagsOf('present')).toEqual(['reversed']);
});
