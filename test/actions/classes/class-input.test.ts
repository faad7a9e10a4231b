import { describe, expect, test } from 'vitest';

import { checkClass, type ClassInput } from '../../../src/actions/classes/class-input.ts';
import { algebra, at } from './booked.ts';

const now = at('2026-01-16T12:00:00Z');
const check = (
  changed: Partial<ClassInput>,
  given: { readonly organizer?: string | null; readonly keepsStart?: boolean } = {},
) => checkClass({ ...algebra, ...changed }, { now, organizer: null, ...given });

/** What is wrong, by the fields. */
function faults(...of: Parameters<typeof check>): string[] {
  const checked = check(...of);
  return checked.kind === 'refused' ? checked.complaints.map(({ path }) => path) : [];
}

test('a class comes out in the form of the ledger', () => {
  const checked = check({
    teacherEmail: ' Ana@School.example',
    studentEmails: ['Ben@home.example', 'cy@home.example', 'ben@HOME.example '],
    subject: ' Algebra ',
    room: { code: 'https://meet.google.com/ABC-defg-hij?authuser=1' },
  });
  expect(checked).toMatchObject({
    kind: 'checked',
    teacherEmail: 'ana@school.example',
    studentEmails: ['ben@home.example', 'cy@home.example'],
    subject: 'Algebra',
    end: at('2026-01-16T15:30:00Z'),
    room: { code: 'abc-defg-hij' },
    warnings: ['ben@home.example is listed twice among the students and counts once'],
  });
});

test('it is read by whom the class names, else by whom the school names, else by its teacher', () => {
  const organizer = 'office@school.example';
  expect(check({ organizerEmail: 'Tom@School.example' }, { organizer })).toMatchObject({
    organizerEmail: 'tom@school.example',
  });
  expect(check({}, { organizer })).toMatchObject({ organizerEmail: organizer });
  expect(check({})).toMatchObject({ organizerEmail: 'ana@school.example' });
});

describe('a class is refused', () => {
  test.each([
    ['without a subject', { subject: '  ' }, ['subject']],
    ['without students', { studentEmails: [] }, ['student_emails']],
    [
      'with its teacher as a student',
      { studentEmails: ['ben@home.example', 'ANA@school.example'] },
      ['student_emails.1'],
    ],
    ['with a code that is none', { room: { code: 'my room' } }, ['meet_code']],
    ['of no length', { durationMinutes: 0 }, ['duration_minutes']],
    ['of half a minute', { durationMinutes: 0.5 }, ['duration_minutes']],
    ['longer than a day', { durationMinutes: 1441 }, ['duration_minutes']],
    ['with several faults at once', { subject: '', durationMinutes: -1 }, ['subject', 'duration_minutes']],
  ])('%s', (_, changed, paths) => {
    expect(faults(changed)).toEqual(paths);
  });

  test('which ends at its start, and the message says so', () => {
    expect(check({ durationMinutes: 0 })).toMatchObject({
      complaints: [
        { path: 'duration_minutes', message: 'must be at least 1: a class of 0 minutes would end when it starts' },
      ],
    });
  });

  test('which Google has forgotten, or which lies beyond all plans', () => {
    expect(faults({ start: at('2025-12-17T12:00:00Z') })).toEqual([]);
    expect(faults({ start: at('2025-12-17T11:59:59Z') })).toEqual(['start_time']);
    expect(faults({ start: at('2025-12-17T11:59:59Z') }, { keepsStart: true })).toEqual([]);
    expect(faults({ start: at('2031-01-16T12:00:00Z') })).toEqual([]);
    expect(faults({ start: at('2031-02-16T12:00:00Z') })).toEqual(['start_time']);
  });

  test('but not at the edges: a minute and a day', () => {
    expect([faults({ durationMinutes: 1 }), faults({ durationMinutes: 1440 })]).toEqual([[], []]);
  });
});
