import { describe, expect, test } from 'vitest';

import { MOST_XLSX_LINES, billingXlsx, payrollXlsx } from '../../../src/render/xlsx/xlsx.ts';
import { billing, charge, correction, pay, payroll } from '../../support/statements.ts';
import { unzip } from './zip-reader.ts';

interface ReadCell {
  /** `s` is text; numbers and dates have none. */
  readonly type: string | null;
  readonly value: string;
  /** The number format. */
  readonly format: string | null;
}

/** A sheet as rows of cells by header. */
function readSheet(files: ReadonlyMap<string, string>, number: number): Map<string, ReadCell>[] {
  const strings = [...(files.get('xl/sharedStrings.xml') ?? '').matchAll(/<si><t[^>]*>([\s\S]*?)<\/t><\/si>/g)].map(
    ([, text]) => unescape(text ?? ''),
  );
  const styles = files.get('xl/styles.xml') ?? '';
  const formats = new Map(
    [...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code]) => [id, code ?? '']),
  );
  const cellStyles = [
    ...(/<cellXfs[^>]*>([\s\S]*?)<\/cellXfs>/.exec(styles)?.[1] ?? '').matchAll(/<xf\b([^>]*)>/g),
  ].map(([, attributes = '']) => unescape(formats.get(/numFmtId="(\d+)"/.exec(attributes)?.[1]) ?? ''));
  const [header = [], ...rows] = [
    ...(files.get(`xl/worksheets/sheet${number}.xml`) ?? '').matchAll(/<row [^>]*>([\s\S]*?)<\/row>/g),
  ].map(([, row]) =>
    [...(row ?? '').matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)].map(([, attributes = '', body = '']) => {
      const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? null;
      const type = attribute('t');
      const raw = /<v>([^<]*)<\/v>/.exec(body)?.[1] ?? '';
      return {
        at: (attribute('r') ?? '').replace(/\d+$/, ''),
        cell: {
          type,
          value: type === 's' ? (strings[Number(raw)] ?? '') : raw,
          format: cellStyles[Number(attribute('s') ?? -1)] ?? null,
        },
      };
    }),
  );
  const names = new Map(header.map(({ at, cell }) => [at, cell.value]));
  return rows.map((row) => new Map(row.map(({ at, cell }) => [names.get(at) ?? at, cell])));
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** Excel counts days from 30 December 1899. */
function serial(wall: string): number {
  return Date.parse(`${wall}Z`) / 86_400_000 + 25_569;
}

