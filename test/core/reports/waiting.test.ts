import { expect, test } from 'vitest';

import { waitingParties, waitingReference } from '../../../src/core/reports/waiting.ts';
import { blockedLine } from '../../support/statements.ts';

const line = (personId: number) => ({ ...blockedLine('charge'), personId, personName: `Student ${personId}` });
const familyOf = new Map([
  [1, 7],
  [2, 7],
  [3, 8],
]);
const families = (id: number) => (id === 7 ? { name: 'Silva', currency: 'EUR' } : null);

test('siblings wait together, and who has a statement does not wait', () => {
  const stated = [{ familyId: 8, personId: null }];
  expect(waitingParties([line(1), line(2), line(3)], stated, familyOf, families)).toMatchObject([
    { familyId: 7, personId: null, name: 'Silva', currency: 'EUR', lines: [{ personId: 1 }, { personId: 2 }] },
  ]);
});

test('a student without a family, and a teacher, wait alone and in no currency', () => {
  const alone = waitingParties([line(9)], [{ familyId: null, personId: 4 }], familyOf, families);
  expect(alone).toMatchObject([{ familyId: null, personId: 9, name: 'Student 9', currency: null }]);
  expect(waitingReference('2026-01', alone[0]!)).toBe('2026-01-S9');
  const [teacher] = waitingParties([blockedLine('pay')], [], new Map(), () => null);
  expect(waitingReference('2026-01', teacher!)).toBe('2026-01-T1');
});
