import type { Logger } from 'pino';
import { z } from 'zod';

import type { Clock } from '../../core/time/clock.ts';
import { MINUTE_MS } from '../../core/time/duration.ts';
import { within } from '../../deadline.ts';
import type { Credentials } from '../auth.ts';
import { createGoogleClock, type GoogleClock } from '../google-clock.ts';
import { createCircuit, type Circuit, type Permit } from './circuit.ts';
import { callRefusal, tokenRefusal, type Refusal } from './error-reply.ts';
import { failure, FAILURES, type Outcome } from './failures.ts';
import { header } from './header.ts';
import { createLimiter, type Limits, type Pace, type UsageStore } from './limiter.ts';
import type { Network } from './network.ts';
import { prepareClient, type AuthClient } from './transport.ts';

export interface Timing {
  /** For one attempt, body included. */
  readonly callMs: number;
  /** For getting a token. */
  readonly tokenMs: number;
  readonly attempts: number;
  /** The longest random wait before the second attempt; it doubles from then on. */
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** All waits of a call together. A call that would wait longer fails, and the next pass tries again. */
  readonly patienceMs: number;
  readonly circuitAfter: number;
  readonly circuitPauseMs: number;
  /** The clock of back-off, quota and circuits, where it is another one than that of the deadlines. */
  readonly pace?: Pace;
}

const defaultTiming: Timing = {
  callMs: 10_000,
  tokenMs: 10_000,
  attempts: 4,
  firstBackoffMs: 250,
  longestBackoffMs: 64_000,
  patienceMs: MINUTE_MS,
  circuitAfter: 5,
  circuitPauseMs: 30_000,
};

export interface CallerDeps {
  readonly credentials: Credentials;
  /** Origin that stands in for every Google host. */
  readonly apiRoot: string | null;
  readonly clock: Clock;
  /** By default one of its own, which knows only what its own calls were told. */
  readonly googleClock?: GoogleClock;
  readonly log: Logger;
  readonly network: Network;
  /** Spreads retries; from 0 to 1. */
  readonly random: () => number;
  readonly timing?: Partial<Timing>;
  readonly usage?: UsageStore | undefined;
}

/** What the calls of one kind share: tokens, quota and circuits. Failures of one kind do not stop another. */
export interface CallKind {
  readonly scopes: readonly string[];
  readonly limits: Limits;
  /** A call that changes something is sent again only when Google said that it did nothing. */
  readonly repeatable: boolean;
}

/** Given to googleapis with every call. */
export interface RequestOptions {
  readonly retry: false;
  readonly signal: AbortSignal;
}

/** A reply as googleapis hands it over: whatever came with a status below 300. */
export interface Reply {
  readonly data: unknown;
  readonly status: number;
  readonly headers: unknown;
}

export interface Call<T> {
  readonly organizer: string;
  readonly send: (auth: AuthClient, options: RequestOptions) => Promise<Reply>;
  /** What the body says; null when it is not the expected object. */
  readonly read: (body: Readonly<Record<string, unknown>>) => T | null;
  readonly signal: AbortSignal;
  /** It yields to all other calls, and takes at most half of the quota. */
  readonly background?: boolean;
}

export interface Caller {
  /**
   * Makes one call as the organiser: within quota and deadline, repeated while that may help, with one new token when
   * the old one is refused.
   *
   * @throws the reason of the signal when it fires
   */
  call<T>(call: Call<T>): Promise<Outcome<T>>;
  status(): CallerStatus;
}

export interface CallerStatus {
  readonly organizers: {
    readonly organizer: string;
    readonly circuit: Circuit['state'];
    readonly lastSuccessAt: number | null;
    /** A sentence; null when the last call succeeded. */
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
  auth: AuthClient | null;
  lastSuccessAt: number | null;
  lastFailure: string | null;
}

/** How one attempt ended. */
type Attempt<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly readAt: number }
  | (Refusal & { readonly kind: 'refused'; readonly at: 'token' | 'call' });

