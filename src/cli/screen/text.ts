const segmenter = new Intl.Segmenter();
/** Letters that take two columns on a terminal. */
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFF60]/u;

/** What a reader counts as one, accents and joined emoji included. */
function lettersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  return lettersOf(text).reduce((width, letter) => width + (wide.test(letter) ? 2 : 1), 0);
}

/** The text, or its beginning and an ellipsis when it takes more columns than that. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let width = 1;
  let kept = '';
  for (const letter of lettersOf(text)) {
    width += wide.test(letter) ? 2 : 1;
    if (width > columns) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** The text in lines of at most so many columns, broken at spaces. A word that is longer has a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  if (widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A message of a part as a sentence: `no such file; name another` is `No such file; name another.` */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
