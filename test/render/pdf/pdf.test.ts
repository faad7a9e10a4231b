import { describe, expect, test } from 'vitest';

import type { FamilyBill } from '../../../src/core/reports/report.ts';
import { defaultSettings } from '../../../src/core/school/settings.ts';
import { statementsPdf, type StatementToPrint } from '../../../src/render/pdf/pdf.ts';
import {
  ZONE,
  billing,
  blockedLine,
  charge,
  correction,
  minutes,
  onlyStatement,
  pay,
  payroll,
} from '../../support/statements.ts';
import { readPdf } from './pdf-reader.ts';

const january = onlyStatement(billing([charge()]));

function toPrint(
  statement: StatementToPrint['statement'] = january,
  changed: Partial<StatementToPrint> = {},
): StatementToPrint {
  return {
    statement,
    organisation: 'Northside Tutoring',
    school: defaultSettings,
    dueDate: null,
    period: '2026-01',
    timezone: ZONE,
    statementId: '2026-01-F1-EUR',
    version: 1,
    draft: false,
    createdAt: Date.parse('2026-02-03T09:00:00Z'),
    audit: { head: '9f86d081', count: 1204 },
    exceptions: [],
    wording: 4,
    waiting: [],
    underReview: 0,
    changes: null,
    creditsNamed: false,
    ...changed,
  };
}

/** What a reader copies, or hears, instead of the glyphs. */
function actualTexts(bytes: Uint8Array): string[] {
  const control = new Map(Object.entries({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }));
  const file = Buffer.from(bytes).toString('latin1');
  return Array.from(file.matchAll(/\/ActualText \(\u{fe}\u{ff}((?:\\.|[^\\)])*)\)/gsu), ([, escaped = '']) => {
    const plain = escaped.replaceAll(/\\(.)/gs, (_, letter: string) => control.get(letter) ?? letter);
    return Buffer.from(plain, 'latin1').swap16().toString('utf16le');
  });
}

async function textOf(statement: StatementToPrint['statement'], changed: Partial<StatementToPrint> = {}) {
  return readPdf(await statementsPdf([toPrint(statement, changed)])).pages.join(' ');
}

function family(names: Partial<Parameters<typeof charge>[0]>): FamilyBill {
  return onlyStatement(billing([charge(names)]));
}

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the school', () => {
  const school = {
    address: '1 Bridge Street\nLondon SE1',
    logo: PNG,
    tax_number: 'GB 123 4567 89',
    payment_details: 'IBAN GB33 BUKB 2020 1555 5555 55\nReference: the number of the statement',
  };

  test('is on the statement with its address, its tax number, the due day and how to pay', async () => {
    const text = await textOf(january, { school, dueDate: '2026-02-17' });
    expect(text).toContain('Northside Tutoring 1 Bridge Street London SE1 Tax number GB 123 4567 89');
    expect(text).toContain('Issued on 3 February 2026 Due on 17 February 2026');
    expect(text).toContain('How to pay by 17 February 2026 IBAN GB33 BUKB 2020 1555 5555 55 Reference:');
    const issuedBefore = await textOf(january, { school, dueDate: '2026-02-17', wording: 2 });
    expect(issuedBefore).toContain('How to pay until 17 February 2026');
  });

  test('has its logo drawn, the same bytes each time', async () => {
    const [plain, once, twice] = await Promise.all(
      [{ ...school, logo: null }, school, school].map((with_) => statementsPdf([toPrint(january, { school: with_ })])),
    );
    expect(Buffer.from(once!).toString('latin1')).toContain('/Subtype /Image');
    expect(Buffer.from(plain!).toString('latin1')).not.toContain('/Subtype /Image');
    expect(once).toEqual(twice);
  });

  test('tells nobody how to pay who owes nothing or is paid', async () => {
    const nothing = onlyStatement(billing([charge({ amountMinor: 0 })]));
    expect(await textOf(nothing, { school })).not.toContain('IBAN');
    expect(await textOf(onlyStatement(payroll([pay()])), { school })).not.toContain('IBAN');
    expect(await textOf(january, { school })).toContain('How to pay IBAN');
  });
});

