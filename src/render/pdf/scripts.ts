import { fileURLToPath } from 'node:url';

export type Weight = 'regular' | 'bold';

/** A typeface, and the scripts that are drawn with it. */
export interface Typeface {
  readonly name: string;
  readonly scripts: readonly string[];
  /** Address of a file of its package; the font files are named from there. */
  readonly from: string;
  readonly files: Readonly<Record<Weight, string>>;
}

function noto(script: string, from: string): Typeface {
  const name = script.toLowerCase();
  const file = (weight: number) => `files/noto-sans-${name}-${name}-${weight}-normal.woff`;
  return { name, scripts: [script], from, files: { regular: file(400), bold: file(700) } };
}

/** The first draws whatever is of no script: digits, punctuation, spaces. */
export const TYPEFACES: readonly [Typeface, ...Typeface[]] = [
  {
    name: 'dejavu',
    scripts: ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Hebrew', 'Arabic'],
    from: import.meta.resolve('dejavu-fonts-ttf/package.json'),
    files: { regular: 'ttf/DejaVuSans.ttf', bold: 'ttf/DejaVuSans-Bold.ttf' },
  },
  {
    name: 'han',
    scripts: ['Han', 'Hiragana', 'Katakana', 'Bopomofo'],
    from: import.meta.resolve('@embedpdf/fonts-sc'),
    files: { regular: '../fonts/NotoSansHans-Regular.otf', bold: '../fonts/NotoSansHans-Bold.otf' },
  },
  {
    name: 'hangul',
    scripts: ['Hangul'],
    from: import.meta.resolve('@embedpdf/fonts-kr'),
    files: { regular: '../fonts/NotoSansKR-Regular.otf', bold: '../fonts/NotoSansKR-Bold.otf' },
  },
  noto('Devanagari', import.meta.resolve('@fontsource/noto-sans-devanagari/package.json')),
  noto('Bengali', import.meta.resolve('@fontsource/noto-sans-bengali/package.json')),
  noto('Gujarati', import.meta.resolve('@fontsource/noto-sans-gujarati/package.json')),
  noto('Tamil', import.meta.resolve('@fontsource/noto-sans-tamil/package.json')),
  noto('Thai', import.meta.resolve('@fontsource/noto-sans-thai/package.json')),
];

const [BASE, ...OTHERS] = TYPEFACES;

const letters = (scripts: readonly string[], property: string): string =>
  scripts.map((script) => String.raw`\p{${property}=${script}}`).join('');

/** Punctuation and marks of East Asia that belong to no script of their own. */
export const WIDE_SIGNS = String.raw`\u{3000}-\u{303f}\u{3099}-\u{309c}\u{30fb}\u{30fc}\u{ff00}-\u{ffef}`;

const OF_OTHER = OTHERS.map((face) => ({
  face,
  // Marks that several scripts share, such as the danda, are drawn with the script that stands before them.
  own: new RegExp(`[${letters(face.scripts, 'Script')}${face.name === 'han' ? WIDE_SIGNS : ''}]`, 'u'),
  shared: new RegExp(`[${letters(face.scripts, 'Script_Extensions')}]`, 'u'),
}));

const NOT_DRAWN = new RegExp(
  String.raw`[^${TYPEFACES.map(({ scripts }) => letters(scripts, 'Script')).join('')}\p{M}\p{Nd}\p{P}\p{Z}\p{Sm}\p{Sc}\p{Sk}\u{200c}\u{200d}${WIDE_SIGNS}]|[\u{20000}-\u{3ffff}]`,
  'u',
);

/** Whether the typefaces have the letters of a text. */
export function legible(value: string): boolean {
  return !NOT_DRAWN.test(value);
}

/** A piece of a text that one typeface draws. */
export interface Span {
  readonly face: Typeface;
  readonly text: string;
}

/** A text cut where its typeface changes. A mark or a joiner stays with the letter before it. */
export function spansOf(value: string): readonly Span[] {
  const spans: { face: Typeface; text: string }[] = [];
  for (const letter of value) {
    const last = spans.at(-1);
    const face = faceOf(letter, last?.face ?? BASE);
    if (last?.face === face) last.text += letter;
    else spans.push({ face, text: letter });
  }
  return spans;
}

function faceOf(letter: string, before: Typeface): Typeface {
  if (before !== BASE && /[\p{M}\u{200c}\u{200d}]/u.test(letter)) return before;
  const own = OF_OTHER.find((other) => other.own.test(letter));
  if (own !== undefined) return own.face;
  const shared = OF_OTHER.find((other) => other.face === before && other.shared.test(letter));
  return shared?.face ?? BASE;
}

/** Where a font file of an installed package lies. */
export function fontFile(face: Typeface, weight: Weight): string {
  return fileURLToPath(new URL(face.files[weight], face.from));
}
