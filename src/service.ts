import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Logger } from 'pino';

import { createActions } from './actions/actions.ts';
import { fetchParticipants } from './capture/fetch.ts';
import type { PassOptions } from './capture/fetch.ts';
import { createLoop } from './capture/loop.ts';
import type { Loop } from './capture/loop.ts';
import { monitorClasses } from './capture/monitor.ts';
import { createMeetSource } from './capture/observe.ts';
import { createPerOrganiser } from './capture/organisers.ts';
import { createAttendance } from './capture/rebuild.ts';
import { createReader } from './capture/record.ts';
import { sweepSessions } from './capture/retry.ts';
import type { SweepOptions } from './capture/retry.ts';
import { createRoomResolver } from './capture/rooms.ts';
import type { Config } from './config.ts';
import type { CoverageRules } from './core/attendance/coverage.ts';
import type { Rules } from './core/attendance/logs.ts';
import { defaultThresholds } from './core/attendance/status.ts';
import type { Clock, Random } from './core/time/clock.ts';
import { loadCredentials, noCredentials } from './google/auth.ts';
import type { Timing } from './google/call/caller.ts';
import { createNetwork } from './google/call/network.ts';
import type { Network } from './google/call/network.ts';
import { createDirectory } from './google/directory/directory.ts';
import { createGoogleClock } from './google/google-clock.ts';
import { createMeetClient } from './google/meet/meet-client.ts';
import type { MeetClient } from './google/meet/meet-client.ts';
import { createJobKinds } from './jobs/kinds.ts';
import { createQueue } from './jobs/queue.ts';
import { createClassStore } from './ledger/attendance/class-store.ts';
import { createEvidenceStore } from './ledger/attendance/evidence-store.ts';
import { createIdentityStore } from './ledger/attendance/identity-store.ts';
import { createLogStore } from './ledger/attendance/log-store.ts';
import { createPresenceDecisions } from './ledger/attendance/presence-decisions.ts';
import { createReviewStore } from './ledger/attendance/review-store.ts';
import { createRoomStore } from './ledger/attendance/room-store.ts';
import { createSessionStore } from './ledger/attendance/session-store.ts';
import { lockLedger, openDatabase } from './ledger/database.ts';
import type { Database } from './ledger/database.ts';
import { createJobStore } from './ledger/machine/job-store.ts';
import { createPassStore, createUsageStore } from './ledger/machine/machine-store.ts';
import { createMoneyStores } from './ledger/money/stores.ts';
import { createAuditLog } from './ledger/school/audit-log.ts';
import { createPeopleStore } from './ledger/school/people-store.ts';
import { createSettingsStore } from './ledger/school/settings-store.ts';
import { createTokenStore } from './ledger/school/token-store.ts';
import { createQueries } from './queries/queries.ts';
import type { DaemonState } from './queries/status.ts';
import type { WebDeps } from './web/deps.ts';

export interface PartsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** Instead of the file in the data folder. */
  readonly database?: Database;
  /** Instead of a client of Google's network. */
  readonly meet?: MeetClient;
  /** The door to Google; by default the network of this machine. */
  readonly network?: Network;
  /** How often the queue looks for jobs that another process entered. */
  readonly queuePollMs?: number;
  /** The environment of the process, where it may name a proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Deadlines and waits of Google calls, where the usual ones would not do. */
  readonly timing?: Partial<Timing>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export type Parts = ReturnType<typeof openParts>;

