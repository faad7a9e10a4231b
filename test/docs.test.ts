import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { classColumns } from '../src/actions/classes/import.ts';
import { peopleColumns } from '../src/actions/people/import.ts';
import { readWorld } from '../src/cli/world-file.ts';
import { configVariables } from '../src/config.ts';
import { COVERAGES } from '../src/core/attendance/coverage-state.ts';
import { decidedOutcomes, decidedStatuses, decisionKinds } from '../src/core/attendance/decision.ts';
import { auditPeriod, closable, type Invariant } from '../src/core/billing/period/audit.ts';
import { policyToJson } from '../src/core/billing/policy/policy-json.ts';
import { defaultPolicy } from '../src/core/billing/policy/policy.ts';
import { settingNames } from '../src/core/school/settings.ts';
import {
  quickbooksBillColumns,
  quickbooksColumns,
  xeroBillColumns,
  xeroColumns,
} from '../src/render/csv/accounting-columns.ts';
import { attendanceColumns, billingColumns, payrollColumns, standingColumns } from '../src/render/csv/plain.ts';
import {
  billingLines,
  billingTotals,
  blockedColumns,
  exceptionColumns,
  payrollLines,
  payrollTotals,
} from '../src/render/xlsx/columns.ts';
import { access } from '../src/web/access.ts';
import { rollbook, temporaryFolder } from './cli/rollbook.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** What stands between single backticks; blocks of code are left out. */
const quoted = (text: string) =>
  [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, inner]) => inner!);

/** The first column of every table in a text, without its head. */
const firstColumn = (text: string) => [...text.matchAll(/^\| *(`[^|]*?) *\|/gm)].map(([, cell]) => cell!);

test('docs/settings.md has every variable that is read and every setting of the school, and no other', () => {
  const documented = firstColumn(textOf('docs/settings.md')).flatMap(quoted);
  expect(documented.toSorted()).toEqual([...configVariables, ...settingNames].toSorted());
});

test('docs/commands.md has every command of --help', async () => {
  const { stdout } = await rollbook(['--help']);
  const [, list = ''] = stdout.split('Commands:\n');
  const commands = [...list.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name!);
  const documented = firstColumn(textOf('docs/commands.md')).flatMap(quoted);
  expect(commands).toContain('serve');
  expect(commands.filter((name) => !documented.some((call) => call.split(' ')[0] === name))).toEqual([]);
});

describe('docs/files.md', () => {
  const text = textOf('docs/files.md');

  test.for([
    ['people', peopleColumns],
    ['classes', classColumns],
  ] as const)('has the columns of an import of %s, and says which must be there', ([title, { required, optional }]) => {
    const [, table = ''] = text.split(`\n| ${title} `);
    const rows = [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)` *\| (yes)?/gm)];
    expect(rows.filter(([, , yes]) => yes).map(([, column]) => column)).toEqual(required);
    expect(rows.filter(([, , yes]) => !yes).map(([, column]) => column)).toEqual(optional);
  });

  test.for([
    ['Bills', billingColumns],
    ['Pay', payrollColumns],
    ['Both', standingColumns('draft', 0, 1)],
    ['Xero', xeroColumns],
    ['QuickBooks', quickbooksColumns],
    ['Xero bills', xeroBillColumns],
    ['QuickBooks bills', quickbooksBillColumns],
    ['Attendance', attendanceColumns],
  ] as const)('has the columns of %s, and no other', ([title, columns]) => {
    const [, section = ''] = text.split(`\n**${title}** `);
    const [list] = section
      .slice(section.indexOf('\n- '))
      .split(/\n\n|\n#/, 2)
      .filter((part) => part.includes('- '));
    // What stands in parentheses tells of a column.
    const documented = quoted(list!.replaceAll(/\s\([^)]*\)/g, ''));
    expect(documented.toSorted()).toEqual(columns.map(({ header }) => header).toSorted());
  });

  test.for([
    ['Lines of bills', billingLines('UTC')],
    ['Lines of pay', payrollLines('UTC')],
    ['Totals of bills', billingTotals],
    ['Totals of pay', payrollTotals],
    ['Without amount', blockedColumns],
    ['Not settled at close', exceptionColumns],
  ] as const)('has the columns of the sheet %s in their order', ([title, columns]) => {
    const [, section = ''] = text.split(`\n- **${title}**`);
    expect(quoted(section.split(/\n- |\n\n/)[0]!)).toEqual(columns.map(({ header }) => header));
  });

  test('has a world that the emulator reads, also with every field of the table', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'world.json');
    const [, example = ''] = /^```json\n(.*?)^```/ms.exec(text)!;
    writeFileSync(file, example);
    const world = await readWorld(file);
    const [record] = world.records;
    const at = record!.start;
    const values: Record<string, unknown> = {
      inDirectory: false,
      revoked: true,
      corrections: [{ at, start: at, end: null }],
    };
    const targets = {
      account: world.accounts[0]!,
      record: record!,
      session: record!.participants[0]!.sessions[0]!,
    };
    for (const [, kinds, field] of text.matchAll(/^\| (account|record|session|record, session) *\| `(\w+)`/gm)) {
      for (const kind of kinds!.split(', ') as (keyof typeof targets)[]) {
        Object.assign(targets[kind], { [field!]: values[field!] ?? at });
      }
    }
    writeFileSync(file, JSON.stringify(world));
    expect(await readWorld(file)).toEqual(world);
    expect(targets).toMatchObject({
      account: { revoked: true },
      record: { expireAt: at },
      session: { corrections: values['corrections'] },
    });
  });
});

