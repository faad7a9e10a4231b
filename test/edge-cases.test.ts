import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const key = readFileSync(`${folder}/edge-cases.md`, 'utf8');

/** Every row of the key: its code, and whether it says that no test uses it. */
const rows = [...key.matchAll(/^\| (E\d+) +\|.*$/gm)].map(([row, code]) => ({
  code: code!,
  tested: !row.includes('_no test_'),
}));

const inTests = new Set(
  globSync('**/*.ts', { cwd: folder }).flatMap(
    (path) => readFileSync(`${folder}/${path}`, 'utf8').match(/\bE\d{2,3}\b/g) ?? [],
  ),
);

test('every code in a test has one row in the key, and every row has a test or says that it has none', () => {
  const codes = rows.map(({ code }) => code);
  expect(codes).toEqual([...new Set(codes)]);
  const tested = rows.filter((row) => row.tested).map(({ code }) => code);
  expect(tested.toSorted()).toEqual([...inTests].toSorted());
});
