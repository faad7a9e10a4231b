import { once } from 'node:events';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';

import { CodeChallengeMethod, OAuth2Client, type Credentials as Tokens } from 'google-auth-library';
import { z } from 'zod';

import type { Clock, Random } from '../core/time/clock.ts';
import { within } from '../deadline.ts';
import { tokenRefusal } from './call/error-reply.ts';
import type { Network } from './call/network.ts';
import { prepareClient } from './call/transport.ts';

/** There is no consent. The message says why and what to do; it holds no secret. */
export class ConsentError extends Error {
  override readonly name = 'ConsentError';
}

export interface ConsentRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Origin that stands in for every Google host. */
  readonly apiRoot: string | null;
  /** Shows the address to the person who consents: opens a browser, or prints it. */
  readonly openUrl: (url: string) => void | Promise<void>;
  /** Ends the waiting for the person. */
  readonly signal: AbortSignal;
  /** `openid` and `email` are added: they tell whose consent it is. */
  readonly scopes: readonly string[];
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
}

export interface Consent {
  readonly refreshToken: string;
  /** E-mail of who consented, lower case. */
  readonly account: string;
}

const AUTH_PATH = '/o/oauth2/v2/auth';
const EXCHANGE_MS = 20_000;

/**
 * Asks the person at a browser of this machine for their consent: authorization code with PKCE, sent back to a port of
 * 127.0.0.1 that is open for as long as this takes.
 *
 * @throws {ConsentError}, or the reason of the signal
 */
export async function authorize(request: ConsentRequest): Promise<Consent> {
  const { clientId, clientSecret, apiRoot, openUrl, signal, network, clock, random } = request;
  signal.throwIfAborted();
  const state = random.bytes(32).toString('base64url');
  await using redirect = await listenForRedirect(state, signal);
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    redirectUri: redirect.url,
    ...(apiRoot === null ? {} : { endpoints: { oauth2AuthBaseUrl: new URL(AUTH_PATH, apiRoot).href } }),
  });
  prepareClient(client, { apiRoot, network, clock, timeoutMs: EXCHANGE_MS });
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  await openUrl(
    client.generateAuthUrl({
      access_type: 'offline',
      // Without it Google gives a refresh token at the first consent only.
      prompt: 'consent',
      scope: ['openid', 'email', ...request.scopes],
      state,
      code_challenge_method: CodeChallengeMethod.S256,
      ...(codeChallenge === undefined ? {} : { code_challenge: codeChallenge }),
    }),
  );
  const code = await redirect.code;
  try {
    const { tokens } = await within(clock, EXCHANGE_MS, signal, () => client.getToken({ code, codeVerifier }));
    return consentOf(tokens, request.scopes);
  } catch (err) {
    signal.throwIfAborted();
    if (err instanceof ConsentError) throw err;
    // The error is not handed on as the cause: Google's errors hold the request with its secrets.
    throw new ConsentError(`Google did not accept the consent: ${tokenRefusal(err, clock.now()).failure.message}`);
  }
}

const claims = z.object({ email: z.email() });

function consentOf(tokens: Tokens, scopes: readonly string[]): Consent {
  const granted = tokens.scope?.split(' ') ?? [];
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) {
    throw new ConsentError(
      `not everything was consented to: run it again and tick every box (missing: ${missing.join(', ')})`,
    );
  }
  if (typeof tokens.refresh_token !== 'string' || tokens.refresh_token === '') {
    throw new ConsentError(
      'Google gave no refresh token, so the consent would not last: remove the application at https://myaccount.google.com/connections and run it again',
    );
  }
  // The ID token came straight from the token endpoint, so its signature need not be checked.
  const account = emailOf(tokens.id_token ?? '');
  if (account === null) throw new ConsentError('Google did not say whose consent it is: run it again');
  return { refreshToken: tokens.refresh_token, account };
}

function emailOf(idToken: string): string | null {
  try {
    const json: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
    return claims.parse(json).email.toLowerCase();
  } catch {
    return null;
  }
}

interface Redirect extends AsyncDisposable {
  readonly url: string;
  readonly code: Promise<string>;
}

/** Waits for the browser to come back. A request without our `state` is refused, and the waiting goes on. */
async function listenForRedirect(state: string, signal: AbortSignal): Promise<Redirect> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  // The signal may reject this promise before anybody waits for it.
  code.catch(() => undefined);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (request.method !== 'GET' || pathname !== '/') return page(response, 404, 'There is nothing here.');
    if (searchParams.get('state') !== state) {
      return page(
        response,
        400,
        'This is not the answer that rollbook waits for. Go back to the terminal and start again.',
      );
    }
    const given = searchParams.get('code');
    if (given !== null && given !== '') {
      page(response, 200, 'Thank you. You may close this page and go back to the terminal.');
      return resolve(given);
    }
    page(response, 200, 'Nothing was granted. You may close this page.');
    const why =
      searchParams.get('error') === 'access_denied' ? 'the consent was declined' : 'Google sent no consent back';
    reject(new ConsentError(`${why}: run it again, and choose the account that owns the rooms`));
  });
  const abandon = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abandon, { once: true });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    code,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', abandon);
      await server[Symbol.asyncDispose]();
    },
  };
}

function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>rollbook</title><p>${text}</p></html>\n`);
}

export interface AuthorizedUser extends Consent {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Writes the file that `loadCredentials` reads: only its owner may read it, and it is written whole or not at all.
 *
 * @throws {ConsentError} if the file exists, unless `force`
 */
export function saveAuthorizedUser(path: string, user: AuthorizedUser, { force = false } = {}): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  const content = {
    type: 'authorized_user',
    client_id: user.clientId,
    client_secret: user.clientSecret,
    refresh_token: user.refreshToken,
    account: user.account,
  };
  try {
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    if (force) renameSync(draft, path);
    // Unlike renaming, linking refuses a name that is taken, in one step.
    else linkSync(draft, path);
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'EEXIST') {
      throw new ConsentError(`${path} exists and was left as it is: choose another name, or say --force to replace it`);
    }
    throw err;
  } finally {
    rmSync(draft, { force: true });
  }
}
