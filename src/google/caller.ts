import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { JWT, OAuth2Client } from 'google-auth-library';
import type { Logger } from 'pino';

import type { Clock } from '../time/clock.ts';
import type { Credentials } from './auth.ts';
import { createCircuit } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import { failure, failureOf, isPassing } from './failures.ts';
import type { Failure, Outcome } from './failures.ts';
import { createLimiter, meetLimits } from './limiter.ts';
import type { Limiter, Limits, UsageStore } from './limiter.ts';

export interface Timing {
  /** For one attempt, body included. */
  readonly callMs: number;
  /** For getting a token. */
  readonly tokenMs: number;
  readonly attempts: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** A longer wait than this is left to the next pass. */
  readonly patienceMs: number;
  readonly circuitAfter: number;
  readonly circuitPauseMs: number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly monotonic: () => number;
}

export interface CallerDeps {
  readonly credentials: Credentials;
  /** Origin that stands in for every Google host. */
  readonly apiRoot: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
  readonly timing?: Partial<Timing>;
  readonly limits?: Limits;
  readonly usage?: UsageStore | undefined;
}

const defaultTiming: Timing = {
  callMs: 10_000,
  tokenMs: 10_000,
  attempts: 5,
  firstBackoffMs: 250,
  longestBackoffMs: 64_000,
  patienceMs: 20_000,
  circuitAfter: 5,
  circuitPauseMs: 30_000,
  sleep: pause,
  monotonic: () => performance.now(),
};

/** Larger answers are not Google's: 250 participants take a tenth of a megabyte. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** Clocks further apart than this are reported. */
const SKEW_MS = 30_000;

/** What the client of one API is made with, and how each of its calls is made. */
export interface CallOptions {
  readonly retry: false;
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly agent: HttpAgent | HttpsAgent;
  readonly maxRedirects: 0;
  readonly follow: 0;
  readonly redirect: 'manual';
  readonly size: number;
}

export type AuthClient = JWT | OAuth2Client;

/** A reply as googleapis hands it over. */
interface Reply {
  readonly data: unknown;
  readonly status: number;
  readonly headers: unknown;
}

export interface Answer {
  /** A JSON object. */
  readonly data: Record<string, unknown>;
  readonly readAt: number;
}

export interface Caller {
  /**
   * Makes one call as the organiser, with deadline, quota, back-off and circuit. Retries what may pass, refreshes a
   * refused token once.
   */
  call(
    organizer: string,
    scopes: readonly string[],
    send: (auth: AuthClient, options: CallOptions) => Promise<Reply>,
    signal: AbortSignal,
  ): Promise<Outcome<Record<string, unknown>>>;
  status(): CallerStatus;
}

export interface CallerStatus {
  readonly organizers: readonly {
    readonly organizer: string;
    readonly circuit: Circuit['state'];
    readonly lastSuccessAt: number | null;
    readonly lastFailure: string | null;
    readonly callsLastMinute: number;
  }[];
  readonly callsLastMinute: number;
  readonly perMinuteLimit: number;
  /** Google's clock minus ours, from the last answer; null before the first. */
  readonly clockSkewMs: number | null;
}

interface OrganizerState {
  readonly circuit: Circuit;
  readonly clients: Map<string, AuthClient>;
  lastSuccessAt: number | null;
  lastFailure: string | null;
}

