import { expect, test } from 'vitest';

import { table } from '../../src/cli/screen/table.ts';
import { createTerminal } from '../../src/cli/screen/terminal.ts';
import { printableLines } from '../../src/text.ts';

const columns = [
  { title: 'id', value: (row: { id: number; name: string | null }) => row.id, align: 'right' },
  { title: 'name', value: (row: { id: number; name: string | null }) => row.name, widest: 8 },
] as const;

test('numbers stand right, long text is cut on a screen and nowhere else, and nothing is a dash', () => {
  const rows = [
    { id: 7, name: 'Ana' },
    { id: 12, name: 'Maximiliane' },
    { id: 3, name: null },
  ];
  const [id, name] = columns;
  const lines = (width: number | null) => table([id, name, { ...id, title: 'again' }], rows, width).split('\n');
  expect(lines(79)).toEqual([
    'ID  NAME      AGAIN',
    ' 7  Ana           7',
    '12  Maximil…     12',
    ' 3  -             3',
  ]);
  expect(lines(null)[2]).toBe('12  Maximiliane     12');
});

test('on a screen the last column goes on in further lines, and no word is broken', () => {
  const rows = [{ id: 12, name: 'a long message that names what to do: rollbook-restore-with-a-long-name --force' }];
  expect(table(columns, rows, 34).split('\n')).toEqual([
    'ID  NAME',
    '12  a long message that names what',
    '    to do:',
    '    rollbook-restore-with-a-long-name',
    '    --force',
  ]);
  expect(table(columns, rows, null).split('\n')).toHaveLength(2);
});

test('names of every script line up', () => {
  const rows = [
    { id: 1, name: '김서연' },
    { id: 2, name: 'Zoe\u0301' },
  ];
  const lines = table([columns[1], columns[0]], rows, null).split('\n');
  expect(lines).toEqual(['NAME    ID', '김서연   1', 'Zoe\u0301      2']);
});

test('a name cannot move the cursor or colour the screen', () => {
  expect(table(columns, [{ id: 1, name: '\u001B[31mred\u0007\r\nx' }], null)).toBe('ID  NAME\n 1  red x');
});

function screen(isTTY: boolean) {
  const written = { stdout: '', stderr: '' };
  const size = { columns: 60, rows: 24 };
  const stdout = {
    isTTY,
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    write: (text: string) => (written.stdout += text),
  };
  const stderr = { write: (text: string) => (written.stderr += text) };
  return { written, size, terminal: createTerminal(stdout, stderr) };
}

test('on a screen progress is a bar that takes itself away', () => {
  const { written, terminal } = screen(true);
  const progress = terminal.progress('Reading');
  progress.update(1, 2);
  progress.end();
  expect(written.stdout).toBe('\r\u001B[2KReading\r\u001B[2KReading  ████████████░░░░░░░░░░░░  1/2\r\u001B[2K');
  expect(written.stderr).toBe('');
});

test('in a pipe progress is a line for every tenth, beside the data', () => {
  const { written, terminal } = screen(false);
  const progress = terminal.progress('Reading');
  for (let done = 0; done <= 200; done += 1) progress.update(done, 200);
  progress.end();
  expect(written.stdout).toBe('');
  expect(written.stderr.trimEnd().split('\n')).toEqual([
    'Reading: 0/200',
    'Reading: 20/200',
    'Reading: 40/200',
    'Reading: 60/200',
    'Reading: 80/200',
    'Reading: 100/200',
    'Reading: 120/200',
    'Reading: 140/200',
    'Reading: 160/200',
    'Reading: 180/200',
    'Reading: 200/200',
  ]);
});

test('of nothing no progress is shown', () => {
  const { written, terminal } = screen(false);
  terminal.progress('Reading').update(0, 0);
  expect(written.stderr).toBe('');
});

test('where the answer is JSON progress says nothing', () => {
  const { written, terminal } = screen(false);
  const progress = terminal.progress('Reading', { quiet: true });
  progress.update(1, 1);
  progress.end();
  expect(written).toEqual({ stdout: '', stderr: '' });
});

test('live lines replace themselves on a screen', () => {
  const { written, terminal } = screen(true);
  const live = terminal.live();
  live.show(['one', 'two']);
  live.show(['three']);
  expect(written.stdout).toBe('one\ntwo\n\u001B[2A\r\u001B[0Jthree\n');
});

test('live lines replace themselves on a screen that became narrower, and stay on it', () => {
  const { written, terminal, size } = screen(true);
  size.columns = 80;
  const live = terminal.live();
  live.show(['x'.repeat(70), 'short']);
  size.columns = 40;
  written.stdout = '';
  live.show(['one']);
  // The long line takes two lines of the narrow screen.
  expect(written.stdout).toBe('\u001B[3A\r\u001B[0Jone\n');

  size.rows = 4;
  written.stdout = '';
  live.show(['1', '2', '3', '4', '5']);
  expect(written.stdout).toBe('\u001B[1A\r\u001B[0J1\n2\n… 3 more lines\n');
});

test('nothing that is printed moves the cursor, whatever names it holds: lines, notes, bars and JSON', () => {
  for (const isTTY of [true, false]) {
    const { terminal, written } = screen(isTTY);
    const name = 'A\u001B[2Jn\u009b1ma\u202e';
    terminal.print(`${name}\nsecond line`);
    terminal.note(name);
    terminal.live().show([name]);
    terminal.printJson({ name });
    const lines = `${written.stdout}${written.stderr}`;
    expect(printableLines(lines)).toBe(lines);
    expect(written.stdout).toContain('Ana\nsecond line\nAna\n');
    expect(lines).toContain(String.raw`A\u001b[2Jn\u009b1ma\u202e`);
  }
});
