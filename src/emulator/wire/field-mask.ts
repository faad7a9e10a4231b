/** A tree of the fields asked for; `true` takes all below. */
type Mask = Map<string, Mask | true>;

/** Thrown for a `fields` parameter that does not parse; Google answers 400 INVALID_ARGUMENT. */
export class FieldMaskError extends Error {
  override readonly name = 'FieldMaskError';
}

function parseMask(text: string): Mask {
  const tokens = text.match(/[A-Za-z0-9_]+|\*|[,/()]/g) ?? [];
  if (tokens.join('') !== text.replaceAll(' ', '')) throw new FieldMaskError(`Invalid field mask: ${text}`);
  let at = 0;

  function list(): Mask {
    const mask: Mask = new Map();
    for (;;) {
      path(mask);
      if (tokens[at] !== ',') return mask;
      at += 1;
    }
  }

  function path(into: Mask): void {
    const name = tokens[at];
    if (name === undefined || /[,/()]/.test(name)) throw new FieldMaskError(`Invalid field mask: ${text}`);
    at += 1;
    const known = into.get(name);
    const below: Mask = known instanceof Map ? known : new Map();
    if (tokens[at] === '/') {
      at += 1;
      path(below);
    } else if (tokens[at] === '(') {
      at += 1;
      for (const [key, value] of list()) below.set(key, value);
      if (tokens[at] !== ')') throw new FieldMaskError(`Invalid field mask: ${text}`);
      at += 1;
    } else {
      into.set(name, true);
      return;
    }
    if (known !== true) into.set(name, below);
  }

  const mask = list();
  if (at !== tokens.length) throw new FieldMaskError(`Invalid field mask: ${text}`);
  return mask;
}

function prune(value: unknown, mask: Mask): unknown {
  if (Array.isArray(value)) return value.map((item) => prune(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    const below = mask.get(key) ?? mask.get('*');
    if (below !== undefined) kept.push([key, below === true ? child : prune(child, below)]);
  }
  return Object.fromEntries(kept);
}

/**
 * Keeps only what `fields` names, as every Google API does: `participants(name,signedinUser/user),nextPageToken`.
 * A caller who forgets `nextPageToken` gets none, and believes the first page to be the last.
 *
 * @throws FieldMaskError
 */
export function applyFieldMask(body: object, fields: string): object {
  const pruned = prune(body, parseMask(fields));
  return typeof pruned === 'object' && pruned !== null ? pruned : {};
}

/** Whether `fields` asks for a field that is left out by default. */
export function asksFor(fields: string | undefined, name: string): boolean {
  return fields !== undefined && (parseMask(fields).has(name) || parseMask(fields).has('*'));
}
