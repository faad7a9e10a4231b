import { describe, expect, test } from 'vitest';

import { sourcesOf } from './support/sources.ts';
import type { Import, Source } from './support/sources.ts';

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

describe('each folder knows only what lies below it:', () => {
  test('Google’s client knows Google and time', () => {
    const found = forbidden(
      below('google'),
      (one) =>
        !ours(one) ||
        isOf(one, 'google', 'core/time') ||
        /^src\/(errors|deadline)\.ts$/.test(one.of) ||
        (one.typeOnly && isOf(one, 'core/attendance')),
    );
    expect(found).toEqual([]);
  });

  test('the emulator knows nothing of the daemon', () => {
    const found = forbidden(
      below('emulator'),
      (one) => !ours(one) || isOf(one, 'emulator', 'core/time') || one.of === 'src/errors.ts',
    );
    expect(found).toEqual([]);
  });

  test('the composition root is imported by the entry and the command line alone', () => {
    const found = sources
      .filter(({ path }) => !path.startsWith('src/cli/') && path !== 'src/main.ts')
      .filter(({ imports }) => imports.some(({ of, typeOnly }) => of === 'src/service.ts' && !typeOnly));
    expect(found).toEqual([]);
  });
});
