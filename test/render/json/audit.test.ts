import { expect, test } from 'vitest';

import { auditEntrySchema, showAuditEntry } from '../../../src/render/json/audit.ts';

test('an entry of the audit log is shown with its number, its time in UTC, and what was before and after', () => {
  const change = { actor: 'office', action: 'class.cancel', subject: 'class:5', reason: 'the family is ill' };
  const states = { before: { status: 'scheduled' }, after: { status: 'canceled' }, hash: '9f86d081' };
  const shown = showAuditEntry({ id: 7, at: Date.parse('2026-01-16T15:00:00Z'), ...change, ...states });
  expect(shown).toEqual({ entry_id: 7, time: '2026-01-16T15:00:00Z', ...change, ...states });
  expect(auditEntrySchema.parse(shown)).toEqual(shown);
});
