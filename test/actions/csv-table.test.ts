import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';

import { readTable } from '../../src/actions/csv-table.ts';
import { systemClock as clock } from '../../src/system.ts';

test('a file that is no table says where it stops being one', async () => {
  const columns = { required: ['email'], optional: [] };
  expect((await readTable('', columns, clock)).errors).toHaveLength(1);
  expect((await readTable('email\n"never closed', columns, clock)).errors[0]).toMatchObject({ column: null });
  expect((await readTable('email\na@b.example,extra', columns, clock)).errors).toEqual([
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

test('whatever cells hold, quoted they are read as they were, also when a spreadsheet escaped them', async () => {
  const tables = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
  const quoted = (text: string) => `"${(/^[-+=@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom(',', ';', '\t'), async (rows, delimiter) => {
      const file = [`a${delimiter}b`, ...rows.map((cells) => cells.map(quoted).join(delimiter))].join('\r\n');

      const { rows: read, errors } = await readTable(file, { required: ['a', 'b'], optional: [] }, clock);

      expect(errors).toEqual([]);
      expect(read.map((row) => [row.cell('a'), row.cell('b')])).toEqual(rows);
    }),
  );
});

test.each([
  ['"x"@home.example,y', 'a quoted cell goes on behind its closing quote'],
  ['"x,y', 'a quote is opened and never closed'],
  ['x"z",y', 'a quote stands inside a cell that does not begin with one'],
])('a quote that is out of place is told in words of ours: %s', async (row, words) => {
  const { errors } = await readTable(`a,b\n${row}`, { required: ['a', 'b'], optional: [] }, clock);
  expect(errors[0]?.message).toContain(`the file cannot be read as CSV from here on: ${words}`);
});
