import { mkdtempDisposableSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createAnchors, readAnchors } from '../../../src/ledger/files/anchors.ts';

const clock = { now: () => Date.parse('2026-02-01T08:00:00Z') };
const head = (digit: string) => digit.repeat(64);

test('each end is a line behind the others, and is read again', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const file = join(folder.path, 'anchors');
  const anchors = createAnchors(file, clock);
  anchors.note({ count: 3, head: head('a') }, 'close 2026-01');
  anchors.note({ count: 5, head: head('b') }, 'verify');
  expect(readFileSync(file, 'utf8')).toBe(
    `{"time":"2026-02-01T08:00:00.000Z","count":3,"head":"${head('a')}","why":"close 2026-01"}\n` +
      `{"time":"2026-02-01T08:00:00.000Z","count":5,"head":"${head('b')}","why":"verify"}\n`,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readAnchors(file)).toEqual([
    { count: 3, head: head('a'), noted: `at 2026-02-01T08:00:00.000Z (line 1 of ${file})` },
    { count: 5, head: head('b'), noted: `at 2026-02-01T08:00:00.000Z (line 2 of ${file})` },
  ]);
});

test('what cannot be written or is no anchor is told', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const anchors = createAnchors(folder.path, clock);
  expect(() => anchors.note({ count: 3, head: head('a') }, 'verify')).toThrow(
    'was not written to ROLLBOOK_ANCHOR_FILE',
  );
  const file = join(folder.path, 'notes');
  writeFileSync(file, 'dear diary\n');
  expect(() => readAnchors(file)).toThrow(`Line 1 of ${file} is no anchor`);
  expect(() => readAnchors(join(folder.path, 'nowhere'))).toThrow('cannot be read');
});

test('nothing is noted where no file is named', () => {
  expect(() => createAnchors(null, clock).note({ count: 3, head: head('a') }, 'verify')).not.toThrow();
});
