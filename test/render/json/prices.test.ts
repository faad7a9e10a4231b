import { expect, test } from 'vitest';

import { policyVersion } from '../../../src/core/billing/policy/policy-json.ts';
import type { RateRow } from '../../../src/core/billing/policy/rates.ts';
import {
  enrolmentSchema,
  policyVersionSchema,
  rateSchema,
  showEnrolment,
  showPolicy,
  showRate,
} from '../../../src/render/json/prices.ts';

const rate: RateRow = {
  id: 2,
  kind: 'charge',
  amountMinor: 4200,
  currency: 'EUR',
  unit: 'hour',
  validFrom: '2026-01-01',
  validTo: null,
  scope: { studentEmail: 'ben@home.example', subject: 'Algebra' },
};

test('a rate is shown in the digits of its currency, with what it prices', () => {
  const shown = showRate(rate);
  expect(shown).toEqual({
    rate_id: 2,
    kind: 'charge',
    amount: '42.00',
    currency: 'EUR',
    unit: 'hour',
    valid_from: '2026-01-01',
    valid_to: null,
    scope: {
      class_id: null,
      student_email: 'ben@home.example',
      teacher_email: null,
      subject: 'Algebra',
      series_id: null,
    },
  });
  expect(rateSchema.parse(shown)).toEqual(shown);
});

test.each([
  ['JPY', '4200'],
  ['KWD', '4.200'],
])('4200 minor units of %s are %s', (currency, amount) => {
  expect(showRate({ ...rate, currency }).amount).toBe(amount);
});

test('a policy is shown whole, as it is entered, with who entered it', () => {
  const version = policyVersion.parse({ valid_from: '2026-01-01' });
  const shown = showPolicy({
    id: 1,
    version,
    actor: 'office',
    reason: null,
    createdAt: Date.parse('2026-01-01T09:00:00Z'),
  });
  expect(shown).toMatchObject({
    policy_id: 1,
    policy: { valid_from: '2026-01-01', preset: version.preset },
    actor: 'office',
    reason: null,
    created_time: '2026-01-01T09:00:00Z',
  });
  expect(policyVersion.parse(shown.policy)).toEqual(version);
  expect(policyVersionSchema.parse(shown)).toEqual(shown);
});

test('an enrolment is shown by its first and last day', () => {
  const enrolment = { id: 3, personId: 8, email: 'ben@home.example', seriesId: 'mondays', subject: null };
  const shown = showEnrolment({ ...enrolment, from: '2026-01-05', to: null });
  expect(shown).toEqual({
    enrolment_id: 3,
    student_email: 'ben@home.example',
    series_id: 'mondays',
    subject: null,
    from: '2026-01-05',
    to: null,
  });
  expect(enrolmentSchema.parse(shown)).toEqual(shown);
});
