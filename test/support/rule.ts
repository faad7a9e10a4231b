import { describe, expect, test } from 'vitest';

import { sourceOf, sourcesOf, type Import, type Source, type Use } from './sources.ts';

const sources = sourcesOf('src');

/** A text of a file, and the path at which it is looked at. */
export type Sample = readonly [path: string, text: string];

/**
 * All of src keeps the rule, and the rule is checked itself.
 *
 * @param find `file: what` of all that breaks it
 */
export function rule(
  name: string,
  find: (file: Source) => string[],
  { breaks, keeps }: { readonly breaks: readonly Sample[]; readonly keeps: readonly Sample[] },
) {
  describe(`${name}:`, () => {
    test('src keeps it', () => expect(sources.flatMap(find)).toEqual([]));
    test.each(breaks)('it finds, in %s: %s', (path, text) => expect(find(sourceOf(path, text))).not.toEqual([]));
    test.each(keeps)('it allows, in %s: %s', (path, text) => expect(find(sourceOf(path, text))).toEqual([]));
  });
}

export const isBelow = (path: string, ...rooms: string[]) =>
  rooms.some((room) => path === `src/${room}` || path.startsWith(`src/${room}/`));

export const importsOf = ({ path, imports }: Source, isForbidden: (found: Import) => boolean) =>
  imports.filter(isForbidden).map(({ of }) => `${path} → ${of}`);

export const usesOf = ({ path, uses }: Source, isForbidden: (use: Use) => boolean) =>
  uses.filter(isForbidden).map(({ name }) => `${path}: ${name}`);
