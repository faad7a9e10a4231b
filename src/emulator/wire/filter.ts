import { parseTimestamp } from './timestamp.ts';

type Comparison = '=' | '<' | '<=' | '>=';
type Clause =
  | { readonly field: string; readonly op: 'IS NULL' }
  | { readonly field: string; readonly op: Comparison; readonly value: string };

/** The fields of one kind of item by snake_case name: labels are texts; instants are numbers, null while there is none. */
export type FilterFields = Readonly<Record<string, string | number | null>>;

/** Thrown for a filter outside the grammar; Google answers 400 INVALID_ARGUMENT. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

const CLAUSE = /^([a-zA-Z_.]+)\s*(?:(IS NULL)|(<=|>=|=|<)\s*(?:"([^"\\]*)"|([^\s"\\()]+)))\s*(?:$|(AND)\s+(?=\S))/;

/**
 * Reads what Google's examples show: comparisons and `IS NULL`, joined by `AND`. `OR`, `NOT`, `>`, `!=`, parentheses
 * and escapes are not documented, so they are refused here and nobody comes to depend on them.
 */
function parseFilter(text: string): Clause[] {
  const clauses: Clause[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = CLAUSE.exec(rest);
    if (match === null) throw new FilterError(`Invalid filter: ${text}`);
    const [whole, name = '', isNull, op, quoted, bare, and] = match;
    const field = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    clauses.push(
      isNull === undefined ? { field, op: op as Comparison, value: quoted ?? bare ?? '' } : { field, op: 'IS NULL' },
    );
    rest = rest.slice(whole.length);
    if (and !== undefined && rest === '') throw new FilterError(`Invalid filter: ${text}`);
  }
  return clauses;
}

function holds(clause: Clause, fields: FilterFields): boolean {
  const value = Object.hasOwn(fields, clause.field) ? fields[clause.field] : undefined;
  if (value === undefined) throw new FilterError(`Invalid filter field: ${clause.field}`);
  if (typeof value === 'string') {
    if (clause.op !== '=') throw new FilterError(`Operator ${clause.op} is not supported for ${clause.field}.`);
    return clause.value === value;
  }
  if (clause.op === 'IS NULL') return value === null;
  const bound = parseTimestamp(clause.value);
  if (bound === null) throw new FilterError(`Invalid timestamp for ${clause.field}: ${clause.value}`);
  if (value === null) return false;
  switch (clause.op) {
    case '=':
      return value === bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>=':
      return value >= bound;
    default:
      return clause satisfies never;
  }
}

/**
 * Makes a test out of a filter.
 *
 * @param text as sent; empty or absent lets everything pass
 * @param sample the fields of any item: the whole filter is checked against it, also when the list is empty
 * @throws FilterError outside the grammar, on an unknown field, or on a time that is none
 */
export function compileFilter(text: string | undefined, sample: FilterFields): (fields: FilterFields) => boolean {
  const clauses = parseFilter(text ?? '');
  for (const clause of clauses) holds(clause, sample);
  return (fields) => clauses.every((clause) => holds(clause, fields));
}