/** The members of a union of texts, read where the code spells it. */
function membersOf(path: string, type: string): string[] {
  const code = textOf(`src/core/${path}`).replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
  const [, union = ''] = new RegExp(`type ${type} =([^;]*);`).exec(code) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, member]) => member!);
}

/** The first cells of the table whose head begins with a title. */
function listed(path: string, title: string): string[] {
  const [, table = ''] = textOf(path).split(new RegExp(`\n\\| ${title} +\\|`), 2);
  return firstColumn(table.split('\n\n')[0]!).flatMap(quoted);
}

test.for<readonly [page: string, title: string, words: readonly string[]]>([
  ['attendance', 'status', membersOf('schedule/class.ts', 'ClassStatus')],
  ['attendance', 'coverage', COVERAGES],
  ['attendance', 'flag of a class', membersOf('attendance/coverage-state.ts', 'SessionFlag')],
  ['attendance', 'status of a log', membersOf('attendance/status.ts', 'AttendanceStatus')],
  [
    'attendance',
    'flag of a log',
    [...membersOf('attendance/presence.ts', 'PresenceFlag'), ...membersOf('attendance/logs.ts', 'LogFlag')],
  ],
  ['attendance', '`closed_by`', membersOf('attendance/presence.ts', 'ClosedBy')],
  ['money', 'kind', decisionKinds],
  ['money', 'outcome', membersOf('billing/lesson/outcome.ts', 'OutcomeKind')],
  ['money', 'code', membersOf('billing/lesson/outcome.ts', 'BlockCode')],
  ['money', 'flag', membersOf('billing/lesson/flags.ts', 'LineFlag')],
])('docs/%s.md explains each %s, and no other', ([page, title, words]) => {
  expect(words.length).toBeGreaterThan(2);
  expect(listed(`docs/${page}.md`, title).toSorted()).toEqual(words.toSorted());
});

test('docs/money.md has every setting of the policy', () => {
  const inside = new Set(['charge', 'charge.forgive', 'group', 'pay']);
  const pathsOf = (settings: object, above = ''): string[] =>
    Object.entries(settings).flatMap(([key, value]) => {
      const path = `${above}${key}`;
      return inside.has(path) ? pathsOf(value as object, `${path}.`) : [path];
    });
  const { valid_from: _day, preset: _preset, ...settings } = policyToJson(defaultPolicy);
  const documented = listed('docs/money.md', 'setting').map((path) => path.replace(/^\./, 'charge.forgive.'));
  expect(documented.toSorted()).toEqual(pathsOf(settings).toSorted());
});

test('docs/money.md names what a decision can set', () => {
  const [, section = ''] = textOf('docs/money.md').split('\n## Decisions\n');
  expect(quoted(section.split('\n## ')[0]!)).toEqual(expect.arrayContaining([...decidedOutcomes, ...decidedStatuses]));
});

