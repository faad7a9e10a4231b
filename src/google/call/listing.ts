import { z } from 'zod';

import type { Call, Caller, Reply, RequestOptions } from './caller.ts';
import { failure, type Failure, type Outcome } from './failures.ts';
import type { AuthClient } from './transport.ts';

export interface Listing<T> extends Pick<Call<T>, 'organizer' | 'signal' | 'background'> {
  /** The array of the answer. */
  readonly key: string;
  readonly item: z.ZodType<T>;
  /** What is wrong with an item that has the right form, as the subject of a sentence; null: nothing. */
  readonly fault?: ((item: T) => string | null) | undefined;
  /** @param pageToken to be spread into the parameters: Google refuses an empty token */
  readonly send: (
    auth: AuthClient,
    pageToken: { readonly pageToken?: string },
    options: RequestOptions,
  ) => Promise<Reply>;
}

/** One page: an empty token says that it is the last. */
interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/** No list of a class has so many pages: a server that sends more would go on for ever. */
const MOST_PAGES = 100;
/** More than so many pages hold when all are full: a server that sends more would fill the memory. */
const MOST_ITEMS = 25_000;
/** One page may come twice. So many in a row without a new item: the server repeats itself under new tokens. */
const MOST_STALE_PAGES = 3;

/**
 * Reads a list to its end. All of it or nothing: a page that fails, or a page token that comes a second time, fails the
 * whole. A token that Google no longer takes starts it over, once. Items that come twice are kept as they came last.
 *
 * @returns the items in Google's order; `readAt` of the first page, since later pages are no older
 */
export async function listing<T extends { readonly name: string }>(
  caller: Caller,
  wanted: Listing<T>,
): Promise<Outcome<T[]>> {
  const first = await readPages(caller, wanted);
  const last = first === 'stale token' ? await readPages(caller, wanted) : first;
  return last === 'stale token' ? failure('not_an_api_reply', { status: 400 }) : last;
}

async function readPages<T extends { readonly name: string }>(
  caller: Caller,
  { key, item, fault, send, ...aside }: Listing<T>,
): Promise<Outcome<T[]> | 'stale token'> {
  const read = pageReader(key, item);
  const items = new Map<string, T>();
  const tokens = new Set<string>();
  let token = '';
  let readAt: number | null = null;
  let stale = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const pageToken = token === '' ? {} : { pageToken: token };
    const answer: Outcome<Page<T>> = await caller.call({
      ...aside,
      read,
      send: (auth, options) => send(auth, pageToken, options),
    });
    if (answer.kind !== 'ok') return answer.reason === 'bad_request' && token !== '' ? 'stale token' : answer;
    readAt ??= answer.readAt;
    const known = items.size;
    for (const item of answer.value.items) {
      const wrong = fault?.(item) ?? null;
      if (wrong !== null) return unbelievable(wrong);
      items.set(item.name, item);
    }
    if (items.size > MOST_ITEMS) return unbelievable(`a list of Google’s has more than ${MOST_ITEMS} entries`);
    if (answer.value.items.length > 0) stale = items.size === known ? stale + 1 : 0;
    token = answer.value.nextPageToken;
    if (token === '') return { kind: 'ok', value: [...items.values()], readAt };
    if (tokens.has(token) || stale >= MOST_STALE_PAGES) return failure('not_an_api_reply');
    tokens.add(token);
  }
  return unbelievable(`a list of Google’s goes on after ${MOST_PAGES} pages`);
}

/** An answer in the right form that Google does not give. */
export function unbelievable(what: string): Failure {
  return failure('not_an_api_reply', {
    message: `${what}; nothing was concluded from it and the read is tried again`,
  });
}

/**
 * `{}` is an empty list, and a page may be empty although others follow. An object that has other keys and neither of
 * the two is something else, and an item without what it must have makes the page unreadable.
 */
function pageReader<T>(key: string, item: z.ZodType<T>): (body: Readonly<Record<string, unknown>>) => Page<T> | null {
  const page = z.object({ items: z.array(item).default([]), nextPageToken: z.string().default('') });
  return (body) => {
    const { [key]: items, nextPageToken } = body;
    if (!(key in body) && !('nextPageToken' in body) && Object.keys(body).length > 0) return null;
    return page.safeParse({ items, nextPageToken }).data ?? null;
  };
}
