import { describe, expect, test } from 'vitest';

import { policyVersion } from '../../../../src/core/billing/policy/policy-json.ts';
import { discountOf, policyOn, presets } from '../../../../src/core/billing/policy/policy.ts';
import { attendedFromMs } from '../../../../src/core/schedule/attended-if.ts';

describe('presets', () => {
  test('the four differ from each other as the policy says', () => {
    expect(presets.standard_tutoring).toMatchObject({
      charge: { basis: 'overlap', before: 0, after: 'approve', forgive: { late: 5, early: 5 } },
      bridge: 120,
      round: { increment: 1, mode: 'nearest', tolerance: 0 },
      min: null,
      max: 'timetable',
      attendedIf: 10,
      noShow: { wait: 15, chargePercent: 100, payPercent: 100, credit: false },
      pay: { basis: 'held' },
    });
    expect(presets.actual_time).toMatchObject({
      charge: { basis: 'overlap', forgive: { late: 0, early: 0 } },
      bridge: 0,
      attendedIf: 0,
      noShow: { chargePercent: 0, payPercent: 'presence' },
      cancel: [],
      pay: { basis: 'held' },
    });
    expect(presets.slot_held).toMatchObject({ charge: { basis: 'held' }, pay: { basis: 'held' }, bridge: 120 });
    expect(presets.timetable).toMatchObject({ charge: { basis: 'scheduled' }, pay: { basis: 'scheduled' } });
  });
});

describe('versions', () => {
  test('the one that began last governs a day; before the first of them the default does', () => {
    const versions = ['2026-03-01', '2026-01-01', '2026-02-01'].map((valid_from) =>
      policyVersion.parse({ valid_from, preset: 'timetable' }),
    );
    expect(policyOn(versions, '2026-02-28').validFrom).toBe('2026-02-01');
    expect(policyOn(versions, '2026-03-01').validFrom).toBe('2026-03-01');
    expect(policyOn(versions, '2025-12-31').preset).toBe('actual_time');
  });
});

test('attendance is reached by minutes, seconds or a share, never by nothing and never beyond the slot', () => {
  const hour = 3_600_000;
  expect(attendedFromMs(10, hour)).toBe(600_000);
  expect(attendedFromMs('50%', hour)).toBe(1_800_000);
  expect(attendedFromMs({ seconds: 1 }, hour)).toBe(1000);
  expect(attendedFromMs(0, hour)).toBe(1);
  expect(attendedFromMs(10, 300_000)).toBe(300_000);
});

test('the nearest discount wins: student, family, everybody', () => {
  const { discount } = policyVersion.parse({
    valid_from: '2026-01-01',
    discount: [
      { basis_points: 100 },
      { basis_points: 200, family_id: 1 },
      { basis_points: 300, student_email: 'ana@example.com' },
    ],
  }).settings;
  expect(discountOf(discount, 'ana@example.com', 1)).toBe(300);
  expect(discountOf(discount, 'ben@example.com', 1)).toBe(200);
  expect(discountOf(discount, 'ben@example.com', null)).toBe(100);
  expect(discountOf([], 'ben@example.com', null)).toBe(0);
});
