import { describe } from 'vitest';

import { openDatabase } from '../src/ledger/database.ts';
import { createStores } from '../src/ledger/stores.ts';
import { systemRandom } from '../src/system.ts';
import { handClock } from './support/clock.ts';
import { importsOf, isBelow, rule, usesOf, type Sample } from './support/rule.ts';
import { sourcesOf } from './support/sources.ts';

const sources = sourcesOf('src');

/** Values of the core that stores use, and why. */
const STORED_FORMS = {
  'core/attendance/decision.ts': 'a decision as it is stored',
  'core/billing/period/exceptions.ts': 'an exception of a close as it is stored',
  'core/billing/policy/policy-json.ts': 'a policy as it is stored',
  'core/attendance/coverage-state.ts': 'the coverage of a session, by which lists are filtered',
  'core/school/settings.ts': 'a change of the settings as it is stored',
  'core/schedule/class.ts': 'the status of a class, which follows from its slot',
} as const;

rule(
  'the core imports the core, zod and one hash function',
  (file) =>
    !isBelow(file.path, 'core')
      ? []
      : importsOf(file, ({ of, names, typeOnly }) => {
          if (of === 'node:crypto') return names.some((name) => name !== 'createHash');
          return !isBelow(of, 'core') && of !== 'zod' && !(typeOnly && of.startsWith('node:'));
        }),
  {
    breaks: [
      ['src/core/a.ts', "import { createHmac } from 'node:crypto'"],
      ['src/core/a.ts', "import * as crypto from 'node:crypto'"],
      ['src/core/a.ts', "import type { Refused } from '../refusal.ts'"],
      ['src/core/a.ts', "export { refused } from '../refusal.ts'"],
      ['src/core/a.ts', "await import('../service.ts')"],
    ],
    keeps: [
      ['src/core/a.ts', "import { createHash } from 'node:crypto'"],
      ['src/core/time/a.ts', "import { charge } from '../billing/charge/charge.ts'"],
      ['src/core/a.ts', "import type { Buffer } from 'node:buffer'"],
    ],
  },
);

/**
 * What each folder may import beside itself and what stands beside the folders: a value, or (after `type`) what is gone at
 * run time. A folder that is missing here may import nothing.
 */
const BELOW: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  core: { values: [] },
  emulator: { values: ['core/time'] },
  google: { values: ['core/time'], types: ['core/attendance'] },
  // A store runs no rule of the core. What it takes is the stored form of a value, and the status that a list is filtered by.
  ledger: {
    values: ['core/time', ...Object.keys(STORED_FORMS)],
    types: ['core'],
  },
  capture: { values: ['core', 'google'], types: ['ledger'] },
  jobs: { values: ['core', 'capture'], types: ['ledger'] },
  queries: { values: ['core'], types: ['ledger', 'capture', 'google'] },
  render: { values: ['core'], types: ['queries', 'ledger'] },
  actions: {
    values: ['core', 'queries', 'capture', 'render/json', 'google/call'],
    types: ['ledger', 'google', 'jobs'],
  },
  web: { values: ['core', 'queries', 'actions', 'render', 'ledger/school/role.ts'], types: ['jobs'] },
  // Commands open the ledger, copy it, and connect accounts; what they look at and change comes from views and verbs.
  cli: {
    values: [
      'core',
      'queries',
      'actions',
      'render',
      'google',
      'emulator',
      'jobs/payloads.ts',
      'ledger/unavailable.ts',
      'ledger/backup.ts',
      'ledger/files/anchors.ts',
      'ledger/files/folder.ts',
      'ledger/files/lock.ts',
      'ledger/files/look.ts',
      'ledger/inspect.ts',
      'ledger/school/role.ts',
    ],
  },
};

