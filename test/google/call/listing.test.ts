import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

import type { Caller } from '../../../src/google/call/caller.ts';
import { failure, type FailureReason } from '../../../src/google/call/failures.ts';
import { listing } from '../../../src/google/call/listing.ts';
import { never } from '../support.ts';

const item = z.object({ name: z.string(), state: z.string().optional() });

/** A page of the list of people, or why it did not come. */
type Body = Readonly<Record<string, unknown>> | FailureReason;

/** Reads a list whose pages are chosen by their token; the first page has none. */
async function read(
  pageOf: (token: string | undefined, nth: number) => Body,
  fault?: (named: { name: string }) => string | null,
) {
  const asked: (string | undefined)[] = [];
  const caller: Pick<Caller, 'call'> = {
    async call({ send, read }) {
      const { data } = await send({} as Parameters<typeof send>[0], { retry: false, signal: never });
      const body = data as Body;
      if (typeof body === 'string') return failure(body);
      const value = read(body);
      return value === null ? failure('not_an_api_reply') : { kind: 'ok', value, readAt: 1000 * asked.length };
    },
  };
  const outcome = await listing(caller as Caller, {
    organizer: 'nora@school.test',
    signal: never,
    key: 'people',
    item,
    fault,
    send: (_auth, { pageToken }) => {
      asked.push(pageToken);
      return Promise.resolve({ data: pageOf(pageToken, asked.length), status: 200, headers: {} });
    },
  });
  return { outcome, asked };
}

/** Pages in their order, each with the token of the next one. */
const pages =
  (...contents: readonly (readonly string[])[]) =>
  (token: string | undefined): Body => {
    const at = token === undefined ? 0 : Number(token);
    const next = at + 1 < contents.length ? { nextPageToken: `${at + 1}` } : {};
    return { people: contents[at]!.map((name) => ({ name })), ...next };
  };

const names = ({ outcome }: Awaited<ReturnType<typeof read>>) =>
  outcome.kind === 'ok' ? outcome.value.map(({ name }) => name) : outcome.reason;

test('a list is read page by page to its end, in Google’s order, and was read when its first page was', async () => {
  const found = await read(pages(['c', 'a'], ['b'], ['d']));
  expect(names(found)).toEqual(['c', 'a', 'b', 'd']);
  expect(found.asked).toEqual([undefined, '1', '2']);
  expect(found.outcome).toMatchObject({ readAt: 1000 });
});

test('an item that comes twice stands once, where it came first and as it came last', async () => {
  const { outcome } = await read((token) =>
    token === undefined
      ? { people: [{ name: 'a', state: 'old' }, { name: 'b' }], nextPageToken: '1' }
      : { people: [{ name: 'a', state: 'new' }, { name: 'c' }] },
  );
  expect(outcome).toMatchObject({ value: [{ name: 'a', state: 'new' }, { name: 'b' }, { name: 'c' }] });
});

test.each<[Body, readonly string[] | FailureReason]>([
  [{}, []],
  [{ people: [] }, []],
  [{ nextPageToken: '' }, []],
  [{ people: [{ name: 'a', later: 1 }], totalSize: 1 }, ['a']],
  [{ rooms: [] }, 'not_an_api_reply'],
  [{ people: { name: 'a' } }, 'not_an_api_reply'],
  [{ people: [{ nick: 'a' }] }, 'not_an_api_reply'],
  [{ people: [], nextPageToken: 7 }, 'not_an_api_reply'],
])('the body %j is a list of %j', async (body, expected) => {
  expect(names(await read(() => body))).toEqual(expected);
});

test('empty pages are passed over, whatever their number', async () => {
  expect(names(await read(pages([], [], [], [], [], ['a'])))).toEqual(['a']);
});

test.each(['unavailable', 'forbidden', 'not_found'] as const)(
  'a later page that is %s fails the whole',
  async (why) => {
    const found = await read((token) => (token === undefined ? { people: [{ name: 'a' }], nextPageToken: '1' } : why));
    expect(names(found)).toBe(why);
    expect(found.asked).toHaveLength(2);
  },
);

test('a page token that Google no longer takes starts the list over, once', async () => {
  const whole = pages(['a'], ['b']);
  const once = await read((token, nth) => (nth === 2 ? 'bad_request' : whole(token)));
  expect([names(once), once.asked]).toEqual([
    ['a', 'b'],
    [undefined, '1', undefined, '1'],
  ]);

  const always = await read((token) => (token === undefined ? whole(token) : 'bad_request'));
  expect([names(always), always.asked]).toEqual(['not_an_api_reply', [undefined, '1', undefined, '1']]);
});

test('a first page that is refused is refused, not started over', async () => {
  const found = await read(() => 'bad_request');
  expect([names(found), found.asked]).toEqual(['bad_request', [undefined]]);
});

test('a server that repeats itself is no list: by a token that comes back, or by three pages without a new item', async () => {
  const circle = await read((_, nth) => ({ people: [{ name: `${nth}` }], nextPageToken: `${nth % 2}` }));
  expect([names(circle), circle.asked.length]).toEqual(['not_an_api_reply', 3]);

  const stale = await read((_, nth) => ({ people: [{ name: 'a' }], nextPageToken: `${nth}` }));
  expect([names(stale), stale.asked.length]).toEqual(['not_an_api_reply', 4]);

  const endless = await read((_, nth) => ({ people: [{ name: `${nth}` }], nextPageToken: `${nth}` }));
  expect([names(endless), endless.asked.length]).toEqual(['not_an_api_reply', 100]);
  expect(endless.outcome).toMatchObject({
    message: expect.stringMatching(/^a list of Google’s goes on after 100 pages; /),
  });
});

test('pages of more entries than Google’s longest lists hold are not read on', async () => {
  const page = (nth: number) => Array.from({ length: 9_000 }, (_, i) => ({ name: `${nth} ${i}` }));
  const found = await read((_, nth) => ({ people: page(nth), nextPageToken: `${nth}` }));
  expect([names(found), found.asked.length]).toEqual(['not_an_api_reply', 3]);
  expect(found.outcome).toMatchObject({
    message: expect.stringMatching(/^a list of Google’s has more than 25000 entries; /),
  });
});

test('an entry that cannot be believed fails the whole list, and says why', async () => {
  const found = await read(pages(['a'], ['b']), ({ name }) => (name === 'b' ? 'an entry is odd' : null));
  expect(found.outcome).toEqual({
    kind: 'failure',
    reason: 'not_an_api_reply',
    message: 'an entry is odd; nothing was concluded from it and the read is tried again',
  });
});

test('however Google cuts a list into pages, it holds each item once, in order of its first coming', async () => {
  const contents = fc.array(fc.array(fc.string({ maxLength: 3 }), { maxLength: 4 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(contents, async (list) => {
      // Every page has an item of its own, so that none looks like a repetition.
      const cut = list.map((page, nth) => [...page, `page ${nth}`]);
      expect(names(await read(pages(...cut)))).toEqual([...new Set(cut.flat())]);
    }),
  );
});
