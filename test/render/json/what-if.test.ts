import { expect, test } from 'vitest';

import { showWhatIf, whatIfSchema } from '../../../src/render/json/what-if.ts';
import { closeOf } from '../../support/closes.ts';

test('other rules are shown by what each family and teacher would have more or less', () => {
  const shown = showWhatIf({
    period: '2026-01',
    issued: closeOf({ version: 2, documentId: 'd0c' }),
    families: [
      {
        party: 1,
        name: 'Silva',
        currency: 'EUR',
        beforeMinor: 4200,
        nowMinor: 4100,
        afterMinor: 3990,
        deltaMinor: -210,
        delta: '-2.10',
        driftMinor: -100,
        effectMinor: -110,
        correctedMinor: -40,
        changedLines: ['c5-3'],
        driftedLines: ['c6-3'],
      },
    ],
    teachers: [],
    newlyBlocked: ['c9-1'],
    unblocked: ['p9-1'],
  });
  expect(shown).toEqual({
    period: '2026-01',
    basis: 'issued',
    basis_text:
      '2026-01 is closed: the other rules are set against version 2, issued on 3 February 2026, without corrections of other periods on its statements. The drift is what has changed since by the rules that hold, the effect what the other rules do.',
    version: 2,
    document_id: 'd0c',
    families: [
      {
        party: 1,
        name: 'Silva',
        currency: 'EUR',
        before_minor: 4200,
        now_minor: 4100,
        after_minor: 3990,
        delta_minor: -210,
        delta: '-2.10',
        drift_minor: -100,
        drift: '-1.00',
        effect_minor: -110,
        effect: '-1.10',
        corrected_minor: -40,
        changed_lines: ['c5-3'],
        drifted_lines: ['c6-3'],
      },
    ],
    teachers: [],
    newly_blocked: ['c9-1'],
    unblocked: ['p9-1'],
  });
  expect(whatIfSchema.parse(shown)).toEqual(shown);
});

test('an open period says that it is set against itself', () => {
  const open = { period: '2026-01', issued: null, families: [], teachers: [], newlyBlocked: [], unblocked: [] };
  expect(showWhatIf(open)).toMatchObject({
    basis: 'draft',
    basis_text: '2026-01 is open: the other rules are set against its lines as they are now.',
    version: null,
  });
});
