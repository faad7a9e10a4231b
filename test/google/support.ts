import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { pino } from 'pino';

import type { Clock } from '../../src/core/time/clock.ts';
import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import type { Faults } from '../../src/emulator/faults.ts';
import { startEmulator, type Emulator } from '../../src/emulator/server.ts';
import type { World } from '../../src/emulator/world.ts';
import { loadCredentials, type Credentials } from '../../src/google/auth.ts';
import type { CallerDeps, Timing } from '../../src/google/call/caller.ts';
import type { Pace } from '../../src/google/call/limiter.ts';
import { createNetwork } from '../../src/google/call/network.ts';
import { createDirectory, type Directory } from '../../src/google/directory/directory.ts';
import { createMeetClient, type MeetClient } from '../../src/google/meet/meet-client.ts';
import { handClock, type HandClock } from '../support/clock.ts';
import { createSilence } from '../support/silence.ts';

export const never = new AbortController().signal;

/** Time that passes only by being waited for. */
export interface Waits {
  readonly slept: number[];
  readonly monotonic: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  pass(ms: number): void;
}

export function waits(): Waits {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    monotonic: () => now,
    async sleep(ms, signal) {
      await setImmediate();
      signal?.throwIfAborted();
      slept.push(ms);
      now += ms;
    },
    pass(ms) {
      now += ms;
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'rollbook-google-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const keyPath = join(folder, 'key.json');
writeServiceAccountKey(keyPath);

/** Domain-wide delegation with a throw-away key. */
export const delegation: Credentials = loadCredentials(keyPath);

/** A refresh token of the emulator's. */
export function consentOf(email: string): Credentials {
  const path = join(folder, `${email}.json`);
  const grant = {
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: `refresh:${email}`,
  };
  writeFileSync(path, JSON.stringify({ ...grant, account: email }), { mode: 0o600 });
  return loadCredentials(path);
}

/** The usual one of a call; none of it passes in real time. */
const DEADLINE_MS = 10_000;

/** Lines of the log, parsed. */
export function logbook(): { readonly log: CallerDeps['log']; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: pino({ level: 'trace', base: null }, { write }), lines };
}

export interface Reader {
  readonly meet: MeetClient;
  readonly directory: Directory;
  readonly waits: Waits;
  readonly lines: Record<string, unknown>[];
}

/**
 * The real client on a stand-in for Google, patient for twenty seconds. Waits cost no time; a random wait is always the
 * longest possible.
 */
export function readerOf(
  apiRoot: string,
  clock: Clock,
  changed: Partial<CallerDeps> & { timing?: Partial<Timing & Pick<Pace, 'sleep'>> } = {},
) {
  const { timing: { sleep, ...timing } = {}, ...others } = changed;
  const time = waits();
  const { log, lines } = logbook();
  const deps: CallerDeps = {
    credentials: delegation,
    apiRoot,
    network: createNetwork(apiRoot, {}),
    clock,
    log,
    random: () => 1,
    timing: { pace: { monotonic: time.monotonic, sleep: sleep ?? time.sleep }, patienceMs: 20_000, ...timing },
    ...others,
  };
  return { meet: createMeetClient(deps), directory: createDirectory(deps), waits: time, lines } satisfies Reader;
}

export interface MeetWorld extends Reader, AsyncDisposable {
  readonly google: Emulator;
  readonly clock: HandClock;
}

export async function meetWorld(
  world: World,
  now: string,
  options: Parameters<typeof readerOf>[2] & { faults?: Faults; shortPages?: boolean } = {},
): Promise<MeetWorld> {
  const { faults, shortPages = false, ...deps } = options;
  const clock = handClock(now);
  const silence = createSilence(DEADLINE_MS);
  const emulated = await startEmulator({ world, clock, shortPages });
  const google: Emulator = {
    ...emulated,
    setFaults: (next) => emulated.setFaults(next === null ? null : silence.heard(next)),
  };
  google.setFaults(faults ?? null);
  const network = silence.watched(createNetwork(google.url, {}));
  const reader = readerOf(google.url, { ...clock, sleep: silence.sleep }, { network, ...deps });
  return { ...reader, google, clock, [Symbol.asyncDispose]: () => emulated[Symbol.asyncDispose]() };
}

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  /** Connections that were opened. */
  readonly connections: () => number;
}

/** A server of a few lines, for bytes and headers that the emulator never sends. Tokens are given out by itself. */
export async function rawServer(
  answer: (response: ServerResponse, nth: number, path: string) => void,
): Promise<RawServer> {
  const requests: RawServer['requests'] = [];
  let nth = 0;
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    request.resume();
    const path = request.url ?? '';
    if (path === '/token') return sendJson(response, { access_token: `secret-access-${nth}`, expires_in: 3600 });
    requests.push({ method: request.method ?? '', path, headers: request.headers });
    nth += 1;
    return answer(response, nth, path);
  };
  const server = createServer(listener);
  server.on('connection', () => (connections += 1));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      const closing = Promise.withResolvers<void>();
      server.close(() => closing.resolve());
      server.closeAllConnections();
      await closing.promise;
    },
  };
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(body));
}

/** An error in Google's form. */
export function sendError(
  response: ServerResponse,
  code: number,
  details: readonly object[] = [],
  headers: Record<string, string> = {},
): void {
  sendJson(response, { error: { code, message: 'no', status: 'NO', details } }, code, headers);
}
