import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pino } from 'pino';
import { expect, test } from 'vitest';

import { parseConfig } from '../../src/config.ts';
import { periodViewSchema } from '../../src/render/json/period.ts';
import { openParts } from '../../src/service.ts';
import { systemRandom } from '../../src/system.ts';
import { handClock } from '../support/clock.ts';
import { called, temporaryFolder } from './rollbook.ts';

/** A ledger on disk with one class that nobody came to, and the command line on it. */
function office() {
  const folder = temporaryFolder();
  const clock = handClock('2026-02-03T09:00:00Z');
  const env = { ROLLBOOK_DATA_DIR: folder.path, ROLLBOOK_TIMEZONE: 'Europe/London' };
  {
    using parts = openParts(parseConfig(env), { clock, random: systemRandom, log: pino({ level: 'silent' }) });
    const { people, classStore, roomStore, sessionStore, attendance } = parts;
    const ana = people.create({ email: 'ana@school.example', name: 'Ana', role: 'teacher' });
    const ben = people.create({ email: 'ben@home.example', name: 'Ben', role: 'student' });
    const room = roomStore.create({
      meetingCode: null,
      space: 'spaces/one',
      meetLink: null,
      ownerEmail: ana.email,
    });
    const start = Date.parse('2026-01-16T16:00:00Z');
    const c = classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: ana.email,
      seriesId: null,
      start,
      end: start + 3_600_000,
      teacherIds: [ana.id],
      studentIds: [ben.id],
    });
    const over = { overSeenAt: start, finalReadAt: start, attempts: 0, nextAttemptAt: null, lastError: null };
    sessionStore.save(sessionStore.ensure(c.id).id, { coverage: 'empty', ...over }, {});
    attendance.rebuild(c.id);
  }
  return {
    path: folder.path,
    run: (...args: string[]) => called(args, env, clock),
    runIn: (zone: string, ...args: string[]) => called(args, { ...env, ROLLBOOK_TIMEZONE: zone }, clock),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

test('a command follows the zone of the ledger, with the variable or without it, and refuses another', async () => {
  using at = office();
  const closed = await at.runIn('', 'close', '2026-01', '--exceptions', '--reason', 'a test', '--json');
  expect(JSON.parse(closed.stdout)).toMatchObject({ timezone: 'Europe/London' });
  const other = await at.runIn('Europe/Paris', 'report', 'billing', '--period', '2026-01');
  expect(other).toMatchObject({ code: 2, stdout: '' });
  expect(other.stderr).toContain(
    'ROLLBOOK_TIMEZONE: is Europe/Paris, but the ledger keeps the calendar of Europe/London',
  );
});

test('a month is priced, reported, issued, proved and reopened from the command line', async () => {
  using at = office();
  const charge = ['rates', 'add', '--kind', 'charge', '--currency', 'EUR', '--from', '2026-01-01'];
  expect(await at.run(...charge, '--amount', '42.00')).toMatchObject({ code: 0 });
  const clash = await at.run(...charge, '--amount', '44.00');
  expect(clash).toMatchObject({ code: 1, stdout: '' });
  expect(clash.stderr).toContain('Rate 1 (42.00 EUR, 2026-01-01 to no end) prices the same');
  expect((await at.run('report', 'payroll', '--period', '2026-01')).stdout).toContain(
    'No pay rate is valid on 2026-01-16',
  );
  await at.run('rates', 'add', '--kind', 'pay', '--amount', '22.00', '--currency', 'EUR', '--from', '2026-01-01');
  expect((await at.run('rates', 'list')).stdout).toContain('42.00 EUR');
  const { items } = JSON.parse((await at.run('rates', 'list', '--json')).stdout);
  expect(items.map(({ rate_id: id }: { rate_id: number }) => id)).toEqual([1, 2]);

  const file = join(at.path, 'bills.csv');
  expect((await at.run('report', 'billing', '--period', '2026-01', '--format', 'csv', '--output', file)).code).toBe(0);
  expect(readFileSync(file, 'utf8').split('\r\n')).toHaveLength(3);
  expect((await at.run('report', 'billing', '--period', '2026-01', '--format', 'csv')).stdout).toBe(
    readFileSync(file, 'utf8'),
  );
  expect((await at.run('report', 'billing', '--period', '2026-01')).stdout).toContain('Ben: 0.00 EUR');
  expect(await at.run('report', 'billing', '--period', '2026-01', '--family', '99')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is no family 99.\n',
  });
  const explained = (await at.run('explain', 'c1-2')).stdout;
  expect(explained).toContain('Nobody came.');
  expect(explained).toMatch(/^c1-2: .*, 2026-01-\d\d \d\d:\d\d [A-Z]\w+\/\w+: /);
  expect(explained).not.toMatch(/\d\.\d+ min/);
  expect((await at.run('explain', 'c9-9')).code).toBe(1);

  expect((await at.run('close', '2026-01', '--check')).stdout).toContain('2026-01 can be closed.');
  const checked = JSON.parse((await at.run('close', '2026-01', '--check', '--json')).stdout);
  expect(periodViewSchema.parse(checked)).toEqual(checked);
  expect(checked).toMatchObject({ period: '2026-01', state: 'open', closable: 'clean', problems: {}, closes: [] });
  const closed = JSON.parse((await at.run('close', '2026-01', '--json')).stdout);
  expect(closed).toMatchObject({ period: '2026-01', version: 1, state: 'closed' });
  const twice = await at.run('close', '2026-01');
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain('2026-01 is closed already as version 1');
  const verified = JSON.parse((await at.run('verify', '--json')).stdout);
  expect(verified.checks.find(({ check }: { check: string }) => check === 'books')).toEqual({
    check: 'books',
    ok: true,
    detail: '2 lines of 1 close as issued',
  });
  expect(await at.run('reopen', '2026-01', '--reason', 'a call was found')).toMatchObject({
    code: 0,
    stdout: '2026-01 is open again; version 1 is kept.\n',
  });
});

