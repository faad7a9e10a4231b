/**
 * Whether one letter makes the difference: another one, one more, one less, or two in a row the other way round. Those
 * that differ in their digits only are numbered.
 */
export function isNear(a: string, b: string): boolean {
  const [short, long] = [Array.from(a), Array.from(b)].sort((x, y) => x.length - y.length) as [string[], string[]];
  const isNumbered = a.replaceAll(/\d/g, '') === b.replaceAll(/\d/g, '');
  if (long.length - short.length > 1 || isNumbered) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i += 1;
  const rest = (letters: readonly string[], from: number) => letters.slice(from).join('');
  if (short.length < long.length) return rest(short, i) === rest(long, i + 1);
  const swapped = short[i] === long[i + 1] && short[i + 1] === long[i] && rest(short, i + 2) === rest(long, i + 2);
  return swapped || rest(short, i + 1) === rest(long, i + 1);
}
