import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { z } from 'zod';

const text = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

const list = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()));
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      os: list.optional(),
      cpu: list.optional(),
      bin: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const packages = Object.entries(lockFile.parse(JSON.parse(text('package-lock.json'))).packages);

test('no package runs a script when it is installed', () => {
  expect(text('.npmrc').split('\n')).toContain('ignore-scripts=true');
});

test('what is installed is held by the lock file: each package has its integrity', () => {
  const loose = packages.filter(([path, held]) => path !== '' && held.integrity === undefined);
  expect(loose.map(([path]) => path)).toEqual([]);
});

test.each([
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
])('on %s %s the lock file brings one Node, of the version that all have', (os, cpu) => {
  const nodes = packages.filter(
    ([, held]) => held.bin?.node !== undefined && held.os?.includes(os) && held.cpu?.includes(cpu),
  );
  expect(nodes.map(([, held]) => held.version)).toEqual(['26.10.0']);
});
