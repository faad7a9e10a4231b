/**
 * Whether one letter makes the difference between two addresses: another one, one more, one less, or two in a row the
 * other way round. Those that differ in their digits only are numbered. Cheap: one is compared with those of a whole school.
 */
export function isNear(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let before = 0;
  while (before < shorter && a.charCodeAt(before) === b.charCodeAt(before)) before += 1;
  let behind = 0;
  while (behind < shorter - before && a.charCodeAt(a.length - 1 - behind) === b.charCodeAt(b.length - 1 - behind)) {
    behind += 1;
  }
  if (Math.max(a.length, b.length) - before - behind > 2) return false;
  const [mine, other] = [a.slice(before, a.length - behind), b.slice(before, b.length - behind)];
  const isSwapped = mine.length === 2 && other.length === 2 && mine[0] === other[1] && mine[1] === other[0];
  const isOne = Math.max(mine.length, other.length) === 1;
  const isNumbered = a.replaceAll(/\d/g, '') === b.replaceAll(/\d/g, '');
  return (isSwapped || isOne) && !isNumbered;
}
