import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { called, rollbook, start, temporaryFolder } from './rollbook.ts';

test('the demo captures its history by the real sweep, and what it keeps is whole', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'school');
  const { code, stdout } = await rollbook(['demo', '--exit-after-capture', '--keep', data], { TMPDIR: folder.path });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^A school of \d+ people, 20 families and \d+ classes\.$/m);
  expect(stdout).toMatch(
    /^Captured in \d+ s by the retry sweep, with \d+ calls .*: 1\d\d complete, .*\b\d+ no_access/m,
  );
  expect(readdirSync(folder.path)).toEqual(['school']);
  // What it proposes to try works with the settings that it names, and nothing else.
  const [, settings = ''] = /^  export (.+)$/m.exec(stdout)!;
  const env = Object.fromEntries(
    [...settings.matchAll(/(\w+)='?([^' ]+)'?/g)].map(([, name, value]) => [name!, value!]),
  );
  expect(env['ROLLBOOK_DATA_DIR']).toBe(data);
  const proposed = [...stdout.matchAll(/^  npx rollbook (.+)$/gm)].map(([, line]) =>
    [...line!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, inQuotes, word]) => inQuotes ?? word!),
  );
  expect(proposed.length).toBeGreaterThan(0);
  for (const args of proposed) expect(await rollbook(args, env)).toMatchObject({ code: 0 });

  const verified = await rollbook(['verify', '--json'], {
    ROLLBOOK_DATA_DIR: data,
    SETTLE_MINUTES: '0',
  });
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
  expect(await rollbook(['demo', '--keep', data])).toMatchObject({ code: 2 });
});

test('the demo shows live classes until Ctrl-C, and leaves nothing behind', async () => {
  using folder = temporaryFolder();
  const demo = start(['demo', '--fast'], { TMPDIR: folder.path });
  const [, url] = await demo.says(/^The API, to read and to try: {2}(http:\S+)\/docs$/m);
  await demo.says(/^\d\d:\d\d:\d\d {2}Physics: .+ joined$/m);
  const [, data] = await demo.says(/^ {2}export ROLLBOOK_DATA_DIR='(.+?)'/m);
  const [, token] = await demo.says(/^ {2}TOKEN=(.+)$/m);
  const asAdmin = { headers: { authorization: `Bearer ${token}` } };
  expect((await fetch(`${url}/api/people`, asAdmin)).status).toBe(200);
  const { stdout: examined } = await called(['doctor', '--json'], { ROLLBOOK_DATA_DIR: data! });
  expect(JSON.parse(examined)).toMatchObject({
    findings: expect.arrayContaining([expect.objectContaining({ check: 'admin token', verdict: 'ok' })]),
  });
  demo.process.kill('SIGINT');
  expect(await demo.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/\nStopping …\n$/) });
  expect(readdirSync(folder.path)).toEqual([]);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('the emulator says what to point a daemon at', async () => {
  using folder = temporaryFolder();
  const world = join(folder.path, 'world.json');
  const account = { id: '1', email: 'nora@school.example', name: 'Nora' };
  const space = { name: 'spaces/one', meetingCode: 'aaa-aaaa-aaa', ownerEmail: account.email };
  writeFileSync(world, JSON.stringify({ accounts: [account], spaces: [space], records: [] }));
  const key = join(folder.path, 'key.json');
  const emulator = start(['emulate', '--port', '0', '--world', world, '--key', key], {});
  const [, origin] = await emulator.says(/^GOOGLE_API_ROOT=(http:\/\/127\.0\.0\.1:\d+)$/m);
  await emulator.says(/^GOOGLE_DEFAULT_ORGANIZER=nora@school\.example$/m);
  expect((await fetch(`${origin}/v2/spaces/aaa-aaaa-aaa`)).status).toBe(401);
  emulator.process.kill('SIGTERM');
  expect(await emulator.ended).toMatchObject({ code: 0 });
});

test('a world that does not fit is refused, and everything wrong with it is named', async () => {
  using folder = temporaryFolder();
  const world = join(folder.path, 'world.json');
  writeFileSync(world, JSON.stringify({ accounts: [{ id: '1' }], spaces: 7, records: [] }));
  const { code, stderr } = await rollbook(['emulate', '--world', world], { ROLLBOOK_DATA_DIR: folder.path });
  expect(code).toBe(1);
  expect(stderr).toContain('→ at accounts[0].email');
  expect(stderr).toContain('→ at spaces');
  const record = { name: 'conferenceRecords/one', space: 'spaces/one', start: '16:00', end: 'later', participants: [] };
  writeFileSync(world, JSON.stringify({ accounts: [], spaces: [], records: [record] }));
  const { stderr: ofTimes } = await rollbook(['emulate', '--world', world], { ROLLBOOK_DATA_DIR: folder.path });
  const form = 'must be a time such as "2026-01-16T16:00:00+01:00" (RFC 3339), or whole milliseconds since 1970';
  expect(ofTimes).toContain(`${form}\n  → at records[0].start`);
  expect(ofTimes).toContain(`${form}, or null for what goes on\n  → at records[0].end`);
});
