import type { Now } from '../core/time/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../core/time/duration.ts';
import type { ClassStore } from '../ledger/attendance/class-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';

/** A class as it stands in the ledger. */
export type ClassNow = ReturnType<typeof classesNow>[number];

export interface TodayDeps {
  readonly classStore: Pick<ClassStore, 'all'>;
  readonly sessionStore: Pick<SessionStore, 'ofClass'>;
  readonly logStore: Pick<LogStore, 'list'>;
  readonly clock: Now;
}

/**
 * Classes around now that are on, about to begin, or just over.
 *
 * @param teacherIds those whose classes the reader may see; undefined: everybody's
 */
export function classesNow(
  { classStore, sessionStore, logStore, clock }: TodayDeps,
  teacherIds: readonly number[] | undefined,
) {
  const now = clock.now();
  return classStore.all({ from: now - HOUR_MS, to: now + HOUR_MS / 4, teacherIds }).map((c) => {
    const logs = logStore.list({ classId: c.id });
    const inside = logs
      .filter(({ join, leave }) => join !== null && leave === null)
      .sort((a, b) => (a.join ?? 0) - (b.join ?? 0));
    const others = logs.filter(({ role }) => role !== 'teacher');
    return {
      classId: c.id,
      subject: c.subject,
      teacher: c.roster.find(({ role }) => role === 'teacher')?.name ?? '',
      start: c.start,
      end: c.end,
      status: c.status,
      coverage: sessionStore.ofClass(c.id)?.coverage ?? '',
      /** Who is in the call, in order of joining. */
      inCall: inside.map((log) => log.displayName ?? log.userEmail ?? 'somebody'),
      /** Whole minutes of everybody but the teacher, guests too. */
      minutesOfOthers: Math.floor(others.reduce((sum, { durationMs }) => sum + durationMs, 0) / MINUTE_MS),
    };
  });
}
