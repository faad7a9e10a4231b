import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { JWT, OAuth2Client } from 'google-auth-library';
import { z } from 'zod';

import { NotATokenError } from './error-reply.ts';

export type AuthClient = JWT | OAuth2Client;

/** Larger answers are not Google's: 250 participants take a tenth of a megabyte. Bytes, unpacked. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
const TOKEN_HOST = 'oauth2.googleapis.com';

/**
 * The default of the library, said aloud: left out, GOOGLE_CLOUD_UNIVERSE_DOMAIN would move every host, and delegation
 * exists in this universe only.
 */
export const UNIVERSE = 'googleapis.com';

export interface Transport {
  /** Makes a client, which carries its token requests as well as the API calls, follow these rules. Once a client. */
  prepare<T extends AuthClient>(client: T): T;
}

/**
 * How requests travel: kept-alive connections of our own, no retries, no redirects, no endless bodies.
 *
 * @param apiRoot origin that stands in for every Google host, the token endpoint at `/token`; null for Google
 * @param maxSockets to one host
 * @param timeoutMs bounds a token request that nobody waits for any more
 */
export function createTransport(apiRoot: string | null, maxSockets: number, timeoutMs: number): Transport {
  const root = apiRoot === null ? null : new URL(apiRoot);
  // With an agent of ours the library leaves proxies to it. A stand-in is reached directly, whatever the environment says.
  const agent =
    root?.protocol === 'http:'
      ? new HttpAgent({ keepAlive: true, maxSockets })
      : new HttpsAgent({ keepAlive: true, maxSockets, ...(root === null ? { proxyEnv: process.env } : {}) });
  return {
    prepare(client) {
      client.transporter.defaults = { ...client.transporter.defaults, agent, timeout: timeoutMs };
      client.transporter.interceptors.request.add({
        resolved: (request) => {
          // The library re-enables retries for token requests; only this switches them off for good.
          request.retryConfig = { ...request.retryConfig, retry: 0, noResponseRetries: 0 };
          request.redirect = 'manual';
          request.size = LARGEST_ANSWER;
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

/** Thrown when the deadline passes first; it has no status, like every error of the network. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Bounds work that may hang: its signal fires and the promise rejects after `ms`, or as soon as the caller aborts.
 * What the work does after that is ignored.
 *
 * @throws {DeadlineError} or the reason of `signal`
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const own = new AbortController();
  const stop = (reason: unknown) => {
    own.abort(reason);
    reject(reason as Error);
  };
  const abandon = () => stop(signal.reason);
  const timer = setTimeout(() => stop(new DeadlineError('no answer in time')), ms);
  signal.addEventListener('abort', abandon, { once: true });
  work(own.signal).then(resolve, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abandon);
  }
}

/** Resolves after so many milliseconds; rejects with the reason of the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  const abandon = () => {
    clearTimeout(timer);
    reject(signal?.reason as Error);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', abandon);
    resolve();
  }, ms);
  signal?.addEventListener('abort', abandon, { once: true });
  return promise;
}
