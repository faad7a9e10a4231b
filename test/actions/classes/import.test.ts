import { expect, test } from 'vitest';

import { ANA, BEN, january } from '../../support/money-world.ts';
import { webWorld } from '../../web/web-world.ts';

const office = { actor: 'office' };
const HEAD = 'teacher_email,student_emails,subject,start_time,duration_minutes,meet_code';

test('classes are entered once, however often the file is', async () => {
  await using world = webWorld();
  const file = [
    HEAD,
    'ana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00+01:00,30,abc-defg-hij',
    'ana@school.example,ben@home.example;cy@home.example,Algebra,2026-01-17T16:00:00Z,45,https://meet.google.com/abc-defg-hij',
  ].join('\n');

  const first = await world.actions.importClasses(file, {}, office);
  const { count } = world.audit.head();
  const again = await world.actions.importClasses(file, {}, office);

  expect(first).toEqual({ created: 2, updated: 0, unchanged: 0, errors: [], warnings: [] });
  expect(again).toEqual({ created: 0, updated: 0, unchanged: 2, errors: [], warnings: [] });
  expect(world.audit.head().count).toBe(count);
  expect(
    world.classStore
      .list({ limit: 9 })
      .map(({ start, end }) => [new Date(start).toISOString(), (end - start) / 60_000]),
  ).toEqual([
    ['2026-01-16T15:00:00.000Z', 30],
    ['2026-01-17T16:00:00.000Z', 45],
  ]);
});

test('a class that was canceled stays canceled when its file is entered again', async () => {
  await using world = webWorld();
  const file = `${HEAD}\nana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00Z,30,abc-defg-hij`;
  await world.actions.importClasses(file, {}, office);
  world.actions.cancelClass(1, 'school', { actor: 'office', reason: 'holiday' });

  expect(await world.actions.importClasses(file, {}, office)).toMatchObject({ created: 0, unchanged: 1, errors: [] });
  expect(world.classStore.get(1)?.status).toBe('canceled');
});

test('one bad row keeps all rows out, and every bad row is named with its column and what to do', async () => {
  await using world = webWorld();
  const file = [
    HEAD,
    'ana@school.example,ben@home.example,Algebra,2026-01-16 16:00,30,abc-defg-hij',
    'not an address,ben@home.example,Algebra,2026-01-16 18:00,30,abc-defg-hij',
    'ana@school.example,ben@home.example,Algebra,tomorrow,half an hour,',
    'ana@school.example,dan@home.example,Geometry,2026-01-16 16:15,30,abc-defg-hij',
    'ana@school.example,ana@school.example,Geometry,2025-11-01 16:15,30,abc-defg-hij',
  ].join('\r\n');

  const { errors } = await world.actions.importClasses(file, {}, office);

  expect(errors.map(({ line, column }) => [line, column])).toEqual([
    [3, 'teacher_email'],
    [4, 'start_time'],
    [4, 'duration_minutes'],
    [5, 'meet_code'],
    [6, 'student_emails'],
    [6, 'start_time'],
  ]);
  expect(errors[3]?.message).toBe(
    'the class of line 2 is in this room at that time; give one of them another time or room',
  );
  expect(world.classStore.list({ limit: 9 })).toEqual([]);
  expect(world.people.byEmail('ben@home.example')).toBeNull();
});

test('of a row with a mistake every other one is named, too', async () => {
  await using world = webWorld();
  const file = `${HEAD}\nana@school.example,ben@home.example,,2026-13-22 10:00,0,abc`;
  const { errors } = await world.actions.importClasses(file, {}, office);
  expect(errors.map(({ column }) => column)).toEqual(['start_time', 'subject', 'meet_code', 'duration_minutes']);
});

test('a dry run counts and stores nothing', async () => {
  await using world = webWorld();
  const file = `${HEAD}\nana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00Z,30,abc-defg-hij`;

  expect(await world.actions.importClasses(file, { dryRun: true }, office)).toMatchObject({ created: 1, errors: [] });
  expect(world.classStore.list({ limit: 9 })).toEqual([]);
  expect(world.audit.head().count).toBe(0);
});

test('a spreadsheet of another country reads the same: semicolons, quotes, titles in other forms, a byte order mark', async () => {
  await using world = webWorld();
  const file = [
    '\uFEFFTeacher E-mail;Student Emails;SUBJECT;Start-Time;duration minutes;Meet Code;Colour',
    'ana@school.example;"ben@home.example;cy@home.example";"Maths; ""higher""";2026-01-16 16:00;30;abc-defg-hij;red',
  ].join('\n');
  const renamed = file.replace('Teacher E-mail', 'Teacher Email');

  expect((await world.actions.importClasses(file, {}, office)).errors).toEqual([
    { line: 1, column: 'teacher_email', message: 'this column is missing; add it to the first line' },
  ]);
  const { created, warnings } = await world.actions.importClasses(renamed, {}, office);
  expect(created).toBe(1);
  expect(warnings).toEqual([{ line: 1, column: 'colour', message: 'this column is not known and was not read' }]);
  expect(world.classStore.get(1)).toMatchObject({ subject: 'Maths; "higher"' });
});

