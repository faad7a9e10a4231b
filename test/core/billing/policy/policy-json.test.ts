import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  policyToJson,
  policyVersion,
  policyWarnings,
  storedPolicy,
} from '../../../../src/core/billing/policy/policy-json.ts';
import { presetNames, presets } from '../../../../src/core/billing/policy/policy.ts';

const settingsOf = (changed: Readonly<Record<string, unknown>>) =>
  policyVersion.parse({ valid_from: '2026-01-01', preset: 'standard_tutoring', ...changed }).settings;

function faults(changed: Readonly<Record<string, unknown>>): string[] {
  const parsed = policyVersion.safeParse({ valid_from: '2026-01-01', preset: 'standard_tutoring', ...changed });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

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
      period: { acceptance_days: 5 },
    });
    expect(changed).toMatchObject({
      min: 30,
      max: null,
      attendedIf: '50%',
      noShow: { wait: 20, chargePercent: 100, payPercent: 'presence' },
      cancel: [{ noticeHours: 12, by: 'family', chargePercent: 25, payPercent: 10, credit: true }],
      tax: { code: 'VAT', basisPoints: 2000, inclusive: true, per: 'statement' },
      discount: [{ studentEmail: 'ana@example.com', familyId: null, basisPoints: 1000 }],
      period: { acceptanceDays: 5 },
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
      'charge.basis: must be one of overlap, held, actual, scheduled',
      'round.increment: must be at least 1',
      'no_show.charge_percent: must be at most 100',
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
    const version = policyVersion.parse({ valid_from: '2026-01-01', period: { acceptance_days: 5 } });
    const shown = policyToJson(version);
    expect(shown['period']).toEqual({ acceptance_days: 5 });
    const before = { kind: 'two_weeks', zone: 'Asia/Tokyo', anchor: '2026-01-05', close_deadline_days: 5 };
    const stored = { ...shown, period: { ...before, acceptance_days: 5 } };
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

test('any settings read back from the text that is stored', () => {
  const rounding = fc.record({
    increment: fc.integer({ min: 6, max: 240 }),
    mode: fc.constantFrom('nearest', 'up', 'down'),
    tolerance: fc.nat(5),
  });
  const percent = fc.nat(100);
  const changes = fc.record({
    charge: fc.record({
      basis: fc.constantFrom('overlap', 'held', 'actual', 'scheduled'),
      before: fc.nat(240),
      after: fc.oneof(fc.nat(240), fc.constant('approve')),
    }),
    bridge: fc.nat(3600),
    round: rounding,
    max: fc.constantFrom('timetable', 'none', 45),
    attended_if: fc.oneof(
      fc.nat(1440),
      percent.map((share) => `${share}%`),
      fc.record({ seconds: fc.nat(86_400) }),
    ),
    no_show: fc.record({ charge_percent: percent, pay_percent: fc.oneof(percent, fc.constant('presence')) }),
    pay: fc.record({ round: fc.option(rounding), min: fc.constantFrom('none', 30) }),
    discount: fc.constantFrom([], [{ basis_points: 333 }], [{ basis_points: 1, family_id: 2 }]),
  });
  fc.assert(
    fc.property(changes, fc.constantFrom(...presetNames), (changed, preset) => {
      const version = policyVersion.parse({ valid_from: '2026-01-01', preset, ...changed });
      expect(storedPolicy.parse(JSON.parse(JSON.stringify(policyToJson(version))))).toEqual(version);
    }),
  );
});

test('lists and values replace those of the preset, objects are merged with them', () => {
  const tier = { notice_hours: 2, charge_percent: 100, pay_percent: 100 };
  const { cancel, noShow } = settingsOf({ cancel: [tier], no_show: { credit: true } });
  expect(cancel).toHaveLength(1);
  expect(noShow).toEqual({ ...presets.standard_tutoring.noShow, credit: true });
});

test.each([
  ['a discount for a student and a family', [{ basis_points: 1, student_email: 'a@x.example', family_id: 1 }]],
  ['two discounts for one family', [1, 2].map((basis_points) => ({ basis_points, family_id: 1 }))],
  ['more than the whole price', [{ basis_points: 10_001 }]],
])('%s is refused', (_, discount) => {
  expect(faults({ discount })).toHaveLength(1);
});
