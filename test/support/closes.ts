import type { Close } from '../../src/ledger/money/period-store.ts';
import { ZONE } from './statements.ts';

/** January 2026 as the office closed it on 3 February, with nothing against it. */
export function closeOf(changed: Partial<Close> = {}): Close {
  return {
    id: 1,
    period: '2026-01',
    firstDay: '2026-01-01',
    lastDay: '2026-01-31',
    version: 1,
    zone: ZONE,
    startsAt: Date.parse('2026-01-01T00:00:00Z'),
    endsAt: Date.parse('2026-02-01T00:00:00Z'),
    settingsVersion: 0,
    wording: 1,
    documentId: 'd0c',
    linesHash: '11e5',
    carries: [],
    exceptions: [],
    auditHead: '9f86',
    auditCount: 1204,
    reason: null,
    closedAt: Date.parse('2026-02-03T09:00:00Z'),
    closedBy: 'office',
    reopenedAt: null,
    reopenedBy: null,
    reopenReason: null,
    ...changed,
  };
}