describe('a workbook of bills', () => {
  test('has amounts and minutes as numbers, in the digits of their currency', async () => {
    const report = billing([
      charge({ amountMinor: 3967, billedMs: 3_400_000 }),
      charge({ currency: 'JPY', amountMinor: 2917 }),
      charge({ currency: 'KWD', amountMinor: 10_417 }),
    ]);
    const rows = readSheet(unzip(await billingXlsx(report)), 1);

    expect(rows.map((row) => row.get('Amount'))).toEqual([
      { type: null, value: '39.67', format: '[$EUR] #,##0.00' },
      { type: null, value: '2917', format: '[$JPY] #,##0' },
      { type: null, value: '10.417', format: '[$KWD] #,##0.000' },
    ]);
    expect(rows[0]?.get('Billed min')).toEqual({ type: null, value: '56.67', format: '0.00' });
    expect(rows[0]?.get('Student')).toEqual(expect.objectContaining({ type: 's', value: 'Ana Silva' }));
  });

  test('has dates as dates on the clocks of the report', async () => {
    // 16 July in London is an hour ahead of UTC; the process itself runs in New York.
    const start = Temporal.Instant.from('2026-07-16T15:00:00Z').epochMilliseconds;
    const [row] = readSheet(unzip(await billingXlsx(billing([charge({ start, date: '2026-07-16' })]))), 1);

    expect(row?.get('Date')).toEqual({ type: null, value: String(serial('2026-07-16T00:00')), format: 'yyyy-mm-dd' });
    expect(Number(row?.get('Start')?.value)).toBeCloseTo(serial('2026-07-16T16:00'), 6);
    expect(row?.get('Start')).toMatchObject({ type: null, format: 'yyyy-mm-dd hh:mm' });
  });

  test('keeps text that begins like a formula as text, and names of every script', async () => {
    const names = ['=IMAGE("http://example.com/")', '+44', 'Ωμέγα <Жуков> & 山田 🎓', '\u{1}a\u{b}b'];
    const files = unzip(await billingXlsx(billing(names.map((studentName) => charge({ studentName })))));
    const students = readSheet(files, 1).map((row) => row.get('Student'));

    expect(students.map((cell) => cell?.type)).toEqual(['s', 's', 's', 's']);
    expect(students.map((cell) => cell?.value)).toEqual([...names.slice(0, 3), 'ab']);
    expect(files.get('xl/worksheets/sheet1.xml')).not.toContain('<f>');
  });

  test('has totals, corrections and a header that stays in sight', async () => {
    const tax = { code: 'VAT', basisPoints: 2000, inclusive: false, per: 'line' } as const;
    const files = unzip(
      await billingXlsx(billing([charge({ tax, taxMinor: 840 })], [correction({ amountMinor: -840 })])),
    );
    const [, correctionRow] = readSheet(files, 1);
    const [totals] = readSheet(files, 2);

    expect(files.get('xl/workbook.xml')).toMatch(/name="Lines".*name="Totals".*name="Without amount"/s);
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(/<pane [^>]*ySplit="1"[^>]*state="frozen"/);
    expect(files.get('xl/worksheets/sheet1.xml')).toMatch(/<col [^>]*width="24/);
    expect(correctionRow?.get('Amount')?.value).toBe('-8.4');
    expect(correctionRow?.get('Line')?.value).toBe('a1-c2-3');
    expect(totals?.get('Subtotal')?.value).toBe('33.6');
    expect(totals?.get('Tax')?.value).toBe('8.4');
    expect(totals?.get('Total')).toEqual({ type: null, value: '42', format: '[$EUR] #,##0.00' });
  });

  test('names what was not settled when the period was closed', async () => {
    const exceptions = [{ invariant: 'evidence_is_whole', lineId: 'c9-3', text: 'Nothing was read from Google yet.' }];
    const [row] = readSheet(unzip(await billingXlsx({ ...billing([charge()]), exceptions })), 4);
    expect(['Claim', 'Line', 'Text'].map((column) => row?.get(column)?.value)).toEqual([
      'evidence_is_whole',
      'c9-3',
      'Nothing was read from Google yet.',
    ]);
  });

  test('of nothing can be opened', async () => {
    expect(readSheet(unzip(await billingXlsx(billing([]))), 1)).toEqual([]);
  });

  test('is the same bytes whenever it is written', async () => {
    const report = billing([charge(), charge({ lineId: 'c6-3' })]);

    expect(Buffer.compare(await billingXlsx(report), await billingXlsx(report))).toBe(0);
    // The first file of the archive is of midnight, 1 January 1980.
    expect(Buffer.from(await billingXlsx(report)).readUInt32LE(10)).toBe(0x0021_0000);
  });

  test('of too many lines is refused', () => {
    const report = billing([charge()]);
    const [family] = report.statements;
    const lines = Array.from({ length: MOST_XLSX_LINES + 1 }, () => family!.lines[0]!);

    expect(() => billingXlsx({ ...report, statements: [{ ...family!, lines }] })).toThrow(
      '100001 lines are too many for a workbook: read the report as CSV',
    );
  });
});

test('a workbook of pay tells the payout from the total', async () => {
  const overpaid = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com', amountMinor: -4000 });
  const files = unzip(await payrollXlsx(payroll([pay({ amountMinor: 2500 })], [overpaid])));
  const [totals] = readSheet(files, 2);

  expect(readSheet(files, 1).map((row) => row.get('Paid min')?.value)).toEqual(['60', '12']);
  expect([totals?.get('Total')?.value, totals?.get('Payout')?.value, totals?.get('Carried on')?.value]).toEqual([
    '-15',
    '0',
    '-15',
  ]);
});
