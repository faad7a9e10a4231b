import { table } from '../screen/table.ts';
import type { Parts } from '../../service.ts';

/** A class as it stands in the ledger, for a screen. */
export interface Scene {
  readonly classId: number;
  readonly subject: string;
  readonly teacher: string;
  readonly start: number;
  readonly end: number;
  readonly status: string;
  readonly coverage: string;
  /** Who is in the call, in order of joining. */
  readonly inCall: readonly string[];
  /** Whole minutes of everybody but the teacher. */
  readonly studentMinutes: number;
}

const HOUR_MS = 60 * 60_000;
const MOST = 200;

/** Classes around now that are on, about to begin, or just over. */
export function scenes({ classStore, sessionStore, logStore, clock }: Parts): Scene[] {
  const now = clock.now();
  return classStore.list({ from: now - HOUR_MS, to: now + HOUR_MS / 4, limit: MOST }).map((c) => {
    const logs = logStore.list({ classId: c.id, limit: MOST });
    const inside = logs
      .filter(({ joinAt, leaveAt }) => joinAt !== null && leaveAt === null)
      .sort((a, b) => (a.joinAt ?? 0) - (b.joinAt ?? 0));
    const students = logs.filter(({ role }) => role !== 'teacher');
    return {
      classId: c.id,
      subject: c.subject,
      teacher: c.roster.find(({ role }) => role === 'teacher')?.name ?? '',
      start: c.start,
      end: c.end,
      status: c.status,
      coverage: sessionStore.ofClass(c.id)?.coverage ?? '',
      inCall: inside.map((log) => log.displayName ?? log.userEmail ?? 'somebody'),
      studentMinutes: Math.floor(students.reduce((sum, { durationMs }) => sum + durationMs, 0) / 60_000),
    };
  });
}

/** What changed between two looks, a line each. */
export function events(before: readonly Scene[], after: readonly Scene[]): string[] {
  const known = new Map(before.map((scene) => [scene.classId, scene]));
  return after.flatMap((scene) => {
    const old = known.get(scene.classId);
    if (old === undefined) return [];
    const said: string[] = [];
    if (old.status !== scene.status) said.push(scene.status === 'active' ? 'begins' : `is ${scene.status}`);
    for (const name of scene.inCall) if (!old.inCall.includes(name)) said.push(`${name} joined`);
    for (const name of old.inCall) if (!scene.inCall.includes(name)) said.push(`${name} left`);
    if (old.coverage !== scene.coverage && scene.coverage !== '') said.push(`coverage is ${scene.coverage}`);
    return said.map((what) => `${scene.subject}: ${what}`);
  });
}

/** All of it, for a screen that is redrawn. */
export function sceneTable(shown: readonly Scene[], timezone: string): string {
  const time = (at: number) => timeOfDay(at, timezone).slice(0, -3);
  return table(
    [
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'subject', value: ({ subject }) => subject, widest: 14 },
      { title: 'slot', value: ({ start, end }) => `${time(start)}–${time(end)}` },
      { title: 'status', value: ({ status }) => status },
      { title: 'coverage', value: ({ coverage }) => coverage },
      { title: 'min', value: ({ studentMinutes }) => studentMinutes, align: 'right' },
      { title: 'in the call', value: ({ inCall }) => inCall.join(', '), widest: 60 },
    ],
    shown,
  );
}

/** `16:03:12` on the clocks of the school. */
export function timeOfDay(at: number, timezone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(timezone).toPlainTime();
  return time.toString({ smallestUnit: 'second' });
}