test('E92, E94: an hour that clocks skip is refused, one that comes twice is the first of them', async () => {
  await using world = webWorld({ now: '2026-03-20T12:00:00Z' });
  const row = (time: string, code: string) => `ana@school.example,ben@home.example,Night,${time},60,${code}`;

  const skipped = await world.actions.importClasses(`${HEAD}\n${row('2026-03-29 01:30', 'abc-defg-hij')}`, {}, office);
  const double = await world.actions.importClasses(`${HEAD}\n${row('2026-10-25 01:30', 'abc-defg-hij')}`, {}, office);

  expect(skipped.errors.map(({ line, column }) => [line, column])).toEqual([[2, 'start_time']]);
  expect(double.warnings.map(({ line, column }) => [line, column])).toEqual([[2, 'start_time']]);
  expect(new Date(world.classStore.get(1)!.start).toISOString()).toBe('2026-10-25T00:30:00.000Z');
});

test('a row that repeats another is left out with a warning', async () => {
  await using world = webWorld();
  const row = 'ana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00Z,30,abc-defg-hij';

  expect(await world.actions.importClasses(`${HEAD}\n${row}\n\n${row}`, {}, office)).toMatchObject({
    created: 1,
    unchanged: 1,
    warnings: [{ line: 4, message: 'repeats line 2 and was left out' }],
  });
});

test('a thousand classes are entered without Google', async () => {
  await using world = webWorld();
  world.google.fail();
  const rows = Array.from({ length: 1000 }, (_, i) => {
    const day = String(1 + (i % 28)).padStart(2, '0');
    const room = String.fromCharCode(97 + (Math.floor(i / 28) % 26), 97 + Math.floor(i / 728));
    return `teacher${i % 40}@school.example,student${i}@home.example,Lesson,2026-02-${day}T16:00:00Z,60,room-${room}`;
  });

  expect(await world.actions.importClasses([HEAD, ...rows].join('\n'), {}, office)).toMatchObject({
    created: 1000,
    errors: [],
  });
});

test('a class of a closed period is entered, and its row says that the difference is proposed', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, { actor: 'office' });
  const row = `${ANA},${BEN},Geometry,2026-01-28T16:00:00Z,60,abc-defg-hij`;
  const file = `${HEAD}\n${row}`;
  const { created, warnings } = await world.actions.importClasses(file, {}, { actor: 'office' });
  expect([created, warnings.map(({ column, message }) => [column, message.slice(0, 17)])]).toEqual([
    1,
    [['start_time', '2026-01 is closed']],
  ]);
});

test('classes without a room get one: a series keeps its own, and entering the file again makes none', async () => {
  await using world = webWorld();
  const head = 'teacher_email,student_emails,subject,start_time,duration_minutes,series_id';
  const rows = [
    'ana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00Z,30,algebra',
    'ana@school.example,ben@home.example,Algebra,2026-01-23T16:00:00Z,30,algebra',
    'ana@school.example,ben@home.example,Geometry,2026-01-24T16:00:00Z,30,',
  ];
  const file = [head, ...rows].join('\n');

  const dry = await world.actions.importClasses(file, { dryRun: true }, office);
  expect(dry).toMatchObject({ created: 3, errors: [] });
  expect(dry.warnings).toEqual([
    {
      line: 2,
      column: 'meet_code',
      message: 'is empty: a Meet space would be made as ana@school.example, for all rows of the series algebra',
    },
    { line: 4, column: 'meet_code', message: 'is empty: a Meet space would be made as ana@school.example' },
  ]);
  expect(world.classStore.list({ limit: 9 })).toEqual([]);

  expect(await world.actions.importClasses(file, {}, office)).toMatchObject({ created: 3, errors: [] });
  const codes = () => world.classStore.list({ limit: 9 }).map(({ room }) => room.meetingCode);
  const [first, second, alone] = codes();
  expect([first, alone].every((code) => code?.startsWith('new-made-'))).toBe(true);
  expect([second === first, alone === first]).toEqual([true, false]);

  expect(await world.actions.importClasses(file, {}, office)).toMatchObject({ created: 0, unchanged: 3 });
  const more = `${head}\nana@school.example,ben@home.example,Algebra,2026-01-30T16:00:00Z,30,algebra`;
  expect(await world.actions.importClasses(more, {}, office)).toMatchObject({ created: 1 });
  expect(codes()[3]).toBe(first);
});

test('where Google makes no room, nothing of the file is stored and the row is named', async () => {
  await using world = webWorld();
  world.google.fail();
  const file = `${HEAD}\nana@school.example,ben@home.example,Algebra,2026-01-16T16:00:00Z,30,`;

  const { created, errors } = await world.actions.importClasses(file, {}, office);

  expect([created, errors]).toEqual([
    0,
    [{ line: 2, column: 'meet_code', message: expect.stringMatching(/^no Meet space was made/) }],
  ]);
  expect(world.classStore.list({ limit: 9 })).toEqual([]);
});
