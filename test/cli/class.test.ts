import { expect, test } from 'vitest';

import { handClock } from '../support/clock.ts';
import { called, temporaryFolder } from './rollbook.ts';

function school() {
  const folder = temporaryFolder();
  const clock = handClock('2026-01-16T12:00:00Z');
  const env = { ROLLBOOK_DATA_DIR: folder.path, ROLLBOOK_TIMEZONE: 'Europe/Berlin' };
  const run = (...args: string[]) => called(args, env, clock);
  return {
    run,
    async json(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const algebra =
  'class schedule --teacher ana@school.example --student ben@home.example cleo@home.example --subject Algebra'
    .split(' ')
    .concat('--start', '2026-01-16 16:00', '--minutes', '60', '--code', 'abc-defg-hij');
const because = ['--reason', 'the family asked'];

/** A school that has a ledger, and a class from 16:00 to 17:00 on its clocks. */
async function withClass() {
  const at = school();
  await at.run('token', 'create', '--role', 'admin');
  return { ...at, booked: await at.json(...algebra) };
}

test('a class is scheduled, changed, canceled and reinstated, and each step is audited and whole', async () => {
  using at = await withClass();
  expect(at.booked).toMatchObject({ class_id: 1, status: 'scheduled', meet_code: 'abc-defg-hij' });
  expect(await at.json('class', 'show', '1')).toMatchObject({
    subject: 'Algebra',
    start_time: '2026-01-16T15:00:00Z',
    duration_minutes: 60,
    student_emails: ['ben@home.example', 'cleo@home.example'],
  });
  const moved = ['--start', '2026-01-16T17:00:00Z', '--student', 'ben@home.example'];
  expect(await at.json('class', 'change', '1', ...moved)).toMatchObject({
    start_time: '2026-01-16T17:00:00Z',
    student_emails: ['ben@home.example'],
  });
  expect(await at.json('class', 'cancel', '1', '--by', 'family', ...because)).toMatchObject({
    status: 'canceled',
    canceled_by: 'family',
    cancel_reason: 'the family asked',
  });
  expect(await at.json('class', 'list', '--status', 'canceled')).toMatchObject({ items: [{ class_id: 1 }] });
  expect(await at.json('class', 'reinstate', '1', ...because)).toMatchObject({
    status: 'scheduled',
    canceled_by: null,
  });
  expect((await at.run('class', 'list')).stdout).toMatch(/ 1 +2026-01-16 18:00 +60 +Algebra +ana@school\.example/);
  expect(await at.json('class', 'list', '--teacher', 'ana@school.example', '--to', '2026-01-16')).toEqual({
    items: [],
    next_cursor: null,
  });
  expect(await at.run('verify')).toMatchObject({ code: 0 });
});

test('a refusal names the options, and what is doubtful is warned of', async () => {
  using at = await withClass();
  const twice = await at.run(...algebra.with(8, 'Geometry'));
  expect(twice).toMatchObject({ code: 1, stdout: '' });
  expect(twice.stderr).toContain('is in this room at that time');
  const teaching = await at.run('class', 'change', '1', '--student', 'ana@school.example');
  expect(teaching.stderr).toContain('--student');
  expect(teaching.stderr).not.toContain('student_emails');
  expect((await at.run('class', 'change', '1', '--code', '!')).stderr).toContain('  --code: is neither a meeting code');
  expect((await at.run('class', 'show', '9')).stderr).toBe('There is no class 9: "rollbook class list" lists them.\n');
  expect((await at.run('class', 'cancel', '9', '--by', 'school', ...because)).stderr).toBe('There is no class 9.\n');
  expect((await at.run('class', 'list', '--teacher', 'no@body.example')).stderr).toContain('There is nobody with');
  const ofNew = await at.run(...algebra.with(3, 'amy@school.example').with(10, '2026-01-17 16:00'));
  expect(ofNew).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Entered as new people: amy@school.example.'),
  });
});

test.for([
  ['2026-01-16', 'Give a time such as "2026-01-16 16:00"'],
  ['2026-02-30 16:00', 'There is no such time.'],
  ['2026-03-29 02:30', '2026-03-29 02:30 does not exist in Europe/Berlin that night: give a time with an offset'],
  ['2026-10-25 02:30', '2026-10-25 02:30 comes twice in Europe/Berlin that night: give a time with an offset'],
])('a class at %s is refused', async ([start = '', sentence = '']) => {
  using at = await withClass();
  const { code, stderr } = await at.run(...algebra.with(10, start));
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
