import { expect, test } from 'vitest';

import { causesOf, publicReason } from '../../../../src/core/billing/period/causes.ts';
import { charge, minutes, pay } from '../../../support/statements.ts';

const dearer = { rateId: 9, amount: '44.00', amountMinor: 4400, unit: 'hour' } as const;

test.each([
  ['a rate', { rate: dearer, amountMinor: 4400 }, 'The rate was 42.00 EUR an hour and is 44.00 EUR an hour now.'],
  ['presence', { presentMs: minutes(48) }, 'Presence was 60 min and is 48 min now.'],
  ['presence as the line shows it', { presentMs: 2_387_760 }, 'Presence was 60 min and is 39.8 min now.'],
  ['a moment of presence', { presentMs: minutes(60) - 100 }, 'Presence was 60:00 min and is 59:59.900 min now.'],
  ['time together', { togetherMs: minutes(12.5) }, 'Time together was 60 min and is 12.5 min now.'],
  ['the class', { subject: 'Geometry' }, 'The class was changed.'],
  ['a policy version', { policyFrom: '2026-01-10' }, 'Another version of the policy holds for that day now.'],
  ['a family', { familyId: 9 }, 'The student is in another family now.'],
  ['a policy of the same day', { billedMs: minutes(45), amountMinor: 3150 }, 'The policy is another one now.'],
])('a correction says that it comes from %s', (_what, changed, cause) => {
  const before = charge({ presentMs: minutes(60), togetherMs: minutes(60) });
  expect(causesOf(before, { ...before, ...changed }, [], true)).toEqual([cause]);
});

test('a cancellation that was taken back is told, unless a decision says what became of it', () => {
  const before = charge({ outcome: 'canceled' });
  const now = charge({ outcome: 'attended' });
  expect(causesOf(before, now, [])).toEqual(['The cancellation was taken back.']);
  const decided = [{ personId: null, undone: false, overrunMinutes: null }];
  expect(causesOf(before, now, decided)).toEqual(['It changes by a decision of the school.']);
});

test('that something was decided is told, and not what was written about it', () => {
  const before = charge();
  const settled = (personId: number | null, undone = false) => [{ personId, undone, overrunMinutes: null }];
  expect(causesOf(before, before, settled(before.studentId))).toEqual(['It changes by a decision of the school.']);
  expect(causesOf(before, before, settled(null, true))).toEqual(['A decision of the school was taken back.']);
  expect(causesOf(before, before, settled(999))).toEqual(['Something was decided about another person of the class.']);
  expect(causesOf(pay(), undefined, [])).toEqual(['The class is no longer as it was.']);
});

/** A line whose student was there for so long. */
const there = (count: number) => ({
  presentMs: minutes(count),
  steps: [
    { name: 'slice', text: '', sets: [{ label: 'student', intervals: [{ start: 0, end: minutes(count) }] }] },
  ] as const,
});

test.each([
  [10, '10 minutes after the slot were approved.'],
  [1, '1 minute after the slot was approved.'],
  [0, 'No minutes after the slot were approved.'],
])('approved minutes move the window, and nobody was there for longer: %i', (overrunMinutes, text) => {
  const before = { ...charge(), ...there(70), presentMs: minutes(60) };
  const approved = [{ personId: null, undone: false, overrunMinutes }];
  expect(causesOf(before, { ...before, ...there(70) }, approved)).toEqual([text]);
  expect(causesOf(before, { ...before, ...there(80) }, approved)).toEqual([
    text,
    'Presence in the call was 70 min and is 80 min now.',
  ]);
});

test('an answer to a review is told as what it is, and the policy is blamed only where it is another one', () => {
  const before = charge({ outcome: 'unknown', flags: ['review_open'], amountMinor: 0, evidence: ['ana'] });
  const now = charge({ outcome: 'student_no_show', evidence: ['ana'] });
  const settled = 'The open question who was in the call was answered since.';
  expect(causesOf(before, now, [])).toEqual([settled]);
  expect(causesOf(before, { ...now, outcome: 'attended', evidence: ['ana', 'guest'] }, [])).toEqual([
    'Somebody in the call was recognised since.',
  ]);
  expect(causesOf(before, before, [])).toEqual(['It waits for a person again, as when it was issued.']);
  expect(causesOf(now, { ...now, amountMinor: 1 }, [])).toEqual(['What it depends on has changed.']);
});

test('another share of the charge is told, and not that an earlier version kept none', () => {
  const share = (percent?: number) =>
    pay({ rate: null, amountMinor: 2520, ...(percent === undefined ? {} : { percent }) });
  const dearerShare = { ...share(70), amountMinor: 2940 };
  expect(causesOf(share(60), dearerShare, [])).toEqual([
    'The rate was 60 % of the charge and is 70 % of the charge now.',
  ]);
  expect(causesOf(share(), { ...share(60), paidMs: 0 }, [])).toEqual(['What it depends on has changed.']);
});

test('another base of tiers is told, and not that an earlier version kept none of a lesson', () => {
  const based = (base: string) => ({ tiers: { base, extraHead: '3.00', heads: [{ heads: 1, ms: 3_600_000 }] } });
  const before = pay({ amountMinor: 1800 });
  const now = pay({ amountMinor: 900, heldMs: before.heldMs / 2, ...based('18.00') });
  expect(causesOf(before, now, [])).toEqual([expect.stringMatching(/^Presence was/)]);
  const told = 'The rate was 18.00 EUR an hour and is 20.00 EUR an hour now.';
  expect(causesOf(pay(based('18.00')), pay(based('20.00')), [])).toEqual([told]);
  // A no-show was paid by the rate.
  const missed = pay({ outcome: 'student_no_show' });
  expect(causesOf(missed, { ...missed, ...based('18.00'), amountMinor: 1800 }, [])).toEqual([
    'The rate was 22.00 EUR an hour and is 18.00 EUR an hour now.',
  ]);
});

test.each([
  ['Decided since: her mother is ill. Presence was 60 min.', 'It changes by a decision of the school.'],
  ['A decision was taken back: he lied. The student attended.', 'A decision of the school was taken back.'],
  ['The student did not attend. Decided: drunk', 'The student did not attend. It changes by a decision of the school.'],
  ['The class was changed. The student attended.', 'The class was changed. The student attended.'],
])('what was written about a decision is not read by families: %s', (stored, printed) => {
  const head = 'In January 2026 this was 60 min, 42.00 EUR; it is 0 min, 0.00 EUR now.';
  expect(publicReason(`${head} ${stored}`)).toBe(`${head} ${printed}`);
});
