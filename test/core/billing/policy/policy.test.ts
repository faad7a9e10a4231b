import { describe, expect, test } from 'vitest';
import {
  policyToJson,
  policyVersion,
  policyWarnings,
  storedPolicy,
} from '../../../../src/core/billing/policy/policy-json.ts';
import {
  attendedFromMs,
  discountOf,
  policyOn,
  presetNames,
  presets,
} from '../../../../src/core/billing/policy/policy.ts';

const settingsOf = (changed: Readonly<Record<string, unknown>>) =>
  policyVersion.parse({ valid_from: '2026-01-01', preset: 'standard_tutoring', ...changed }).settings;

function faults(changed: Readonly<Record<string, unknown>>): string[] {
  const parsed = policyVersion.safeParse({ valid_from: '2026-01-01', preset: 'standard_tutoring', ...changed });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

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

  test.each(presetNames)('%s is a policy, and reads back from its own text', (preset) => {
    const version = policyVersion.parse({ valid_from: '2026-01-01', preset });
    expect(version.settings).toEqual(presets[preset]);
    const text = JSON.stringify(policyToJson(version));
    expect(text).not.toMatch(/"[a-z]+[A-Z]/);
    expect(policyVersion.parse(JSON.parse(text))).toEqual(version);
  });

  test('without a preset it is actual time', () => {
    expect(policyVersion.parse({ valid_from: '2026-01-01' }).preset).toBe('actual_time');
  });
});