describe('the first page', () => {
  test('says whose it is, when, how much, and which statement it is', async () => {
    const text = await textOf(january);

    expect(text).toContain(
      'Statement Northside Tutoring For Silva Period January 2026 Times are those of Europe/London',
    );
    expect(text).toContain('Statement 2026-01-F1-EUR Version 1 Issued on 3 February 2026');
    expect(text).toContain('Total 1 lesson, 60 minutes billed EUR 42.00');
    expect(text).toContain('What turns out later is corrected on a later statement, which names the lesson.');
    expect(text).not.toContain('Audit log');
    expect(text).toContain('Each line is rounded to 0.01 EUR; the total is the sum of the rounded lines.');
    expect(text).not.toContain('exceptions');
  });

  test('of a statement with nothing but corrections says so', async () => {
    const only = onlyStatement(billing([], [correction({ amountMinor: -840, ms: minutes(-12) })]));
    expect(await textOf(only)).toContain('Total No lessons, only 1 correction EUR -8.40');
    expect(await textOf(only, { wording: 3 })).toContain('Total 0 lessons, 0 minutes billed EUR -8.40');
    const ofPay = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com', amountMinor: 400 });
    expect(await textOf(onlyStatement(payroll([], [ofPay, { ...ofPay, adjustmentId: 'a2-p5-11' }])))).toContain(
      'Payout No lessons, only 2 corrections EUR 8.00',
    );
  });

  test('of a reopened period says what it replaces', async () => {
    const text = await textOf(january, { version: 2 });

    expect(text).toContain('2, replaces version 1');
    expect(text).toContain('It replaces version 1 of this statement.');
    expect(text).not.toContain('does not change');
  });

  test('that was issued with other words is printed with them again', async () => {
    const text = await textOf(january, { wording: 1, exceptions: ['no_rate: c5-3: No rate.'] });

    expect(text).toContain('This statement does not change.');
    expect(text).toContain('Audit log at the close: 1,204 entries, head 9f86d081.');
    expect(text).toContain('Closed with exceptions • no_rate: c5-3: No rate.');
  });

  test('lists what stood against the close', async () => {
    const text = await textOf(january, { exceptions: ['Class 19: the evidence expired.', 'One person is unknown.'] });

    expect(text).toContain(
      'Not settled when this statement was made • Class 19: the evidence expired. • One person is unknown.',
    );
  });

  test('tells a draft from what was issued', async () => {
    const text = await textOf(january, { draft: true, audit: null });

    expect(text).toContain('DRAFT: not issued, lines may change');
    expect(text).not.toContain('left out');
    const lacking = await textOf(january, {
      draft: true,
      audit: null,
      waiting: [blockedLine('charge'), blockedLine('charge')],
    });
    expect(lacking).toContain(
      'DRAFT: not issued, lines may change; 2 lessons have no amount yet and are not in the total',
    );
    expect(text).toContain('Drafted on 3 February 2026');
    expect(text).toContain('This is a draft. What is issued may differ.');
    expect(text).not.toContain('Audit log');
  });
});

