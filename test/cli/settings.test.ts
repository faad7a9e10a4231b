import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { actor } from '../../src/cli/open.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { handClock } from '../support/clock.ts';
import { called, temporaryFolder } from './rollbook.ts';

function school(zone = 'Europe/London') {
  const folder = temporaryFolder();
  const env = { ROLLBOOK_DATA_DIR: folder.path, ROLLBOOK_TIMEZONE: zone };
  const clock = handClock('2026-02-03T09:00:00Z');
  return {
    path: folder.path,
    run: (...args: string[]) => called(args, env, clock),
    runIn: (other: string, ...args: string[]) => called(args, { ...env, ROLLBOOK_TIMEZONE: other }, clock),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('settings are set by name and value, and listed with where they come from', async () => {
  using at = school();
  const logo = join(at.path, 'logo.png');
  writeFileSync(logo, Buffer.from(PNG, 'base64'));
  const set = await at.run(
    'settings',
    'set',
    'late_after_minutes=10',
    'attended_if=30s',
    'weak_matches_bill=false',
    'school_name=Ponte Tutors',
    String.raw`address=1 Bridge Street\nLondon`,
    `logo=${logo}`,
    'due_days=14',
  );
  expect(set).toMatchObject({ code: 0, stderr: '' });
  expect(set.stdout).toContain('0 classes judged anew');
  const { stdout } = await at.run('settings', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    zone: 'Europe/London',
    late_after_minutes: 10,
    attended_if: { seconds: 30 },
    weak_matches_bill: false,
    school_name: 'Ponte Tutors',
    address: '1 Bridge Street\nLondon',
    logo: `data:image/png;base64,${PNG}`,
    due_days: 14,
    version: 1,
  });
  const listed = (await at.run('settings')).stdout;
  expect(listed).toMatch(/late_after_minutes +10 +version 1/);
  expect(listed).toMatch(/tax_number +- +default/);
  expect(await at.run('settings', 'set', 'due_days=')).toMatchObject({ code: 0 });
  expect(JSON.parse((await at.run('settings', 'list', '--json')).stdout)).toMatchObject({ due_days: null, version: 2 });
});

test('who set a setting and when is listed, of the zone too, and a rule that begins later is not yet in the table', async () => {
  using at = school();
  await at.run('settings', 'set', 'late_after_minutes=10', 'due_days=14');
  await at.run('settings', 'set', 'late_after_minutes=20', '--from', '2026-03-01');
  const me = actor();
  const before = (await at.run('settings')).stdout;
  expect(before).toMatch(/zone +Europe\/London +the start of the ledger +- +-\n/);
  expect(before).toMatch(new RegExp(`late_after_minutes +10 +version 1 +${me} +2026-02-03 09:00`));
  expect(before).toMatch(/attended_if +1s +default +- +-\n/);
  expect(before).toContain(`late_after_minutes is 20 for classes from 2026-03-01 on (version 2, by ${me}).`);
  expect(JSON.parse((await at.run('settings', '--json')).stdout)).toMatchObject({ zone_change: null });

  await at.run('settings', 'zone', 'Europe/Paris', '--reason', 'the school moved');
  const after = await at.runIn('', 'settings');
  expect(after.stdout).toMatch(new RegExp(`zone +Europe/Paris +a change +${me} +2026-02-03 10:00`));
  expect(JSON.parse((await at.runIn('', 'settings', '--json')).stdout)).toMatchObject({
    zone: 'Europe/Paris',
    zone_change: { actor: me, reason: 'the school moved', changed_time: '2026-02-03T09:00:00Z' },
  });
});

test.each([
  [['late_after_minutes'], 2, 'late_after_minutes is not NAME=VALUE'],
  [['late_after_minutes=soon'], 1, 'late_after_minutes'],
  [['zone=Europe/Paris'], 1, 'rollbook settings zone NAME'],
  [['logo=/no/such.png'], 1, 'cannot be read (ENOENT)'],
])('rollbook settings set %j is refused', async (given, code, message) => {
  using at = school();
  const ended = await at.run('settings', 'set', ...given);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toContain(message);
});

test('the zone is changed by a command that says what it does; then the environment may not name the old one', async () => {
  using at = school();
  await at.run('settings', 'set', 'due_days=1');
  const moved = await at.run('settings', 'zone', 'Europe/Paris', '--reason', 'the school moved');
  expect(moved).toMatchObject({ code: 0, stderr: '' });
  expect(moved.stdout).toContain('from the calendar of Europe/London to that of Europe/Paris');
  expect(moved.stdout).toContain('No period is closed.');
  const old = await at.run('policy', 'list');
  expect(old).toMatchObject({ code: 2, stdout: '' });
  expect(old.stderr).toContain('rollbook settings zone Europe/London');
  expect(await at.runIn('', 'policy', 'list')).toMatchObject({ code: 0 });
  expect(await at.run('settings', 'zone', 'Mars/Olympus')).toMatchObject({ code: 1, stdout: '' });
});

describe('rollbook config', () => {
  const token = 'a-secret-of-more-than-24-characters';

  test('prints what is in force and where it comes from, without secrets', async () => {
    using at = school();
    await at.run('settings', 'set', 'school_name=Ponte');
    const env = { ROLLBOOK_DATA_DIR: at.path, ROLLBOOK_ADMIN_TOKEN: token, ROLLBOOK_TIMZONE: 'UTC' };
    const { code, stdout, stderr } = await called(['config'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ROLLBOOK_ADMIN_TOKEN +\(set, not shown\) +environment/);
    expect(stdout).toMatch(/SETTLE_MINUTES +15 +default/);
    expect(stdout).toMatch(/ROLLBOOK_TIMEZONE +- +default/);
    expect(stdout).toMatch(/zone +Europe\/London +the start of the ledger/);
    expect(stdout).toMatch(/school_name +Ponte +version 1/);
    expect(stdout).not.toContain(token);
    expect(stderr).toContain('ROLLBOOK_TIMZONE is not read: did you mean ROLLBOOK_TIMEZONE?');
    const { stdout: json } = await called(['config', '--json'], env);
    expect(JSON.parse(json)).toMatchObject({
      variables: expect.arrayContaining([
        { name: 'ROLLBOOK_DATA_DIR', value: at.path, from: 'environment', problem: null },
      ]),
      not_read: [{ name: 'ROLLBOOK_TIMZONE', meant: 'ROLLBOOK_TIMEZONE' }],
      ledger: join(at.path, 'rollbook.db'),
      settings: { zone: 'Europe/London', school_name: 'Ponte' },
    });
  });

  test('works where settings are bad, and ends with 2', async () => {
    using at = school();
    const { code, stdout, stderr } = await called(['config'], { ROLLBOOK_DATA_DIR: at.path, ROLLBOOK_PORT: '99999' });
    expect(code).toBe(2);
    expect(stdout).toMatch(/ROLLBOOK_PORT +99999/);
    expect(stderr).toContain('- ROLLBOOK_PORT: must be');
  });

  test('says that there is no ledger, and that the environment names another zone than it keeps', async () => {
    using at = school();
    expect((await at.run('config')).stderr).toContain('There is no ledger');
    await at.run('settings', 'set', 'due_days=1');
    const { code, stderr } = await at.runIn('Europe/Paris', 'config');
    expect(code).toBe(0);
    expect(stderr).toContain('ROLLBOOK_TIMEZONE names Europe/Paris; the ledger keeps Europe/London.');
  });
});

test('a command warns of a variable that nobody reads, on standard error only', async () => {
  using at = school();
  await at.run('settings', 'set', 'due_days=1');
  const env = { ROLLBOOK_DATA_DIR: at.path, GOOGLE_CREDENTIAL_FILE: 'key.json' };
  const { code, stdout, stderr } = await called(['policy', 'list', '--json'], env);
  expect([code, JSON.parse(stdout)]).toEqual([0, { items: [], next_cursor: null }]);
  expect(stderr).toBe('Warning: GOOGLE_CREDENTIAL_FILE is not read: did you mean GOOGLE_CREDENTIALS_FILE?\n');
});

test('the doctor tells of the zone: that it is one, that it was changed, that the environment has another', async () => {
  using at = school();
  await at.run('settings', 'set', 'due_days=1');
  const zone = async (environment: string) => {
    const { stdout } = await at.runIn(environment, 'doctor', '--json');
    const { findings } = JSON.parse(stdout) as { findings: { check: string; verdict: string; finding: string }[] };
    return findings.find(({ check }) => check === 'zone');
  };
  expect(await zone('')).toMatchObject({ verdict: 'ok', finding: expect.stringContaining('Europe/London') });
  expect(await zone('Europe/Paris')).toMatchObject({ verdict: 'fail' });
  await at.run('close', '2026-01');
  await at.run('settings', 'zone', 'Europe/Paris');
  expect(await zone('')).toMatchObject({ verdict: 'warn', finding: expect.stringContaining('keep Europe/London') });
});

test('of a ledger of an earlier version the zone of the environment is shown, as long as none is kept', async () => {
  using at = school();
  await at.run('settings', 'set', 'due_days=1');
  {
    using database = openDatabase(join(at.path, 'rollbook.db'), { clock: handClock(0) });
    database.sqlite.exec('delete from settings');
  }
  const shown = async (zone: string) =>
    (JSON.parse((await at.runIn(zone, 'settings', '--json')).stdout) as { zone: string }).zone;
  expect([await shown('Europe/Lisbon'), await shown('')]).toEqual(['Europe/Lisbon', 'UTC']);
});
