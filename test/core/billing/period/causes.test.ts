import { expect, test } from 'vitest';

import { causesOf } from '../../../../src/core/billing/period/causes.ts';
import { charge, minutes, pay } from '../../../support/statements.ts';

const dearer = { rateId: 9, amount: '44.00', amountMinor: 4400, unit: 'hour' } as const;

test.each([
  ['a rate', { rate: dearer, amountMinor: 4400 }, 'The rate was 42.00 EUR an hour and is 44.00 EUR an hour now.'],
  ['presence', { presentMs: minutes(48) }, 'Presence was 60 min and is 48 min now.'],
  ['time together', { togetherMs: minutes(12.5) }, 'Time together was 60 min and is 12.5 min now.'],
  ['the class', { subject: 'Geometry' }, 'The class was changed.'],
  ['a policy version', { policyFrom: '2026-01-10' }, 'Another version of the policy holds for that day now.'],
  ['a family', { familyId: 9 }, 'The student is in another family now.'],
  ['a policy of the same day', { billedMs: minutes(45), amountMinor: 3150 }, 'The policy is another one now.'],
])('a correction says that it comes from %s', (_what, changed, cause) => {
  const before = charge({ presentMs: minutes(60), togetherMs: minutes(60) });
  expect(causesOf(before, { ...before, ...changed }, [])).toEqual([cause]);
});

test('a cancellation that was taken back is told, unless a decision says what became of it', () => {
  const before = charge({ outcome: 'canceled' });
  const now = charge({ outcome: 'attended' });
  expect(causesOf(before, now, [])).toEqual(['The cancellation was taken back.']);
  const decided = [{ personId: null, undone: false, reason: 'it took place' }];
  expect(causesOf(before, now, decided)).toEqual(['Decided since: it took place.']);
});

test('a decision is told with its reason, one about somebody else without', () => {
  const before = charge();
  const settled = (personId: number | null, undone = false) => [{ personId, undone, reason: 'he was ill' }];
  expect(causesOf(before, before, settled(before.studentId))).toEqual(['Decided since: he was ill.']);
  expect(causesOf(before, before, settled(null, true))).toEqual(['A decision was taken back: he was ill.']);
  expect(causesOf(before, before, settled(999))).toEqual(['Something was decided about another person of the class.']);
  expect(causesOf(pay(), undefined, [])).toEqual(['The class is no longer as it was.']);
});
