import { hash, timingSafeEqual } from 'node:crypto';

import type { Context, MiddlewareHandler } from 'hono';

import { counted } from '../core/counted.ts';
import type { Clock } from '../core/time/clock.ts';
import { MINUTE_MS, SECOND_MS } from '../core/time/duration.ts';
import type { Role } from '../ledger/school/role.ts';
import type { Access, Found } from './access.ts';
import type { AppEnv, Caller, WebDeps } from './deps.ts';
import { addressBehind } from './http/address.ts';
import { forbidden, HttpProblem, noSuchRoute } from './http/problem.ts';

/** The label under which ROLLBOOK_ADMIN_TOKEN acts. */
const ADMIN_LABEL = 'admin';
const WINDOW_MS = MINUTE_MS;
const FAILURES = 20;
/** At most this many addresses are tracked; beyond that the oldest is dropped. */
const ADDRESSES = 10_000;

export interface FailureLimit {
  /** Seconds until the address may try again; null when it may now. */
  waitSeconds(address: string): number | null;
  failed(address: string): void;
}

/** Counts failed authentications by address: 20 within a minute, and the address waits. */
export function createFailureLimit(clock: Clock): FailureLimit {
  const failures = new Map<string, number[]>();
  const recent = (address: string): number[] => {
    const now = clock.now();
    const kept = (failures.get(address) ?? []).filter((at) => at > now - WINDOW_MS);
    if (kept.length === 0) failures.delete(address);
    else failures.set(address, kept);
    return kept;
  };
  return {
    waitSeconds(address) {
      const times = recent(address);
      const first = times.at(-FAILURES);
      return first === undefined ? null : Math.max(1, Math.ceil((first + WINDOW_MS - clock.now()) / SECOND_MS));
    },
    failed(address) {
      if (failures.size >= ADDRESSES) failures.delete(failures.keys().next().value ?? '');
      failures.set(address, [...recent(address), clock.now()].slice(-FAILURES));
    },
  };
}

/**
 * Lets a request through to a route that its token may call.
 *
 * @param find the rule of the request, by method and path
 */
export function authorise(
  { actions, adminToken, trustedProxies, clock }: Pick<WebDeps, 'actions' | 'adminToken' | 'trustedProxies' | 'clock'>,
  find: (method: string, path: string) => Found,
): MiddlewareHandler<AppEnv> {
  const limit = createFailureLimit(clock);
  const addressOf = addressBehind(trustedProxies);
  const adminHash = adminToken === null ? null : digest(adminToken);

  const callerOf = (token: string): Caller | null => {
    // Hashes have one length, so the comparison takes the same time for every wrong token.
    if (adminHash !== null && timingSafeEqual(digest(token), adminHash)) {
      return { label: ADMIN_LABEL, role: 'admin', personId: null };
    }
    return actions.useToken(token);
  };

  // Whoever has a token is let in, whatever others sent from the same address.
  const refuseUnknown = (c: Context, gaveToken: boolean): HttpProblem => {
    const address = addressOf(c);
    const wait = limit.waitSeconds(address);
    if (wait === null) {
      limit.failed(address);
      return unauthorized(gaveToken, isDocs(c));
    }
    const detail = `too many requests without a valid token from this address; send one that is valid, or wait ${counted(wait, 'second')}`;
    return new HttpProblem(429, 'too_many_failures', detail, { headers: { 'retry-after': String(wait) } });
  };

  return async (c, next) => {
    const found = find(c.req.method, c.req.path);
    if (found.kind === 'rule' && found.rule.access === 'public') return next();
    const token = tokenOf(c);
    const caller = token === null ? null : callerOf(token);
    if (caller === null) throw refuseUnknown(c, token !== null);
    c.set('caller', caller);
    switch (found.kind) {
      case 'nothing':
        throw noSuchRoute();
      case 'other_method': {
        const allowed = found.allowed.join(', ');
        const detail = `${c.req.method} is not possible here; use ${allowed}`;
        throw new HttpProblem(405, 'method_not_allowed', detail, { headers: { allow: allowed } });
      }
      case 'rule':
        refuseOthers(found.rule.access, caller.role);
        break;
      default:
        found satisfies never;
    }
    return next();
  };
}

function refuseOthers(who: Access, role: Role): void {
  if (who === 'public' || who.includes(role)) return;
  throw forbidden(`a token of role ${role} may not do this; use one of role ${who.join(' or ')}`);
}

function unauthorized(gaveToken: boolean, basic: boolean): HttpProblem {
  const detail = gaveToken
    ? 'this token is unknown, expired or revoked; make one with "rollbook token create"'
    : 'a token is needed: send it as "Authorization: Bearer <token>"; "rollbook token create" makes one';
  const bearer = `Bearer realm="rollbook"${gaveToken ? ', error="invalid_token"' : ''}`;
  // Basic is offered alone: a browser that is offered Bearer first does not ask for a password.
  const challenge = basic ? 'Basic realm="rollbook", charset="UTF-8"' : bearer;
  return new HttpProblem(401, 'unauthorized', detail, { headers: { 'www-authenticate': challenge } });
}

/**
 * The token of the Authorization header. A browser that opens the reference asks for a password, and the token may be
 * entered as that. Other routes take no password, because a browser sends it with every request, also with forged ones.
 */
function tokenOf(c: Context): string | null {
  const header = c.req.header('authorization') ?? '';
  const bearer = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = isDocs(c) ? /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1] : undefined;
  if (basic === undefined) return null;
  return Buffer.from(basic, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
}

function isDocs({ req }: Context): boolean {
  return (
    req.method === 'GET' && (req.path === '/openapi.json' || req.path === '/docs' || req.path.startsWith('/docs/'))
  );
}

function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