test('a refusal names the options that were typed', async () => {
  using at = office();
  const faultsOf = async (...args: string[]) => (await at.run(...args)).stderr.trimEnd().split('\n').slice(1);
  const add = ['rates', 'add', '--kind', 'pay', '--currency', 'EUR'];
  expect(await faultsOf(...add, '--amount', '12,50', '--from', '2026-01-31', '--to', '2026-01-01')).toEqual([
    '  --amount: must have no comma: write it with a decimal point, such as "42.00"',
    '  --to: must not be before the first day',
  ]);
  expect(await faultsOf(...add, '--amount', '1', '--from', 'today')).toEqual([
    '  --from: must be a day such as 2026-01-31',
  ]);
  expect(await faultsOf(...add, '--amount', '1', '--from', '2026-01-01', '--teacher', 'who@x.example')).toEqual([
    '  --teacher: who@x.example is not a person of the school',
  ]);
  expect(await faultsOf(...add, '--amount', '1', '--from', '2026-01-01', '--student', 'ben@home.example')).toEqual([
    '  scope: no pay rate is looked up by this combination: --class, --teacher + subject, --teacher, subject, empty',
  ]);
  expect(await faultsOf('policy', 'set', '--from', 'today')).toEqual(['  --from: must be a day such as 2026-01-31']);
  expect(await faultsOf('report', 'billing', '--period', '2026-13')).toEqual(['  --period: there is no month 2026-13']);
});

test('where no class is on, nothing is read, and that is said', async () => {
  using at = office();
  expect(await at.run('sync', '--active')).toEqual({ code: 0, stdout: 'No class is on now.\n', stderr: '' });
  const since = await at.run('sync', '--since', '2026-02-02');
  expect(since).toEqual({ code: 0, stdout: 'No class has begun since then.\n', stderr: '' });
});

test('a policy is made from a preset and a file of settings, and refused by the path of its fault', async () => {
  using at = office();
  const settings = join(at.path, 'settings.json');
  writeFileSync(settings, JSON.stringify({ min: 60, max: 30 }));
  const set = ['policy', 'set', '--from', '2026-02-01', '--preset', 'standard_tutoring', '--settings', settings];
  const refused = await at.run(...set);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('min: the minimum of 60 minutes is above the maximum of 30');
  writeFileSync(settings, JSON.stringify({ min: 30 }));
  expect((await at.run(...set)).stdout).toBe('Version 1 holds from 2026-02-01 on.\n');
  expect((await at.run('policy', 'list')).stdout).toContain('standard_tutoring');
  expect(JSON.parse((await at.run('policy', 'list', '--json')).stdout)).toMatchObject({ items: [{ policy_id: 1 }] });
  writeFileSync(settings, `\uFEFF${JSON.stringify({ min: 30, preset: 'slot_held' })}`);
  expect(await at.run(...set)).toMatchObject({
    code: 2,
    stderr: '--settings must hold no preset: give it with --preset.\n',
  });

  writeFileSync(settings, '[]');
  expect((await at.run(...set)).code).toBe(2);
});

test('the table of a report has taxes, and the exceptions that the period was closed with', async () => {
  using at = office();
  const charge = ['rates', 'add', '--kind', 'charge', '--currency', 'EUR', '--from', '2026-01-01', '--amount', '42.00'];
  await at.run(...charge);
  const settings = join(at.path, 'settings.json');
  writeFileSync(settings, JSON.stringify({ tax: { code: 'VAT', basis_points: 2000, inclusive: true } }));
  await at.run('policy', 'set', '--from', '2026-01-01', '--preset', 'actual_time', '--settings', settings);
  const { stdout } = await at.run('report', 'billing', '--period', '2026-01');
  expect(stdout).toMatch(/AMOUNT +TAX +OUTCOME/);
  expect(stdout).toContain('Ben: 0.00 EUR (net 0.00; VAT 20.00 %, included: 0.00)');
  const open = await at.run('close', '2026-01', '--check');
  expect(open.stdout).toMatch(/^NO {4}1 line has no rate\.\n {8}p1-1: /m);
  expect(open.stdout).not.toContain('Every line has a rate.');
  const notReady = await at.run('close', '2026-01');
  expect(notReady.stderr).toMatch(/^2026-01 is not ready to be closed: 1 line has no rate\..*\n {2}p1-1: /);
  expect(await at.run('close', '2026-01', '--exceptions', '--reason', 'no pay rate yet')).toMatchObject({ code: 0 });
  expect((await at.run('report', 'payroll', '--period', '2026-01')).stdout).toContain('Closed with exceptions:\n');
  const again = await at.run('close', '2026-01', '--check');
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('2026-01 is closed already as version 1');
  expect(again.stdout).toContain('2026-01 cannot be closed.');
});

test('what is on no bill is told of the last 30 days, or of a period', async () => {
  using at = office();
  expect((await at.run('report', 'unbilled')).stdout).toBe(
    'Nothing looks like a lesson that is on no bill, from 2026-01-04 to 2026-02-03.\n',
  );
  expect(JSON.parse((await at.run('report', 'unbilled', '--period', '2026-01', '--json')).stdout)).toEqual({
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
    items: [],
    next_cursor: null,
  });
  expect(await at.run('report', 'unbilled', '--period', '2026-13')).toMatchObject({ code: 2 });
});
