import { describe, expect, test } from 'vitest';

import { billingReport, payrollReport, rowsOf, statementReference } from '../../../src/core/reports/report.ts';
import {
  billing,
  blockedLine,
  charge,
  correction,
  familyOf,
  onlyStatement,
  pay,
  payroll,
} from '../../support/statements.ts';

describe('the billing report', () => {
  test('names the family and says where its statement is sent', () => {
    const report = billing([charge()]);

    expect(report).toMatchObject({ period: '2026-01', zone: 'Europe/London', blocked: [] });
    expect(onlyStatement(report)).toMatchObject({ familyId: 1, name: 'Silva', email: 'silva@example.com' });
    expect(onlyStatement(billing([charge({ familyId: 2 })]))).toMatchObject({ name: 'Family 2', email: null });
  });

  test('gives a family with two currencies two statements', () => {
    const report = billing([charge(), charge({ lineId: 'c6-3', currency: 'JPY', amountMinor: 2917 })]);

    expect(report.statements.map(({ name, currency, total }) => [name, currency, total])).toEqual([
      ['Silva', 'EUR', '42.00'],
      ['Silva', 'JPY', '2917'],
    ]);
    expect(report.statements.map((family) => statementReference('2026-01', family))).toEqual([
      '2026-01-F1-EUR',
      '2026-01-F1-JPY',
    ]);
  });

  test('calls a student without a family by name', () => {
    const family = onlyStatement(billing([charge({ familyId: null })]));

    expect(family).toMatchObject({ familyId: null, studentId: 3, name: 'Ana Silva', email: 'ana@example.com' });
    expect(statementReference('2026-01', family)).toBe('2026-01-S3-EUR');
  });
});

describe('the payroll report', () => {
  test('names the teacher as now, else as on a line, else by e-mail', () => {
    const overpaid = correction({ side: 'pay', personId: 11, personEmail: 'tess@example.com' });
    const report = payroll([pay()]);

    expect(onlyStatement(payrollReport(report, () => 'Tess Moreau-Diaz')).name).toBe('Tess Moreau-Diaz');
    expect(onlyStatement(report).name).toBe('Tess Moreau');
    expect(onlyStatement(payroll([], [overpaid])).name).toBe('tess@example.com');
  });
});

test('each report holds only what its own side cannot bill yet', () => {
  const blocked = (['charge', 'pay'] as const).map(blockedLine);
  const common = { period: '2026-01', zone: 'UTC', statements: [], blocked };

  expect(billingReport(common, familyOf).blocked.map(({ lineId }) => lineId)).toEqual(['c9-1']);
  expect(payrollReport(common, () => null).blocked.map(({ lineId }) => lineId)).toEqual(['p9-1']);
});

test('the rows of a statement are its lines, then its corrections', () => {
  const rows = [...rowsOf(billing([charge()], [correction()]))];

  expect(rows.map(({ entry, line, adjustment }) => [entry.lineId, line?.lineId, adjustment?.adjustmentId])).toEqual([
    ['c5-3', 'c5-3', undefined],
    ['c2-3', undefined, 'a1-c2-3'],
  ]);
});