export function createCaller(deps: CallerDeps, { scopes, limits, repeatable }: CallKind): Caller {
  const { credentials, apiRoot, clock, log, network, random, usage } = deps;
  const timing = { ...defaultTiming, ...deps.timing };
  const { patienceMs, pace = clock } = timing;
  const onStoreError = (err: unknown) => log.warn({ err }, 'google quota use not stored');
  const limiter = createLimiter({ limits, clock, usage, pace, patienceMs, onStoreError });
  const organizers = new Map<string, OrganizerState>();
  /** Why nothing comes back from Google; null while it answers. */
  let away: string | null = null;
  const noteAway = (why: string | null): void => {
    if (why !== null && away === null) log.warn({ reason: why, api_root: apiRoot }, 'google does not answer');
    if (why === null && away !== null) log.info({}, 'google answers again');
    away = why;
  };
  const googleClock = deps.googleClock ?? createGoogleClock(clock, log);
  const transport = {
    apiRoot,
    network,
    clock: { ...clock, now: googleClock.now },
    timeoutMs: Math.max(timing.tokenMs, timing.callMs),
  };

  const stateOf = (organizer: string): OrganizerState => {
    const known = organizers.get(organizer);
    if (known !== undefined) return known;
    const circuit = createCircuit(timing.circuitAfter, timing.circuitPauseMs, pace.monotonic);
    const state: OrganizerState = { circuit, auth: null, lastSuccessAt: null, lastFailure: null };
    organizers.set(organizer, state);
    return state;
  };

  const attempt = async <T>({ send, read, signal }: Call<T>, auth: AuthClient): Promise<Attempt<T>> => {
    const refused = (at: 'token' | 'call', refusal: Refusal) => ({ kind: 'refused', at, ...refusal }) as const;
    try {
      // The token is asked for first and by itself: no option of a call bounds the refresh that precedes it.
      await within(clock, timing.tokenMs, signal, () => auth.getAccessToken());
    } catch (err) {
      signal.throwIfAborted();
      return refused('token', tokenRefusal(err, googleClock.now()));
    }
    try {
      const reply = await within(clock, timing.callMs, signal, (limited) =>
        send(auth, { retry: false, signal: limited }),
      );
      const body = reply.status === 200 ? jsonObject.safeParse(reply.data).data : undefined;
      const value = body === undefined ? null : read(body);
      if (value === null) {
        return refused('call', { failure: failure('not_an_api_reply', { status: reply.status }), quota: 'user' });
      }
      const date = dateOf(reply.headers);
      if (date !== null) googleClock.saw(date);
      const readAt = date ?? googleClock.now();
      return { kind: 'ok', value, readAt };
    } catch (err) {
      signal.throwIfAborted();
      return refused('call', callRefusal(err, googleClock.now()));
    }
  };

  /** Repeats the call until Google answers, the failure will not pass, or the next wait would be too long. */
  const attempts = async <T>(call: Call<T>, state: OrganizerState, permit: Permit): Promise<Outcome<T>> => {
    const { organizer, signal } = call;
    let waited = 0;
    let refreshed = false;
    for (let tried = 1; ; tried += 1) {
      const client = state.auth ?? credentials.client(organizer, scopes);
      if (client === null) return failure('no_credentials');
      const auth = (state.auth ??= prepareClient(client, transport));
      // The circuit is asked only now: it may have opened while the call waited for quota.
      const turn = async () => (permit.mayGoOn() ? attempt(call, auth) : ({ kind: 'barred' } as const));
      const answer = await limiter.run(organizer, turn, signal, call.background);
      if (answer.kind === 'barred') return state.circuit.barred();
      if (answer.kind === 'held') return failure('rate_limited', { retryAfterMs: answer.ms });
      if (answer.kind === 'ok') return answer;

      const { failure: failed, at, quota } = answer;
      log.debug({ reason: failed.reason, status: failed.status, at, attempt: tried }, 'google call failed');
      // The library keeps a refused token in more than one place: only a new client is sure to ask for another. A call
      // at the same time may have made one already.
      if ((failed.reason === 'unauthorized' || at === 'token') && state.auth === auth) state.auth = null;
      if (failed.reason === 'unauthorized' && at === 'call' && !refreshed) {
        refreshed = true;
        tried -= 1;
        continue;
      }
      if (!FAILURES[failed.reason].passing) return failed;
      const longest = Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** (tried - 1));
      const wait = Math.max(failed.retryAfterMs ?? 0, random() * longest);
      if (failed.reason === 'rate_limited' && at === 'call') limiter.hold(quota === 'project' ? null : organizer, wait);
      const safe = repeatable || at === 'token' || failed.reason === 'rate_limited';
      if (!safe || tried >= timing.attempts || waited + wait > patienceMs) return failed;
      waited += wait;
      await pace.sleep(wait, signal);
    }
  };

  return {
    async call(given) {
      given.signal.throwIfAborted();
      const call = { ...given, organizer: given.organizer.toLowerCase() };
      const state = stateOf(call.organizer);
      const permit = state.circuit.enter();
      if (permit === null) return state.circuit.barred();
      try {
        const outcome = await attempts(call, state, permit);
        if (outcome.kind === 'ok') {
          noteAway(null);
          permit.succeeded();
          state.lastSuccessAt = outcome.readAt;
          state.lastFailure = null;
        } else {
          permit.failed(outcome);
          state.lastFailure = outcome.message;
          if (outcome.unreached !== undefined) noteAway(outcome.unreached);
        }
        return outcome;
      } catch (err) {
        permit.abandoned();
        throw err;
      }
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
        clockSkewMs: googleClock.skewMs(),
      };
    },
  };
}

/** Not an array, a text, or the bytes of something that is no JSON. */
const jsonObject = z.record(z.string(), z.unknown());

function dateOf(headers: unknown): number | null {
  const date = Date.parse(header(headers, 'date') ?? '');
  return Number.isNaN(date) ? null : date;
}
