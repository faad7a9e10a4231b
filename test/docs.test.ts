import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { configVariables } from '../src/config.ts';
import { rollbook } from './cli/rollbook.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** What stands between single backticks; blocks of code are left out. */
const quoted = (text: string) =>
  [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, inner]) => inner!);

/** The first column of every table in a text, without its head. */
const firstColumn = (text: string) => [...text.matchAll(/^\| *(`[^|]*?) *\|/gm)].map(([, cell]) => cell!);

test('docs/settings.md has every variable that is read, and no other', () => {
  const documented = firstColumn(textOf('docs/settings.md')).flatMap(quoted);
  expect(documented.toSorted()).toEqual(configVariables.toSorted());
});

test('docs/commands.md has every command of --help', async () => {
  const { stdout } = await rollbook(['--help']);
  const [, list = ''] = stdout.split('Commands:\n');
  const commands = [...list.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name!);
  const documented = firstColumn(textOf('docs/commands.md')).flatMap(quoted);
  expect(commands).toContain('serve');
  expect(commands.filter((name) => !documented.some((call) => call.split(' ')[0] === name))).toEqual([]);
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
