import { describe, expect, test } from 'vitest';

import { emailsOf, evidenceWindow, normaliseMeetingCode, statusAt } from '../../../src/core/schedule/class.ts';
import { at, MARGINS, span } from '../../support/attendance.ts';

describe('status of a class', () => {
  const slot = { ...span('16:00', '17:00'), canceled: false };

  test.each([
    ['15:59:59.999', 'scheduled'],
    ['16:00', 'active'],
    ['16:59:59.999', 'active'],
    ['17:00', 'completed'],
  ] as const)('at %s it is %s', (clock, status) => {
    expect(statusAt(slot, at(clock))).toBe(status);
  });

  test('a canceled class stays canceled', () => {
    for (const clock of ['15:00', '16:30', '18:00']) {
      expect(statusAt({ ...slot, canceled: true }, at(clock))).toBe('canceled');
    }
  });
});

test('evidence is looked for from half an hour before to an hour behind', () => {
  expect(evidenceWindow(span('16:00', '17:00'), MARGINS)).toEqual(span('15:30', '18:00'));
});

describe('meeting codes', () => {
  test.each([
    'abc-defg-hij',
    'ABC-DEFG-HIJ',
    'abcdefghij',
    '  abc-defg-hij ',
    'https://meet.google.com/abc-defg-hij',
    'http://meet.google.com/abc-defg-hij',
    'meet.google.com/abc-defg-hij',
    'HTTPS://MEET.GOOGLE.COM/ABC-DEFG-HIJ',
    'https://meet.google.com/abc-defg-hij/',
    'https://meet.google.com/abc-defg-hij?authuser=1&hs=179',
    'https://meet.google.com/abc-defg-hij/?pli=1',
    'https://meet.google.com/abcdefghij#top',
  ])('%s is abc-defg-hij', (text) => {
    expect(normaliseMeetingCode(text)).toBe('abc-defg-hij');
  });

  test.each([
    '',
    'abc',
    'https://zoom.us/j/123456789',
    'https://meet.google.com/',
    'https://meet.google.com/lookup/abcdefghij',
    'abc-defg-hij"',
    'abc defg hij',
    'a-'.repeat(70),
  ])('%s is no code', (text) => {
    expect(normaliseMeetingCode(text)).toBeNull();
  });

  test('other groups of letters and digits are kept as they are', () => {
    expect(normaliseMeetingCode('Room12-maths')).toBe('room12-maths');
  });
});

test('the addresses of a role are listed as they were enrolled', () => {
  const roster = [
    { role: 'student', email: 'cy@home.example' },
    { role: 'teacher', email: 'ana@school.example' },
    { role: 'student', email: 'ben@home.example' },
  ] as const;
  expect(emailsOf({ roster }, 'student')).toEqual(['cy@home.example', 'ben@home.example']);
  expect(emailsOf({ roster }, 'teacher')).toEqual(['ana@school.example']);
});