test('docs/money.md has the claims of a close in their order, and what follows where one does not hold', () => {
  const nothing = { charges: [], pay: [], blocked: [] };
  const claims = auditPeriod(
    {
      period: '2026-01',
      zone: 'UTC',
      lines: nothing,
      adjustments: [],
      proposals: { adjustments: [], unresolved: [] },
      acceptedPay: new Map(),
    },
    0,
  );
  const failing = (claim: Invariant) =>
    closable([{ ...claim, holds: false }]) === 'no' ? 'never' : claim.severity === 'warns' ? 'warns' : 'blocks';
  const rows = [...textOf('docs/money.md').matchAll(/^\| `(\w+)` *\|[^|]*\| (never|blocks|warns) *\|$/gm)];
  expect(rows.map(([, name, effect]) => [name, effect])).toEqual(claims.map((claim) => [claim.name, failing(claim)]));
});

test('docs/api.md has every route with the roles that may call it, and no other', () => {
  const rows = [...textOf('docs/api.md').matchAll(/^\| (`[A-Z, ]+ \/.*?) *\| ([a-z, ]+?) *\|/gm)];
  const documented = rows.flatMap(([, routes, roles]) =>
    quoted(routes!).flatMap((route) => {
      const [, methods = '', path] = /^([A-Z, ]+) (\/\S+)$/.exec(route)!;
      return methods
        .split(', ')
        .map((method) => [`${method} ${path}`, roles === 'public' ? roles : roles!.split(', ')]);
    }),
  );
  expect(Object.fromEntries(documented)).toEqual(access);
  expect(documented).toHaveLength(Object.keys(access).length);
});

test('links from one document to another file find it', () => {
  const documents = ['README.md', ...globSync('docs/*.md', { cwd: root })];
  const broken = documents.flatMap((path) =>
    [...textOf(path).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(path), target)))
      .map((target) => `${path} → ${target}`),
  );
  expect(broken).toEqual([]);
});

test('messages name only documents that exist, and sections that they have', () => {
  const named = globSync('src/**/*.ts', { cwd: root }).flatMap((path) => [
    ...textOf(path).matchAll(/(?:"([^"\n]+)" in )?(docs\/[\w-]+\.md)/g),
  ]);
  const sections = named.flatMap(([, section, path]) => (section === undefined ? [] : [[path!, section] as const]));
  expect(named.filter(([, , path]) => !existsSync(join(root, path!)))).toEqual([]);
  expect(sections).toContainEqual(['docs/google.md', 'A single account']);
  expect(sections.filter(([path, section]) => !textOf(path).includes(`\n## ${section}`))).toEqual([]);
});

test('docs/architecture.md names only files and folders that exist', () => {
  const sources = globSync('src/**', { cwd: root });
  const paths = quoted(textOf('docs/architecture.md')).filter((name) => /^[\w./-]+(\/|\.ts|\.mjs)$/.test(name));
  // A name without a folder before it belongs to the folder that its sentence speaks of.
  const exists = (path: string) =>
    /\/./.test(path)
      ? existsSync(join(root, 'src', path)) || existsSync(join(root, path))
      : sources.some((source) => `/${source}`.endsWith(`/${path.replace(/\/$/, '')}`));
  expect(paths).toContain('service.ts');
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});

test('a command beside the unit has the environment that the unit sets', () => {
  const [, set = ''] = /^Environment=(.*)$/m.exec(textOf('scripts/systemd/rollbook.service')) ?? [];
  const ofUnit = [...set.matchAll(/(\w+)=/g)].map(([, name]) => name).filter((name) => name !== 'NODE_ENV');
  const beside = [...textOf('scripts/systemd/environment').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  expect(beside).toEqual(ofUnit);
});

test('a command beside the unit finds the key of the audit log where docs/trust.md says', () => {
  using folder = temporaryFolder();
  const key = join(folder.path, 'audit.key');
  const wrapper = textOf('scripts/systemd/rollbook')
    .replace('program=/opt/rollbook\n', `program=${root}\n`)
    .replaceAll('/etc/rollbook/', `${folder.path}/`);
  const config = () =>
    execFileSync('sh', ['-c', wrapper, 'rollbook', 'config'], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], ROLLBOOK_DATA_DIR: folder.path },
      encoding: 'utf8',
    });

  expect(config()).toMatch(/^ROLLBOOK_AUDIT_KEY_FILE +- +default$/m);
  writeFileSync(key, 'k'.repeat(40), { mode: 0o600 });
  expect(config()).toMatch(new RegExp(`^ROLLBOOK_AUDIT_KEY_FILE +${key} +environment$`, 'm'));
});
