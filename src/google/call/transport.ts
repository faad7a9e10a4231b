import { JWT, type OAuth2Client } from 'google-auth-library';
import { z } from 'zod';

import type { Clock } from '../../core/time/clock.ts';
import { HOUR_MS, SECOND_MS } from '../../core/time/duration.ts';
import { within } from '../../deadline.ts';
import { NotATokenError } from './error-reply.ts';
import type { Network } from './network.ts';

export type AuthClient = JWT | OAuth2Client;

const TOKEN_HOST = 'oauth2.googleapis.com';

/**
 * The default of the library, set explicitly: otherwise the variable GOOGLE_CLOUD_UNIVERSE_DOMAIN would change every
 * host, and delegation works with the default only.
 */
export const UNIVERSE = 'googleapis.com';

interface TransportDeps {
  /** Origin that stands in for every Google host, the token endpoint at `/token`; null for Google. */
  readonly apiRoot: string | null;
  readonly network: Network;
  /** Its `now` is Google's time as far as it is known. */
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Bounds a token request that nobody waits for any more. */
  readonly timeoutMs: number;
}

/**
 * Makes a client of Google's library send its requests, those for tokens too, through our network: in bounded time,
 * without retries or redirects. It is called once for a client.
 */
export function prepareClient<T extends AuthClient>(client: T, deps: TransportDeps): T {
  const { apiRoot, network, clock, timeoutMs } = deps;
  const root = apiRoot === null ? null : new URL(apiRoot);
  const send = (url: unknown, { method, headers, body, signal }: RequestInit = {}): Promise<Response> =>
    within(clock, timeoutMs, signal ?? new AbortController().signal, (limited) =>
      network({
        url: new URL(String(url)),
        method: method ?? 'GET',
        headers: new Headers(headers),
        body: body === null || body === undefined ? null : String(body as string | URLSearchParams),
        signal: limited,
      }),
    );
  if (client instanceof JWT) client.additionalClaims = datedBy(clock);
  client.transporter.defaults = { ...client.transporter.defaults, fetchImplementation: send };
  client.transporter.interceptors.request.add({
    resolved: (request) => {
      // The library re-enables retries for token requests; only this switches them off for good.
      request.retryConfig = { ...request.retryConfig, retry: 0, noResponseRetries: 0 };
      request.redirect = 'manual';
      if (root !== null && request.url.origin !== root.origin) {
        const path = request.url.hostname === TOKEN_HOST ? '/token' : request.url.pathname;
        request.url = new URL(`${path}${request.url.search}`, root);
      }
      return Promise.resolve(request);
    },
  });
  client.transporter.interceptors.response.add({
    resolved: (response) => {
      if (isTokenRequest(response.config.url, root) && !tokenReply.safeParse(response.data).success) {
        return Promise.reject(new NotATokenError('the token endpoint answered without a token'));
      }
      return Promise.resolve(response);
    },
  });
  return client;
}

/** Google gives no token for a form that is dated wrong; the library would date it by the clock of the machine. */
function datedBy({ now }: Pick<Clock, 'now'>): object {
  const seconds = (instant: number) => Math.floor(instant / SECOND_MS);
  return {
    // Read whenever a form is signed.
    get iat() {
      return seconds(now());
    },
    // An hour is the most that Google allows, and a second may pass between the two.
    get exp() {
      return seconds(now() + HOUR_MS - SECOND_MS);
    },
  };
}

/** Without `expires_in` the library would keep a token for ever, or ask for one with every call. */
const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

function isTokenRequest(url: URL, root: URL | null): boolean {
  return url.pathname === '/token' && (url.hostname === TOKEN_HOST || url.origin === root?.origin);
}
