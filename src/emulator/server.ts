import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';

import type { Clock } from '../core/time/clock.ts';
import { ADMIN_ROUTES } from './api/admin-routes.ts';
import { invalidArgument, quotaExceeded, scopeInsufficient, unauthenticated, type Reply } from './api/google-error.ts';
import { MEET_ROUTES, type MethodName, type Route } from './api/meet-routes.ts';
import { createQuota, type QuotaLimits } from './api/quota.ts';
import { findAccount, issueToken, readAuthorization, tokenSubject, type Grant, type TokenForm } from './api/tokens.ts';
import type { Faults } from './faults.ts';
import { applyFieldMask, FieldMaskError } from './wire/field-mask.ts';
import { FilterError } from './wire/filter.ts';
import { PageError } from './wire/paging.ts';
import { timestamp } from './wire/timestamp.ts';
import type { World } from './world.ts';

export interface EmulatorOptions {
  readonly world: World;
  /** "Now" for every answer, and for the `Date` header. */
  readonly clock: Clock;
  /** By default any free one. */
  readonly port?: number;
  /** Decides everything that varies: precision of timestamps, short pages, random faults, new codes. */
  readonly seed?: number;
  /** By default every answer is right. */
  readonly faults?: Faults | null;
  /** Reads of Meet that one minute allows; by default without limit. */
  readonly quota?: QuotaLimits | null;
  /** Pages may be shorter than asked for, and even empty, although more follow. */
  readonly shortPages?: boolean;
}

export interface RequestLogEntry {
  readonly at: number;
  readonly method: MethodName | 'unknown';
  /** Path and query, as sent. */
  readonly path: string;
  /** E-mail of whom the request acted for. */
  readonly user: string | null;
  /** Null while unanswered, and for good if the connection was cut or left hanging before a status went out. */
  status: number | null;
  /** Name of the fault that answered. */
  readonly fault: string | null;
}

/** The connection, which a fault may break; there is none inside the process. */
type Env = { Bindings: HttpBindings | { readonly outgoing: null } };

/** A stand-in for Google that is asked without any socket. */
export interface EmulatedGoogle {
  /**
   * Answers one request.
   *
   * @param env the connection that it came on, if it came on one
   * @throws where a fault would break the connection, and there is none
   */
  answer(request: Request, env?: Env['Bindings']): Promise<Response>;
  /** May be changed while running. */
  readonly world: World;
  readonly requests: readonly RequestLogEntry[];
  setFaults(faults: Faults | null): void;
  /** Refuses tokens to an account, and the tokens it has. Unknown e-mails are ignored. */
  revoke(email: string): void;
  restore(email: string): void;
  clearRequests(): void;
}

/** The same on a port of this machine. */
export interface Emulator extends EmulatedGoogle, AsyncDisposable {
  /** Origin without a trailing slash. */
  readonly url: string;
  /** Ends at once, hanging answers included. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves Meet REST v2, the Directory and audit-log calls in use, and `/token` on loopback. @throws if the port is taken */
export async function startEmulator({ port = 0, ...options }: EmulatorOptions): Promise<Emulator> {
  const google = createEmulator(options);
  // The client's own Request and Response must stay the built-in ones: both may live in one process.
  const server = createAdaptorServer({
    fetch: (request, env) => google.answer(request, env as HttpBindings),
    overrideGlobalObjects: false,
  }) as Server;
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    ...google,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]() {
      const closed = server[Symbol.asyncDispose]();
      server.closeAllConnections();
      return closed;
    },
  };
}

/**
 * The same Google inside the process, for a network function that never leaves it: for tests of the whole daemon.
 *
 * @internal
 */
