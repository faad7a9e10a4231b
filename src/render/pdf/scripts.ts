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

/** Letters and marks of these scripts that their typefaces lack: of Urdu and Pashto, of phonetics and old books, rare ideographs. */
const MISSING = new RegExp(
  [
    String.raw`[\u{526}-\u{52f}\u{560}\u{588}\u{591}-\u{5af}\u{5c4}\u{5c5}\u{5ef}]`,
    String.raw`[\u{610}-\u{61a}\u{620}\u{63b}-\u{63f}\u{656}\u{658}\u{659}\u{65b}-\u{65f}\u{671}-\u{673}\u{675}-\u{678}]`,
    String.raw`[\u{6c0}-\u{6c5}\u{6c9}\u{6ca}\u{6cd}\u{6cf}\u{6d1}-\u{6d4}\u{6d6}-\u{6ef}\u{6fa}-\u{6ff}\u{750}-\u{77f}\u{870}-\u{8ff}]`,
    String.raw`[\u{10c7}-\u{10cd}\u{10fd}-\u{10ff}\u{1ab0}-\u{1aff}\u{1c80}-\u{1c8a}\u{1c90}-\u{1cbf}\u{1d00}-\u{1dff}\u{1efc}-\u{1eff}]`,
    String.raw`[\u{2c78}\u{2d27}-\u{2d2d}\u{2de0}-\u{2dff}\u{312e}\u{312f}\u{31bb}-\u{31bf}\u{4db6}-\u{4dbf}\u{9fd1}-\u{9fff}]`,
    String.raw`[\u{a640}-\u{a69f}\u{a720}-\u{a7ff}\u{ab30}-\u{ab6f}\u{f900}-\u{faff}\u{fb50}-\u{fdff}\u{fe20}-\u{fe2f}]`,
    String.raw`[\u{10780}-\u{1ffff}]`,
  ].join('|'),
  'u',
);

/** The same letter as another hand writes it, for two of names that are often met and that no typeface has. */
const OTHER_HANDS: ReadonlyMap<string, string> = new Map([
  ['\u{fa11}', '\u{5d0e}'],
  ['\u{6c1}', '\u{647}'],
]);
const WRITTEN_OTHERWISE = new RegExp(`[${[...OTHER_HANDS.keys()].join('')}]`, 'gu');

/** A text of as many letters, with the forms of them that are drawn. */
export function asDrawn(value: string): string {
  return value.replaceAll(WRITTEN_OTHERWISE, (letter) => OTHER_HANDS.get(letter) ?? letter);
}

/** Whether the typefaces have the letters of a text. */
export function legible(value: string): boolean {
  const drawn = asDrawn(value);
  return !NOT_DRAWN.test(drawn) && !MISSING.test(drawn);
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
