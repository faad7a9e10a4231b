/**
 * Google reads for one class-hour of six people, watched live every 180 s and captured, against the naive design that
 * lists record, participants and every session at each look.
 *
 *   npm run bench:reads
 *
 * Goals: at most 0.2 of the naive reads; the final capture takes exactly the minimum: one listing of the records, one
 * page of participants, one listing of sessions a participant.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';

import { parseConfig } from '../../src/config.ts';
import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import { startEmulator } from '../../src/emulator/server.ts';
import type { World } from '../../src/emulator/world.ts';
import { openParts } from '../../src/service.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { median } from './measure.ts';

const MINUTE = 60_000;
const LOOK = 3 * MINUTE;
const PEOPLE = 6;
const CLASSES = 15;
/** Drops per person-hour. */
const DROPS = 0.3;
const NAIVE = 60 / 3 + 1;

let seed = 1;
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
}

function worldOf(start: number, end: number): World {
  const organizer = { id: '1', email: 'teacher@school.example', name: 'Teacher', inDirectory: true };
  const record = 'conferenceRecords/r';
  let sessions = 0;
  const participants = Array.from({ length: PEOPLE }, (_, i) => {
    const name = `${record}/participants/${i + 1}`;
    const joined = start + Math.floor((random() * 6 - 3) * MINUTE);
    const left = end + Math.floor((random() * 8 - 2) * MINUTE);
    const edges = random() < DROPS ? [joined, start + Math.floor(random() * 55 * MINUTE), left] : [joined, left];
    const own = edges.slice(1).map((edge, k) => ({
      name: `${name}/participantSessions/${(sessions += 1)}`,
      start: k === 0 ? joined : edges[k]! + MINUTE,
      end: edge,
    }));
    return { name, user: { kind: 'signedin' as const, id: String(i + 1), displayName: `P${i}` }, sessions: own };
  });
  const all = participants.flatMap((participant) => participant.sessions);
  return {
    accounts: [
      organizer,
      ...participants
        .slice(1)
        .map((_, i) => ({ id: String(i + 2), email: `p${i}@school.example`, name: `P${i}`, inDirectory: true })),
    ],
    spaces: [{ name: 'spaces/s', meetingCode: 'abc-defg-hij', ownerEmail: organizer.email }],
    records: [
      {
        name: record,
        space: 'spaces/s',
        start: Math.min(...all.map((session) => session.start)),
        end: Math.max(...all.map((session) => session.end)),
        participants,
      },
    ],
  };
}

async function oneClass(): Promise<{ reads: number; naive: number; final: number }> {
  const start = Date.parse('2026-03-02T16:00:00Z');
  const end = start + 60 * MINUTE;
  let now = start - 10 * MINUTE;
  // Both go on together, as on a machine whose clock is right: a clock that jumps makes Rollbook ask Google for the time.
  const clock = { ...systemClock, now: () => now, monotonic: () => now };
  const world = worldOf(start, end);
  const dataDir = mkdtempSync(join(tmpdir(), 'rollbook-bench-'));
  try {
    await using google = await startEmulator({ world, clock });
    const key = join(dataDir, 'key.json');
    writeServiceAccountKey(key);
    const config = parseConfig({
      ROLLBOOK_DATA_DIR: dataDir,
      GOOGLE_CREDENTIALS_FILE: key,
      GOOGLE_API_ROOT: google.url,
    });
    using parts = openParts(config, { clock, random: systemRandom, log: pino({ level: 'silent' }) });
    const teacher = parts.people.create({ email: 'teacher@school.example', role: 'teacher' });
    const students = Array.from({ length: PEOPLE - 1 }, (_, i) =>
      parts.people.create({ email: `p${i}@school.example`, role: 'student' }),
    );
    const room = parts.roomStore.create({
      meetingCode: 'abc-defg-hij',
      space: null,
      meetLink: null,
      ownerEmail: null,
    });
    const { id } = parts.classStore.create({
      subject: 'Algebra',
      roomId: room.id,
      organizerEmail: teacher.email,
      seriesId: null,
      start,
      end,
      teacherIds: [teacher.id],
      studentIds: students.map((student) => student.id),
    });
    const reads = () =>
      google.requests.filter(
        ({ method }) => method.includes('onferenceRecords') || /participants|Sessions|spaces/.test(method),
      ).length;
    const signal = new AbortController().signal;
    let looks = 0;
    let final = 0;
    let before = 0;
    while (parts.sessionStore.ofClass(id)?.coverage !== 'complete' && now < end + 120 * MINUTE) {
      now += LOOK;
      parts.monitor();
      before = reads();
      await parts.fetch(signal);
      await parts.sweep(signal);
      if (reads() > before) looks += 1;
      final = reads() - before;
    }
    const total = reads();
    const naive = NAIVE * (1 + 1 + PEOPLE);
    console.log(`  reads ${total} (naive ${naive}, looks ${looks}), final capture ${final}`);
    return { reads: total, naive, final };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const results: Awaited<ReturnType<typeof oneClass>>[] = [];
for (let i = 0; i < CLASSES; i += 1) results.push(await oneClass());
console.log(`reads per class-hour, ${PEOPLE} people, live view every 180 s (median of ${CLASSES} classes)`);
console.log(`  of the naive design: ${median(results.map(({ reads, naive }) => reads / naive)).toFixed(3)} (goal 0.2)`);
console.log(`  final capture: ${median(results.map(({ final }) => final))} calls, minimum ${1 + 1 + PEOPLE}`);