export function createEmulator(options: Omit<EmulatorOptions, 'port'>): EmulatedGoogle {
  const { world, clock, seed = 1, shortPages = false } = options;
  const quota = options.quota ? createQuota(options.quota) : null;
  const createdSpaces = new Set<string>();
  const requests: RequestLogEntry[] = [];
  let faults = options.faults ?? null;

  function setRevoked(email: string, revoked: boolean): void {
    const account = findAccount(world, email);
    if (account !== undefined) account.revoked = revoked;
  }

  /** The right answer to an API call, errors included. */
  function answer(route: Route, context: Context<Env>, grant: Grant | null, now: number): Reply {
    const account = grant && findAccount(world, grant.email);
    if (grant === null || account === undefined || account === null || account.revoked === true) {
      return unauthenticated('ACCESS_TOKEN_EXPIRED');
    }
    if (!route.scopes.some((scope) => grant.scopes.includes(scope))) return scopeInsufficient(route.method);
    const exceeded = route.metered ? quota?.take(account.email, now) : null;
    if (exceeded) return quotaExceeded(exceeded.scope, exceeded.limit);
    const query = context.req.query();
    try {
      const reply = route.handle({
        world,
        now,
        account,
        scopes: grant.scopes,
        params: context.req.param(),
        query,
        list: listIdentity(context),
        shortPagesSeed: shortPages ? seed : null,
        seed,
        text: (instant) => timestamp(seed, instant),
        createdSpaces,
      });
      const fields = query['fields'];
      return fields === undefined || fields === '' || reply.status !== 200
        ? reply
        : { ...reply, body: applyFieldMask(reply.body, fields) };
    } catch (err) {
      if (err instanceof FilterError || err instanceof PageError || err instanceof FieldMaskError) {
        return invalidArgument(err.message);
      }
      throw err;
    }
  }

  /** Answers one request, rightly or by a fault, and logs it. */
  function respond(context: Context<Env>, method: MethodName, grant: Grant | null, right: (now: number) => Reply) {
    const at = clock.now();
    const path = pathOf(context);
    const user = grant?.email ?? null;
    const fault = faults?.({ method, path, user, at }) ?? null;
    const entry: RequestLogEntry = { at, method, path, user, status: null, fault: fault?.name ?? null };
    requests.push(entry);

    if (fault?.kind === 'wire') {
      const { outgoing } = context.env;
      if (outgoing === null)
        throw new Error(`fault ${fault.name} breaks connections, and there is none in the process`);
      const text = () => {
        const { status, body } = right(at);
        return { status, text: serialise(context, body) };
      };
      entry.status = fault.send({ outgoing, date: httpDate(at), right: text, clock });
      return RESPONSE_ALREADY_SENT;
    }
    const position = { list: listIdentity(context), token: context.req.query('pageToken') };
    const reply = fault === null ? right(at) : fault.reply(() => right(at), position);
    entry.status = reply.status;
    return new Response(serialise(context, reply.body), {
      status: reply.status,
      headers: { date: httpDate(at), 'content-type': 'application/json; charset=UTF-8', ...reply.headers },
    });
  }

  const app = new Hono<Env>();
  app.post('/token', async (context) => {
    const form: TokenForm = Object.fromEntries(new URLSearchParams(await context.req.text()));
    return respond(context, 'token', tokenSubject(form), () => issueToken(world, form));
  });
  for (const route of [...MEET_ROUTES, ...ADMIN_ROUTES]) {
    app.on(route.verb, route.path, (context) => {
      const grant = readAuthorization(context.req.header('authorization'));
      return respond(context, route.method, grant, (now) => answer(route, context, grant, now));
    });
  }
  // Where a captive portal sends its visitors.
  app.get('/sorry', () => htmlResponse(200, 'Sign in to the network', clock.now()));
  app.notFound((context) => {
    const at = clock.now();
    requests.push({ at, method: 'unknown', path: pathOf(context), user: null, status: 404, fault: null });
    return htmlResponse(404, 'Not Found', at);
  });

  return {
    world,
    requests,
    answer: async (request, env = { outgoing: null }) => app.fetch(request, env),
    setFaults(next) {
      faults = next;
    },
    revoke: (email) => setRevoked(email, true),
    restore: (email) => setRevoked(email, false),
    clearRequests() {
      requests.length = 0;
    },
  };
}

function pathOf(context: Context<Env>): string {
  const { pathname, search } = new URL(context.req.url);
  return `${pathname}${search}`;
}

/** A list is told from others by its path and its filter; Google refuses a token that is sent with other parameters. */
function listIdentity(context: Context<Env>): string {
  return `${context.req.path}?${context.req.query('filter') ?? ''}`;
}

function serialise(context: Context<Env>, body: object): string {
  return JSON.stringify(body, null, context.req.query('prettyPrint') === 'false' ? undefined : 2);
}

/** A front end's page of HTML, for answers that never reached the API. */
function htmlResponse(status: number, title: string, now: number): Response {
  const page = `<!DOCTYPE html>\n<html lang=en><title>Error ${status} (${title})!!1</title><p><b>${status}.</b> That’s an error.</html>\n`;
  return new Response(page, {
    status,
    headers: { date: httpDate(now), 'content-type': 'text/html; charset=UTF-8' },
  });
}

/** The form of the `Date` header: whole seconds. */
function httpDate(instant: number): string {
  return new Date(instant).toUTCString();
}