/** Files beside the folders, by who may import them: folders, or single files. */
const BESIDE = {
  'src/service.ts': ['cli/open.ts', 'cli/commands/serve.ts', 'cli/commands/demo.ts'],
  'src/config.ts': ['cli'],
  'src/logger.ts': ['cli'],
  'src/refusal.ts': ['actions', 'queries', 'render', 'web', 'cli'],
  'src/errors.ts': ['google', 'ledger', 'capture', 'jobs', 'emulator', 'web', 'cli'],
  'src/deadline.ts': ['google', 'actions'],
  'src/text.ts': ['google', 'ledger', 'actions', 'web', 'cli', 'render'],
} as Readonly<Record<string, readonly string[]>>;

describe('each folder knows only what lies below it:', () => {
  const folders = [...new Set(sources.map(({ path }) => path.split('/')[1]!))].filter((name) => !name.includes('.'));

  for (const folder of folders) {
    const { values, types = [] } = BELOW[folder] ?? { values: [] };
    rule(
      `${folder}/`,
      (file) =>
        !isBelow(file.path, folder)
          ? []
          : importsOf(
              file,
              ({ of, typeOnly }) =>
                of.startsWith('src/') &&
                !isBelow(of, folder, ...values) &&
                !(typeOnly && isBelow(of, ...types)) &&
                !isBelow(file.path, ...(BESIDE[of] ?? [])),
            ),
      {
        breaks: [
          [`src/${folder}/a.ts`, "import { readRow } from '../no-such-folder/row.ts'"],
          [`src/${folder}/a.ts`, "await import('../service.ts')"],
          ...types.map((room): Sample => [
            `src/${folder}/a.ts`,
            `import { readRow } from '../${room}/no-such-file.ts'`,
          ]),
        ],
        keeps: [
          [`src/${folder}/a/a.ts`, "import { readRow } from '../b/row.ts'"],
          ...types.map((room): Sample => [
            `src/${folder}/a.ts`,
            `import type { Row } from '../${room}/no-such-file.ts'`,
          ]),
        ],
      },
    );
  }

  rule(
    'the doors, web/ and cli/, import no store',
    (file) =>
      !isBelow(file.path, 'web', 'cli')
        ? []
        : importsOf(file, ({ of }) => /^src\/ledger\/.*(-store|-log|-view|stores)\.ts$/.test(of)),
    {
      breaks: [
        ['src/web/api/a.ts', "import { createPeopleStore } from '../../ledger/school/people-store.ts'"],
        ['src/cli/a.ts', "import type { AuditLog } from '../ledger/school/audit-log.ts'"],
        ['src/cli/a.ts', "await import('../ledger/stores.ts')"],
      ],
      keeps: [['src/cli/a.ts', "import { backupTo } from '../ledger/backup.ts'"]],
    },
  );
});

const clock = handClock(0);
using database = openDatabase(':memory:', { clock });
/** What a ledger keeps, by its name among the parts. */
const STORES = Object.keys(
  createStores(database, { clock, googleClock: clock, random: systemRandom, anchorFile: null, seal: {} }),
).join('|');

