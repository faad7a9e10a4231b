import type { JWT, OAuth2Client } from 'google-auth-library';
import { z } from 'zod';

import type { Clock } from '../../core/time/clock.ts';
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

export interface TransportDeps {
  readonly apiRoot: string | null;
  readonly network: Network;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly timeoutMs: number;
}

export interface Transport {
  /** Makes a client, which carries its token requests as well as the API calls, follow these rules. Once a client. */
  prepare<T extends AuthClient>(client: T): T;
}

/**
 * Makes Google's client send its requests through our network, in bounded time, without retries or redirects.
 *
 * @param apiRoot origin that stands in for every Google host, the token endpoint at `/token`; null for Google
 * @param timeoutMs bounds a token request that nobody waits for any more
 */
export function createTransport({ apiRoot, network, clock, timeoutMs }: TransportDeps): Transport {
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
  return {
    prepare(client) {
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
    },
  };
}

/** Without `expires_in` the library would keep a token for ever, or ask for one with every call. */
const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

function isTokenRequest(url: URL, root: URL | null): boolean {
  return url.pathname === '/token' && (url.hostname === TOKEN_HOST || url.origin === root?.origin);
}
