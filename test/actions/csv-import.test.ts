import { expect, test } from 'vitest';

import { stop } from '../../src/actions/action.ts';
import { importTable, isAddress, type ImportOptions } from '../../src/actions/csv-import.ts';
import { MOST_ROWS, readTable } from '../../src/actions/csv-table.ts';
import { refused } from '../../src/refusal.ts';
import { webWorld, type WebWorld } from '../web/web-world.ts';

/** Enters students by their address; an address that is known counts as unchanged. */
async function importStudents({ database, people, clock }: WebWorld, text: string, options: ImportOptions = {}) {
  const table = await readTable(text, { required: ['email'], optional: ['name'] }, clock, options.mostRows);
  return importTable<string>({ database, clock }, table, options, {
    read: (row, notes) => notes.email(row, 'email'),
    enter(emails, { counts }) {
      for (const email of emails) {
        if (people.byEmail(email) === null) {
          people.create({ email, role: 'student' });
          counts.created += 1;
        } else counts.unchanged += 1;
      }
    },
  });
}

const NOTHING = { created: 0, updated: 0, unchanged: 0, errors: [], warnings: [] };

test('all rows are entered, and what they did is counted', async () => {
  await using world = webWorld();
  expect(await importStudents(world, 'email\nBen@home.example\ncy@home.example\nana@school.example')).toEqual({
    ...NOTHING,
    created: 2,
    unchanged: 1,
  });
  expect(world.people.byEmail('ben@home.example')).not.toBeNull();
});

test('one bad row keeps all rows out, and nothing is counted, because nothing was stored', async () => {
  await using world = webWorld();
  expect(await importStudents(world, 'email,name\nben@home.example,\nnobody,\n,Cy\ncy@home.example,Cy')).toEqual({
    ...NOTHING,
    errors: [
      { line: 3, column: 'email', message: 'nobody is not an e-mail address' },
      { line: 4, column: 'email', message: 'is empty; give an e-mail address' },
    ],
  });
  expect(world.people.byEmail('ben@home.example')).toBeNull();
});

test('a dry run says what would be stored, and stores nothing', async () => {
  await using world = webWorld();
  expect(await importStudents(world, 'email\nben@home.example', { dryRun: true })).toEqual({
    ...NOTHING,
    created: 1,
  });
  expect(world.people.byEmail('ben@home.example')).toBeNull();
});

test('a dry run of a file with a bad row counts what the others would have done', async () => {
  await using world = webWorld();
  expect(await importStudents(world, 'email\nben@home.example\nnobody', { dryRun: true })).toMatchObject({
    created: 1,
    errors: [{ line: 3 }],
  });
});

test('a file without its columns has one error, not one a row', async () => {
  await using world = webWorld();
  const { errors } = await importStudents(world, 'mail\nben@home.example\ncy@home.example');
  expect(errors).toMatchObject([{ line: 1, column: 'email' }]);
});

test('a refusal of what enters the rows is an error of the file: nothing counts as stored', async () => {
  await using world = webWorld();
  const table = await readTable('email\nben@home.example', { required: ['email'], optional: [] }, world.clock);
  const result = await importTable<string>(
    world,
    table,
    {},
    {
      read: (row, notes) => notes.email(row, 'email'),
      enter(emails) {
        for (const email of emails) world.people.create({ email, role: 'student' });
        stop(refused('period_closed', 'January is closed'));
      },
    },
  );
  expect(result).toEqual({ ...NOTHING, errors: [{ line: 1, column: null, message: 'January is closed' }] });
  expect(world.people.byEmail('ben@home.example')).toBeNull();
});

test.each([
  ['ben@home.example', true],
  ['ben@home', false],
  ['ben', false],
  ['', false],
])('%s is an address: %s', (text, wanted) => {
  expect(isAddress(text)).toBe(wanted);
});

test('cells that hold what is no text are faults of their rows, beside those of others', async () => {
  await using world = webWorld();
  expect(await importStudents(world, 'email,name\nben@home.example,B\0en\nnobody,\ncy@home.example,Cy')).toEqual({
    ...NOTHING,
    errors: [
      { line: 2, column: 'name', message: 'holds the character U+0000, which is no text; take it out' },
      { line: 3, column: 'email', message: 'nobody is not an e-mail address' },
    ],
  });
});

test('a long file is read in turns with other work, and each of its bad rows is reported', async () => {
  await using world = webWorld();
  let turns = 0;
  const clock = { yield: () => Promise.resolve(void (turns += 1)) };
  const rows = Array.from({ length: MOST_ROWS }, (_, nth) =>
    nth % 2 === 0 ? `s${nth}@home.example` : `nobody ${nth}`,
  );
  const { created, errors } = await importStudents(
    { ...world, clock: { ...world.clock, ...clock } },
    `email\n${rows.join('\n')}`,
  );
  expect([created, errors.length, errors[0]?.line, errors.at(-1)?.line]).toEqual([0, MOST_ROWS / 2, 3, MOST_ROWS + 1]);
  expect(turns).toBeGreaterThanOrEqual(MOST_ROWS / 100);
});

test('a file of more rows than are entered at once is refused where it has to be split, and read no further', async () => {
  await using world = webWorld();
  const rows = Array.from({ length: MOST_ROWS }, (_, nth) => `s${nth}@home.example`);
  const { errors } = await importStudents(
    world,
    `email\n${rows.join('\n')}\none@more.example\n${'x@y.example\n'.repeat(900_000)}`,
    { mostRows: MOST_ROWS },
  );
  expect(errors).toEqual([
    {
      line: MOST_ROWS + 2,
      column: null,
      message:
        'the file has more than 10000 rows; split it before this line into several files, each with the line of titles, or enter it with "rollbook import"',
    },
  ]);
});

test('every hundredth row that is entered is told of', async () => {
  await using world = webWorld();
  const rows = Array.from({ length: 250 }, (_, nth) => `s${nth}@home.example`);
  const told: unknown[] = [];
  const onProgress = (...progress: unknown[]) => void told.push(progress);
  await importStudents(world, `email\n${rows.join('\n')}`, { onProgress });
  expect(told).toEqual([
    [100, 250, 'rows'],
    [200, 250, 'rows'],
  ]);
});

test.each([
  ['without its columns', `a\n${',\n'.repeat(2_000_000)}`, 'this column is missing; add it to the first line'],
  [
    'of lines without a cell',
    `email\n${',\n'.repeat(2_000_000)}`,
    expect.stringMatching(/^the file has more than 10000 rows;/),
  ],
  [
    'with a line of a million cells',
    `email\n${','.repeat(1_000_000)}`,
    expect.stringMatching(/^is longer than 64 kB:/),
  ],
])('a file %s is read no further than that is known', async (_, text, message) => {
  await using world = webWorld();
  let turns = 0;
  const clock = { ...world.clock, yield: () => Promise.resolve(void (turns += 1)) };
  const { created, errors } = await importStudents({ ...world, clock }, text, { mostRows: MOST_ROWS });
  expect([created, errors.map((error) => error.message)]).toEqual([0, [message]]);
  expect(turns).toBeLessThan(10);
});
