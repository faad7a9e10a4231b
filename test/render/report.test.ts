import { describe, expect, test } from 'vitest';

import type { ChargeLine } from '../../src/core/billing/lesson/line.ts';
import { formatLineId } from '../../src/core/billing/line-id.ts';
import { familyStatements } from '../../src/core/billing/period/statements.ts';
import { changesSince } from '../../src/core/reports/versions.ts';
import { defaultSettings } from '../../src/core/school/settings.ts';
import type { Bills } from '../../src/queries/reports/bills.ts';
import type { Payroll } from '../../src/queries/reports/payroll.ts';
import {
  FORMATS,
  REPORT_FORMATS,
  renderReport,
  renderSummary,
  SUMMARY_FORMATS,
  type AnyReport,
  type ReportWish,
} from '../../src/render/report.ts';
import { MOST_XLSX_LINES } from '../../src/render/xlsx/xlsx.ts';
import { blockedLine, billing, charge, minutes, pay, payroll } from '../support/statements.ts';
import { readPdf } from './pdf/pdf-reader.ts';

/** Past midnight of 4 February in London, before midnight in New York. */
const NOW = Date.parse('2026-02-04T00:30:00Z');
const CLOSED = Date.parse('2026-02-03T09:00:00Z');

const draft = {
  audit: { head: '9f86d081', count: 1204 },
  close: null,
  creditsNamed: false,
  school: defaultSettings,
  exceptions: [],
  waiting: [],
  version: 1,
  changes: new Map(),
} as const;

function bills(lines: readonly ChargeLine[] = [charge()], changed: Partial<Bills> = {}): Bills {
  return { ...billing(lines), kind: 'billing', partyId: null, ...draft, ...changed };
}

function payOf(changed: Partial<Payroll> = {}): Payroll {
  return { ...payroll([pay()]), kind: 'payroll', partyId: null, ...draft, ...changed };
}

/** A close with what stood against it. */
function closed(exceptions: NonNullable<Bills['close']>['exceptions'] = []): Bills['close'] {
  return { version: 2, documentId: 'doc-2', closedAt: CLOSED, exceptions } as unknown as Bills['close'];
}

const render = (view: AnyReport, wish: ReportWish) => renderReport(view, { ...wish, now: NOW });

/** The name and the text of a file. */
async function fileOf(view: AnyReport, wish: ReportWish) {
  const rendered = await render(view, wish);
  if (rendered.kind !== 'file') throw new Error(`a file, not ${rendered.kind}`);
  const { name, type, body } = rendered;
  return { name, type, bytes: body instanceof Uint8Array ? body : Buffer.from([...body].join('')) };
}

const pdfOf = async (view: AnyReport, wish: Partial<ReportWish> = {}) => {
  const { name, bytes } = await fileOf(view, { format: 'pdf', ...wish });
  return { name, text: readPdf(Buffer.from(bytes)).pages.join(' ') };
};

/** Two families, each with a class of its own. */
const two = () => [
  charge(),
  charge({ lineId: 'c6-4', classId: 6, studentId: 4, familyId: 2, studentName: 'Ben Costa' }),
];

describe('the forms of a report', () => {
  test('are these, by the extension of their file', () => {
    expect(REPORT_FORMATS).toEqual(['json', 'csv', 'xlsx', 'pdf']);
    expect(
      Object.entries(FORMATS)
        .filter(([, { isText }]) => isText)
        .map(([name]) => name),
    ).toEqual(['json', 'csv']);
  });

  test('say which they are', async () => {
    const files = await Promise.all(
      (['csv', 'xlsx', 'pdf'] as const).map((format) => fileOf(bills(two()), { format })),
    );
    expect(files.map(({ type, bytes }) => [type, Buffer.from(bytes.subarray(0, 4)).toString('latin1')])).toEqual([
      ['text/csv; charset=utf-8', 'peri'],
      ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'PK\u0003\u0004'],
      ['application/pdf', '%PDF'],
    ]);
  });

  test.each([
    [bills(two()), 'billing-2026-01'],
    [bills(two(), { partyId: 1 }), 'billing-2026-01-F1'],
    [payOf(), 'payroll-2026-01'],
    [payOf({ partyId: 11 }), 'payroll-2026-01-T11'],
  ])('are files that are named after the report and whose it is', async (view, name) => {
    for (const format of ['csv', 'xlsx'] as const)
      expect((await fileOf(view, { format })).name).toBe(`${name}.${format}`);
  });

  test('in JSON are data, with the state of the period', async () => {
    expect(await render(bills(), { format: 'json' })).toMatchObject({
      kind: 'data',
      data: { period: '2026-01', state: 'draft', families: [{ name: 'Silva', total: '42.00' }] },
    });
    expect(await render(payOf({ close: closed() }), { format: 'json' })).toMatchObject({
      kind: 'data',
      data: { state: 'closed', version: 2, closed_time: '2026-02-03T09:00:00Z', teachers: [{ total: '22.00' }] },
    });
  });
});

