import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { widthOf } from '../../src/cli/screen/text.ts';
import { called, rollbook, start, temporaryFolder } from './rollbook.ts';

const commands = [
  'serve',
  'demo',
  'doctor',
  'auth',
  'sync',
  'backfill',
  'status',
  'import',
  'class',
  'policy',
  'rates',
  'report',
  'explain',
  'review',
  'decide',
  'dispute',
  'adjust',
  'close',
  'reopen',
  'token',
  'emulate',
  'verify',
  'backup',
  'restore',
];

test('help lists every command and opens nothing', async () => {
  using folder = temporaryFolder();
  const { code, stdout, stderr } = await rollbook(['--help'], { ROLLBOOK_PORT: 'not a port' }, folder.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test('the help of each command shows an example', async () => {
  const helps = await Promise.all(commands.map((command) => called([command, '--help'])));
  for (const { code, stdout } of helps) {
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}\$ |Commands:\n {2}(create|list)/);
    expect(stdout.split('\n').filter((line) => widthOf(line) > 80)).toEqual([]);
  }
});

test('a reader that leaves early is no failure', async () => {
  const { process, ended } = start(['--help'], {});
  process.stdout.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test.for<[what: string, args: string[], sentence: string]>([
  ['nothing at all', [], 'Usage: rollbook [options] [command]'],
  ['an unknown command', ['nosuch'], "error: unknown command 'nosuch'"],
  ['an unknown option', ['status', '--nosuch'], "error: unknown option '--nosuch'"],
  ['a missing option', ['backfill'], "error: required option '--since <date>' not specified"],
  [
    'a day that does not exist',
    ['backfill', '--since', '2026-02-30'],
    "error: option '--since <date>' argument '2026-02-30' is invalid. There is no such day.",
  ],
  [
    'a class that is no number',
    ['sync', '--class', 'five'],
    "error: option '--class <id>' argument 'five' is invalid. Give a whole number above 0.",
  ],
  ['nothing to read', ['sync'], 'Give one of --class, --active and --since.'],
  ['two things to read', ['sync', '--active', '--class', '5'], 'Give one of --class, --active and --since.'],
  [
    'an unknown role',
    ['token', 'create', '--role', 'king'],
    "error: option '--role <role>' argument 'king' is invalid. Allowed choices are admin, teacher, operator.",
  ],
  [
    'a teacher without an e-mail',
    ['token', 'create', '--role', 'teacher'],
    'A token of a teacher needs --teacher EMAIL, and no other token takes it.',
  ],
  [
    'something else to import',
    ['import', 'invoices', 'x.csv'],
    "error: command-argument value 'invoices' is invalid for argument 'what'. Allowed choices are people, classes.",
  ],
  [
    'a report of no period',
    ['report', 'billing'],
    '--period is missing: a month such as 2026-01, or 2026-01-05..2026-01-18.',
  ],
  [
    'a file of what is on no bill',
    ['report', 'unbilled', '--format', 'csv'],
    '--format goes with billing and payroll: leave it out here.',
  ],
  [
    'a family of pay',
    ['report', 'payroll', '--period', '2026-01', '--family', '3'],
    '--family goes with billing: leave it out here.',
  ],
  [
    'columns of a table',
    ['report', 'billing', '--period', '2026-01', '--variant', 'accounting'],
    '--variant goes with --format csv: leave it out here.',
  ],
  [
    'a currency of a csv',
    ['report', 'billing', '--period', '2026-01', '--format', 'csv', '--currency', 'EUR'],
    '--currency goes with --format pdf: leave it out here.',
  ],
  [
    'two formats',
    ['report', 'billing', '--period', '2026-01', '--format', 'csv', '--json'],
    "error: option '--format <format>' cannot be used with option '--json'",
  ],
  [
    'a reason for a check',
    ['close', '2026-01', '--check', '--reason', 'why'],
    "error: option '--check' cannot be used with option '--reason <text>'",
  ],
  [
    'half an audit head',
    ['verify', '--audit-count', '3'],
    '--audit-head and --audit-count belong together: give both or neither.',
  ],
])('%s ends with 2 and says why', async ([, args, sentence]) => {
  const { code, stdout, stderr } = await called(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toBe(sentence);
});

test.for([
  ['an unknown command', ['nosuch'], 'See: rollbook --help'],
  ['an unknown command of a command', ['rates', 'nosuch'], 'See: rollbook rates --help'],
  ['a wrong call of it', ['rates', 'end', 'x'], 'See: rollbook rates end --help'],
] as const)('%s points to the help that tells more', async ([, args, hint]) => {
  const { stderr } = await called(args);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(hint);
});

test('settings that do not hold are all named, and end with 2', async () => {
  const { code, stderr } = await rollbook(['serve'], { ROLLBOOK_PORT: '99999', ROLLBOOK_TIMEZONE: 'Mars/Base' });
  expect(code).toBe(2);
  expect(stderr.match(/^- \w+/gm)).toEqual(['- ROLLBOOK_PORT', '- ROLLBOOK_TIMEZONE']);
});

test('a file .env that cannot be read is told in a sentence', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, '.env'));
  const { code, stderr } = await rollbook(['status'], {}, folder.path);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `${join(folder.path, '.env')} cannot be read: it has to be a file that the user of this command may read. Change its rights, or move it away.\n`,
  });
});

test('settings come from .env where the environment has none', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, '.env'), 'ROLLBOOK_PORT=99999\nROLLBOOK_TIMEZONE=Mars/Base\n');
  const { stderr } = await rollbook(['status'], { ROLLBOOK_TIMEZONE: 'UTC' }, folder.path);
  expect(stderr.match(/^- \w+/gm)).toEqual(['- ROLLBOOK_PORT']);
});

test('a command that only looks makes no ledger', async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await rollbook(['status'], { ROLLBOOK_DATA_DIR: join(folder.path, 'data') });
  expect(code).toBe(1);
  expect(stderr).toBe(
    `There is no ledger in ${join(folder.path, 'data')}: name its folder in ROLLBOOK_DATA_DIR, or make one there with "rollbook serve", "rollbook import" or "rollbook token create".\n`,
  );
});

test('a data folder that is a file ends every command with a sentence', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  for (const args of [['serve'], ['token', 'create', '--role', 'admin'], ['demo', '--keep', file]]) {
    const { code, stderr } = await rollbook(args, { ROLLBOOK_DATA_DIR: file });
    // A daemon is not started again until a person has given another folder.
    expect(code).toBe(args[0] === 'serve' ? 2 : 1);
    expect(stderr).toMatch(/^The folder .+ cannot be used: there is something of that name that is no folder\. .+\n$/);
  }
  expect(await rollbook(['doctor'], { ROLLBOOK_DATA_DIR: file })).toMatchObject({ code: 1, stderr: '' });
});