describe('the lines', () => {
  test('have day, time, minutes, rate and amount', async () => {
    const statement = family({ togetherMs: minutes(48), billedMs: minutes(48), amountMinor: 3360 });
    const text = await textOf(statement);

    expect(text).toContain('Date Lesson Booked Together Billed Rate EUR');
    expect(text).toContain(
      '16 Jan 2026 16:00–17:00 Algebra Ana Silva, taught by tess@example.com 60 48 48 42.00/h 33.60',
    );
    // As statements were issued before; a reprint keeps their words. A teacher needs the number to dispute a line.
    expect(await textOf(statement, { wording: 3 })).toContain('16:00–17:00 · c5-3 Algebra');
    expect(await textOf(onlyStatement(payroll([pay()])))).toMatch(/16:00–17:00 · p\d+-\d+/);
  });

  test('name the teacher, by e-mail where the line has no name', async () => {
    expect(await textOf(family({ teacherName: 'Tess Moreau' }))).toContain('Ana Silva, taught by Tess Moreau');
    expect(await textOf(family({ teacherName: null }))).toContain('Ana Silva, taught by tess@example.com');
  });

  test('have room for a rate of thousands on one line', async () => {
    const text = await textOf(
      family({ rate: { rateId: 1, amount: '1242.00', amountMinor: 124_200, unit: 'hour' }, amountMinor: 124_200 }),
    );
    expect(text).toContain('1,242.00/h 1,242.00');
  });

  test('show the clocks of the organisation in summer', async () => {
    const start = Temporal.Instant.from('2026-07-16T15:00:00Z').epochMilliseconds;

    expect(await textOf(family({ start, end: start + minutes(60), date: '2026-07-16' }))).toContain('16:00–17:00');
  });

  test('say why where it is not plain', async () => {
    const reason = 'No teacher came: nothing is charged.';
    const statement = family({ outcome: 'teacher_no_show', amountMinor: 0, reason, credit: true });

    expect(await textOf(statement)).toContain(reason);
    expect(await textOf(statement)).not.toContain('credited');
    // As statements were issued before; a reprint keeps their words.
    expect(await textOf(statement, { creditsNamed: true })).toContain(`${reason} A make-up lesson is credited.`);
  });

  test('show discount and tax, and re-add to the total', async () => {
    const tax = { code: 'VAT', basisPoints: 2000, inclusive: false, per: 'line' } as const;
    const statement = onlyStatement(
      billing([charge({ priceMinor: 4200, discountMinor: 420, amountMinor: 3780, tax, taxMinor: 756 })]),
    );
    const text = await textOf(statement);

    expect(text).toContain('42.00 less a discount of 4.20');
    expect(text).toContain('Net 37.80 VAT 20.00 % on 37.80 7.56 Gross total EUR 45.36');
    // As statements were issued before; a reprint keeps their words.
    expect(await textOf(statement, { wording: 1 })).toContain(
      'Subtotal 37.80 VAT 20.00 % on 37.80 7.56 Total EUR 45.36',
    );
    expect(text).toContain('the total is the sum of the rounded lines and the tax shown above.');
  });

  test('show what of an inclusive price is tax', async () => {
    const tax = { code: 'VAT', basisPoints: 2000, inclusive: true, per: 'line' } as const;
    const statement = onlyStatement(billing([charge({ amountMinor: 1003, tax, taxMinor: 167 })]));
    expect(await textOf(statement)).toContain('Net 8.36 VAT 20.00 % on 8.36 1.67 Gross total EUR 10.03');
  });

  test('that correct an earlier period stand apart, with the way they go', async () => {
    const text = await textOf(
      onlyStatement(billing([charge()], [correction({ amountMinor: -840, ms: minutes(-12) })])),
    );

    expect(text).toContain('Corrections of earlier periods 12 Dec 2025 Algebra Ana Silva In December 2025 this was');
    expect(text).not.toContain('c2-3');
    expect(text).toContain('-12 -8.40 Total EUR 33.60');
  });

  test('of nobody say so', async () => {
    const text = await textOf({ ...january, lines: [], total: '0.00', totalMinor: 0 });

    expect(text).toContain('No lessons in this period. Total EUR 0.00');
  });

  test('are in the digits of their currency', async () => {
    const text = await textOf(onlyStatement(billing([charge({ currency: 'JPY', amountMinor: 1_234_567 })])));

    expect(text).toContain('JPY 1,234,567');
    expect(text).toContain('Each line is rounded to 1 JPY;');
  });
});

