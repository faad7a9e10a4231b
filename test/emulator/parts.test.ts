import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import { createTimeline } from '../../src/emulator/timeline.ts';
import { paginate } from '../../src/emulator/wire/paging.ts';
import { parseTimestamp, timestamp } from '../../src/emulator/wire/timestamp.ts';

const instant = fc.integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') });

test('an instant survives being written, whatever its digits', () => {
  fc.assert(
    fc.property(fc.integer(), instant, (seed, value) => {
      const text = timestamp(seed, value);
      expect(text).toMatch(/^[^.]+(\.(\d{3}){1,3})?Z$/);
      expect(Date.parse(text)).toBe(value);
      expect(parseTimestamp(text)).toBe(value);
    }),
  );
});

test('pages hold every item once and in order, short or not', () => {
  const items = fc.array(fc.nat(), { maxLength: 60 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 12 }), fc.option(fc.integer()), (all, size, shortPagesSeed) => {
      const sizes = { byDefault: 5, max: 10 };
      const seen: number[] = [];
      let token: string | undefined;
      do {
        const page = paginate(all, { list: 'things', size: String(size), token, sizes, shortPagesSeed });
        expect(page.items.length).toBeLessThanOrEqual(Math.min(size, 10));
        seen.push(...page.items);
        token = page.nextPageToken;
      } while (token !== undefined);
      expect(seen).toEqual(all);
    }),
  );
});

test('a timeline reads times of its day, full timestamps and epoch milliseconds', () => {
  const { at } = createTimeline('2026-03-02');
  expect(at('9:58')).toBe(Date.parse('2026-03-02T09:58:00Z'));
  expect(at('09:58:30.250')).toBe(Date.parse('2026-03-02T09:58:30.250Z'));
  expect(at('2026-03-03T01:00:00+01:00')).toBe(Date.parse('2026-03-03T00:00:00Z'));
  expect(at(5)).toBe(5);
  expect(() => at('noon')).toThrow('not a time: noon');
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'emulator-credentials-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('a throw-away key is a real RSA key that its owner alone may read', () => {
  const path = join(folder(), 'key.json');
  writeServiceAccountKey(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const key = z.looseObject({ private_key: z.string() }).parse(JSON.parse(readFileSync(path, 'utf8')));
  expect(key).toMatchObject({ type: 'service_account', client_email: expect.stringContaining('@') });
  expect(createPrivateKey(key.private_key).asymmetricKeyType).toBe('rsa');
  expect(() => writeServiceAccountKey(path)).toThrow('EEXIST');
});