test('the attendance summary is data in JSON and a file in CSV, and has no other form', () => {
  const counts = { expected: 4, present: 2, late: 1, absent: 1, excused: 0, pending: 0, visited: 0, minutes: 178.5 };
  const month = { personId: 3, email: 'ana@example.com', name: 'Ana', month: '2026-01', ...counts };
  const summary = { kind: 'attendance' as const, period: '2026-01', zone: 'Europe/London', people: [month] };
  expect(SUMMARY_FORMATS).toEqual(['json', 'csv']);
  expect(renderSummary(summary, 'json')).toMatchObject({ kind: 'data', data: { people: [{ person_id: 3 }] } });
  const file = renderSummary(summary, 'csv');
  expect(file).toMatchObject({ kind: 'file', name: 'attendance-2026-01.csv', type: 'text/csv; charset=utf-8' });
  expect(file.kind === 'file' ? [...file.body].join('') : null).toMatch(/^month,email,.*\r\n2026-01,ana@example.com,/);
});

describe('accounting as CSV', () => {
  const dayOf = async (view: Bills) => {
    const { bytes } = await fileOf(view, { format: 'csv', variant: 'accounting' });
    return [
      ...new Set(
        Buffer.from(bytes)
          .toString('utf8')
          .match(/\d{4}-\d{2}-\d{2}/g),
      ),
    ];
  };

  test('is dated by the close, or by today, in the zone of the period', async () => {
    expect(await dayOf(bills([charge()], { close: closed() }))).toContain('2026-02-03');
    expect(await dayOf(bills())).toContain('2026-02-04');
    expect(await dayOf(bills([charge()], { zone: 'America/New_York' }))).toContain('2026-02-03');
  });
});

test('pay for accounting has its own account and tax, and is no sale', async () => {
  const school = { ...defaultSettings, account_code: '200', tax_type: 'OUTPUT', pay_account_code: '477' };
  const ofPay = async (variant: 'xero' | 'quickbooks', view = payOf({ school, close: closed() })) =>
    (await fileOf(view, { format: 'csv', variant })).bytes.toString();
  for (const variant of ['xero', 'quickbooks'] as const) {
    const text = await ofPay(variant);
    expect(text).toContain(',477,');
    expect(text).not.toMatch(/OUTPUT|,200,/);
  }
  const named = payOf({ school: { ...school, pay_tax_type: 'INPUT' }, close: closed() });
  expect(await ofPay('xero', named)).toContain(',477,INPUT,');
  // The days that families have to pay are not those of the school.
  const due = payOf({ school: { ...school, due_days: 14 }, close: closed() });
  expect(await ofPay('xero', due)).toContain(',2026-02-03,2026-02-03,');
});

