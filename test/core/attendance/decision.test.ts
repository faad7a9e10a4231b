import { describe, expect, test } from 'vitest';

import {
  decisionKinds,
  decisionSchema,
  presenceDecision,
  type Decision,
} from '../../../src/core/attendance/decision.ts';

const interval = { start: 1_000, end: 2_000 };
const stored: readonly Decision[] = [
  { kind: 'add_interval', personId: 3, payload: { interval } },
  { kind: 'remove_interval', personId: 3, payload: { interval } },
  { kind: 'set_status', personId: 3, payload: { status: 'late' } },
  { kind: 'excuse', personId: 3, payload: {} },
  { kind: 'set_outcome', personId: null, payload: { outcome: 'not_held' } },
  { kind: 'approve_overrun', personId: null, payload: { minutes: 20 } },
  { kind: 'link_call', personId: null, payload: { record: 'conferenceRecords/a' } },
  { kind: 'substitute', personId: 4, payload: { confirmed: true, for: 2 } },
];

describe('a stored decision', () => {
  test('of every kind is read as it was written', () => {
    expect(stored.map(({ kind }) => kind)).toEqual(decisionKinds);
    expect(stored.map((decision) => decisionSchema.parse(decision))).toEqual(stored);
  });

  test.each([
    { kind: 'set_outcome', personId: null, payload: { outcome: 'as it was' } },
    { kind: 'excuse', personId: null, payload: {} },
    { kind: 'approve_overrun', personId: 3, payload: { minutes: 20 } },
    { kind: 'add_interval', personId: 3, payload: {} },
    { kind: 'forget', personId: 3, payload: {} },
  ])('$kind $payload is refused when it makes no sense', (decision) => {
    expect(decisionSchema.safeParse(decision).success).toBe(false);
  });

  test('changes presence or status, or nothing of them', () => {
    expect(stored.map((decision) => presenceDecision(5, decision))).toEqual([
      { classId: 5, kind: 'add_interval', personId: 3, interval },
      { classId: 5, kind: 'remove_interval', personId: 3, interval },
      { classId: 5, kind: 'set_status', personId: 3, status: 'late' },
      { classId: 5, kind: 'excuse', personId: 3 },
      null,
      null,
      null,
      null,
    ]);
  });
});
