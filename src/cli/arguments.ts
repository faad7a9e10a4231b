import { readFile } from 'node:fs/promises';

import { InvalidArgumentError } from 'commander';

import { lineNotUtf8 } from '../actions/utf8.ts';
import { isDate, startOfDay, wallTime } from '../core/time/calendar.ts';
import { CommandError, UsageError } from './context.ts';

/** A day or an instant that somebody typed. A day begins when it does in the organisation's time zone. */
export type Moment = (timezone: string) => number;

/** `2026-01-16` or an RFC 3339 instant. */
export function moment(text: string): Moment {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    if (!isDate(text)) throw new InvalidArgumentError('There is no such day.');
    return (timezone) => startOfDay(text, timezone);
  }
  try {
    const instant = Temporal.Instant.from(text).epochMilliseconds;
    return () => instant;
  } catch {
    throw new InvalidArgumentError('Give a day such as 2026-01-16, or an instant such as 2026-01-16T15:00:00Z.');
  }
}

/** An instant, or a time on the clocks of the school: `2026-01-16 16:00`. */
export function schoolTime(text: string): Moment {
  const local = text.replace(' ', 'T');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) {
    if (/T/.test(local)) return moment(local);
    throw new InvalidArgumentError(
      'Give a time such as "2026-01-16 16:00", or an instant such as 2026-01-16T15:00:00Z.',
    );
  }
  try {
    wallTime(local, 'UTC');
  } catch {
    throw new InvalidArgumentError('There is no such time.');
  }
  return (timezone) => {
    const found = wallTime(local, timezone);
    if (found.kind === 'exact') return found.at;
    const why = found.kind === 'gap' ? 'does not exist' : 'comes twice';
    throw new UsageError(
      `${text} ${why} in ${timezone} that night: give a time with an offset, such as ${local}+01:00.`,
    );
  };
}

/** A positive id. */
export function id(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Give a whole number above 0.');
  return Number(text);
}

/** Why something is changed. */
export function why(text: string): string {
  const reason = text.trim();
  if (reason === '') throw new InvalidArgumentError('Say why.');
  if (reason.length > 1000) throw new InvalidArgumentError('It is too long: 1000 characters are kept.');
  return reason;
}

/** 0 to 65535. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return Number(text);
}

/** A whole number from 0. */
export function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** @throws {CommandError} when the file cannot be read or is not UTF-8 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((err: NodeJS.ErrnoException) => {
    const fault = UNREADABLE[err.code ?? ''] ?? err.message;
    throw new CommandError(`${file} cannot be read: ${fault}. Name a file that can.`);
  });
  const line = lineNotUtf8(bytes);
  // Some editors begin a file with a byte order mark.
  if (line === null) return bytes.toString().replace(/^\uFEFF/, '');
  throw new CommandError(
    `${file} is not UTF-8 (line ${line}): save it as UTF-8 (spreadsheets call that "CSV UTF-8") and try again.`,
  );
}

/** An instant as people of the organisation read it: `2026-01-16 15:00`. */
export function localTime(at: number, timezone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(timezone);
  return `${time.toPlainDate().toString()} ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}
