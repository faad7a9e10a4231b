import type { MiddlewareHandler } from 'hono';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import { SECOND_MS } from '../core/time/duration.ts';
import type { Status } from '../queries/status.ts';
import type { Found } from './access.ts';
import type { AppEnv, WebDeps } from './deps.ts';

export interface Metrics {
  readonly contentType: string;
  /** The measurements as they are now. */
  text(): Promise<string>;
  /** Counts and times requests by the pattern of their route, never by their path. */
  readonly watch: MiddlewareHandler<AppEnv>;
}

/** The label of teachers whose calls are listed by delegation and who organise no class. */
const OTHERS = 'others';

/** Measurements of one app, in a registry of its own. */
export function createMetrics({ status, clock }: WebDeps, find: (method: string, path: string) => Found): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];

  const requests = new Counter({
    name: 'rollbook_http_requests_total',
    help: 'HTTP requests',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'rollbook_http_request_duration_seconds',
    help: 'Time to the head of the answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers,
  });

  const measured = (name: string, help: string, labelNames: readonly string[], collect: (gauge: Gauge) => void) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset();
        collect(this);
      },
    });
  // All gauges of an answer are read from the same status.
  let seen: Status = status(0);
  const passes = () => seen.loops.flatMap(({ last }) => (last === null ? [] : [last]));
  measured('rollbook_sessions', 'Sessions by coverage', ['coverage'], (gauge) => {
    for (const [coverage, count] of Object.entries(seen.coverage)) gauge.set({ coverage }, count);
  });
  measured('rollbook_jobs', 'Jobs by state', ['state'], (gauge) => {
    for (const [state, count] of Object.entries(seen.jobs)) gauge.set({ state }, count);
  });
  measured('rollbook_loop_last_success_timestamp_seconds', 'Last successful pass', ['loop'], (gauge) => {
    for (const { name, succeededAt } of passes()) gauge.set({ loop: name }, (succeededAt ?? 0) / SECOND_MS);
  });
  measured(
    'rollbook_loop_failing',
    '1 when the last pass failed, or read none of the live classes',
    ['loop'],
    (gauge) => {
      const nothingRead = seen.unready.some(({ reason }) => reason === 'nothing_read');
      for (const { name, last, error } of seen.loops) {
        if (last === null && error === null) continue;
        gauge.set({ loop: name }, error !== null || (name === 'fetch' && nothingRead) ? 1 : 0);
      }
    },
  );
  measured('rollbook_ready', '1 when evidence is captured, as /readyz says', [], (gauge) => {
    gauge.set(seen.unready.length === 0 ? 1 : 0);
  });
  measured('rollbook_not_ready', 'Why not: 1 for each reason', ['reason'], (gauge) => {
    for (const { reason } of seen.unready) gauge.set({ reason }, 1);
  });
  measured(
    'rollbook_organizer_refused',
    '1 for each organiser of live classes that Google refuses',
    ['organizer'],
    (gauge) => {
      for (const { reason, organizers } of seen.unready) {
        if (reason === 'refused') for (const organizer of organizers) gauge.set({ organizer }, 1);
      }
    },
  );
  measured('rollbook_google_calls_last_minute', 'Calls to Google in the last minute', [], (gauge) => {
    gauge.set(seen.google.callsLastMinute);
  });
  measured('rollbook_google_clock_skew_seconds', "Google's clock minus ours", [], (gauge) => {
    gauge.set((seen.google.clockSkewMs ?? 0) / SECOND_MS);
  });
  measured(
    'rollbook_calls_listed_timestamp_seconds',
    'When the calls of an organiser were last listed whole; 0 when they never were',
    ['organizer'],
    (gauge) => {
      // Whoever reads measurements may not see names: of teachers who organise no class only the oldest is told.
      const byLabel = Map.groupBy(seen.callListings, ({ organizerEmail }) =>
        seen.classOrganizers.has(organizerEmail.toLowerCase()) ? organizerEmail : OTHERS,
      );
      for (const [organizer, listings] of byLabel) {
        gauge.set({ organizer }, Math.min(...listings.map(({ listedAt }) => listedAt ?? 0)) / SECOND_MS);
      }
    },
  );
  measured('rollbook_open_reviews', 'Participants waiting to be matched', [], (gauge) => gauge.set(seen.openReviews));
  measured('rollbook_ledger_writable', '1 when the ledger can be written', [], (gauge) => {
    gauge.set(seen.ledger.writable ? 1 : 0);
  });

  return {
    contentType: register.contentType,
    text() {
      seen = status(0);
      return register.metrics();
    },
    async watch(c, next) {
      const found = find(c.req.method, c.req.path);
      const route = found.kind === 'rule' ? found.rule.path : found.kind === 'other_method' ? found.path : 'unknown';
      const { method } = c.req;
      const begun = clock.monotonic();
      await next();
      duration.observe({ method, route }, (clock.monotonic() - begun) / SECOND_MS);
      requests.inc({ method, route, status: c.res.status });
    },
  };
}
