import { isUtf8 } from 'node:buffer';

import type { MiddlewareHandler } from 'hono';

import { invalid } from '../../refusal.ts';
import { faultyTexts, textFault, type FaultyText } from '../../text.ts';
import type { AppEnv } from '../deps.ts';
import { HttpProblem, refusal } from './problem.ts';

/** Escapes of JSON that may give half a character or U+0000. */
const SUSPECT = /\\u(?:d[89a-f]|0000)/i;

/**
 * Refuses a request whose path, query or JSON holds what is no text: bytes that are not UTF-8, half a character, U+0000.
 * The ledger could not keep it as it came.
 */
export const refuseIllFormed: MiddlewareHandler<AppEnv> = async (c, next) => {
  const [path = '', ...query] = c.req.url.replace(/^\w+:\/\/[^/]*/, '').split('?');
  // A further question mark is a letter of the query.
  const faults = [...faultOf('path', path), ...faultsOfQuery(query.join('?'))];
  if (faults.length > 0) throw refusal(invalid(faults));
  if (/^application\/(?:[\w.-]+\+)?json\b/i.test(c.req.header('content-type') ?? '')) {
    refuseBody(Buffer.from(await c.req.arrayBuffer()));
  }
  return next();
};

function faultsOfQuery(query: string): FaultyText[] {
  return query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    const name = at === -1 ? pair : pair.slice(0, at);
    return faultOf(decoded(name) ?? name, pair);
  });
}

function faultOf(path: string, encoded: string): FaultyText[] {
  const text = decoded(encoded);
  const message = text === null ? 'is not UTF-8 in percent-encoding; encode it again' : textFault(text);
  return message === null ? [] : [{ path: path.replaceAll('\0', ''), message }];
}

function decoded(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

function refuseBody(body: Buffer): void {
  if (!isUtf8(body)) {
    throw new HttpProblem(400, 'malformed_body', 'the body is not UTF-8; send JSON in UTF-8');
  }
  const text = body.toString();
  if (!SUSPECT.test(text)) return;
  const faults = faultyTexts(parsed(text));
  if (faults.length > 0) throw refusal(invalid(faults));
}

/** What is no JSON is refused by the route, which says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
