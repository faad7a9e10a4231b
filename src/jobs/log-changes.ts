import type { z } from 'zod';

import { formatInstant } from '../core/time/calendar.ts';
import { SECOND_MS } from '../core/time/duration.ts';
import type { AttendanceLog } from '../ledger/attendance/log-store.ts';
import type { logChangeSchema } from './payloads.ts';

type LogChange = z.infer<typeof logChangeSchema>;

/** Whose log of a class came, went or is another one now, in the order of the logs. Guests have no address. */
export function logChanges(before: readonly AttendanceLog[], after: readonly AttendanceLog[]): LogChange[] {
  const old = new Map(before.map((log) => [whose(log), log]));
  const now = new Map(after.map((log) => [whose(log), log]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): LogChange[] => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was !== undefined && is !== undefined && isSame(was, is)) return [];
    return [{ user_email: (is ?? was)?.userEmail ?? null, before: told(was), after: told(is) }];
  });
}

function whose({ personId, participant }: AttendanceLog): number | string {
  return personId ?? participant ?? '';
}

/** What a rebuild derives of a log; `told` is the part of it that people read. */
const DERIVED = [
  'role',
  'status',
  'provisional',
  'join',
  'leave',
  'durationMs',
  'intervals',
  'identityMethod',
  'identityConfidence',
  'devices',
  'evidence',
  'flags',
] as const satisfies readonly (keyof AttendanceLog)[];

function isSame(was: AttendanceLog, is: AttendanceLog): boolean {
  return DERIVED.every((column) => JSON.stringify(was[column]) === JSON.stringify(is[column]));
}

function told(log: AttendanceLog | undefined): LogChange['before'] {
  if (log === undefined) return null;
  return {
    status: log.status,
    provisional: log.provisional,
    join_time: log.join === null ? null : formatInstant(log.join),
    leave_time: log.leave === null ? null : formatInstant(log.leave),
    duration_seconds: Math.floor(log.durationMs / SECOND_MS),
    devices: log.devices,
    sessions: log.evidence.length,
    identity: log.identityMethod,
    flags: [...log.flags],
  };
}
