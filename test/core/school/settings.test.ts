import { describe, expect, test } from 'vitest';

import { defaultSettings, settingNames, settingsChange } from '../../../src/core/school/settings.ts';
import { rulesByStart, settingsOf, type SettingsVersion } from '../../../src/core/school/versions.ts';

const version = (id: number, changes: SettingsVersion['changes'], effectiveAt: number | null = null) => ({
  id,
  validFrom: effectiveAt === null ? null : '2026-02-01',
  effectiveAt,
  changes,
});

test('every setting has a default', () => {
  expect(Object.keys(defaultSettings).sort()).toEqual([...settingNames].sort());
  expect(settingsOf([])).toEqual(defaultSettings);
});

describe('what a setting may hold', () => {
  const faultsOf = (changes: Readonly<Record<string, unknown>>) =>
    settingsChange.safeParse(changes).error?.issues.map(({ path }) => path.join('.')) ?? [];

  test('is checked', () => {
    const wrong = {
      late_after_minutes: -1,
      attended_if: '120%',
      weak_matches_bill: 'yes',
      school_name: 'two\nlines',
      address: ' ',
      logo: 'data:image/svg+xml;base64,PHN2Zz4=',
      tax_number: 'a\u0007bell',
      due_days: 1.5,
      account_code: 'x'.repeat(21),
    };
    expect(faultsOf(wrong)).toEqual(Object.keys(wrong));
    expect(faultsOf({ school_name: null, address: 'a\r\nb', attended_if: '50%', due_days: 0 })).toEqual([]);
    expect(settingsChange.parse({ address: ' 1 Bridge Street\r\nLondon ' })).toEqual({
      address: '1 Bridge Street\nLondon',
    });
  });
});

describe('the rules of a class', () => {
  const late = (versions: readonly SettingsVersion[], start: number, frozen = [] as Parameters<typeof closes>[0]) =>
    rulesByStart(versions, () => closes(frozen))(start).lateAfterMs / 60_000;
  const closes = (spans: readonly (readonly [startsAt: number, endsAt: number, settingsVersion: number])[]) =>
    spans.map(([startsAt, endsAt, settingsVersion]) => ({ startsAt, endsAt, settingsVersion }));

  test('hold from their day on, and what was set later holds for all that it covers', () => {
    const versions = [version(1, { late_after_minutes: 10 }, 100), version(2, { late_after_minutes: 7 })];
    expect([late(versions.slice(0, 1), 99), late(versions.slice(0, 1), 100)]).toEqual([5, 10]);
    expect([late(versions, 99), late(versions, 100)]).toEqual([7, 7]);
    expect(late([...versions, version(3, { late_after_minutes: null }, 200)], 200)).toBe(5);
  });

  test('of a closed period are those that it was closed with', () => {
    const versions = [version(1, { late_after_minutes: 10 }), version(2, { late_after_minutes: 20 })];
    const frozen = [
      [0, 100, 0],
      [100, 200, 1],
    ] as const;
    expect([50, 100, 200].map((start) => late(versions, start, frozen))).toEqual([5, 10, 20]);
  });
});
