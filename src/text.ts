/** Half of a letter, a null character, and what stands for a text that could not be read. */
const REPLACEMENT = '�';

/** Two that JSON and URLs can carry, and that no ledger keeps as they came: it would hold another text than the one hashed. */
const FAULTS = {
  half: 'holds half a character (a lone surrogate, as of an emoji that was cut); take it out',
  nothing: 'holds the character U+0000, which is no text; take it out',
} as const;

/** What is wrong with a text from outside, and what to do; null when it is kept as it is. */
export function textFault(text: string): string | null {
  if (!text.isWellFormed()) return FAULTS.half;
  return text.includes('\0') ? FAULTS.nothing : null;
}

/** Whether an argument or a variable of the environment was no UTF-8: the system then hands over U+FFFD for its bytes. */
export function isUnreadable(text: string): boolean {
  return text.includes(REPLACEMENT) || textFault(text) !== null;
}

/** What is wrong with a text, and where it stands. */
export interface FaultyText {
  readonly path: string;
  readonly message: string;
}

/** The texts of a value that JSON gave, names of fields included, that would not be kept as they are. */
export function faultyTexts(value: unknown): FaultyText[] {
  const found: FaultyText[] = [];
  // Not by recursion: a body may be nested a hundred thousand times.
  const waiting: { readonly path: string; readonly value: unknown }[] = [{ path: '', value }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === 'string') {
      const message = textFault(next.value);
      if (message !== null) found.push({ path: next.path, message });
    } else if (typeof next.value === 'object' && next.value !== null) {
      for (const [key, inner] of Object.entries(next.value).toReversed()) {
        const path = `${next.path}${next.path === '' ? '' : '.'}${mended(key)}`;
        const message = textFault(key);
        if (message !== null) found.push({ path, message: `has a name that ${message}` });
        waiting.push({ path, value: inner });
      }
    }
  }
  return found;
}

/** The text with U+FFFD in place of what could not be kept. */
export function mended(text: string): string {
  return text.toWellFormed().replaceAll('\0', REPLACEMENT);
}
