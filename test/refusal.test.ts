import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { saysMissing } from '../src/core/missing.ts';
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
    message: 'correct the fields that are listed and try again',
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

const schema = z.strictObject({
  name: z.string().min(2).max(5),
  word: z.string().min(1).optional(),
  minutes: z.int().min(1).max(90),
  share: z.number().gt(0).lt(1).optional(),
  sure: z.boolean().default(true),
  kind: z.enum(['charge', 'pay']).default('pay'),
  tags: z.array(z.string()).max(2).default([]),
  scope: z.object({}).optional(),
  code: z
    .string()
    .regex(/^[A-Z]$/)
    .optional(),
  worded: z.string('must say why').optional(),
  email: z.email(saysMissing('must be an e-mail address')),
});
const good = { name: 'Ana', minutes: 60, email: 'ana@school.example' };

function faultsOf(changes: object): string[] {
  const { error } = schema.safeParse({ ...good, ...changes });
  return invalidInput(error!).complaints.map(({ path, message }) => `${path} ${message}`);
}

describe('what a schema has no words for is said in a plain sentence:', () => {
  test.each([
    [{ name: undefined }, 'name is missing: it must be text'],
    [{ name: 7 }, 'name must be text'],
    [{ email: undefined }, 'email is missing: it must be an e-mail address'],
    [{ email: 'ana' }, 'email must be an e-mail address'],
    [{ word: '' }, 'word must not be empty'],
    [{ name: 'A' }, 'name must have at least 2 characters'],
    [{ name: 'Anabel' }, 'name must have at most 5 characters'],
    [{ minutes: '60' }, 'minutes must be a number'],
    [{ minutes: 1.5 }, 'minutes must be a whole number'],
    [{ minutes: 0 }, 'minutes must be at least 1'],
    [{ minutes: 91 }, 'minutes must be at most 90'],
    [{ share: 0 }, 'share must be more than 0'],
    [{ share: 1 }, 'share must be less than 1'],
    [{ sure: 'yes' }, 'sure must be true or false'],
    [{ kind: 'gift' }, 'kind must be one of charge, pay'],
    [{ tags: 'x' }, 'tags must be a list'],
    [{ tags: ['a', 'b', 'c'] }, 'tags must have at most 2 entries'],
    [{ tags: ['a', null] }, 'tags.1 must be text'],
    [{ scope: 'all' }, 'scope must be an object'],
    [{ code: 'x' }, 'code must have another form'],
    [{ worded: 1 }, 'worded must say why'],
    [{ nmae: 'Ana' }, 'nmae is not known here; leave it out or correct its name'],
  ])('%j', (changes, message) => {
    expect(faultsOf(changes)).toEqual([message]);
  });

  test('a kind that does not exist is answered with those that do', () => {
    const kinds = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('excuse') }),
      z.object({ kind: z.literal('substitute') }),
    ]);
    const { error } = kinds.safeParse({ kind: 'forgive' });
    expect(invalidInput(error!).complaints).toEqual([{ path: 'kind', message: 'must be one of excuse, substitute' }]);
  });
});
