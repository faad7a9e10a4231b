import { expect, test } from 'vitest';

import type { Dispute } from '../../../src/ledger/money/pay-answer-store.ts';
import { disputeSchema, showDispute } from '../../../src/render/json/dispute.ts';

const open: Dispute = {
  id: 1,
  lineId: 'p5-11',
  period: '2026-01',
  personId: 11,
  teacherEmail: 'tess@example.com',
  text: 'I stayed until 17:30',
  createdAt: Date.parse('2026-02-03T09:00:00Z'),
  outcome: null,
  closedAt: null,
  closedBy: null,
  closeReason: null,
};

test('a dispute is open until somebody settles it', () => {
  const shown = showDispute(open);
  expect(shown).toEqual({
    dispute_id: 1,
    line_id: 'p5-11',
    period: '2026-01',
    teacher_email: 'tess@example.com',
    text: 'I stayed until 17:30',
    state: 'open',
    created_time: '2026-02-03T09:00:00Z',
    closed_time: null,
    closed_by: null,
    close_reason: null,
  });
  expect(disputeSchema.parse(shown)).toEqual(shown);
});

test.each(['upheld', 'refused'] as const)('a dispute that was %s says by whom, when and why', (outcome) => {
  const closedAt = Date.parse('2026-02-04T09:00:00Z');
  expect(
    showDispute({ ...open, outcome, closedAt, closedBy: 'office', closeReason: 'Google saw 17:00' }),
  ).toMatchObject({
    state: outcome,
    closed_time: '2026-02-04T09:00:00Z',
    closed_by: 'office',
    close_reason: 'Google saw 17:00',
  });
});
