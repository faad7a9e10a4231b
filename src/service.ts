import { existsSync } from 'node:fs';

import type { Logger } from 'pino';

import { createActions } from './actions/actions.ts';
import { importFile, type Importer } from './actions/import-file.ts';
import { createCapture } from './capture/capture.ts';
import { createEpisodes } from './capture/episodes.ts';
import type { PassOptions } from './capture/fetch.ts';
import { createLoop, type Loop } from './capture/loop.ts';
import { createStart } from './capture/process-start.ts';
import { ledgerFile, type Config } from './config.ts';
import type { Clock, Random } from './core/time/clock.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from './core/time/duration.ts';
import type { Timing } from './google/call/caller.ts';
import { createNetwork, type Network } from './google/call/network.ts';
import { openGoogle } from './google/google.ts';
import type { MeetClient } from './google/meet/meet-client.ts';
import { createImportThreads } from './import-threads.ts';
import { createJobKinds } from './jobs/kinds.ts';
import { createQueue } from './jobs/queue.ts';
import { openDatabase, type Database } from './ledger/database.ts';
import { readAuditKey } from './ledger/files/audit-key.ts';
import { lockLedger } from './ledger/files/lock.ts';
import { createUsageStore } from './ledger/machine/machine-store.ts';
import type { Patience } from './ledger/patience.ts';
import { settleZone } from './ledger/school/zone.ts';
import { createStores } from './ledger/stores.ts';
import { createPeriodQueries, createQueries } from './queries/queries.ts';
import { reasonText } from './queries/readiness.ts';
import type { DaemonState } from './queries/status.ts';
import type { WebDeps } from './web/deps.ts';

export interface PartsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: Random;
  /** Instead of the file in the data folder. */
  readonly database?: Database;
  /** Makes a new ledger also where a mark says that there was one. */
  readonly newLedger?: boolean;
  /** How long a write waits for another program, where nothing else has to go on meanwhile. */
  readonly patience?: Patience;
  /** The key of the audit log is another one, because that of before is lost. */
  readonly newAuditKey?: boolean;
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
  /** The parts of the process that works on the ledger all the time. */
  readonly daemon?: boolean;
  /** The environment may name another zone than the ledger keeps. */
  readonly zoneMayDiffer?: boolean;
  /** Only to look at the state of the machine: many logs of before an upgrade are left to others. */
  readonly logsMayWait?: boolean;
}

export type Parts = ReturnType<typeof openParts>;

/**
 * Opens the ledger and builds every part on it, layer by layer: Google, stores, capture, views, verbs, jobs. Takes no
 * lock, starts nothing, listens nowhere.
 */
