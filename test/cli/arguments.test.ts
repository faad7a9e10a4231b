import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';

import { id, localTime, moment, port, readText } from '../../src/cli/arguments.ts';

test('a day begins in the time zone of the organisation', () => {
  expect(moment('2026-01-16')('Europe/Lisbon')).toBe(Date.parse('2026-01-16T00:00:00Z'));
  expect(moment('2026-01-16')('Asia/Tokyo')).toBe(Date.parse('2026-01-15T15:00:00Z'));
});

test('a day that begins at one o’clock because of summer time begins then', () => {
  expect(moment('2026-09-06')('America/Santiago')).toBe(Date.parse('2026-09-06T04:00:00Z'));
});

test('an instant is the same in every time zone', () => {
  expect(moment('2026-01-16T15:00:00Z')('Asia/Tokyo')).toBe(Date.parse('2026-01-16T15:00:00Z'));
  expect(moment('2026-01-16T15:00:00+02:00')('UTC')).toBe(Date.parse('2026-01-16T13:00:00Z'));
});

test.for(['2026-02-30', '16.01.2026', 'yesterday', '2026-01-16T15:00', ''])('%j is no moment', (text) => {
  expect(() => moment(text)).toThrow(InvalidArgumentError);
});

test.for(['0', '-1', '1.5', '1e3', 'x', ''])('%j is no id', (text) => {
  expect(() => id(text)).toThrow(InvalidArgumentError);
});

test('a file that cannot be used is refused with a sentence', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const file = join(folder.path, 'people.csv');
  writeFileSync(file, Buffer.from('email,role,name\nana@school.example,teacher,Ana M\xfcller\n', 'latin1'));
  await expect(readText(file)).rejects.toThrow(
    `${file} is not UTF-8 (line 2): save it as UTF-8 (spreadsheets call that "CSV UTF-8") and try again.`,
  );
  await expect(readText(folder.path)).rejects.toThrow(`${folder.path} cannot be read: it is a folder.`);
  await expect(readText(join(file, 'x'))).rejects.toThrow('cannot be read: there is no such file.');
  writeFileSync(file, 'Ana Müller');
  expect(await readText(file)).toBe('Ana Müller');
});

test('ports end at 65535', () => {
  expect(port('65535')).toBe(65_535);
  expect(() => port('65536')).toThrow(InvalidArgumentError);
});

test('times are shown as the organisation reads its clocks', () => {
  expect(localTime(Date.parse('2026-07-01T15:04:59.999Z'), 'Europe/Berlin')).toBe('2026-07-01 17:04');
});
