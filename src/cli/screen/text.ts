const segmenter = new Intl.Segmenter();
/** Letters that take two columns on a terminal. */
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFF60]/u;

/** What a reader counts as one, accents and joined emoji included. */
function lettersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Letters of one column each, as most texts have. */
const narrow = /^[\u0020-\u007E]*$/;

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length;
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

/** A word that is longer than the room, in pieces that fit: broken behind the last sign such as `/` or `_`, or where the room ends. */
export function pieces(word: string, columns: number): string[] {
  const found: string[] = [];
  let piece: string[] = [];
  let width = 0;
  for (const letter of lettersOf(word)) {
    const wider = widthOf(letter);
    if (width + wider > columns && piece.length > 0) {
      const sign = piece.findLastIndex((kept) => '/@,;=&?_'.includes(kept));
      const end = sign === -1 ? piece.length : sign + 1;
      found.push(piece.slice(0, end).join(''));
      piece = piece.slice(end);
      width = widthOf(piece.join(''));
    }
    piece.push(letter);
    width += wider;
  }
  return [...found, piece.join('')];
}

/**
 * A line in as many as the screen needs, broken at spaces. What begins in a column of its own, behind a label or a mark,
 * goes on in that column, and a line of a list two columns further right. A word that is longer than the room, such as an address, stays whole, and so does what is to be done,
 * behind an arrow: it is a command to copy.
 */
export function hanging(line: string, columns: number): string[] {
  if (widthOf(line) <= columns || /^ *→ /.test(line)) return [line];
  const [before = ''] = /^ *(?:- |\S+(?: \S+)? {2,})?/u.exec(line) ?? [];
  const indent = before.trim() === '' && before !== '' ? before.length + 2 : widthOf(before);
  const [first = '', ...more] = wrapped(line.slice(before.length), columns - indent);
  return [before + first, ...more.map((text) => ' '.repeat(indent) + text)];
}

/** A message of a part as a sentence: `no such file; name another` is `No such file; name another.` */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