export function openParts(config: Config, deps: PartsDeps) {
  const { clock: machineClock, log, timing = {}, network = createNetwork(config.apiRoot, deps.env ?? {}) } = deps;
  const { credentialsFile, apiRoot, defaultOrganizer, auditKeyFile, anchorFile } = config;
  const random = deps.random.next;
  const margins = {
    beforeMs: config.evidenceBeforeMinutes * MINUTE_MS,
    afterMs: config.evidenceAfterMinutes * MINUTE_MS,
  };
  const retryEveryMs = config.retryIntervalSeconds * SECOND_MS;
  const coverageRules = {
    settleMs: config.settleMinutes * MINUTE_MS,
    retryWindowMs: config.retryWindowDays * DAY_MS,
    retryBaseMs: retryEveryMs,
  };

  using opened = new DisposableStack();
  const { daemon = false, zoneMayDiffer = false, newAuditKey = false } = deps;
  const key = auditKeyFile === null ? null : readAuditKey(auditKeyFile, config.dataDir);
  const seal = { key, begin: newAuditKey ? 'new' : daemon ? 'now' : 'later' } as const;
  const database = opened.use(deps.database ?? openDatabase(ledgerFile(config), { ...deps, seal }));
  const usage = createUsageStore(database);
  const google = openGoogle({
    credentialsFile,
    apiRoot,
    network,
    usage,
    clock: machineClock,
    log,
    random,
    timing,
    meet: deps.meet,
  });
  const { googleClock } = google;
  // One corrected clock for all that is stored and compared.
  const clock: Clock = { ...machineClock, now: () => googleClock.now() };
  const stores = createStores(database, { clock, googleClock, random: deps.random, anchorFile, seal });
  const wanted = { wanted: config.timezone, keep: daemon, mayDiffer: zoneMayDiffer };
  const timezone = settleZone(database, stores.settings, stores.audit, wanted);
  const capture = createCapture({
    ...stores,
    ...google,
    margins,
    coverageRules,
    retryEveryMs,
    defaultOrganizer,
    clock,
    random,
    log,
  });
  // A daemon derives many logs beside its work; a command needs them at once.
  capture.catchUp({ mayWait: daemon || deps.logsMayWait === true });

  const periods = createPeriodQueries({ ...stores, clock, timezone });
  const { fetchIntervalSeconds } = config;
  const machine = { fetchIntervalSeconds, usage, margins, clock, log, timezone, defaultOrganizer };
  const built = { ...stores, ...google, ...capture, ...periods, ...machine };
  const queries = createQueries(built);
  const actions = createActions(built);
  const jobKinds = createJobKinds({ ...built, answerReview: actions.answerReview });

  const owned = opened.move();
  return {
    ...built,
    config,
    queries,
    actions,
    jobKinds,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** A request that writes waits so long for an import or a command that is writing. */
const TURN_MS = 10 * SECOND_MS;

/** What the routes of the web work with. */
export function webDepsOf(
  parts: Parts,
  {
    queue,
    loops,
    importer,
  }: Pick<WebDeps, 'queue'> & Pick<DaemonState, 'loops'> & { readonly importer?: Importer | undefined },
): WebDeps {
  const { config, clock, log, database, actions, queries, timezone } = parts;
  const startedAt = createStart(clock);
  const daemon = () => ({ startedAt: startedAt(), loops, credentials: config.credentialsFile !== null });
  const episodes = createEpisodes(clock, log);
  return {
    clock,
    log,
    actions,
    importFile: importer ?? ((order) => importFile(actions, order)),
    awaitTurn: (signal) => database.whenFree(clock, signal, TURN_MS),
    queries,
    timezone,
    adminToken: config.adminToken,
    trustedProxies: config.trustedProxies,
    queue,
    status: (limit) => queries.status(daemon(), limit),
    whyNotReady() {
      const { unready } = queries.readiness(daemon());
      episodes.seen(unready.map((why) => ({ ...why, message: reasonText(why) })));
      return unready;
    },
  };
}

export interface Service extends AsyncDisposable {
  readonly url: string;
  /** Aborted when the files of the ledger were taken away: nothing can be stored any more. */
  readonly lost: AbortSignal;
  readonly parts: Parts;
  readonly loops: readonly Loop[];
}

/** How often the queue looks for jobs that another process entered. */
const QUEUE_POLL_MS = 1_000;
/** How often the ledger is looked after: whether it is still there, and whether its write-ahead log can be emptied. */
const REST_SECONDS = 10;

export interface ServiceDeps extends PartsDeps {
  /** Files are entered in threads, which open the ledger, the clock and the network of this machine by themselves. */
  readonly importThreads?: boolean;
}

/** Starts the daemon: lock, ledger, queue, loops, server. Disposing closes them in reverse order. */
export async function startService(config: Config, deps: ServiceDeps): Promise<Service> {
  const { log } = deps;
  await using opened = new AsyncDisposableStack();
  // Where the server could not begin no ledger is made. One that is there stays as it is by opening it.
  if (!existsSync(ledgerFile(config))) await (await import('./web/server.ts')).tryPort(config);
  opened.use(lockLedger(config.dataDir));
  const parts = opened.use(openParts(config, { ...deps, daemon: true }));
  const { clock, database, timeKeeper } = parts;
  if (config.apiRoot !== null)
    log.warn({ api_root: config.apiRoot }, 'GOOGLE_API_ROOT is used instead of Google: for tests only');
  if (config.credentialsFile === null) log.warn('GOOGLE_CREDENTIALS_FILE is not set: nothing can be captured');

  const aheadMs = () => clock.now() - deps.clock.now();
  const threads =
    deps.importThreads === true ? opened.use(createImportThreads({ config, env: deps.env ?? {}, aheadMs })) : null;
  const queue = opened.use(
    createQueue({
      store: parts.jobStore,
      ledger: database,
      clock,
      log,
      random: deps.random.next,
      handlers: parts.jobKinds,
      concurrency: 2,
      pollMs: deps.queuePollMs ?? QUEUE_POLL_MS,
    }),
  );
  // Reads of slow organisers go on after their pass; closing waits for them once the loops told them to end.
  opened.use(parts.perOrganizer.fetch);
  opened.use(parts.perOrganizer.sweep);
  const { fetchIntervalSeconds: fetchSeconds, retryIntervalSeconds: retrySeconds } = config;
  const onPass = () => void web.whyNotReady();
  const pace = { passes: parts.passes, mayRun: database.isInPlace, onPass, ledger: database, clock, log };
  const monitor = async (signal: AbortSignal) => {
    await timeKeeper.keep(signal);
    return parts.monitor();
  };
  const loops = [
    createLoop({ ...pace, name: 'monitor', everySeconds: config.monitorIntervalSeconds, pass: monitor }),
    createLoop({ ...pace, name: 'fetch', everySeconds: fetchSeconds, pass: patient(parts.fetch, fetchSeconds) }),
    createLoop({ ...pace, name: 'retry', everySeconds: retrySeconds, pass: patient(parts.sweep, retrySeconds) }),
    createLoop({ ...pace, name: 'calls', everySeconds: retrySeconds, pass: patient(parts.listCalls, retrySeconds) }),
  ].map((loop) => opened.use(loop));
  const web = webDepsOf(parts, { queue, loops, importer: threads?.importFile });

  // Commands open the parts without a server: they start in half the time without its modules.
  const [{ createApp }, { listen }] = await Promise.all([import('./web/app.ts'), import('./web/server.ts')]);
  const app = createApp(web);
  const server = opened.use(await listen(app, { host: config.host, port: config.port }, clock));
  queue.start();
  for (const loop of loops) loop.start();
  opened.use(beside(parts.catchUpBeside));
  opened.use(clock.every(REST_SECONDS, 'UTC', database.rest));
  log.info({ url: server.url, data_dir: config.dataDir }, 'rollbook is running');

  const owned = opened.move();
  return { url: server.url, lost: database.lost, parts, loops, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Work that goes on until it is done or the daemon stops, which waits for it. */
function beside(work: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
  const stopping = new AbortController();
  // Ended by the signal: the next process goes on.
  const ended = work(stopping.signal).catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('shutting down'));
      await ended;
    },
  };
}

/** A pass that waits for slow organisers no longer than until the next one is due. */
function patient<T>(pass: (signal: AbortSignal, options: PassOptions) => Promise<T>, everySeconds: number) {
  return (signal: AbortSignal) => pass(signal, { patienceMs: everySeconds * SECOND_MS });
}
