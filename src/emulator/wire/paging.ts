import { createHash } from 'node:crypto';

import { z } from 'zod';

import { hash } from '../random.ts';

export interface PageRequest {
  /** Tells this list from every other: its path and its filter. A token is good for one list only. */
  readonly list: string;
  readonly size: string | undefined;
  readonly token: string | undefined;
  readonly sizes: { readonly byDefault: number; readonly max: number };
  /** Set: pages may be shorter than asked for, and now and then empty, although more follow. */
  readonly shortPagesSeed: number | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | undefined;
}

/** Thrown for a bad size or a token that is not of this list; Google answers 400 INVALID_ARGUMENT. */
export class PageError extends Error {
  override readonly name = 'PageError';
}

const tokenContent = z.object({
  list: z.string(),
  offset: z.int().nonnegative(),
  /** Grows from page to page, so that a token never comes twice, not even after an empty page. */
  page: z.int().nonnegative(),
});
type TokenContent = z.infer<typeof tokenContent>;

function fingerprint(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 12);
}

function encodeToken(content: TokenContent): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** Where in `list` a page token points. Exported for the faults that send a caller in circles. */
export function readPageToken(list: string, token: string | undefined): { offset: number; page: number } {
  if (token === undefined || token === '') return { offset: 0, page: 0 };
  try {
    const content = tokenContent.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    if (content.list === fingerprint(list)) return { offset: content.offset, page: content.page };
  } catch {
    // Not one of ours: the same refusal as for a token of another list.
  }
  throw new PageError('The page token is invalid or has expired.');
}

/** A token for the page that begins at `offset`; `page` sets it apart from other tokens to the same place. */
export function pageToken(list: string, offset: number, page: number): string {
  return encodeToken({ list: fingerprint(list), offset, page });
}

function readSize(size: string | undefined, { byDefault, max }: PageRequest['sizes']): number {
  if (size === undefined || size === '') return byDefault;
  if (!/^-?\d{1,9}$/.test(size) || Number(size) < 0) throw new PageError(`Invalid page_size: ${size}`);
  return Number(size) === 0 ? byDefault : Math.min(Number(size), max);
}

/**
 * Cuts one page out of a list. Tokens are positions, as if Google walked its index: an item that appears at the head
 * between two pages moves the others down, and the caller sees one of them twice.
 *
 * @throws PageError
 */
export function paginate<T>(all: readonly T[], request: PageRequest): Page<T> {
  const { offset, page } = readPageToken(request.list, request.token);
  let size = readSize(request.size, request.sizes);
  if (request.shortPagesSeed !== null) {
    size = hash(request.shortPagesSeed, `${request.list} ${offset} ${page}`) % (size + 1);
  }
  const end = offset + size;
  return {
    items: all.slice(offset, end),
    nextPageToken: end < all.length ? pageToken(request.list, end, page + 1) : undefined,
  };
}
