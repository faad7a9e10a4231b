import { expect, test } from 'vitest';

import {
  acceptanceSchema,
  acceptedPaySchema,
  showAcceptance,
  showAcceptedPay,
} from '../../../src/render/json/acceptance.ts';

const acceptedAt = Date.parse('2026-02-01T09:00:00Z');
const acceptance = { personId: 11, teacherEmail: 'tess@school.example', payHash: 'c0de', acceptedAt };

test('an acceptance says who and when; to the teacher also of which period and which pay', () => {
  const shown = showAcceptance(acceptance);
  expect(shown).toEqual({ teacher_email: 'tess@school.example', accepted_time: '2026-02-01T09:00:00Z' });
  expect(acceptanceSchema.parse(shown)).toEqual(shown);
  const own = showAcceptedPay('2026-01', acceptance);
  expect(own).toEqual({ ...shown, period: '2026-01', pay_hash: 'c0de' });
  expect(acceptedPaySchema.parse(own)).toEqual(own);
});