export function createCaller(deps: CallerDeps): Caller {
  const { credentials, apiRoot, clock, log, random = Math.random, limits = meetLimits, usage } = deps;
  const timing = { ...defaultTiming, ...deps.timing };
  const limiter: Limiter = createLimiter({
    limits,
    clock,
    usage,
    monotonic: timing.monotonic,
    sleep: (ms) => timing.sleep(ms),
  });
  const secure = apiRoot === null || apiRoot.startsWith('https:');
  // An agent of our own also keeps HTTP_PROXY out of the way of a loopback root.
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: limits.concurrency });
  const organizers = new Map<string, OrganizerState>();
  let clockSkewMs: number | null = null;

  const stateOf = (organizer: string): OrganizerState => {
    const known = organizers.get(organizer);
    if (known !== undefined) return known;
    const circuit = createCircuit(timing.circuitAfter, timing.circuitPauseMs, timing.monotonic);
    const state: OrganizerState = { circuit, clients: new Map(), lastSuccessAt: null, lastFailure: null };
    organizers.set(organizer, state);
    return state;
  };

  const clientOf = (organizer: string, scopes: readonly string[]): AuthClient | null => {
    const { clients } = stateOf(organizer);
    const key = scopes.join(' ');
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = credentials.client(organizer, scopes, { apiRoot, timeoutMs: timing.tokenMs });
    if (made !== null) clients.set(key, made);
    return made;
  };

  const noteSkew = (readAt: number): void => {
    const skew = readAt - clock.now();
    if (Math.abs(skew) > SKEW_MS && Math.abs((clockSkewMs ?? 0) - skew) > SKEW_MS) {
      log.warn({ skew_ms: skew }, 'this machine’s clock and Google’s are apart: set it by NTP');
    }
    clockSkewMs = skew;
  };

  const attempt = async (
    auth: AuthClient,
    send: (auth: AuthClient, options: CallOptions) => Promise<Reply>,
    signal: AbortSignal,
  ): Promise<Answer | Failure> => {
    const deadline = AbortSignal.timeout(timing.callMs);
    const options: CallOptions = {
      retry: false,
      timeout: timing.callMs,
      signal: AbortSignal.any([signal, deadline]),
      agent,
      maxRedirects: 0,
      follow: 0,
      redirect: 'manual',
      size: LARGEST_ANSWER,
    };
    try {
      // The token is fetched first and by itself: no option of a call bounds the refresh that precedes it.
      await within(auth.getAccessToken(), timing.tokenMs, signal);
      const reply = await within(send(auth, options), timing.callMs + 1_000, signal);
      const readAt = dateOf(reply.headers) ?? clock.now();
      if (!isObject(reply.data) || reply.status !== 200) return failure('not_an_api_reply', { status: reply.status });
      noteSkew(readAt);
      return { data: reply.data, readAt };
    } catch (err) {
      signal.throwIfAborted();
      return failureOf(err, clock.now());
    }
  };

  return {
    async call(organizer, scopes, send, signal) {
      const state = stateOf(organizer);
      const auth = clientOf(organizer, scopes);
      if (auth === null) return failure('no_credentials');
      if (!state.circuit.enter()) return failure('circuit_open', { retryAfterMs: timing.circuitPauseMs });
      let refreshed = false;
      let last: Failure = failure('unavailable');
      for (let tried = 1; tried <= timing.attempts; tried += 1) {
        signal.throwIfAborted();
        const answer = await limiter.run(organizer, signal, () => attempt(auth, send, signal));
        if ('data' in answer) {
          state.circuit.succeeded();
          state.lastSuccessAt = answer.readAt;
          state.lastFailure = null;
          return { kind: 'ok', value: answer.data, readAt: answer.readAt };
        }
        last = answer;
        log.debug({ reason: last.reason, status: last.status, attempt: tried }, 'google call failed');
        if (last.reason === 'unauthorized' && last.status === 401 && !refreshed) {
          refreshed = true;
          forgetToken(auth);
          continue;
        }
        if (!isPassing(last)) break;
        const backoff = random() * Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** tried);
        const wait = Math.max(last.retryAfterMs ?? 0, backoff);
        if (last.reason === 'rate_limited') limiter.hold(last.projectWide === true ? null : organizer, wait);
        if (wait > timing.patienceMs || tried === timing.attempts) break;
        await timing.sleep(wait, signal);
      }
      state.circuit.failed(last);
      state.lastFailure = last.reason;
      return last;
    },
    status() {
      return {
        organizers: [...organizers].map(([organizer, { circuit, lastSuccessAt, lastFailure }]) => ({
          organizer,
          circuit: circuit.state,
          lastSuccessAt,
          lastFailure,
          callsLastMinute: limiter.callsLastMinute(organizer),
        })),
        callsLastMinute: limiter.callsLastMinute(),
        perMinuteLimit: limits.perMinute,
        clockSkewMs,
      };
    },
  };
}

/** Makes the client ask for a new token at its next call; a refresh token is kept. */
function forgetToken(auth: AuthClient): void {
  const { refresh_token: refreshToken } = auth.credentials;
  auth.setCredentials(refreshToken === null || refreshToken === undefined ? {} : { refresh_token: refreshToken });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Success carries plain headers, in lower case. */
function dateOf(headers: unknown): number | null {
  const text = headers instanceof Headers ? headers.get('date') : isObject(headers) ? headers['date'] : null;
  const date = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : date;
}

/** A promise that may hang, bounded. The work behind it is left to its own end. */
async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { code: 'TimeoutError' })), ms);
  const abandon = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abandon, { once: true });
  work.then(resolve, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abandon);
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      signal?.removeEventListener('abort', abandon);
      resolve();
    }
    function abandon(): void {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    }
    signal?.addEventListener('abort', abandon, { once: true });
  });
}
