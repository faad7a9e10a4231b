import { expect, test } from 'vitest';

import { table } from '../../src/cli/screen/table.ts';
import { createTerminal } from '../../src/cli/screen/terminal.ts';
import { widthOf } from '../../src/cli/screen/text.ts';
import { printableLines } from '../../src/text.ts';

const columns = [
  { title: 'id', value: (row: { id: number; name: string | null }) => row.id, align: 'right' },
  { title: 'name', value: (row: { id: number; name: string | null }) => row.name },
] as const;

test('numbers stand right, and nothing is a dash', () => {
  const rows = [
    { id: 7, name: 'Ana' },
    { id: 12, name: 'Maximiliane' },
    { id: 3, name: null },
  ];
  const [id, name] = columns;
  expect(table([id, name, { ...id, title: 'again' }], rows, 79).split('\n')).toEqual([
    'ID  NAME         AGAIN',
    ' 7  Ana              7',
    '12  Maximiliane     12',
    ' 3  -                3',
  ]);
});

test('on a narrow screen every cell goes on in its column, and no word is broken', () => {
  const rows = [{ id: 12, name: 'a long message that names what to do: rollbook-restore --force' }];
  const name = columns[1];
  expect(table([columns[0], name, { ...name, title: 'again' }], rows, 50).split('\n')).toEqual([
    'ID  NAME                    AGAIN',
    '12  a long message that     a long message that',
    '    names what to do:       names what to do:',
    '    rollbook-restore        rollbook-restore',
    '    --force                 --force',
  ]);
  expect(table(columns, rows, null).split('\n')).toHaveLength(2);
});

interface Seen {
  readonly item: number;
  readonly when: string;
  readonly outcome: string;
  readonly suggested: string | null;
  readonly account: string;
}
const seenColumns = [
  { title: 'item', value: ({ item }: Seen) => item, align: 'right' },
  { title: 'when', value: ({ when }: Seen) => when },
  { title: 'outcome', value: ({ outcome }: Seen) => outcome },
  { title: 'account of', value: ({ account }: Seen) => account },
  { title: 'suggested', value: ({ suggested }: Seen) => suggested },
] as const;
const seen: readonly Seen[] = [
  {
    item: 7,
    when: '2026-01-16 16:00',
    outcome: 'student_no_show',
    account: 'zofia.kowalska@home.example',
    suggested: 'zofia.kowalska@school.example',
  },
  { item: 8, when: '2026-01-16 17:00', outcome: 'attended', account: 'ben@home.example', suggested: null },
];

test('where the words of a table do not fit beside each other, each row is a block without what it does not have', () => {
  expect(table(seenColumns, seen, 79).split('\n')).toEqual([
    'item: 7  when: 2026-01-16 16:00  outcome: student_no_show',
    '  account of: zofia.kowalska@home.example',
    '  suggested: zofia.kowalska@school.example',
    'item: 8  when: 2026-01-16 17:00  outcome: attended',
    '  account of: ben@home.example',
  ]);
});

test('rows that would be much higher as a table are blocks', () => {
  const name = 'a text that goes on and on until a column of ten letters has eight lines of it';
  const [id, text] = columns;
  const long = { title: 'a number of the audit log', value: () => 1, align: 'right' } as const;
  expect(table([id, text, long, long], [{ id: 1, name }], 70).split('\n')).toEqual([
    'id: 1',
    '  name: a text that goes on and on until a column of ten letters has',
    '    eight lines of it',
    '  a number of the audit log: 1  a number of the audit log: 1',
  ]);
});

test('no line of a table is wider than the screen, and nothing of it is cut', () => {
  const lettersOf = (text: string) => text.replaceAll(/\s+/g, '').split('').toSorted();
  const path = `/var/${'folder/'.repeat(20)}rollbook.db`;
  const rows = [...seen, { ...seen[0]!, outcome: '김서연 '.repeat(9), suggested: path }];
  const cells = rows.map((row) => Object.values(row).join('')).join('');
  for (let width = 30; width <= 200; width += 1) {
    const shown = table(seenColumns, rows, width);
    expect(Math.max(...shown.split('\n').map(widthOf))).toBeLessThanOrEqual(width);
    const left = lettersOf(shown);
    const missing = lettersOf(cells).filter((letter) => {
      const at = left.indexOf(letter);
      if (at !== -1) left.splice(at, 1);
      return at === -1;
    });
    expect(missing).toEqual([]);
  }
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

test('after two seconds the bar says how long it still takes', () => {
  let now = 0;
  let shown = '';
  const write = (text: string) => (shown = text);
  const terminal = createTerminal({ isTTY: true, columns: 80, write }, { write }, () => now);
  const progress = terminal.progress('Entering');
  const after = (ms: number, done: number) => {
    now = ms;
    progress.update(done, 100, 'rows');
    return shown.split('░  ').at(-1);
  };
  expect(after(1_000, 10)).toBe('10/100  rows');
  expect(after(3_000, 20)).toBe('20/100  12 s left  rows');
  expect(after(300_000, 50)).toBe('50/100  5 min left  rows');
  expect(after(600_000, 100)).toMatch(/ {2}100\/100 {2}rows$/);
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

test('on a screen a long line goes on below its text, and in a pipe it is one line', () => {
  const facts = [
    'Calls listed  1 of 2 accounts; ana@school.example: Google gives out no token for this account',
    '        c87-10: The record of the call could not be opened, so who was there is not known.',
    '- a finding that is longer than the sixty columns of this screen',
  ].join('\n');
  const { written, terminal } = screen(true);
  terminal.print(facts);
  expect(written.stdout.trimEnd().split('\n')).toEqual([
    'Calls listed  1 of 2 accounts; ana@school.example: Google',
    '              gives out no token for this account',
    '        c87-10: The record of the call could not be',
    '          opened, so who was there is not known.',
    '- a finding that is longer than the sixty columns of this',
    '  screen',
  ]);
  const piped = screen(false);
  piped.terminal.print(facts);
  expect(piped.written.stdout).toBe(`${facts}\n`);
});

test('a command to copy stays one line on every screen', () => {
  const { written, terminal } = screen(true);
  const command = 'rollbook decide link_call --class 5 --call conferenceRecords/8b1f --reason "held there"';
  terminal.print(`  → ${command}`);
  terminal.printWhole(`  ${command}`);
  expect(written.stdout).toBe(`  → ${command}\n  ${command}\n`);
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
