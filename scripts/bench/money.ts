/**
 * The books of a month: the bill of all families, one explanation, the close, beside the same sum in hand-written SQL,
 * and the longest time that the event loop stood still meanwhile.
 *
 *   npm run bench:money [classes a month, default 5000]
 *
 * A class makes a charge line and a pay line; two years of classes lie in the file. Goals: a bill within 1.5 times the
 * SQL, no stall above 10 ms.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

import { pino } from 'pino';

import { parseConfig } from '../../src/config.ts';
import { openParts, type Parts } from '../../src/service.ts';
import { systemClock, systemRandom } from '../../src/system.ts';

const CLASSES = Number(process.argv[2] ?? 5_000);
const MONTHS = 24;
const FAMILIES = 250;
const PERIOD = '2026-01';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function fill({ database, people, actions }: Parts): void {
  const teachers = Array.from(
    { length: 50 },
    (_, i) => people.create({ email: `t${i}@school.example`, role: 'teacher' }).id,
  );
  const students = Array.from({ length: FAMILIES }, (_, i) => {
    const email = `s${i}@school.example`;
    const { id } = people.create({ email, role: 'student' });
    people.createFamily({ name: `Family ${i}`, currency: 'EUR', studentEmails: [email] });
    return id;
  });
  const by = { actor: 'bench', reason: 'bench' };
  for (const [kind, amount] of [
    ['charge', '42.00'],
    ['pay', '22.00'],
  ]) {
    actions.addRate({ kind, amount, currency: 'EUR', unit: 'hour', valid_from: '2023-01-01', scope: {} }, by);
  }
  const { sqlite, write } = database;
  const room = sqlite.prepare(`insert into rooms (id, space, created_at) values (?, ?, 0)`);
  const lesson = sqlite.prepare(
    `insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
     values (?, 'Algebra', ?, 'o@school.example', ?, ?, 0, 0)`,
  );
  const roster = sqlite.prepare('insert into class_people (class_id, person_id, role, position) values (?, ?, ?, 0)');
  const session = sqlite.prepare(
    `insert into sessions (id, class_id, coverage, attempts, flags, created_at) values (?, ?, 'complete', 0, '[]', 0)`,
  );
  const log = sqlite.prepare(
    `insert into attendance_logs (session_id, person_id, role, status, provisional, join_at, leave_at, duration_ms, intervals, identity_method, identity_confidence, devices, evidence, flags, updated_at)
     values (?, ?, ?, 'present', 0, ?, ?, ?, ?, 'account', 'strong', 1, '[]', '[]', 0)`,
  );
  write(() => teachers.forEach((_, i) => room.run(i + 1, `spaces/${i}`)));
  let id = 0;
  for (let month = 0; month < MONTHS; month += 1) {
    const first = Date.UTC(2026, month - MONTHS + 1, 1, 6);
    write(() => {
      for (let i = 0; i < CLASSES; i += 1) {
        id += 1;
        const teacher = i % teachers.length;
        // A teacher's classes of a month stand one behind the other, an hour each.
        const nth = Math.floor(i / teachers.length);
        const start = first + Math.floor(nth / 12) * 24 * HOUR + (nth % 12) * HOUR;
        lesson.run(id, teacher + 1, start, start + HOUR);
        session.run(id, id);
        for (const [personId, role] of [
          [teachers[teacher]!, 'teacher'],
          [students[i % students.length]!, 'student'],
        ] as const) {
          const join = start + (id % 7) * 1000;
          const leave = start + HOUR - (id % 11) * 1000;
          roster.run(id, personId, role);
          log.run(
            id,
            personId,
            role,
            join,
            leave,
            leave - join,
            JSON.stringify([{ start: join, end: leave, closedBy: 'session' }]),
          );
        }
      }
    });
  }
}

async function timed<T>(
  name: string,
  baselineMs: number | null,
  work: () => T | Promise<T>,
): Promise<{ ms: number; result: T }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await wait(20);
  delay.reset();
  const begun = process.hrtime.bigint();
  const result = await work();
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  await wait(5);
  delay.disable();
  const ratio = baselineMs === null ? '' : `${(ms / baselineMs).toFixed(1)} × SQL`;
  console.log(
    `  ${name.padEnd(44)} ${ms.toFixed(1).padStart(9)} ms  longest stall ${(delay.max / 1e6).toFixed(1).padStart(7)} ms  ${ratio}`,
  );
  return { ms, result };
}

const dataDir = mkdtempSync(join(tmpdir(), 'rollbook-bench-'));
try {
  using parts = openParts(parseConfig({ ROLLBOOK_DATA_DIR: dataDir }), {
    clock: { ...systemClock, now: () => Date.parse('2026-02-03T00:00:00Z') },
    random: systemRandom,
    log: pino({ level: 'silent' }),
  });
  fill(parts);
  console.log(`${CLASSES} classes a month, ${CLASSES * MONTHS * 2} logs in all, ${FAMILIES} families`);
  const sum = parts.database.sqlite.prepare(
    `select m.family_id, sum(l.duration_ms) from attendance_logs l
     join sessions s on s.id = l.session_id join classes c on c.id = s.class_id join family_members m on m.person_id = l.person_id
     where c.start_at >= ? and c.start_at < ? group by m.family_id`,
  );
  const { ms } = await timed('SQL: minutes of every family, hand-written', null, () =>
    sum.all(Date.UTC(2026, 0, 1), Date.UTC(2026, 1, 1)),
  );
  const { result } = await timed('bill of every family, every line', ms, () => parts.statementQuery.of(PERIOD));
  if (result.kind === 'refused') throw new Error(result.message);
  await timed('explanation of one line', ms, () => parts.queries.explain(result.lines.charges[0]!.lineId));
  const by = { actor: 'bench', reason: 'the end of the month' };
  await timed(`close of the month, ${result.lines.charges.length + result.lines.pay.length} lines`, ms, () =>
    parts.actions.closePeriod(PERIOD, { exceptions: true }, by),
  );
  await timed('bill of the closed month', ms, () => parts.statementQuery.of(PERIOD));
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
