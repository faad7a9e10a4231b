import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { readTable } from '../../src/actions/csv-table.ts';

test('a file that is no table says where it stops being one', () => {
  const columns = { required: ['email'], optional: [] };
  expect(readTable('', columns).errors).toHaveLength(1);
  expect(readTable('email\n"never closed', columns).errors[0]).toMatchObject({ column: null });
  expect(readTable('email\na@b.example,extra', columns).errors).toEqual([
    {
      line: 2,
      column: null,
      message: 'has more cells than there are columns; put cells that hold the separator in quotes',
    },
  ]);
});

const cell = fc
  .string({ minLength: 1, maxLength: 12 })
  .map((text) => text.replaceAll('\0', '').trim())
  .filter((text) => text !== '' && !/^'[-+=@]/.test(text));

test('whatever cells hold, quoted they are read as they were, also when a spreadsheet escaped them', () => {
  const tables = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
  const quoted = (text: string) => `"${(/^[-+=@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(tables, fc.constantFrom(',', ';', '\t'), (rows, delimiter) => {
      const file = [`a${delimiter}b`, ...rows.map((cells) => cells.map(quoted).join(delimiter))].join('\r\n');

      const { rows: read, errors } = readTable(file, { required: ['a', 'b'], optional: [] });

      expect(errors).toEqual([]);
      expect(read.map((row) => [row.cell('a'), row.cell('b')])).toEqual(rows);
    }),
  );
});