describe('a change goes through a verb:', () => {
  const BEGINS = /(^|\.)(database\.write|orm\.(insert|update|delete)|storedOrRefused|audit\.append)$/;
  rule(
    'only actions, capture, jobs and the ledger itself begin a transaction that writes',
    (file) =>
      isBelow(file.path, 'actions', 'capture', 'jobs', 'ledger') ? [] : usesOf(file, ({ name }) => BEGINS.test(name)),
    {
      breaks: [
        ['src/render/a.ts', 'database.write(() => 1)'],
        ['src/render/a.ts', 'parts.database.write'],
        ['src/render/a.ts', 'const { write: store } = database'],
        ['src/google/a.ts', "deps['orm'].insert(rows)"],
        ['src/google/a.ts', 'deps.audit.append(entry)'],
      ],
      keeps: [
        ['src/jobs/a.ts', 'database.write(() => 1)'],
        ['src/render/a.ts', "file.write(''); database.snapshot(() => 1)"],
      ],
    },
  );

  const SQL = /(^|\.)(write|exec|prepare|transaction)$/;
  /** Of a terminal, an answer over the network, a regular expression. */
  const HARMLESS = /(^|\.)(terminal|stdout|stderr|stream)\.write$|^RegExp\.exec$/;
  const METHOD = new RegExp(`(^|\\.)(parts|stores|built)\\.(${STORES})\\.`);
  const STORE = new RegExp(`(^|\\.)(parts|stores)\\.(?!database$)(${STORES})$`);
  rule(
    'views, doors and the composition root run no statement and call no store of the parts',
    (file) =>
      !isBelow(file.path, 'queries', 'web', 'cli', 'service.ts')
        ? []
        : usesOf(file, ({ name, as }) => {
            if (SQL.test(name)) return (as === 'call' || name.includes('.')) && !HARMLESS.test(name);
            if (isBelow(file.path, 'queries')) return false;
            // The composition root hands the stores to those who may call them.
            if (!isBelow(file.path, 'service.ts') && STORE.test(name)) return true;
            return METHOD.test(name) || /\.(sqlite|orm)$|(^|\.)(sqlite|orm)\./.test(name);
          }),
    {
      breaks: [
        ['src/cli/a.ts', 'write(() => 1)'],
        ['src/cli/a.ts', 'const { write: store } = parts.database'],
        ['src/web/a.ts', 'const keep = ({ write: store }: Writer) => store(() => 1)'],
        ['src/cli/a.ts', "sqlite.exec('delete from classes')"],
        ['src/cli/a.ts', "open().exec('delete from classes')"],
        ['src/cli/a.ts', 'backup(parts.database.sqlite)'],
        ['src/web/a.ts', 'const { orm } = database; orm.run(text)'],
        ['src/service.ts', "built.database.sqlite['prepare'](text).run()"],
        ['src/queries/a.ts', 'sqlite.transaction(work)()'],
        ['src/queries/a.ts', 'database.write(work)'],
        ['src/cli/a.ts', 'parts.people.create(person)'],
        ['src/cli/a.ts', 'const { people } = parts'],
        ['src/cli/a.ts', 'service.parts?.classStore.cancel(1)'],
        ['src/cli/a.ts', 'enterPeople(parts.people)'],
        ['src/service.ts', 'stores.audit.append(entry)'],
      ],
      keeps: [
        ['src/cli/a.ts', "stdout.write('done'); context.terminal.write(bytes)"],
        ['src/web/a.ts', 'const found = /^Bearer (.+)$/.exec(header)'],
        ['src/cli/a.ts', 'parts.actions.addPerson(person, by); parts.queries.people()'],
        ['src/cli/a.ts', 'school.people.map(show); backupTo(parts.database, file)'],
        ['src/service.ts', 'createQueue({ store: parts.jobStore })'],
      ],
    },
  );

  rule(
    'a verb begins its transaction by the helper that audits it',
    (file) =>
      !isBelow(file.path, 'actions') || file.path === 'src/actions/action.ts'
        ? []
        : usesOf(
            file,
            ({ name, as }) =>
              /(^|\.)(write|transaction|append|storedOrRefused)$/.test(name) && (as === 'call' || name.includes('.')),
          ),
    {
      breaks: [
        ['src/actions/prices/a.ts', 'deps.database.write(() => 1)'],
        ['src/actions/prices/a.ts', 'const add = ({ write }: Writer) => write(() => 1)'],
        ['src/actions/prices/a.ts', 'const { write: store } = database'],
        ['src/actions/prices/a.ts', 'storedOrRefused(write, work)'],
        ['src/actions/prices/a.ts', 'audit.append(entry)'],
      ],
      keeps: [
        ['src/actions/action.ts', 'database.write(() => 1)'],
        ['src/actions/prices/a.ts', 'audited(deps, by, (note) => note(change))'],
        ['src/actions/a.ts', 'allOrNone(database, () => true)'],
      ],
    },
  );
});
