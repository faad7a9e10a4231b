import { expect, test } from 'vitest';

import { familyStatements, teacherStatements } from '../../../src/core/billing/period/statements.ts';
import { defaultSettings } from '../../../src/core/school/settings.ts';
import type { PeriodStatements } from '../../../src/queries/periods/statements.ts';
import {
  adjustmentSchema,
  invariantSchema,
  periodSchema,
  periodViewSchema,
  showInvariant,
  showPeriod,
  showProposal,
  showSettled,
  showStatements,
  showUnresolved,
} from '../../../src/render/json/period.ts';
import { showAdjustment, showBlocked } from '../../../src/render/json/report.ts';
import { closeOf } from '../../support/closes.ts';
import { ZONE, blockedLine, charge, correction, pay } from '../../support/statements.ts';

function january(changed: Partial<PeriodStatements> = {}): PeriodStatements {
  const charges = [charge(), charge({ lineId: 'c6-3', classId: 6, amountMinor: 2100 })];
  return {
    kind: 'statements',
    period: '2026-01',
    zone: ZONE,
    close: null,
    lines: { charges, pay: [pay()], blocked: [blockedLine('charge'), blockedLine('pay')] },
    creditsNamed: false,
    school: defaultSettings,
    issuedNames: () => new Map(),
    adjustments: [],
    families: familyStatements(charges, []),
    teachers: teacherStatements([pay()], [], new Map()),
    version: 1,
    replaced: () => Promise.resolve(null),
    ...changed,
  };
}

test('an open period shows its sums by currency, and how many lines lack what', () => {
  const shown = showStatements(january());
  expect(shown).toEqual({
    period: '2026-01',
    timezone: 'Europe/London',
    state: 'open',
    version: null,
    totals: [{ currency: 'EUR', billed_minor: 6300, paid_minor: 2200 }],
    lines: 3,
    problems: { no_rate: 2 },
    close: null,
  });
  expect(periodSchema.parse(shown)).toEqual(shown);
});

test('a closed period shows the close that stands', () => {
  expect(showStatements(january({ close: closeOf({ version: 2 }) }))).toMatchObject({
    state: 'closed',
    version: 2,
    close: { version: 2, state: 'closed', closed_by: 'office' },
  });
});

test('a claim before the close is shown with each line that speaks against it', () => {
  const shown = showInvariant({
    name: 'no_line_is_disputed',
    claim: 'No teacher disputes a line.',
    problem: '3 lines are disputed',
    holds: false,
    severity: 'blocks',
    against: [
      { lineId: 'p5-11', text: 'Tess disputes it.' },
      { lineId: null, text: 'One class was not read.' },
      { lineId: 'c5-3', text: null },
    ],
  });
  expect(shown.problem).toBe('3 lines are disputed');
  expect(shown.against).toEqual(['p5-11: Tess disputes it.', 'One class was not read.', 'c5-3']);
  expect(invariantSchema.parse(shown)).toEqual(shown);
});

test('a period is shown with its audit, the lines without an amount, the pay that was accepted and its closes', () => {
  const acceptance = { personId: 11, teacherEmail: 'tess@school.example', payHash: 'c0de' };
  const shown = showPeriod({
    kind: 'period',
    statements: january(),
    closable: 'with_exceptions',
    invariants: [],
    acceptances: [{ ...acceptance, acceptedAt: Date.parse('2026-02-01T09:00:00Z') }],
    closes: [closeOf({ version: 1, reopenedAt: Date.parse('2026-02-02T09:00:00Z') })],
  });
  expect(shown).toMatchObject({
    ...showStatements(january()),
    closable: 'with_exceptions',
    invariants: [],
    blocked: [{ side: 'charge' }, { side: 'pay' }],
    acceptances: [{ teacher_email: 'tess@school.example', accepted_time: '2026-02-01T09:00:00Z' }],
    closes: [{ version: 1, state: 'reopened' }],
  });
  expect(Object.keys(periodViewSchema.parse(shown))).toEqual(Object.keys(shown));
});

test('a line without an amount says whose side it is on', () => {
  expect(showUnresolved(blockedLine('pay'))).toEqual({ side: 'pay', ...showBlocked(blockedLine('pay')) });
});

test('a correction is proposed until somebody settles it, and then says who did and why', () => {
  const proposed = showProposal({ corrects: '2025-12', proposedIn: '2026-01', adjustment: correction() });
  expect(proposed).toEqual({
    ...showAdjustment(correction()),
    side: 'charge',
    currency: 'EUR',
    corrects: '2025-12',
    state: 'proposed',
    proposed_in: '2026-01',
  });
  expect(adjustmentSchema.parse(proposed)).toEqual(proposed);

  const settled = showSettled({
    id: 1,
    adjustment: correction(),
    corrects: '2025-12',
    state: 'accepted',
    postedIn: '2026-01',
    contentHash: 'c0de',
    actor: 'office',
    reason: 'Google was late',
    createdAt: Date.parse('2026-01-20T09:00:00Z'),
  });
  const { proposed_in: _, ...shown } = proposed;
  expect(settled).toEqual({
    ...shown,
    state: 'accepted',
    posted_in: '2026-01',
    settled_by: 'office',
    settle_reason: 'Google was late',
    settled_time: '2026-01-20T09:00:00Z',
  });
});
