import { expect, test } from 'vitest';

import type { StoredDecision } from '../../../src/ledger/money/decision-store.ts';
import {
  decisionSchema,
  savedDecisionSchema,
  showDecision,
  showSavedDecision,
} from '../../../src/render/json/decision.ts';

const stored = {
  id: 7,
  classId: 5,
  actor: 'office',
  reason: 'the family called',
  createdAt: Date.parse('2026-01-17T09:00:00Z'),
  undoneAt: null,
  undoneBy: null,
  undoReason: null,
  userEmail: 'ben@home.example',
};

const excused: StoredDecision = { ...stored, kind: 'excuse', personId: 3, payload: {} };

test('a decision is shown with whom it is about, who settled it and why', () => {
  const shown = showDecision(excused);
  expect(shown).toEqual({
    decision_id: 7,
    kind: 'excuse',
    class_id: 5,
    user_email: 'ben@home.example',
    details: {},
    actor: 'office',
    reason: 'the family called',
    created_time: '2026-01-17T09:00:00Z',
    undone_time: null,
    undone_by: null,
    undo_reason: null,
  });
  expect(decisionSchema.parse(shown)).toEqual(shown);
});

test('the interval of a decision is shown as instants, other details as they are', () => {
  const interval = { start: Date.parse('2026-01-16T15:00:00Z'), end: Date.parse('2026-01-16T15:30:00Z') };
  expect(showDecision({ ...stored, kind: 'add_interval', personId: 3, payload: { interval } }).details).toEqual({
    start_time: '2026-01-16T15:00:00Z',
    end_time: '2026-01-16T15:30:00Z',
  });
  const overrun: StoredDecision = { ...stored, kind: 'approve_overrun', personId: null, payload: { minutes: 15 } };
  expect(showDecision({ ...overrun, userEmail: null })).toMatchObject({ user_email: null, details: { minutes: 15 } });
});

test('a decision that was taken back says by whom, when and why', () => {
  const undone = { undoneAt: Date.parse('2026-01-18T09:00:00Z'), undoneBy: 'rui', undoReason: 'the wrong child' };
  expect(showDecision({ ...excused, ...undone })).toMatchObject({
    undone_time: '2026-01-18T09:00:00Z',
    undone_by: 'rui',
    undo_reason: 'the wrong child',
  });
});

test('a decision that was stored says whose logs are others now', () => {
  const shown = showSavedDecision({ decision: excused, rebuiltClassIds: [5], corrects: '2026-01' });
  expect(shown).toEqual({ ...showDecision(excused), rebuilt_class_ids: [5], corrects: '2026-01' });
  expect(savedDecisionSchema.parse(shown)).toEqual(shown);
});
