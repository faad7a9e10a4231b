/**
 * Committed evidence rows per second: the evidence store against raw prepared statements in the same transactions.
 *
 *   npm run bench:evidence
 *
 * Goal: at least 0.55 of the raw speed at 100 rows a transaction.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createEvidenceStore } from '../../src/ledger/attendance/evidence-store.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { systemClock } from '../../src/system.ts';
import { measure, print } from './measure.ts';

const BATCH = 100;
const BATCHES = 50;
const ROUNDS = 9;

const folder = mkdtempSync(join(tmpdir(), 'rollbook-bench-'));
try {
  using store = openDatabase(join(folder, 'store.db'), { clock: systemClock });
  using raw = openDatabase(join(folder, 'raw.db'), { clock: systemClock });
  const evidence = createEvidenceStore(store);
  let round = 0;

  const participantOf = (n: number) => `conferenceRecords/r${n}/participants/p`;
  const prepare = (record: string, participant: string) => {
    const observed = {
      name: record,
      space: 'spaces/s',
      start: 0,
      startText: '0',
      end: 1,
      endText: '1',
      expireAt: null,
    };
    const person = {
      name: participant,
      kind: 'signedin' as const,
      userId: '1',
      displayName: 'P',
      earliestStart: 0,
      latestEnd: 1,
    };
    for (const one of [evidence, createEvidenceStore(raw)]) {
      one.record({
        space: 'spaces/s',
        records: { within: { start: 0, end: 1 }, items: [observed], readAt: 1 },
        participants: [{ record, items: [person], readAt: 1 }],
        sessions: [],
      });
    }
  };
  // A participant is listed once: what a second listing leaves out would be marked as vanished.
  for (let n = 0; n <= BATCHES * (ROUNDS + 1); n += 1) prepare(`conferenceRecords/r${n}`, participantOf(n));

  const rows = (n: number, kind: string) =>
    Array.from({ length: BATCH }, (_, i) => ({
      name: `${participantOf(n)}/participantSessions/${kind}-${round}-${i}`,
      start: 1_767_225_600_000 + i,
      startText: '2026-01-01T00:00:00.000Z',
      end: 1_767_229_200_000 + i,
      endText: '2026-01-01T01:00:00.000Z',
    }));

  // The same rows through the cheapest statement that could store them.
  const insert = raw.sqlite.prepare(
    `insert into participant_sessions (name, participant, start_at, start_text, end_at, end_text, first_seen_at, last_seen_at)
     values (@name, @participant, @start, @startText, @end, @endText, @readAt, @readAt)
     on conflict (name) do update set start_at = excluded.start_at, start_text = excluded.start_text, end_at = excluded.end_at,
     end_text = excluded.end_text, last_seen_at = excluded.last_seen_at`,
  );

  const measured = await measure(
    [
      {
        name: 'raw prepared upsert, one transaction a batch',
        run() {
          for (let n = 0; n < BATCHES; n += 1) {
            const participant = participantOf(n);
            const batch = rows(n, 'raw');
            raw.write(() => batch.forEach((row) => insert.run({ ...row, participant, readAt: 2 })));
          }
          return BATCH * BATCHES;
        },
      },
      {
        name: 'evidence store: new rows',
        run() {
          round += 1;
          for (let i = 0; i < BATCHES; i += 1) {
            const n = round * BATCHES + i;
            const listing = { participant: participantOf(n), items: rows(n, 'new'), readAt: 2 };
            evidence.record({ space: 'spaces/s', records: null, participants: [], sessions: [listing] });
          }
          return BATCH * BATCHES;
        },
      },
    ],
    ROUNDS,
  );
  print(`committed evidence rows, ${BATCH} a transaction, synchronous=FULL (median of ${ROUNDS})`, measured, 'row');
  const [baseline, ours] = measured;
  console.log(`  speed of the store: ${((baseline?.unitUs ?? 0) / (ours?.unitUs ?? 1)).toFixed(2)} of raw (goal 0.55)`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
