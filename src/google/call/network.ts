import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import fetch from 'node-fetch';

/** A request to Google as it leaves the program. */
export interface NetworkRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  /** What the client of Google sends is text: JSON or a form. */
  readonly body: string | null;
  readonly signal: AbortSignal;
}

/**
 * Sends one request to Google and returns the whole answer. Every request, also for tokens, goes through it.
 *
 * @throws when no whole answer came; the reason of the signal when that aborts
 */
export type Network = (request: NetworkRequest) => Promise<Response>;

/** In bytes, unpacked. A larger answer does not come from Google: 250 participants take a tenth of a megabyte. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** Connections to one host. The limiter of calls allows fewer. */
const CONNECTIONS = 32;
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The network of this machine: it keeps connections open, follows no redirect, and fails when a body is too large.
 *
 * @param apiRoot origin that stands in for every Google host; it is reached directly, whatever `proxyEnv` says
 * @param proxyEnv environment that may name a proxy
 */
export function createNetwork(apiRoot: string | null, proxyEnv: NodeJS.ProcessEnv): Network {
  const kept = { keepAlive: true, maxSockets: CONNECTIONS };
  const plain = new HttpAgent(kept);
  const secure = new HttpsAgent({ ...kept, ...(apiRoot === null ? { proxyEnv } : {}) });
  return async ({ url, method, headers, body, signal }) => {
    const answer = await fetch(url, {
      method,
      headers: Object.fromEntries(headers),
      ...(body === null ? {} : { body }),
      signal,
      agent: url.protocol === 'http:' ? plain : secure,
      size: LARGEST_ANSWER,
      redirect: 'manual',
    });
    const content = await answer.arrayBuffer();
    const { status, statusText } = answer;
    return new Response(WITHOUT_BODY.has(status) ? null : content, {
      status,
      statusText,
      headers: Object.fromEntries(answer.headers),
    });
  };
}
