import type { MiddlewareHandler } from 'hono';

import type { AppEnv, WebDeps } from '../deps.ts';
import { ledgerBusy } from './problem.ts';

/** These store nothing, or wait for the ledger by themselves once they have read their file. */
const WAITS_NOT = ['/api/reports/what-if', '/api/people/import', '/api/classes/import'];

/** Lets a request that writes wait for its turn. It stands behind whatever reads the body, so that no wait follows. Reads go on. */
export function inTurn({ awaitTurn }: Pick<WebDeps, 'awaitTurn'>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { method, path, raw } = c.req;
    if (method !== 'GET' && method !== 'HEAD' && !WAITS_NOT.includes(path)) {
      const signal = AbortSignal.any([c.get('closing'), raw.signal]);
      const isFree = await awaitTurn(signal).catch(() => false);
      if (!isFree) throw ledgerBusy();
    }
    return next();
  };
}
