import { z } from '@hono/zod-openapi';

import { CHANGED_AS } from '../../actions/closed-period.ts';
import { saysMissing } from '../../core/missing.ts';
import { addDays, isDate, startOfDay } from '../../core/time/calendar.ts';
import { badRequest } from './problem.ts';

/** An instant of a body, as text. The offset is mandatory: without it nobody knows whose clock is meant. */
export const instantInput = z.iso.datetime({
  offset: true,
  ...saysMissing('must be a time with an offset, such as 2026-01-16T16:00:00+01:00 (RFC 3339)'),
});

export const emailInput = z
  .email(saysMissing('must be an e-mail address'))
  .max(254, 'is too long for an e-mail address')
  .openapi({ example: 'ana@example.com' });

const A_CURRENCY = 'must be a currency of ISO 4217 in capitals, such as EUR';
export const currencyInput = z
  .string(saysMissing(A_CURRENCY))
  .regex(/^[A-Z]{3}$/, A_CURRENCY)
  .openapi({ example: 'EUR' });

export const reasonInput = z
  .string('is missing: say why')
  .trim()
  .min(1, 'is missing: say why')
  .max(1000, 'is too long; 1000 characters are kept');

/** How a change about a class of a closed period is meant. */
export const asInput = z.enum(CHANGED_AS).openapi({
  description: 'Needed where the period of the class is closed: what was issued stays, the difference is proposed.',
});

/** The body of a change that needs nothing but a reason. */
export const reasonOnly = z.strictObject({ reason: reasonInput });

export const periodInput = z
  .string(saysMissing('must be a month such as 2026-01, or two days such as 2026-01-15..2026-02-14'))
  .openapi({ example: '2026-01', description: 'A month, or `first..last` day.' });

export function text(longest: number) {
  return z.string().trim().min(1, 'must not be empty').max(longest, `must have at most ${longest} characters`);
}

/** A number in a path or a query → the number. */
export function idInput(what: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,14}$/, `must be the number of ${what}`)
    .transform(Number)
    .openapi({ type: 'integer', minimum: 1, example: 5 });
}

export const limitInput = z
  .string()
  .regex(/^([1-9]\d?|[1-4]\d\d|500)$/, 'must be a whole number from 1 to 500')
  .transform(Number)
  .default(100)
  .openapi({ type: 'integer', minimum: 1, maximum: 500, default: 100 });

export const cursorInput = z
  .string()
  .optional()
  .openapi({ description: 'The `next_cursor` of the page before, with the same filters.' });

/** The fields of the query of a list. */
export const paging = { limit: limitInput, cursor: cursorInput };

/** Where a span of time begins or ends: an instant with offset, or a day in the zone of the organisation. */
export const momentInput = z.string().optional().openapi({
  description: 'A time with offset, or a day (both ends included) in the zone of the organisation.',
  example: '2026-01-16',
});

/**
 * The span that `from` and `to` name, `[from, to)`. A day means the whole day.
 *
 * @throws a problem that names the field at fault
 */
export function spanOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: string,
): { from: number | undefined; to: number | undefined } {
  const span = {
    from: from === undefined ? undefined : moment('from', from, (day) => startOfDay(day, zone)),
    to: to === undefined ? undefined : moment('to', to, (day) => startOfDay(addDays(day, 1), zone)),
  };
  if (span.from !== undefined && span.to !== undefined && span.from > span.to) {
    throw badRequest('to', 'must not lie before from');
  }
  return span;
}

function moment(name: string, given: string, ofDay: (day: string) => number): number {
  if (isDate(given)) return ofDay(given);
  // A plus sign that was not escaped arrives as a space.
  const written = given.replace(/ (?=\d\d:\d\d$)/, '+');
  if (instantInput.safeParse(written).success) return Date.parse(written);
  throw badRequest(
    name,
    'must be a day such as 2026-01-16, or a time with an offset such as 2026-01-16T16:00:00+01:00',
  );
}

/** A place in a list, opaque to clients. */
export function writeCursor(numbers: readonly number[]): string {
  return Buffer.from(JSON.stringify(numbers)).toString('base64url');
}

/** @throws a problem when it is not a cursor of `count` numbers */
export function readCursor(cursor: string | undefined, count: number): number[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    return z
      .array(z.int())
      .length(count)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw badRequest('cursor', 'is not a next_cursor of this list; begin without a cursor');
  }
}

/** What of a list is asked for: at most `limit` items with numbers above `after`. */
export interface Slice {
  readonly after: number;
  readonly limit: number;
}

/** A page of a list in order of numbers. It asks for one item more than the page holds, to see whether more follow. */
export function page<Item extends { readonly id: number }, Shown>(
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  find: (slice: Slice) => readonly Item[],
  show: (item: Item) => Shown,
): { items: Shown[]; next_cursor: string | null } {
  const [after = 0] = readCursor(cursor, 1) ?? [];
  return cut(find({ after, limit: limit + 1 }), limit, show, ({ id }) => [id]);
}

/** Cuts a list that was asked for with one more than the page holds. */
export function cut<Item, Shown>(
  found: readonly Item[],
  limit: number,
  show: (item: Item) => Shown,
  place: (last: Item) => readonly number[],
): { items: Shown[]; next_cursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items: items.map(show), next_cursor: more ? writeCursor(place(last)) : null };
}