/** Opens the ledger and builds every part on it. Takes no lock, starts nothing, listens nowhere. */
export function openParts(config: Config, deps: PartsDeps) {
  const { clock, log, timing = {}, network = createNetwork(config.apiRoot, deps.env ?? {}) } = deps;
  const random = deps.random.next;
  using opened = new DisposableStack();
  const database = opened.use(deps.database ?? openLedgerFile(config, deps));

  const margins = {
    beforeMs: config.evidenceBeforeMinutes * MINUTE_MS,
    afterMs: config.evidenceAfterMinutes * MINUTE_MS,
  };
  const coverageRules: CoverageRules = {
    settleMs: config.settleMinutes * MINUTE_MS,
    retryWindowMs: config.retryWindowDays * DAY_MS,
    retryBaseMs: config.retryIntervalSeconds * 1000,
  };

  const settings = createSettingsStore(database, clock);
  const rules = (): Rules => ({ margins, thresholds: settings.get('thresholds') ?? defaultThresholds });
  const credentials = config.credentialsFile === null ? noCredentials() : loadCredentials(config.credentialsFile);
  const usage = createUsageStore(database);
  const meet =
    deps.meet ?? createMeetClient({ credentials, apiRoot: config.apiRoot, network, clock, log, random, timing, usage });
  const googleClock = createGoogleClock(clock, () => meet.status().clockSkewMs);

  const people = createPeopleStore(database, clock);
  const classStore = createClassStore(database, clock, googleClock);
  const roomStore = createRoomStore(database, clock);
  const sessionStore = createSessionStore(database, clock);
  const evidence = createEvidenceStore(database);
  const logStore = createLogStore(database, clock);
  const attendance = createAttendance({
    database,
    classStore,
    sessionStore,
    evidence,
    identityStore: createIdentityStore(database, evidence),
    presenceDecisions: createPresenceDecisions(database),
    logStore,
    rules,
  });
  const review = createReviewStore(database, clock);
  const tokens = createTokenStore(database, clock, deps.random);
  const audit = createAuditLog(database, clock);
  const jobStore = createJobStore(database, clock);
  const passes = createPassStore(database);

  const directory = createDirectory({ credentials, apiRoot: config.apiRoot, network, clock, log, random, timing });
  const rooms = createRoomResolver({ meet, classStore, roomStore, margins, clock, log });
  const reader = createReader({
    source: createMeetSource(meet),
    directory,
    rooms,
    database,
    classStore,
    sessionStore,
    evidence,
    attendance,
    margins,
    coverageRules,
    clock,
    random,
    log,
  });

  const shared = {
    database,
    classStore,
    roomStore,
    sessionStore,
    attendance,
    evidence,
    directory,
    reader,
    coverageRules,
    now: googleClock.now,
    log,
  };
  const outlastMs = Math.max(margins.afterMs, coverageRules.retryBaseMs);

  const monitor = () => monitorClasses({ ...shared, passes });
  const perOrganiser = { fetch: createPerOrganiser(clock), sweep: createPerOrganiser(clock) };
  const fetch = (signal: AbortSignal, options?: PassOptions) =>
    fetchParticipants({ ...shared, perOrganiser: perOrganiser.fetch, outlastMs }, signal, options);
  const sweep = (signal: AbortSignal, options?: SweepOptions) =>
    sweepSessions({ ...shared, perOrganiser: perOrganiser.sweep, outlastMs }, signal, options);

  const money = {
    database,
    stores: createMoneyStores(database, clock),
    people,
    classStore,
    roomStore,
    sessionStore,
    attendance,
    audit,
    margins,
    clock,
    settings,
    timezone: config.timezone,
  };
  const queries = createQueries({ ...money, logStore, review, tokens, jobStore, passes, usage, meet });
  const { defaultOrganizer } = config;
  const actions = createActions({ ...money, review, jobStore, tokens, queries, meet, log, defaultOrganizer });
  const jobKinds = createJobKinds({
    reader,
    classStore,
    sessionOf: (classId) => sessionStore.ensure(classId),
    monitor,
    clock,
    log,
  });

  const owned = opened.move();
  return {
    config,
    clock,
    log,
    database,
    people,
    classStore,
    roomStore,
    sessionStore,
    evidence,
    attendance,
    logStore,
    review,
    tokens,
    audit,
    jobStore,
    jobKinds,
    passes,
    settings,
    meet,
    directory,
    rooms,
    reader,
    actions,
    queries,
    margins,
    monitor,
    perOrganiser,
    fetch,
    sweep,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function openLedgerFile({ dataDir }: Config, { clock, log }: PartsDeps): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return openDatabase(join(dataDir, 'rollbook.db'), { clock, log });
}

/** What the routes of the web work with. */
export function webDepsOf(
  parts: Parts,
  { queue, loops }: Pick<WebDeps, 'queue'> & Pick<DaemonState, 'loops'>,
): WebDeps {
  const { config, clock, queries } = parts;
  const daemon = { startedAt: clock.now(), loops };
  return {
    ...parts,
    timezone: config.timezone,
    adminToken: config.adminToken,
    queue,
    status: (limit) => queries.status(daemon, limit),
  };
}

export interface Service extends AsyncDisposable {
  readonly url: string;
  readonly parts: Parts;
  readonly loops: readonly Loop[];
}

/** How often the queue looks for jobs that another process entered. */
const QUEUE_POLL_MS = 1_000;

/** Starts the daemon: lock, ledger, queue, loops, server. Disposing closes them in reverse order. */
export async function startService(config: Config, deps: PartsDeps): Promise<Service> {
  const { clock, log } = deps;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  await using opened = new AsyncDisposableStack();
  opened.use(lockLedger(config.dataDir));
  const parts = opened.use(openParts(config, deps));
  if (config.apiRoot !== null)
    log.warn({ api_root: config.apiRoot }, 'GOOGLE_API_ROOT replaces Google: for trials only');
  if (config.credentialsFile === null) log.warn('GOOGLE_CREDENTIALS_FILE is not set: nothing can be captured');

  const queue = opened.use(
    createQueue({
      store: parts.jobStore,
      clock,
      log,
      random: deps.random.next,
      handlers: parts.jobKinds,
      concurrency: 2,
      pollMs: deps.queuePollMs ?? QUEUE_POLL_MS,
    }),
  );
  // Slow organisers go on in their perOrganiser behind a pass; closing waits for them once the loops told them to end.
  opened.use(parts.perOrganiser.fetch);
  opened.use(parts.perOrganiser.sweep);
  const pace = { passes: parts.passes, clock, log };
  const loops = [
    createLoop({ ...pace, name: 'monitor', everySeconds: config.monitorIntervalSeconds, pass: parts.monitor }),
    createLoop({
      ...pace,
      name: 'fetch',
      everySeconds: config.fetchIntervalSeconds,
      pass: (signal) => parts.fetch(signal, { patienceMs: config.fetchIntervalSeconds * 1000 }),
    }),
    createLoop({
      ...pace,
      name: 'retry',
      everySeconds: config.retryIntervalSeconds,
      pass: (signal) => parts.sweep(signal, { patienceMs: config.retryIntervalSeconds * 1000 }),
    }),
  ].map((loop) => opened.use(loop));

  // Commands open the parts without a server: they start in half the time without its modules.
  const [{ createApp }, { listen }] = await Promise.all([import('./web/app.ts'), import('./web/server.ts')]);
  const app = createApp(webDepsOf(parts, { queue, loops }));
  const server = opened.use(await listen(app, { host: config.host, port: config.port }, clock));
  queue.start();
  for (const loop of loops) loop.start();
  log.info({ url: server.url, data_dir: config.dataDir }, 'rollbook is running');

  const owned = opened.move();
  return { url: server.url, parts, loops, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
