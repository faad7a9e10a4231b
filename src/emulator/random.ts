/** A source of numbers in `[0, 1)` that repeats itself for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and good enough for made-up data. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A 32-bit number that depends on nothing but its arguments (FNV-1a). */
export function hash(seed: number, text: string): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  // FNV's low bits alone follow the last character; one more round mixes the whole.
  return Math.floor(createRandom(value)() * 2 ** 32);
}

/** A whole number in `[from, to]`. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** One of `choices`, which must not be empty. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}

/** `length` characters of `alphabet`, for ids and meeting codes. */
export function letters(random: Random, length: number, alphabet = 'abcdefghijklmnopqrstuvwxyz'): string {
  return Array.from({ length }, () => alphabet.charAt(between(random, 0, alphabet.length - 1))).join('');
}

/** A meeting code, 3-4-3. */
export function meetingCode(random: Random): string {
  return `${letters(random, 3)}-${letters(random, 4)}-${letters(random, 3)}`;
}
