import { expect, test } from 'vitest';

import { policyVersion } from '../../../src/core/billing/policy/policy-json.ts';
import type { Explanation } from '../../../src/queries/reports/explain.ts';
import { explanationSchema, showExplanation } from '../../../src/render/json/explanation.ts';
import { showBlocked, showCharge, showPay } from '../../../src/render/json/report.ts';
import { closeOf } from '../../support/closes.ts';
import { blockedLine, charge, correction, minutes, pay } from '../../support/statements.ts';

const TAX = { code: 'VAT', basis_points: 750, inclusive: false, per: 'line' };
const START = Date.parse('2026-01-16T16:00:00Z');

const line = charge({
  steps: [
    {
      name: 'slice',
      text: 'The part of it that belongs to this class.',
      sets: [{ label: 'Ana', intervals: [{ start: START, end: START + minutes(60) }] }],
      ms: minutes(60),
    },
  ],
});

function explained(changed: Partial<Explanation> = {}): Explanation {
  return {
    line,
    payeeId: null,
    close: null,
    evidence: [],
    decisions: [],
    rate: null,
    policy: policyVersion.parse({ valid_from: '2026-01-01', tax: TAX }),
    adjustments: [],
    waiting: [],
    waitsFor: [],
    correction: null,
    ...changed,
  };
}

test('a line is explained with its currency, side and steps, as they were computed', () => {
  const shown = showExplanation(explained());
  expect(shown).toMatchObject({
    line: { side: 'charge', currency: 'EUR', ...showCharge(line) },
    state: 'draft',
    close: null,
    rate: null,
    steps: [
      {
        name: 'slice',
        text: 'The part of it that belongs to this class.',
        ms: minutes(60),
        sets: [{ label: 'Ana', intervals: [{ start_time: '2026-01-16T16:00:00Z', end_time: '2026-01-16T17:00:00Z' }] }],
      },
    ],
  });
  expect(explanationSchema.safeParse(shown).success).toBe(true);
});

test('a line that was issued shows its close and its corrections, and what each was posted in', () => {
  const shown = showExplanation(
    explained({
      close: closeOf(),
      adjustments: [
        {
          id: 1,
          adjustment: correction(),
          corrects: '2025-12',
          state: 'accepted',
          postedIn: '2026-01',
          contentHash: 'c0de',
          actor: 'office',
          reason: 'Google was late',
          createdAt: START,
        },
      ],
    }),
  );
  expect(shown).toMatchObject({
    state: 'closed',
    close: { version: 1, document_id: 'd0c' },
    adjustments: [{ adjustment_id: 'a1-c2-3', amount: '8.40', state: 'accepted', posted_in: '2026-01' }],
  });
});

test('the evidence stands there in Google’s own words', () => {
  const stay = {
    session: 'conferenceRecords/r/participants/p/participantSessions/s',
    participant: 'conferenceRecords/r/participants/p',
    record: 'conferenceRecords/r',
    space: 'spaces/one',
    meetCode: null,
    displayName: 'Ana',
    kind: 'signedin',
    startText: '2026-01-16T16:00:00.123456Z',
    endText: null,
    changes: [
      { field: 'end', was: '2026-01-16T16:40:00Z', is: '2026-01-16T16:50:00Z', readAt: START, sinceIssue: true },
    ],
  } as const;
  expect(showExplanation(explained({ evidence: [stay] as unknown as Explanation['evidence'] })).evidence).toEqual([
    {
      session: stay.session,
      participant: stay.participant,
      record: stay.record,
      space: 'spaces/one',
      meet_code: null,
      display_name: 'Ana',
      kind: 'signedin',
      start_time: '2026-01-16T16:00:00.123456Z',
      end_time: null,
      changes: [
        {
          field: 'end_time',
          was: '2026-01-16T16:40:00Z',
          is: '2026-01-16T16:50:00Z',
          read_time: '2026-01-16T16:00:00Z',
          since_issue: true,
        },
      ],
    },
  ]);
});

test('who is paid does not see the discounts and taxes of families', () => {
  const ofPay = JSON.parse(JSON.stringify(showExplanation(explained({ line: pay(), payeeId: 11 })))) as {
    readonly line: unknown;
    readonly policy: object;
  };
  expect(ofPay.line).toMatchObject({ side: 'pay', currency: 'EUR', ...showPay(pay()) });
  expect(ofPay.policy).not.toHaveProperty('discount');
  expect(ofPay.policy).not.toHaveProperty('tax');
  expect(showExplanation(explained()).policy).toMatchObject({ discount: [], tax: { code: 'VAT' } });
});

test('a line without an amount has no steps and no currency', () => {
  const blocked = blockedLine('charge');
  expect(showExplanation(explained({ line: blocked }))).toMatchObject({
    line: { side: 'charge', ...showBlocked(blocked) },
    steps: [],
  });
});