test('a pay statement says what is paid out now and what is left', async () => {
  const overpaid = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com', amountMinor: -4000 });
  const text = await textOf(onlyStatement(payroll([pay({ amountMinor: 2500 })], [overpaid])));

  expect(text).toContain('Pay statement Northside Tutoring For Tess Moreau (tess@example.com)');
  expect(text).toContain('Date Lesson Booked Held Paid Rate EUR');
  expect(text).toContain(
    'Total EUR -15.00 From earlier periods 0.00 Payout EUR 0.00 Left to the next period, needs approval -15.00',
  );
});

describe('names', () => {
  test.each(['Zoë Núñez-Ångström', 'Łukasz Żółć', 'Ελένη Παπαδοπούλου', 'Наталія Їжакевич', 'Đặng Thị Hạnh'])(
    '%s is written out',
    async (studentName) => {
      expect(await textOf(family({ studentName }))).toContain(`${studentName}, taught`);
    },
  );

  test.each([
    '山田太郎',
    '渡邉 ｱｲｺ ー',
    '김민수',
    'अनन्या शर्मा',
    'ক্ষমা',
    'પ્રિયંકા',
    'தமிழ்ச்செல்வி',
    'ศิริพร ใจดี',
    'محمد عبد الله',
    'דניאל כהן',
    'שרה Cohen-לוי (12)',
  ])('%s is drawn without a box, and copied as it is written', async (studentName) => {
    const bytes = await statementsPdf([toPrint(family({ studentName }))]);

    expect(actualTexts(bytes)).toContain(`${studentName}, taught by tess@example.com`);
    // Glyph 0 is the box.
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/<(?:[0-9a-f]{4})*?0000(?:[0-9a-f]{4})*> [^\n]*TJ/);
  });

  test('from right to left stand in the order in which they are read', async () => {
    expect(await textOf(family({ studentName: 'דניאל כהן' }))).toContain('ןהכ  לאינד');
    expect(await textOf(family({ studentName: 'علی ۱۲۳' }))).toContain('۱۲۳');
  });

  test('and lessons from right to left keep apart from the day behind them', async () => {
    const exceptions = ['מתמטיקה 2, 28 Oct 2026: No rate is valid.', 'Ana, Algebra, 28 Oct 2026: No rate is valid.'];
    const text = await textOf(january, { exceptions });
    expect(text).toContain('2  הקיטמתמ , 28 Oct 2026: No rate is valid.');
    expect(text).toContain('• Ana, Algebra, 28 Oct 2026: No rate is valid.');
  });

  test.each([
    ['山﨑 さくら', '山崎'],
    ['فاطمہ', 'همطاف'],
  ])('%s has a letter that is drawn as another hand writes it', async (studentName, drawn) => {
    const bytes = await statementsPdf([toPrint(family({ studentName }))]);
    expect(readPdf(bytes).pages.join(' ').replaceAll(' ', '')).toContain(drawn);
    expect(actualTexts(bytes)).toContain(`${studentName}, taught by tess@example.com`);
  });

  test.each(['Ana\u{200b} Sil\u{ad}va', 'A\u{2060}na Silva', 'Ana Si\u{fe00}lva'])(
    '%j is printed without what nobody sees',
    async (studentName) => {
      expect(await textOf(family({ studentName }))).toContain('Ana Silva, taught');
    },
  );

  test('whose letters are apart from their accents are drawn as one', async () => {
    const text = await textOf(family({ studentName: 'Ame\u{301}lie', teacherName: '\u{1112}\u{1161}\u{11ab}' }));
    expect(text).toContain('Amélie, taught by 한');
  });

  test('lose their pictures', async () => {
    expect(await textOf(family({ studentName: 'Ana 🎓' }))).toContain('Ana, taught');
  });

  test.each(['ਗੁਰਪ੍ਰੀਤ', 'ᚠᚢᚦ', '𝓐𝓷𝓪', '🎓', 'بے نظیر', '𠮷田', 'Ꞛna'])(
    '%s, which no typeface draws, gives way to the e-mail',
    async (studentName) => {
      expect(await textOf(family({ studentName }))).toContain('ana@example.com, taught by');
    },
  );

  test('of any length are wrapped, and control characters left out', async () => {
    const text = await textOf(family({ subject: `${'Wide '.repeat(60)}\u{0}\nend`, studentName: 'W'.repeat(300) }));

    expect(text.replaceAll(/[^W]/g, '').length).toBeGreaterThanOrEqual(360);
    expect(text).toContain('end');
  });
});

