import { describe, expect, test } from 'vitest';

import { sourcesOf, type Import, type Source } from './support/sources.ts';

const sources = sourcesOf('src');
const below = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`src/${folder}/`)));
const isOf = ({ of }: Import, ...folders: string[]) => folders.some((folder) => of.startsWith(`src/${folder}/`));
const ours = ({ of }: Import) => of.startsWith('src/');

/** `file → import` for every import that the rule does not allow. */
function forbidden(files: readonly Source[], allowed: (found: Import, file: Source) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports.filter((found) => !allowed(found, file)).map(({ of }) => `${file.path} → ${of}`),
  );
}

/** Values of the core that stores use, and why. */
const STORED_FORMS = {
  'core/attendance/decision.ts': 'a decision as it is stored',
  'core/billing/period/exceptions.ts': 'an exception of a close as it is stored',
  'core/billing/policy/policy-json.ts': 'a policy as it is stored',
  'core/attendance/coverage-state.ts': 'the coverage of a session, by which lists are filtered',
  'core/schedule/class.ts': 'the status of a class, which follows from its slot',
} as const;

describe('the core decides about minutes and money, and does nothing else:', () => {
  test('it imports the core, zod and one hash function', () => {
    const found = forbidden(below('core'), (one) => {
      if (one.of === 'node:crypto') return one.names.every((name) => name === 'createHash');
      return isOf(one, 'core') || one.of === 'zod' || (one.typeOnly && one.of.startsWith('node:'));
    });
    expect(found).toEqual([]);
  });

  test('it waits for nothing', () => {
    expect(below('core').filter(({ isAsync }) => isAsync)).toEqual([]);
  });
});

describe('time and chance are handed in:', () => {
  /** The implementation, and the entry of the process. */
  const allowed = new Set(['src/system.ts', 'src/main.ts']);
  const timers = /^(setTimeout|setInterval|setImmediate|queueMicrotask)$/;
  const clocks = /^(Date\.now|performance\.now|Math\.random|AbortSignal\.timeout)$/;
  const chance = /(^|\.)(randomBytes|randomUUID|randomInt|getRandomValues)$/;

  test('nothing else reads a clock, starts a timer or throws dice', () => {
    const found = sources
      .filter(({ path }) => !allowed.has(path))
      .flatMap(({ path, calls, members, imports }) => [
        ...calls
          .filter(
            ({ name, args }) =>
              timers.test(name) || clocks.test(name) || chance.test(name) || (name === 'new Date' && args === 0),
          )
          .map(({ name }) => `${path}: ${name}`),
        // Handed on without being called, as in `new Promise(setImmediate)`.
        ...members
          .filter((name) => clocks.test(name) || name.startsWith('Temporal.Now'))
          .map((name) => `${path}: ${name}`),
        ...imports
          .filter(({ of, names }) => /^(node:)?timers/.test(of) || names.some((name) => chance.test(name)))
          .map(({ of }) => `${path} → ${of}`),
      ]);
    expect(found).toEqual([]);
  });

  test('the environment of the process is read by its entry alone', () => {
    const found = sources.filter(({ members }) => members.some((name) => name.startsWith('process.env')));
    expect(found.map(({ path }) => path)).toEqual(['src/main.ts']);
  });
});

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
  actions: { values: ['core', 'queries', 'capture', 'render/json', 'google/call'], types: ['ledger', 'google'] },
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
      'capture/asked-reads.ts',
      'ledger/database.ts',
      'ledger/backup.ts',
      'ledger/inspect.ts',
      'ledger/school/role.ts',
    ],
  },
};

/** Files beside the folders, by the folders that may not import them. */
const BESIDE = {
  'src/service.ts': ['cli'],
  'src/config.ts': ['cli'],
  'src/logger.ts': ['cli'],
  'src/refusal.ts': ['actions', 'queries', 'render', 'web', 'cli'],
  'src/errors.ts': ['google', 'ledger', 'emulator', 'web', 'cli'],
  'src/deadline.ts': ['google', 'actions'],
} as Readonly<Record<string, readonly string[]>>;

describe('each folder knows only what lies below it:', () => {
  const folders = [...new Set(sources.map(({ path }) => path.split('/')[1]!))].filter((name) => !name.includes('.'));

  for (const folder of folders) {
    test(`${folder}/`, () => {
      const { values, types = [] } = BELOW[folder] ?? { values: [] };
      const within = ({ of }: Import, rooms: readonly string[]) =>
        rooms.some((room) => of === `src/${room}` || of.startsWith(`src/${room}/`));
      const found = forbidden(
        below(folder),
        (one) =>
          !ours(one) ||
          within(one, [folder, ...values]) ||
          (one.typeOnly && within(one, types)) ||
          BESIDE[one.of]?.includes(folder) === true,
      );
      expect(found).toEqual([]);
    });
  }

  test('the doors, web/ and cli/, import no store', () => {
    const found = forbidden(
      below('web', 'cli'),
      ({ of }) => !/^src\/ledger\/.*(-store|-log|-view|stores)\.ts$/.test(of),
    );
    expect(found).toEqual([]);
  });
});

describe('a change goes through a verb:', () => {
  test('only actions, capture, jobs and the ledger itself begin a transaction that writes', () => {
    const found = sources
      .filter(({ path }) => !/^src\/(actions|capture|jobs|ledger)\//.test(path))
      .flatMap(({ path, calls, members }) =>
        [...calls.map(({ name }) => name), ...members]
          .filter((name) =>
            /(^|\.)(database\.write|orm\.(insert|update|delete)|storedOrRefused|audit\.append)$/.test(name),
          )
          .map((name) => `${path}: ${name}`),
      );
    expect(found).toEqual([]);
  });

  test('a verb begins its transaction by the helper that audits it', () => {
    const found = below('actions')
      .filter(({ path }) => path !== 'src/actions/action.ts')
      .filter(({ calls }) => calls.some(({ name }) => /(^|\.)(write|transaction|append|storedOrRefused)$/.test(name)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});
