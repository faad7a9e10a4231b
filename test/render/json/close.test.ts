import { expect, test } from 'vitest';

import { closeSchema, showClose } from '../../../src/render/json/close.ts';
import { closeOf } from '../../support/closes.ts';

test('a close is shown with its document, what stood against it and the end of the audit log', () => {
  const shown = showClose(
    closeOf({ exceptions: [{ invariant: 'no_line_is_disputed', lineId: 'p5-11', text: 'Tess disputes it.' }] }),
  );
  expect(shown).toEqual({
    period: '2026-01',
    version: 1,
    state: 'closed',
    timezone: 'Europe/London',
    document_id: 'd0c',
    exceptions: ['no_line_is_disputed: p5-11: Tess disputes it.'],
    audit: { head: '9f86', count: 1204 },
    reason: null,
    closed_time: '2026-02-03T09:00:00Z',
    closed_by: 'office',
    reopened_time: null,
    reopened_by: null,
    reopen_reason: null,
  });
  expect(closeSchema.parse(shown)).toEqual(shown);
});

test('a close that was taken back says by whom, when and why', () => {
  const reopened = {
    reopenedAt: Date.parse('2026-02-04T09:00:00Z'),
    reopenedBy: 'rui',
    reopenReason: 'a class was missed',
  };
  expect(showClose(closeOf(reopened))).toMatchObject({
    state: 'reopened',
    reopened_time: '2026-02-04T09:00:00Z',
    reopened_by: 'rui',
    reopen_reason: 'a class was missed',
  });
});
