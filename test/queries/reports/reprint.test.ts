import { expect, test } from 'vitest';

import { renderReport } from '../../../src/render/report.ts';
import { january, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'a test' };
const NOW = Date.parse('2026-03-01T09:00:00Z');

async function printed(world: MoneyWorld, kind: 'bills' | 'payroll' = 'bills'): Promise<Buffer> {
  const view = kind === 'bills' ? await world.queries.bills('2026-01') : await world.queries.payroll('2026-01');
  if (view.kind === 'refused') throw new Error(view.message);
  const rendered = await renderReport(view, { format: 'pdf', now: NOW });
  if (rendered.kind !== 'file' || !(rendered.body instanceof Uint8Array)) throw new Error('no file');
  return Buffer.from(rendered.body);
}

test('an issued statement is the same bytes whatever school, family and people are called later', async () => {
  await using world = await january();
  world.actions.changeSettings({ school_name: 'Ponte Tutors', address: '1 Bridge Street', due_days: 14 }, BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  const [bills, payroll] = [await printed(world), await printed(world, 'payroll')];

  world.actions.changeSettings({ school_name: 'Bridge School', due_days: 30, payment_details: 'IBAN' }, BY);
  world.actions.changeFamily(1, { name: 'Brown-Smith' }, BY);
  world.actions.changePerson(world.teacher.id, { name: 'Ana Reis-Lopes' }, BY);
  expect(await printed(world)).toEqual(bills);
  expect(await printed(world, 'payroll')).toEqual(payroll);

  const report = await world.admin('GET', '/api/reports/billing?period=2026-01');
  expect(report.json).toMatchObject({
    school: { name: 'Ponte Tutors', address: '1 Bridge Street', tax_number: null, payment_details: null },
    due_date: '2026-02-17',
    families: [{ name: 'Brown' }, {}],
  });
  const draft = await world.admin('GET', '/api/reports/billing?period=2026-02');
  expect(draft.json).toMatchObject({ school: { name: 'Bridge School' }, due_date: null });
  expect((await world.admin('GET', '/api/reports/payroll?period=2026-01')).json).toMatchObject({
    school: { name: 'Ponte Tutors', address: '1 Bridge Street', tax_number: null },
  });
});

test('what accounting programs call the accounts may be set after the close, and stays where it was set before', async () => {
  await using world = await january();
  world.actions.changeSettings({ account_code: '200' }, BY);
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeSettings({ account_code: '201', pay_account_code: '477' }, BY);
  const xero = async (report: string) =>
    (await world.admin('GET', `/api/reports/${report}?period=2026-01&format=csv&variant=xero`)).text;
  expect(await xero('billing')).toContain(',200,');
  expect(await xero('payroll')).toContain(',477,');
});
