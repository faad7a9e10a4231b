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
import { handClock, seededRandom, stillTurn } from './support/clock.ts';
import { inProcess } from './support/in-process.ts';
import { traceWrites } from './support/write-trace.ts';

/** Two weeks of passes are some thirty thousand transactions: seconds, or a minute on a machine that does other work. */
const PATIENCE_MS = 300_000;
/** As often as the loop that reads. Each second, as in production, would be 600 000 looks into the ledger a week. */
const QUEUE_POLL_MS = 180_000;
const END = Date.parse('2026-11-21T20:00:00Z');
const START = END - 7 * DAY_MS;
const ADMIN_TOKEN = 'an-admin-token-of-the-test';

/** The daemon as it is composed for real, at a school whose week has been scripted, on a clock that is moved by hand. */
async function week(seed: number) {
  const clock = handClock(START, stillTurn);
  const school = buildSchool({ now: END, seed });
  const google = createEmulator({ world: school.world, clock, seed });
  const answer = inProcess(google);
  /** Answers that came later than they were asked for: time moved on before all that a moment set off was done. */
  let late = 0;
  const trace: string[] = [];

  async function network(request: NetworkRequest): Promise<Response> {
    const { url, method, signal } = request;
    signal.throwIfAborted();
    const askedAt = clock.now();
    trace.push(`${new Date(askedAt).toISOString()} ${method} ${url.pathname}${url.search}`);
    try {
      return await answer(request);
    } finally {
      if (clock.now() !== askedAt) late += 1;
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
  // No commit waits for a disk: what a file keeps through a crash is tested with the ledger.
  const database = openDatabase(':memory:', { clock, log });
  traceWrites(database, (write) => void trace.push(write));
  const service = opened.use(
    await startService(config, {
      clock,
      log,
      network,
      database,
      random: seededRandom(seed),
      queuePollMs: QUEUE_POLL_MS,
    }),
  );

  const request = async (method: string, path: string, body?: string) => {
    const type = body === undefined ? {} : { 'content-type': 'text/csv' };
    const answer = await fetch(`${service.url}${path}`, {
      method,
      // A socket that is kept would be closed by a timer of the event loop, which stands still meanwhile.
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, connection: 'close', ...type },
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
    await clock.yield();
    await clock.run(DAY_MS / 2);
  }
  const { attendance } = service.parts;
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
  return { trace, late, rows, classes, sessions: service.parts.sessionStore.counts(), rederived };
}

test(
  'a week of the whole daemon makes the same calls and the same writes each time it is lived through',
  async () => {
    const first = await week(11);
    const second = await week(11);

    expect(first.classes.length).toBeGreaterThan(20);
    expect(second.trace).toEqual(first.trace);
    expect(first.trace.filter((entry) => entry.startsWith('insert sessions '))).toHaveLength(first.classes.length);
    expect([first.late, second.late]).toEqual([0, 0]);
    expect(second.rows).toEqual(first.rows);
    // To two of the lessons nobody came.
    expect(first.sessions).toEqual({ complete: first.classes.length - 2, empty: 2 });
    expect(first.rederived).toEqual([]);
  },
  PATIENCE_MS,
);
