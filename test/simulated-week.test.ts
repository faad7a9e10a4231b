import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';
import { expect, test } from 'vitest';

import { classesFile, peopleFile } from '../src/cli/demo/school-files.ts';
import { parseConfig } from '../src/config.ts';
import { DAY_MS } from '../src/core/time/duration.ts';
import { writeServiceAccountKey } from '../src/emulator/credentials.ts';
import { buildSchool } from '../src/emulator/school.ts';
import { createEmulator } from '../src/emulator/server.ts';
import type { NetworkRequest } from '../src/google/call/network.ts';
import { openDatabase } from '../src/ledger/database.ts';
import { startService } from '../src/service.ts';
import { handClock, seededRandom } from './support/clock.ts';
import { inProcess } from './support/in-process.ts';

/** Two weeks of passes are some ten thousand transactions; a busy machine may take a while for them. */
const PATIENCE_MS = 300_000;
const END = Date.parse('2026-11-21T20:00:00Z');
const START = END - 7 * DAY_MS;
const ADMIN_TOKEN = 'an-admin-token-of-the-test';

/** The daemon as it is composed for real, at a school whose week has been scripted, on a clock that is moved by hand. */
async function week(seed: number) {
  const clock = handClock(START, settled);
  const school = buildSchool({ now: END, seed });
  const google = createEmulator({ world: school.world, clock, seed });
  const answer = inProcess(google);
  let asked = 0;
  let answered = 0;
  const trace: string[] = [];

  /** What one moment set off is over once nobody waits for Google and nothing more happens for a few turns. */
  async function settled(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 3; quiet = seen === answered && asked === answered ? quiet + 1 : 0) {
      seen = answered;
      await new Promise((resolve) => setImmediate(resolve));
      if (asked === 0) return;
    }
  }

  async function network(request: NetworkRequest): Promise<Response> {
    const { url, method, signal } = request;
    signal.throwIfAborted();
    asked += 1;
    trace.push(`${new Date(clock.now()).toISOString()} ${method} ${url.pathname}${url.search}`);
    try {
      return await answer(request);
    } finally {
      answered += 1;
    }
  }

  await using opened = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'rollbook-week-'));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const key = join(folder, 'key.json');
  writeServiceAccountKey(key);
  const config = parseConfig({
    ROLLBOOK_DATA_DIR: folder,
    ROLLBOOK_PORT: '0',
    ROLLBOOK_ADMIN_TOKEN: ADMIN_TOKEN,
    ROLLBOOK_TIMEZONE: school.timezone,
    GOOGLE_CREDENTIALS_FILE: key,
  });
  const log = pino(
    { base: null, timestamp: false, redact: ['url', 'data_dir'] },
    { write: (line) => void trace.push(line) },
  );
  const service = opened.use(
    await startService(config, {
      clock,
      log,
      network,
      // No commit waits for a disk: what a file keeps through a crash is tested with the ledger.
      database: openDatabase(':memory:', { clock, log }),
      random: seededRandom(seed),
      queuePollMs: 600_000,
    }),
  );

  const request = async (method: string, path: string, body?: string) => {
    const type = body === undefined ? {} : { 'content-type': 'text/csv' };
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...type },
      ...(body === undefined ? {} : { body }),
    });
    expect({ path, ok: answer.ok }).toEqual({ path, ok: true });
    return (await answer.json()) as Record<string, unknown>;
  };
  const classes = school.classes.filter(({ start }) => start >= START && start < END - DAY_MS);
  await request('POST', '/api/people/import', peopleFile(school));
  await request('POST', '/api/classes/import', classesFile({ ...school, classes }));
  for (let day = 0; day < 7; day += 1) {
    await clock.run(DAY_MS / 2);
    await request('POST', '/monitoring/sync-all-active');
    await settled();
    await clock.run(DAY_MS / 2);
  }
  const { attendance, database } = service.parts;
  const { sqlite } = database;
  // What `verify` proves: another derivation from the evidence changes no log.
  const sessions = sqlite.prepare<[], { class_id: number }>('select class_id from sessions').all();
  const rederived = sessions.filter(({ class_id: classId }) => attendance.rebuild(classId).logsChanged);
  const tables = sqlite
    .prepare<[], { name: string }>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .all();
  const rows = Object.fromEntries(
    tables.map(({ name }) => [name, sqlite.prepare(`select * from "${name}" order by rowid`).all()]),
  );
  return { trace, rows, classes, sessions: service.parts.sessionStore.counts(), rederived };
}

test(
  'a week of the whole daemon makes the same calls and the same rows each time it is lived through',
  async () => {
    const first = await week(11);
    const second = await week(11);

    expect(first.classes.length).toBeGreaterThan(20);
    expect(second.trace).toEqual(first.trace);
    expect(second.rows).toEqual(first.rows);
    expect(first.sessions).toEqual({ complete: first.classes.length });
    expect(first.rederived).toEqual([]);
  },
  PATIENCE_MS,
);