describe('the file', () => {
  test('is the same bytes whenever and wherever it is written', async () => {
    const bytes = await statementsPdf([toPrint()]);

    expect(Buffer.compare(bytes, await statementsPdf([toPrint()]))).toBe(0);
    // Deflate packs differently on other processors.
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('/FlateDecode');
    expect(Buffer.compare(bytes, await statementsPdf([toPrint(january, { version: 2 })]))).not.toBe(0);
  });

  test('tells a screen reader its language, title and structure', async () => {
    const file = Buffer.from(await statementsPdf([toPrint()])).toString('latin1');

    expect(file).toContain('/Lang (en)');
    expect(file).toContain('/Marked true');
    expect(file).toContain('(Statement, January 2026, Silva)');
    expect(file).toContain('(D:20260203090000Z)');
    for (const tag of ['/Document', '/H1', '/Table', '/TR', '/TH', '/TD']) expect(file).toContain(`/S ${tag}\n`);
  });

  test('has metadata that is XML whatever the names are', async () => {
    const bytes = await statementsPdf([toPrint({ ...january, name: 'A & B <C>' }, { organisation: 'X & Co. <Y>' })]);
    const xml = /<\?xpacket begin[\s\S]*<\?xpacket end="w"\?>/.exec(Buffer.from(bytes).toString('utf8'))?.[0] ?? '';

    expect(xml).toContain('Statement, January 2026, A B C');
    expect(xml).not.toMatch(/&(?!amp;|lt;|gt;)/);
    expect(readPdf(bytes).pages.join(' ')).toContain('X & Co. <Y>');
  });

  test('of 400 lines is paged, with header, statement and page number on each page', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => charge({ lineId: `c${i}-3`, subject: `Algebra ${i}` }));
    const { pages } = readPdf(await statementsPdf([toPrint(onlyStatement(billing(lines)))]));

    expect(pages.length).toBeGreaterThan(10);
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Statement 2026-01-F1-EUR, version 1 Page ${i + 1} of ${pages.length}`);
    }
    for (const page of pages.slice(0, -1)) expect(page).toContain('Date Lesson Booked Together Billed Rate EUR');
    const text = pages.join(' ');
    expect(lines.filter(({ subject }) => !text.includes(`${subject} Ana Silva`))).toEqual([]);
    expect(text).toContain('Total EUR 16,800.00');
  });
});

test('pay by a share of the charge says which; what was issued without keeps its dash', async () => {
  const byShare = (changed: Parameters<typeof pay>[0]) =>
    textOf(onlyStatement(payroll([pay({ rate: null, ...changed })])), { statementId: '2026-01-T11-EUR' });
  expect(await byShare({ percent: 60 })).toMatch(/60 %\s+of charge/);
  expect(await byShare({})).not.toContain('%');
});

test('pay by heads says what it is added up from', async () => {
  const reason = 'The class was held. 53 min with 2 students: each further student adds 3.00 EUR an hour.';
  const byHeads = (heads: number) =>
    textOf(
      onlyStatement(
        payroll([pay({ reason, tiers: { base: '18.00', extraHead: '3.00', heads: [{ heads, ms: 3_180_000 }] } })]),
      ),
      { statementId: '2026-01-T11-EUR' },
    );
  expect(await byHeads(2)).toMatch(/18\.00\/h/);
  expect(await byHeads(2)).toContain('53 min with 2 students');
  expect(await byHeads(1)).not.toContain('53 min');
});
