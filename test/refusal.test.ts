import { expect, test } from 'vitest';
import { z } from 'zod';

import { invalid, invalidInput, refused } from '../src/refusal.ts';

const lesson = z.strictObject({
  subject: z.string().min(1, 'must not be empty'),
  room: z.strictObject({ code: z.string() }).optional(),
  student_emails: z.array(z.email('must be an e-mail address')).default([]),
});

const complaintsOf = (input: unknown) => invalidInput(lesson.safeParse(input).error!).complaints;

test('a refusal says which kind it is and what to do, and names no field by itself', () => {
  expect(refused('room_busy', 'the room is taken at that time')).toEqual({
    kind: 'refused',
    code: 'room_busy',
    message: 'the room is taken at that time',
    complaints: [],
  });
});

test('an input that is refused names its fields', () => {
  const complaints = [{ path: 'amount', message: 'must not be negative' }];
  expect(invalid(complaints)).toEqual({
    kind: 'refused',
    code: 'invalid',
    message: 'correct the fields named in errors and send it again',
    complaints,
  });
});

test('every fault is told with the path of its field, through lists too', () => {
  expect(complaintsOf({ subject: '', student_emails: ['ben@home.example', 'ben'] })).toEqual([
    { path: 'subject', message: 'must not be empty' },
    { path: 'student_emails.1', message: 'must be an e-mail address' },
  ]);
});

test('each field that is not known is named itself, inside another one with the path to it', () => {
  const message = 'is not known here; leave it out or correct its name';
  expect(complaintsOf({ subject: 'Algebra', subjet: 'x', teacher: 'y', room: { code: 'a', colour: 'red' } })).toEqual([
    { path: 'room.colour', message },
    { path: 'subjet', message },
    { path: 'teacher', message },
  ]);
});

test('an input that is no object at all is told without a path', () => {
  expect(complaintsOf('Algebra')).toMatchObject([{ path: '' }]);
});
