import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import { startEmulator } from '../../src/emulator/server.ts';
import { createTimeline } from '../../src/emulator/timeline.ts';
import { systemClock } from '../../src/system.ts';
import { called, rollbook, start, temporaryFolder, type Ended } from './rollbook.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

// One ledger for the whole file: each test finds what those before it left, as a day at the command line does.
const opened = new AsyncDisposableStack();
let folder: string;
let env: Record<string, string>;
/** Epoch ms of a full minute. */
let now: number;

const json = ({ stdout }: Ended): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;
const run = (...args: string[]) => called(args, env);
const iso = (at: number) => new Date(at).toISOString();

beforeAll(async () => {
  folder = opened.use(temporaryFolder()).path;
  now = Math.floor(systemClock.now() / MINUTE) * MINUTE;
  const timeline = createTimeline('1970-01-01');
  const nora = timeline.account('nora@school.example', 'Nora Whitfield');
  const ben = timeline.account('ben@school.example', 'Ben Silva');
  const algebra = timeline.room(nora, 'aaa-aaaa-aaa');
  const past = algebra.call(now - 2 * HOUR, now - HOUR);
  past.joins(nora, now - 2 * HOUR, now - HOUR);
  past.joins(ben, now - 2 * HOUR + 4 * MINUTE, now - 70 * MINUTE);
  const physics = timeline.room(nora, 'bbb-bbbb-bbb');
  physics.call(now - 10 * MINUTE, null).joins(nora, now - 10 * MINUTE, null);
  const google = opened.use(await startEmulator({ world: timeline.world, clock: systemClock }));
  const key = join(folder, 'key.json');
  writeServiceAccountKey(key);
  env = {
    ROLLBOOK_DATA_DIR: join(folder, 'data'),
    ROLLBOOK_PORT: '0',
    ROLLBOOK_TIMEZONE: 'Europe/Lisbon',
    GOOGLE_CREDENTIALS_FILE: key,
    GOOGLE_API_ROOT: google.url,
    SETTLE_MINUTES: '0',
  };
});
afterAll(() => opened.disposeAsync());

