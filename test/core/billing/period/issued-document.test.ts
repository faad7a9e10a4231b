import { expect, test } from 'vitest';

import { freezePeriod, periodDocument } from '../../../../src/core/billing/period/document.ts';
import { adjustmentsIn } from '../../../../src/core/billing/period/issued-document.ts';
import { ZONE, correction } from '../../../support/statements.ts';

const nothing = { policies: [], charges: [], pay: [], blocked: [], carries: [], exceptions: [] };

function documentWith(adjustments: ReturnType<typeof correction>[]): string {
  const issued = { ...nothing, period: '2026-01', version: 1, zone: ZONE, adjustments };
  return freezePeriod(periodDocument(issued, { family: () => 'Silva' })).json;
}

test('the corrections of a document are found again among all that were ever posted', () => {
  const [first, second] = [correction(), correction({ adjustmentId: 'a2-c2-3', amountMinor: 100 })];
  const later = correction({ adjustmentId: 'a3-c2-3', amountMinor: 999 });
  expect(adjustmentsIn(documentWith([first, second]), [first, later, second])).toEqual([first, second]);
  expect(adjustmentsIn(documentWith([]), [first])).toEqual([]);
});

test('of two that come to the same, as many are found as were issued', () => {
  const [one, other] = [correction(), correction({ adjustmentId: 'a2-c2-3' })];
  expect(adjustmentsIn(documentWith([one]), [one, other])).toEqual([one]);
  expect(adjustmentsIn(documentWith([one, other]), [one, other])).toEqual([one, other]);
});
