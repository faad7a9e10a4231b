/** The form in which names are compared: without differences of compatibility forms, case and white space. */
export function normaliseName(name: string): string {
  return Array.from(name.normalize('NFKC'), foldCase).join('').normalize('NFKC').replaceAll(/\s+/gu, ' ').trim();
}

/** Unicode's case folding, which JavaScript has no function for: `ß` is `ss`, every sigma is one, but `ı` is not `i`. */
function foldCase(letter: string): string {
  return letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase();
}
