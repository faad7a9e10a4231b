import type { ClassNow } from '../../queries/today.ts';
import { printable } from '../../text.ts';
import type { Terminal } from '../screen/terminal.ts';

/** What changed from one view of the classes to the next, a line for each change. */
export function events(before: readonly ClassNow[], after: readonly ClassNow[]): string[] {
  const known = new Map(before.map((seen) => [seen.classId, seen]));
  return after.flatMap((current) => {
    const old = known.get(current.classId);
    if (old === undefined) return [];
    const changes: string[] = [];
    if (old.status !== current.status) changes.push(current.status === 'active' ? 'begins' : `is ${current.status}`);
    for (const name of current.inCall) if (!old.inCall.includes(name)) changes.push(`${name} joined`);
    for (const name of old.inCall) if (!current.inCall.includes(name)) changes.push(`${name} left`);
    if (old.coverage !== current.coverage && current.coverage !== '') changes.push(`coverage is ${current.coverage}`);
    return changes.map((what) => printable(`${current.subject}: ${what}`));
  });
}

/** The classes of now as a table; on 80 columns the names of those in the call are whole. */
export function classTable(shown: readonly ClassNow[], timezone: string, terminal: Terminal): string {
  const time = (at: number) => timeOfDay(at, timezone).slice(0, -3);
  return terminal.table(
    [
      { title: '#', value: ({ classId }) => classId, align: 'right' },
      { title: 'subject', value: ({ subject }) => subject },
      { title: 'slot', value: ({ start, end }) => `${time(start)}–${time(end)}` },
      { title: 'state', value: ({ status, coverage }) => coverage || status },
      { title: 'min', value: ({ minutesOfOthers }) => minutesOfOthers, align: 'right' },
      { title: 'in the call', value: ({ inCall }) => inCall.join(', ') },
    ],
    shown,
  );
}

/** `16:03:12` on the clocks of the school. */
export function timeOfDay(at: number, timezone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(timezone).toPlainTime();
  return time.toString({ smallestUnit: 'second' });
}