describe('a day at the command line', () => {
  const people = 'email,role,name\nnora@school.example,teacher,Nora Whitfield\nben@school.example,student,Ben Silva\n';
  const title = 'teacher_email,student_emails,subject,start_time,duration_minutes,meet_code\n';

  test('a file with bad rows stores nothing, and each of them is named', async () => {
    const file = join(folder, 'bad.csv');
    writeFileSync(file, `${people}not an address,student,Cleo\ndan@school.example,king,Dan\n`);
    const refused = await run('import', 'people', file);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^ *4 {2}email .*not an address/m);
    expect(refused.stdout).toMatch(/^ *5 {2}role /m);
    expect(refused.stderr).toContain('Nothing was stored: 2 problems in');
    const asJson = await run('import', 'people', file, '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ created: 0, updated: 0, unchanged: 0, dry_run: false });

    writeFileSync(join(folder, 'people.csv'), people);
    const dry = json(await run('import', 'people', join(folder, 'people.csv'), '--dry-run', '--json'));
    expect(dry).toMatchObject({ created: 2, dry_run: true, errors: [] });
  });

  test('a good file is entered once, however often it is given', async () => {
    const entered = await run('import', 'people', join(folder, 'people.csv'));
    expect(entered).toMatchObject({ code: 0, stdout: '2 people were created, 0 updated, 0 unchanged.\n' });
    expect((await run('import', 'people', join(folder, 'people.csv'))).stdout).toBe(
      '0 people were created, 0 updated, 2 unchanged.\n',
    );
    const classes = join(folder, 'classes.csv');
    writeFileSync(
      classes,
      `${title}nora@school.example,ben@school.example,Algebra,${iso(now - 2 * HOUR)},60,aaa-aaaa-aaa\n` +
        `nora@school.example,ben@school.example,Physics,${iso(now - 10 * MINUTE)},120,bbb-bbbb-bbb\n`,
    );
    expect(await run('import', 'classes', classes)).toEqual({
      code: 0,
      stdout: '2 classes were created, 0 updated, 0 unchanged.\n',
      stderr: '',
    });
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  });

  test('a row without a room gets a Meet space, and only such a row needs credentials', async () => {
    const own: typeof env = { ...env, ROLLBOOK_DATA_DIR: join(folder, 'rooms') };
    const file = join(folder, 'rooms.csv');
    const row = `nora@school.example,ben@school.example,Chess,${iso(now + HOUR)},60,`;
    writeFileSync(file, `${title}${row}\n`);

    const { GOOGLE_CREDENTIALS_FILE: ignored, ...without } = own;
    expect(ignored).toBeDefined();
    expect(await called(['import', 'classes', file, '--dry-run'], without)).toEqual({
      code: 0,
      stdout: '1 class would be created, 0 updated, 0 unchanged.\n',
      stderr:
        'Warning: line 2, meet_code: is empty, and there are no Google credentials to make a Meet space as nora@school.example: ' +
        'the import will be refused; set GOOGLE_CREDENTIALS_FILE, or give the code of a room\n',
    });
    expect(await called(['import', 'classes', file], without)).toMatchObject({ code: 1 });
    const broken = { ...own, GOOGLE_CREDENTIALS_FILE: join(folder, 'nosuch.json') };
    const coded = join(folder, 'coded.csv');
    writeFileSync(coded, `${title}${row}ccc-cccc-ccc\n`);
    expect(await called(['import', 'classes', coded], broken)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Warning: .*nosuch\.json does not exist/),
    });

    writeFileSync(file, `${title}nora@school.example,ben@school.example,Go,${iso(now + 3 * HOUR)},60,\n`);
    const dry = await called(['import', 'classes', file, '--dry-run'], own);
    expect(dry).toMatchObject({
      code: 0,
      stderr: 'Warning: line 2, meet_code: is empty: a Meet space would be made as nora@school.example\n',
    });
    expect(await called(['import', 'classes', file], own)).toEqual({
      code: 0,
      stdout: '1 class was created, 0 updated, 0 unchanged.\n',
      stderr: '',
    });
  });

  test('the files of the help and of the document are taken as they stand', async () => {
    const own = { ...env, ROLLBOOK_DATA_DIR: join(folder, 'samples') };
    const { stdout: help } = await called(['import', '--help']);
    const sample = join(folder, 'sample.csv');
    writeFileSync(sample, /^ +(teacher_email,student_emails.*\n.*)$/m.exec(help)![1]!.replaceAll(/^ +/gm, ''));
    expect(await called(['import', 'classes', sample, '--dry-run'], own)).toMatchObject({ code: 0, stderr: '' });

    const text = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8');
    const [, snippet = ''] = /```sh\n(cat > classes\.csv[^]*?)npx rollbook /.exec(text) ?? [];
    execFileSync('bash', ['-c', snippet], { cwd: folder });
    const documented = await called(['import', 'classes', join(folder, 'classes.csv'), '--dry-run'], own);
    expect(documented).toMatchObject({ code: 0, stdout: '2 classes would be created, 0 updated, 0 unchanged.\n' });
  });

  test('a file that is not there is said to be missing', async () => {
    expect(await run('import', 'people', join(folder, 'nosuch.csv'))).toMatchObject({ code: 1, stdout: '' });
  });

  test('a token is shown once, and only until it is revoked may it be used', async () => {
    const made = json(await run('token', 'create', '--role', 'teacher', '--teacher', 'nora@school.example', '--json'));
    expect(made).toMatchObject({ id: 1, role: 'teacher', label: 'nora@school.example', expires_time: null });
    expect(made['token']).toMatch(/^rbk_[\w-]{43}$/);
    const { stdout } = await run('token', 'list');
    expect(stdout).toContain('nora@school.example');
    expect(stdout).not.toContain('rbk_');
    expect((await run('token', 'revoke', '1')).code).toBe(0);
    const { items } = json(await run('token', 'list', '--json')) as { items: { revoked_time: string | null }[] };
    expect(items[0]?.revoked_time).toMatch(/Z$/);
    expect((await run('token', 'revoke', '1')).code).toBe(0);
    expect((await run('token', 'revoke', '7')).code).toBe(1);
    expect((await run('token', 'create', '--role', 'teacher', '--teacher', 'who@school.example')).code).toBe(1);
  });

  test('without a daemon a class is read here and now', async () => {
    const read = await run('sync', '--class', '1', '--json');
    expect(read).toMatchObject({ code: 0, stderr: '' });
    expect(json(read)).toMatchObject({
      skipped: 0,
      failed: 0,
      results: [
        {
          class_id: 1,
          coverage: 'complete',
          records: 1,
          participants: 2,
          changed: true,
          changes: [
            { user_email: 'nora@school.example', before: { status: 'pending' }, after: { status: 'present' } },
            { before: { status: 'pending' }, after: { status: 'present', duration_seconds: 2760 } },
          ],
          error: null,
        },
      ],
    });
    const again = json(await run('sync', '--class', '1', '--json'));
    expect(again).toMatchObject({ results: [{ changed: false, changes: [] }] });
    expect((await run('sync', '--class', '99')).code).toBe(1);
  });

  test('active classes are read together, in a table for people', async () => {
    const { code, stdout, stderr } = await run('sync', '--active');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /CLASS {2}SUBJECT +COVERAGE +RECORDS +PARTICIPANTS +CHANGED +ERROR\n +2 {2}Physics +live +1 +1 +yes +-\n\nWhat changed:\nCLASS {2}PERSON +BEFORE +NOW\n/,
    );
    expect(stdout).toMatch(
      /\n +2 {2}nora@school\.example +pending, 0:00 min +pending, \d+:\d\d min, from [-\d]+ [:\d]+\n/,
    );
    expect(stdout).toMatch(/\n\n1 class read, 0 with an error\.\n$/);
    expect(stderr).toBe('Reading classes: 0/1\nReading classes: 1/1\n');
  });

  test('the past is read again since a day', async () => {
    const since = iso(now - 24 * HOUR);
    const { results } = json(await run('backfill', '--since', since, '--json')) as { results: { class_id: number }[] };
    expect(results.map(({ class_id: id }) => id)).toEqual([1, 2]);
  });

  test('status tells what is captured and what is owed', async () => {
    const found = json(await run('status', '--json'));
    expect(found).toMatchObject({
      daemon: { running: false },
      coverage: { complete: 1, live: 1 },
      debt: [],
      open_reviews: 0,
      queue: { queued: 0, running: 0, failed: 0 },
    });
    expect((await run('status')).stdout).toContain('Daemon        not running');
  });

  test('doctor finds what would be lost, and knows the remedy', async () => {
    const { code, stdout, stderr } = await run('doctor', '--json');
    const { verdict, findings } = JSON.parse(stdout) as {
      verdict: string;
      findings: { check: string; verdict: string }[];
    };
    expect({ code, stderr, verdict }).toEqual({ code: 0, stderr: '', verdict: 'warn' });
    const said = findings.map(({ check, verdict: one }) => `${one} ${check}`);
    expect(said).toEqual(
      expect.arrayContaining([
        'ok node',
        'ok data folder',
        'ok ledger',
        'warn backup',
        'warn admin token',
        'ok credentials',
        'ok organiser',
        'ok rooms',
        'ok clock',
        'ok quota',
      ]),
    );
    const broken = await rollbook(['doctor'], { ...env, GOOGLE_CREDENTIALS_FILE: join(folder, 'people.csv') }, folder);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toMatch(/FAIL +credentials/);
    expect(broken.stdout).toContain('To do:');

    const away = await rollbook(['doctor'], { ...env, GOOGLE_API_ROOT: 'http://127.0.0.1:9' }, folder);
    expect(away).toMatchObject({ code: 1 });
    expect(away.stdout).toMatch(/FAIL +google +Google does not answer at http:\/\/127.0.0.1:9: connection refused/);
    expect(away.stdout).not.toContain('answered with an error');
  });

  test('a daemon is alone, does what commands ask of it, and stops within ten seconds, whatever goes on in it', async () => {
    const forever = '--import=data:text/javascript,setInterval(()=>{},1000)';
    const daemon = start(['serve'], { ...env, NODE_OPTIONS: forever }, folder);
    await daemon.says(/rollbook is running/);

    const second = await run('serve');
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain('Another Rollbook works on');
    expect(json(await run('status', '--json'))).toMatchObject({ daemon: { running: true } });
    const read = json(await run('sync', '--class', '1', '--json'));
    expect(read).toMatchObject({ results: [{ class_id: 1, coverage: 'complete', participants: 2 }] });

    const asked = performance.now();
    daemon.process.kill('SIGTERM');
    const { code, stdout } = await daemon.ended;
    expect(code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(stdout).toContain('rollbook has stopped');
  });

  test('a backup can be restored, and what it replaces is kept', async () => {
    const backups = join(folder, 'data', 'backups');
    mkdirSync(backups);
    const file = join(backups, 'today.db');
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    expect((await run('backup', file)).code).toBe(1);
    expect((await run('backup', file, '--force')).code).toBe(0);

    await run('token', 'create', '--role', 'operator', '--label', 'after the backup');
    expect((await run('restore', file)).code).toBe(1);
    const restored = json(await run('restore', file, '--force', '--json'));
    expect(existsSync(String(restored['replaced']))).toBe(true);
    expect((await run('token', 'list')).stdout).not.toContain('after the backup');
  });

  test('verify finds a log and an audit entry that were edited by hand', async () => {
    const whole = json(await run('verify', '--json'));
    expect(whole).toMatchObject({ ok: true });
    const { head, count } = whole['audit'] as { head: string; count: number };
    expect((await run('verify', '--audit-head', head, '--audit-count', String(count))).code).toBe(0);

    const sqlite = new SqliteDatabase(join(folder, 'data', 'rollbook.db'));
    sqlite.exec(
      "update attendance_logs set duration_ms = duration_ms + 60000 where role = 'student' and duration_ms > 0",
    );
    sqlite.exec("update audit_log set actor = 'nobody' where id = 2");
    sqlite.close();
    const { code, stdout } = await run('verify');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /attendance +WRONG +class 1: the log \d+ of ben@school.example has duration in ms 2820000, but its evidence gives 2760000/,
    );
    expect(stdout).toMatch(/audit log +WRONG +entry 2 was edited/);
    expect(stdout).toMatch(/database +ok/);
  });

  test('a damaged ledger is named as such', async () => {
    const file = join(folder, 'data', 'rollbook.db');
    writeFileSync(file, 'this is no database, but it was one yesterday'.repeat(100));
    const { code, stderr } = await run('status');
    expect(code).toBe(1);
    expect(stderr).toContain('is damaged or is no SQLite file');
  });
});
