import type { Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';

import type { Clock } from '../core/time/clock.ts';
import type { App } from './app.ts';

export interface Listening extends AsyncDisposable {
  readonly url: string;
}

/** How long requests in progress may go on when the server closes. */
const GRACE_MS = 1_000;
/** How often idle connections are closed while the server closes. */
const IDLE_SECONDS = 0.05;

/** Who sends slowly, or opens connections and sends nothing, holds no more than this. */
const LIMITS = {
  /** For the head of a request. */
  headersTimeout: 10_000,
  /** For a whole request: 10 MB in it take a line of 0.7 Mbit/s. */
  requestTimeout: 120_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
} as const;
/** At once; beyond that, connections are closed as they come. */
const MOST_CONNECTIONS = 1_000;

/**
 * Whether a server may begin there, before anything is made for it.
 *
 * @throws as {@link listen}
 */
export async function tryPort({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  const server = createServer();
  await begun(server, { host, port });
  await new Promise((resolve) => server.close(resolve));
}

function begun(
  server: Server | NetServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Serves the app until disposed of, which takes a second at most: streams are ended, requests may finish, and then every
 * connection that is still open is closed, however slowly somebody sends or reads.
 *
 * @throws what `listen` of Node throws, `EADDRINUSE` for one
 */
export async function listen(
  app: Pick<App, 'fetch' | 'endStreams'>,
  { host, port }: { readonly host: string; readonly port: number },
  clock: Pick<Clock, 'every' | 'sleep'>,
  limits: { readonly [Limit in keyof typeof LIMITS]: number } = LIMITS,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: limits }) as Server;
  server.maxConnections = MOST_CONNECTIONS;
  await begun(server, { host, port });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      app.endStreams();
      // An ended stream leaves its kept-alive connection behind, which close() would wait for.
      using _idle = clock.every(IDLE_SECONDS, 'UTC', () => server.closeIdleConnections());
      const ended = new AbortController();
      clock.sleep(GRACE_MS, ended.signal).then(
        () => server.closeAllConnections(),
        () => undefined,
      );
      await closed;
      ended.abort();
    },
  };
}