describe('a pdf', () => {
  test('of one statement is named after it, one of several after the report', async () => {
    expect((await pdfOf(bills())).name).toBe('2026-01-F1-EUR.pdf');
    expect((await pdfOf(payOf())).name).toBe('2026-01-T11-EUR.pdf');
    expect((await pdfOf(bills(two()))).name).toBe('billing-2026-01.pdf');
  });

  test('holds the statements of one currency where it is named', async () => {
    const view = bills([charge(), charge({ lineId: 'c6-3', classId: 6, currency: 'USD' })]);
    const dollars = await pdfOf(view, { currency: 'USD' });
    expect(dollars.name).toBe('2026-01-F1-USD.pdf');
    expect(dollars.text).not.toContain('EUR 42.00');
  });

  test('of nothing is refused', async () => {
    const refusal = { kind: 'refused', code: 'not_found', message: 'there is no such statement for 2026-01' };
    expect(await render(bills([]), { format: 'pdf' })).toMatchObject(refusal);
    expect(await render(bills(), { format: 'pdf', currency: 'USD' })).toMatchObject(refusal);
  });

  test('is a draft until the close, and then says its version and its day', async () => {
    expect((await pdfOf(bills())).text).toContain('Draft');
    const { text } = await pdfOf(bills([charge()], { close: closed(), version: 2 }));
    expect(text).toContain('2, replaces version 1');
    expect(text).toContain('3 February 2026');
    expect(text).not.toContain('Draft');
  });

  test('names the student in what was not settled where it has lessons of several', async () => {
    const exceptions = [
      { invariant: 'own', lineId: 'c5-3', text: 'Algebra: somebody is not recognised.' },
      { invariant: 'sibling', lineId: 'c5-4', text: 'Algebra: somebody is not recognised.' },
    ];
    const both = [charge(), charge({ lineId: 'c5-4', studentId: 4, studentName: 'Rui Silva' })];
    const close = { ...closed(exceptions)!, wording: 3 };
    const { text } = await pdfOf(bills(both, { close, exceptions }));
    expect(text).toContain('• Ana Silva, Algebra: somebody is not recognised.');
    expect(text).toContain('• Rui Silva, Algebra: somebody is not recognised.');
    const before = await pdfOf(bills(both, { close: { ...close, wording: 2 }, exceptions }));
    expect(before.text).not.toContain('Ana Silva, Algebra: ');
  });

  test('says of a draft how many lessons of the family have no amount yet', async () => {
    const blocked = [3, 5, 6].map((personId) => ({ ...blockedLine('charge'), personId }));
    const familyOf = new Map([
      [3, 1],
      [5, 1],
      [6, 2],
    ]);
    const { text } = await pdfOf(bills([charge()], { blocked, familyOf }));
    expect(text).toContain(
      'DRAFT: not issued, lines may change; 2 lessons have no amount yet and are not in the total',
    );
  });

  test('has in a draft what is missing of each lesson without an amount, and no total where none has one', async () => {
    const own = { ...blockedLine('charge'), personId: 3, personName: 'Ana Silva' };
    const some = await pdfOf(bills([charge()], { blocked: [own], familyOf: new Map([[3, 1]]) }));
    expect(some.text).toMatch(
      /Without an amount yet.*Algebra Ana Silva No rate is valid on that day\..*EUR 42\.00|EUR 42\.00.*Without an amount yet.*Algebra Ana Silva No rate is valid on that day\./s,
    );

    const lines = [own];
    const silva = {
      kind: 'waiting',
      side: 'charge',
      familyId: 1,
      personId: null,
      name: 'Silva',
      currency: 'EUR',
      lines,
    } as const;
    const none = await pdfOf(bills([], { blocked: lines, waiting: [silva] }));
    expect(none.name).toBe('2026-01-F1.pdf');
    expect(none.text).toContain('No amount yet');
    expect(none.text).toContain('No rate is valid on that day.');
    expect(none.text).not.toMatch(/0\.00|No lessons in this period/);
  });

  test('has no zero for a total in a draft whose lessons are all under review', async () => {
    const open = charge({ amountMinor: 0, outcome: 'unknown', flags: ['review_open'], reason: 'A guest waits.' });
    const all = await pdfOf(bills([open]));
    expect(all.text).toContain('No amount yet');
    expect(all.text).not.toContain('0.00');
    expect(all.text).toContain('1 lesson under review counts nothing until that is settled');
    const one = await pdfOf(bills([open, charge({ lineId: 'c6-3', classId: 6 })]));
    expect(one.text).toContain('EUR 42.00');
    // What was issued so keeps its amount.
    expect((await pdfOf(bills([open], { close: closed() }))).text).toContain('EUR 0.00');
  });

  test('says what changed since the version that it replaces, unless an earlier edition issued it', async () => {
    const now = bills([charge({ amountMinor: 3360, billedMs: minutes(48) })]);
    const before = familyStatements([charge(), charge({ lineId: 'c6-3', amountMinor: 2100 })]);
    const changes = changesSince('2026-01', { version: 1, statements: before }, now.statements);
    const close = { ...closed()!, wording: 4 };
    const { text } = await pdfOf({ ...now, changes, version: 2, close });
    expect(text).toContain('What changed since version 1');
    expect(text).toContain('Was 60 min, 42.00; is 48 min, 33.60 now.');
    expect(text).toContain('Taken off.');
    expect(text).toMatch(/Version 1 was\s+63\.00\s+Difference EUR\s+-29\.40/);
    const issued = await pdfOf({ ...now, changes, version: 2, close: { ...close, wording: 3 } });
    expect(issued.text).not.toContain('What changed');
    const same = changesSince('2026-01', { version: 1, statements: now.statements }, now.statements);
    expect((await pdfOf({ ...now, changes: same, version: 2, close })).text).toContain(
      'Nothing changed since version 1',
    );
  });

  test('names a student who has no line on it', async () => {
    const student = { name: 'Rui Silva', email: 'rui@example.com' };
    const exceptions = [
      { invariant: 'sibling', lineId: 'c5-4', text: 'Algebra: nobody could look.', familyId: 1, student },
    ];
    const close = { ...closed(exceptions)!, wording: 4 };
    expect((await pdfOf(bills([charge()], { close, exceptions }))).text).toContain(
      '• Rui Silva, Algebra: nobody could look.',
    );
    const before = await pdfOf(bills([charge()], { close: { ...close, wording: 3 }, exceptions }));
    expect(before.text).not.toContain('Rui Silva');
  });

  test('lists of what stood against the close what concerns the period or the people on it', async () => {
    const exceptions = [
      { invariant: 'whole_period', lineId: null, text: 'One class was not read.' },
      { invariant: 'own_charge', lineId: 'c5-3', text: 'A charge of the student.' },
      { invariant: 'own_correction', lineId: 'a1-c2-3', text: 'A correction of the student.' },
      { invariant: 'sibling', lineId: 'c7-5', text: 'A charge of a sibling without a line.', familyId: 1 },
      { invariant: 'other_student', lineId: 'c6-4', text: 'A charge of somebody else.' },
      { invariant: 'other_family', lineId: 'c6-6', text: 'A charge of another family.', familyId: 2 },
      { invariant: 'pay_of_teacher', lineId: 'p5-11', text: 'What the teacher is paid.' },
    ];
    const listed = async (view: AnyReport) => {
      const { text } = await pdfOf(view);
      // No name of a claim and no number of a line: they say nothing to a family.
      expect(text).not.toMatch(/whole_period|own_charge|c5-3: /);
      return exceptions.filter((exception) => text.includes(exception.text)).map(({ invariant }) => invariant);
    };
    expect(await listed(bills([charge()], { close: closed(exceptions) }))).toEqual([
      'whole_period',
      'own_charge',
      'own_correction',
      'sibling',
    ]);
    expect(await listed(payOf({ close: closed(exceptions) }))).toEqual(['whole_period', 'pay_of_teacher']);
  });
});

describe('more than a form holds', () => {
  test('is refused with the form that holds it', async () => {
    const many = Array.from({ length: MOST_XLSX_LINES + 1 }, () => charge());
    const [statement] = bills().statements;
    const view = bills([], { statements: [{ ...statement!, lines: many }] });
    expect(await render(view, { format: 'xlsx' })).toMatchObject({
      kind: 'refused',
      code: 'invalid',
      complaints: [{ path: 'format', message: 'a workbook holds 100000 lines: read the report as csv' }],
    });

    const families = Array.from({ length: 501 }, (_, n) =>
      charge({ lineId: formatLineId({ side: 'charge', classId: 5, personId: n }), studentId: n, familyId: n }),
    );
    expect(await render(bills(families), { format: 'pdf' })).toMatchObject({
      code: 'invalid',
      complaints: [
        {
          path: 'format',
          message: 'a pdf holds 500 statements, and there are 501: ask for one family or teacher at a time',
        },
      ],
    });
  });
});
