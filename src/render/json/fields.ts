import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import type { Interval } from '../../core/time/interval.ts';

/** An instant as answers have it: RFC 3339 in UTC. */
export const instant = z.string().openapi({ format: 'date-time', example: '2026-01-16T15:00:00Z' });

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : formatInstant(at);
}

export function showSpan({ start, end }: Interval) {
  return { start_time: formatInstant(start), end_time: formatInstant(end) };
}

/** An object of an answer, the fields of which the reference does not list. */
export const anything = z.record(z.string(), z.unknown());
