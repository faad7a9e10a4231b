import { expect, test } from 'vitest';

import { importedSchema, showImported } from '../../../src/render/json/import.ts';

test('a file that was entered is shown with its counts and warnings, and whether it was only tried', () => {
  const warnings = [{ line: 2, column: 'e-mail', message: 'is a column that is not known; it was left out' }];
  const shown = showImported({ created: 2, updated: 1, unchanged: 0, warnings }, true);
  expect(shown).toEqual({ created: 2, updated: 1, unchanged: 0, dry_run: true, warnings });
  expect(importedSchema.parse(shown)).toEqual(shown);
});
