/**
 * Minutes from sessions: the union of one class (6 people, 8 sessions, the teacher's overlap with each student), the
 * whole derivation of its logs, and a full rebuild of a million participant sessions, against bare arithmetic.
 *
 *   npm run bench:merge
 *
 * Goal: 10 µs for the merge of one class.
 */
import { indexIdentities } from '../../src/core/attendance/identity/knowledge.ts';
import { classLogs } from '../../src/core/attendance/logs.ts';
import { mergeSpans } from '../../src/core/attendance/presence.ts';
import { roomPresence } from '../../src/core/attendance/room-presence.ts';
import { intersection, totalMs } from '../../src/core/time/interval.ts';
import { measure, print } from './measure.ts';

const MINUTE = 60_000;
const PEOPLE = 6;
const ROUNDS = 9;
const start = Date.parse('2026-03-02T16:00:00Z');

const span = (from: number, to: number, evidence: string) => ({
  start: start + from * MINUTE,
  end: start + to * MINUTE,
  closedBy: 'session' as const,
  open: false,
  evidence,
});
const presences = Array.from({ length: PEOPLE }, (_, i) =>
  i < 2 ? [span(i, 20, `${i}a`), span(15, 59 + i, `${i}b`)] : [span(i, 58, `${i}`)],
);
const sessions = presences.flat().length;

function mergeClass(): number {
  const [teacher = [], ...students] = presences.map((spans) => mergeSpans(spans));
  return students.reduce((sum, student) => sum + totalMs(intersection(teacher, student)), 0);
}

const people = Array.from({ length: PEOPLE }, (_, i) => ({
  id: i + 1,
  email: `p${i}@school.example`,
  name: `Person ${i}`,
  role: 'student' as const,
  googleUserId: String(i),
}));
const identities = indexIdentities({
  people: new Map(people.map((person) => [person.id, person])),
  directory: new Map(),
  rules: [],
  ignored: [],
});
const room = {
  classes: [
    {
      id: 1,
      seriesId: null,
      subject: 'Algebra',
      start,
      end: start + 60 * MINUTE,
      canceled: false,
      roster: people.map(({ id }, i) => ({
        personId: id,
        role: i === 0 ? ('teacher' as const) : ('student' as const),
      })),
    },
  ],
  records: [{ name: 'conferenceRecords/r', start, end: start + 61 * MINUTE, lastSeenAt: start + 90 * MINUTE }],
  participants: presences.map((spans, i) => ({
    name: `conferenceRecords/r/participants/${i}`,
    record: 'conferenceRecords/r',
    kind: 'signedin' as const,
    userId: String(i),
    displayName: `Person ${i}`,
    earliest: spans[0]!.start,
    latest: spans.at(-1)!.end,
    lastSeenAt: start + 90 * MINUTE,
    missing: false,
    sessionsReadAt: start + 90 * MINUTE,
    sessions: spans.map(({ start: from, end, evidence }) => ({
      name: evidence,
      start: from,
      end,
      lastSeenAt: start + 90 * MINUTE,
      missing: false,
    })),
  })),
};
const rules = {
  margins: { beforeMs: 30 * MINUTE, afterMs: 60 * MINUTE },
  thresholds: { lateAfterMs: 5 * MINUTE, attendedIf: { seconds: 1 } },
};
const [lesson] = room.classes;
const deriveClass = () =>
  classLogs({
    class: lesson!,
    coverage: 'complete',
    presence: roomPresence(room, identities, rules.margins).get(1),
    identities,
    decisions: [],
    explained: new Set(),
    thresholds: rules.thresholds,
  }).logs.length;

/** The least that could be done: one pass over the numbers, no objects kept. */
function bareSum(): number {
  let sum = 0;
  for (const spans of presences) for (const { start: from, end } of spans) sum += end - from;
  return sum;
}

const many = (n: number, work: () => number) => () => {
  for (let i = 0; i < n; i += 1) work();
  return n;
};

print(
  `one class, ${PEOPLE} people, ${sessions} sessions (median of ${ROUNDS})`,
  await measure(
    [
      { name: 'bare sum of the same numbers', run: many(20_000, bareSum) },
      { name: 'merge: unions and overlaps (goal 10 µs)', run: many(5_000, mergeClass) },
      { name: 'whole derivation: identity, attribution, logs', run: many(1_000, deriveClass) },
    ],
    ROUNDS,
  ),
  'class',
);

const CLASSES = Math.ceil(1_000_000 / sessions);
const begun = process.hrtime.bigint();
many(CLASSES, deriveClass)();
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
console.log(
  `full rebuild of ${CLASSES * sessions} sessions in ${CLASSES} classes, evidence in memory: ${seconds.toFixed(1)} s, ${((seconds * 1e6) / CLASSES).toFixed(0)} µs a class`,
);