describe('settings', () => {
  test('one changes alone, by object or by its path', () => {
    const expected = { ...presets.standard_tutoring.charge, basis: 'held', forgive: { late: 10, early: 5 } };
    expect(settingsOf({ charge: { basis: 'held', forgive: { late: 10 } } }).charge).toEqual(expected);
    expect(settingsOf({ 'charge.basis': 'held', 'charge.forgive.late': 10 }).charge).toEqual(expected);
    expect(settingsOf({ charge: { basis: 'held', 'forgive.late': 10 } }).charge).toEqual(expected);
  });

  test('every form that the table shows is understood', () => {
    const changed = settingsOf({
      min: 30,
      max: 'none',
      attended_if: '50%',
      no_show: { wait: 20, pay_percent: 'presence' },
      cancel: [{ notice_hours: 12, by: 'family', charge_percent: 25, pay_percent: 10, credit: true }],
      pay: { basis: 'percent', percent: 60 },
      tax: { code: 'VAT', basis_points: 2000, inclusive: true, per: 'statement' },
      discount: [{ student_email: ' Ana@Example.com ', basis_points: 1000 }],
      period: { zone: 'Europe/London' },
    });
    expect(changed).toMatchObject({
      min: 30,
      max: null,
      attendedIf: '50%',
      noShow: { wait: 20, chargePercent: 100, payPercent: 'presence' },
      cancel: [{ noticeHours: 12, by: 'family', chargePercent: 25, payPercent: 10, credit: true }],
      tax: { code: 'VAT', basisPoints: 2000, inclusive: true, per: 'statement' },
      discount: [{ studentEmail: 'ana@example.com', familyId: null, basisPoints: 1000 }],
      period: { zone: 'Europe/London', acceptanceDays: 3 },
    });
  });

  test('pay is rounded as charges are, but for what it says itself', () => {
    expect(settingsOf({ round: { increment: 15 } }).pay.round).toBeNull();
    expect(settingsOf({ round: { increment: 15 }, pay: { round: { mode: 'up' } } }).pay.round).toEqual({
      increment: 15,
      mode: 'up',
      tolerance: 0,
    });
  });

  test('every fault is told, with its path', () => {
    expect(
      faults({ charge: { basis: 'holding' }, brige: 3, round: { increment: 0 }, 'no_show.charge_percent': 101 }),
    ).toEqual([
      'charge.basis: Invalid option: expected one of "overlap"|"held"|"actual"|"scheduled"',
      'round.increment: Too small: expected number to be >=1',
      'no_show.charge_percent: Too big: expected number to be <=100',
      'brige: there is no such setting',
    ]);
    expect(faults({ valid_from: '2026-02-30' })).toEqual(['valid_from: must be a day such as 2026-01-31']);
    expect(faults({ bridge: 1.5 })).toHaveLength(1);
    expect(faults({ attended_if: 'often' })).toEqual([
      'attended_if: must be minutes, a share of the slot such as "50%", or {"seconds": n}',
    ]);
  });

  test.each([
    [{ min: 60, max: 45 }, 'min: the minimum of 60 minutes is above the maximum of 45'],
    [
      { 'round.increment': 5, 'round.tolerance': 5, 'pay.round': { tolerance: 0 } },
      'round.tolerance: a tolerance of 5 minutes leaves nothing of an increment of 5',
    ],
    [
      { 'pay.basis': 'percent' },
      'pay.percent: pay by percent needs pay.percent: the share of the charge that the teacher gets',
    ],
    [{ 'pay.percent': 50 }, 'pay.percent: pay.percent goes with the pay basis "percent", not with "held"'],
    [
      { 'pay.basis': 'flat', 'pay.tiers': { extra_head: '3.00' } },
      'pay.tiers: tiers are paid by the hour, the pay basis "flat" is not',
    ],
    [
      {
        cancel: [
          { notice_hours: 24, charge_percent: 0, pay_percent: 0 },
          { notice_hours: 24, charge_percent: 50, pay_percent: 50 },
        ],
      },
      'cancel.1: two tiers for anybody and 24 h of notice',
    ],
  ])('what cannot hold together is refused: %o', (changed, message) => {
    expect(faults(changed)).toEqual([message]);
  });

  test.each(['kind', 'anchor', 'close_deadline_days'])('period.%s, which no bill ever followed, is gone', (key) => {
    expect(faults({ period: { [key]: null } })).toEqual([`period.${key}: there is no such setting`]);
  });

  test('a version that was stored with the settings that are gone still loads, and is shown without them', () => {
    const version = policyVersion.parse({ valid_from: '2026-01-01', period: { zone: 'Europe/London' } });
    const shown = policyToJson(version);
    expect(shown['period']).toEqual({ zone: 'Europe/London', acceptance_days: 3 });
    const before = { kind: 'two_weeks', zone: 'Europe/London', anchor: '2026-01-05', close_deadline_days: 5 };
    const stored = { ...shown, period: { ...before, acceptance_days: 3 } };
    expect(storedPolicy.parse(stored)).toEqual(version);
    expect(storedPolicy.parse(shown)).toEqual(version);
  });

  test('what does less than it seems to warns', () => {
    const warnings = (changed: Readonly<Record<string, unknown>>) =>
      policyWarnings(policyVersion.parse({ valid_from: '2026-01-01', preset: 'standard_tutoring', ...changed }));
    expect(warnings({})).toEqual([]);
    expect(warnings({ 'charge.basis': 'actual', 'charge.after': 10 })).toEqual([
      'charge.basis "actual" bills the minutes that a student waits for a late teacher',
      'minutes outside the slot make up for missed ones only: max "timetable" caps the total at the slot',
    ]);
    expect(warnings({ cancel: [{ notice_hours: 24, charge_percent: 0, pay_percent: 0 }] })).toHaveLength(1);
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
  const { discount } = settingsOf({
    discount: [
      { basis_points: 100 },
      { basis_points: 200, family_id: 1 },
      { basis_points: 300, student_email: 'ana@example.com' },
    ],
  });
  expect(discountOf(discount, 'ana@example.com', 1)).toBe(300);
  expect(discountOf(discount, 'ben@example.com', 1)).toBe(200);
  expect(discountOf(discount, 'ben@example.com', null)).toBe(100);
  expect(discountOf([], 'ben@example.com', null)).toBe(0);
});
