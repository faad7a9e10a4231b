import type { z } from 'zod';

import { clockText, SECOND_MS } from '../../core/time/duration.ts';
import type { logChangeSchema } from '../../jobs/payloads.ts';
import { localTime } from '../arguments.ts';
import type { Terminal } from './terminal.ts';

type LogChange = z.infer<typeof logChangeSchema>;
type ToldLog = NonNullable<LogChange['before']>;

/** Whose logs are others than before a read, one row a log; empty where none is. */
export function logChangeTable(
  classes: readonly { readonly class_id: number; readonly changes?: readonly LogChange[] | undefined }[],
  timezone: string,
  terminal: Pick<Terminal, 'table'>,
): string {
  const rows = classes.flatMap(({ class_id: classId, changes = [] }) =>
    changes.map((change) => ({ classId, ...change })),
  );
  if (rows.length === 0) return '';
  return terminal.table(
    [
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'person', value: ({ user_email: email }) => email ?? 'a guest without an address' },
      { title: 'before', value: ({ before, after }) => logText(before, after, timezone) },
      { title: 'now', value: ({ before, after }) => logText(after, before, timezone) },
    ],
    rows,
  );
}

/** `present, 46:00 min, from 2026-01-16 16:00`; what else there is of a log stands there only where nothing of that is other. */
function logText(log: ToldLog | null, other: ToldLog | null, timezone: string): string {
  if (log === null) return 'no log';
  const told = timesText(log, other, timezone);
  if (other === null || told !== timesText(other, log, timezone)) return told;
  const rest: readonly [keyof ToldLog, string][] = [
    ['provisional', log.provisional ? 'not final' : 'final'],
    ['devices', `devices: ${log.devices}`],
    ['sessions', `sessions of Google: ${log.sessions}`],
    ['identity', `recognised by: ${log.identity ?? 'nothing'}`],
    ['flags', `flags: ${log.flags.join(' ') || 'none'}`],
  ];
  return [told, ...rest.flatMap(([field, text]) => (isOther(field, log, other) ? [text] : []))].join(', ');
}

/** Status and minutes, and from when to when where the other one has it otherwise. */
function timesText(log: ToldLog, other: ToldLog | null, timezone: string): string {
  const { join_time: join, leave_time: leave } = log;
  const time = (at: string) => localTime(Date.parse(at), timezone);
  const from = join === null || !isOther('join_time', log, other) ? [] : [`from ${time(join)}`];
  const until = leave === null || !isOther('leave_time', log, other) ? [] : [`until ${time(leave)}`];
  return [log.status, `${clockText(log.duration_seconds * SECOND_MS)} min`, ...from, ...until].join(', ');
}

function isOther(field: keyof ToldLog, log: ToldLog, other: ToldLog | null): boolean {
  return String(log[field]) !== String(other?.[field]);
}
