import { expect, test } from 'vitest';

import { showWhatIf, whatIfSchema } from '../../../src/render/json/what-if.ts';

test('other rules are shown by what each family and teacher would have more or less', () => {
  const shown = showWhatIf({
    period: '2026-01',
    families: [
      {
        party: 1,
        name: 'Silva',
        currency: 'EUR',
        beforeMinor: 4200,
        afterMinor: 3990,
        deltaMinor: -210,
        delta: '-2.10',
        changedLines: ['c5-3'],
      },
    ],
    teachers: [],
    newlyBlocked: ['c9-1'],
    unblocked: ['p9-1'],
  });
  expect(shown).toEqual({
    period: '2026-01',
    families: [
      {
        party: 1,
        name: 'Silva',
        currency: 'EUR',
        before_minor: 4200,
        after_minor: 3990,
        delta_minor: -210,
        delta: '-2.10',
        changed_lines: ['c5-3'],
      },
    ],
    teachers: [],
    newly_blocked: ['c9-1'],
    unblocked: ['p9-1'],
  });
  expect(whatIfSchema.parse(shown)).toEqual(shown);
});
