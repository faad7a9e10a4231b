import { configVariables } from '../config.ts';

/** A variable of the environment that looks like one of ours and is none. */
export interface Misspelt {
  readonly name: string;
  /** The one that was meant, as far as one is near. */
  readonly meant: string | null;
}

/** So many letters may be wrong, missing, too many or swapped with their neighbour. */
const NEAR = 2;

/**
 * Variables that nobody reads although they seem to be meant for Rollbook: every unknown one that begins with `ROLLBOOK_`,
 * and any other that is near the name of one that is read. By name.
 */
export function misspeltIn(env: Readonly<Record<string, string | undefined>>): Misspelt[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && !configVariables.includes(name))
    .map((name) => ({ name, meant: nearest(name.toUpperCase()) }))
    .filter(({ name, meant }) => name.toUpperCase().startsWith('ROLLBOOK_') || meant !== null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `ROLLBOOK_TIMZONE is not read: did you mean ROLLBOOK_TIMEZONE?` */
export function misspeltText({ name, meant }: Misspelt): string {
  return meant === null
    ? `${name} is not read: Rollbook has no such setting; docs/settings.md lists them all.`
    : `${name} is not read: did you mean ${meant}?`;
}

function nearest(name: string): string | null {
  const near = configVariables
    .map((known) => ({ known, distance: distance(name, known) }))
    .filter(({ known, distance: far }) => far <= NEAR || words(known) === words(name))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.known ?? null;
}

/** Without what joins its words: `ROLLBOOK_TIME_ZONE` is `ROLLBOOKTIMEZONE`. */
function words(name: string): string {
  return name.replaceAll(/[^A-Z0-9]/g, '');
}

/** How many letters to insert, take out, replace or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > NEAR) return NEAR + 1;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    const above = rows[i - 1]!;
    for (let j = 1; j <= b.length; j += 1) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + other, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
