/** As which SQLite keeps half a character (a lone surrogate). */
const KEPT_AS = '�';
const HALVES = Array.from({ length: 0x800 }, (_, nth) => String.fromCharCode(0xd800 + nth));

/** Among more of them than this, one half alone is not looked for. */
const MOST_APART = 8;

interface Texts {
  readonly actor: string;
  readonly reason: string | null;
}

/**
 * Versions before hashed the actor and the reason of an entry as they were typed, with half characters, and SQLite kept
 * U+FFFD in their place. Gives the texts that may have been hashed: each of them is kept as the very texts that are
 * there, so an entry with the hash of one of them was not edited. Tried are the same half everywhere, and one half among
 * true U+FFFD: all that people type, and few enough that no text makes the search long.
 */
export function* typedTexts({ actor, reason }: Texts): Generator<Texts> {
  const count = `${actor}${reason ?? ''}`.split(KEPT_AS).length - 1;
  if (count === 0) return;
  for (const fillers of fillersFor(count)) {
    let nth = 0;
    const filled = (text: string) => text.replaceAll(KEPT_AS, () => fillers[nth++] ?? KEPT_AS);
    const typed = { actor: filled(actor), reason: reason === null ? null : filled(reason) };
    // Two halves that make a whole character would have been kept as that.
    if (typed.actor.toWellFormed() === actor && (typed.reason?.toWellFormed() ?? null) === reason) yield typed;
  }
}

function* fillersFor(count: number): Generator<readonly string[]> {
  for (const half of HALVES) yield Array.from({ length: count }, () => half);
  if (count === 1 || count > MOST_APART) return;
  const kept = Array.from({ length: count }, () => KEPT_AS);
  for (const at of kept.keys()) for (const half of HALVES) yield kept.with(at, half);
}
