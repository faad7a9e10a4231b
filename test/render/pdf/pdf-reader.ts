/** What a PDF of ours says, read from its bytes. */
export interface ReadPdf {
  readonly pages: readonly string[];
  /** Every object as it is written, by number. */
  readonly objects: ReadonlyMap<number, string>;
}

/**
 * Reads text from an uncompressed PDF with embedded fonts: glyph numbers of each page go through the font's ToUnicode
 * table. Pieces of text are parted by a space; line breaks of the page are lost.
 */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const file = Buffer.from(bytes).toString('latin1');
  const objects = new Map<number, string>();
  for (const [, number, body] of file.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    objects.set(Number(number), body ?? '');
  }
  const pages = [...objects.entries()]
    .filter(([, body]) => body.includes('/Type /Page\n'))
    .sort(([a], [b]) => a - b)
    .map(([, page]) => {
      const fonts = fontsOf(objects, objects.get(reference(page, 'Resources')) ?? '');
      return textOf(objects.get(reference(page, 'Contents')) ?? '', fonts);
    });
  return { pages, objects };
}

function reference(body: string, key: string): number {
  return Number(new RegExp(`/${key} (\\d+) 0 R`).exec(body)?.[1]);
}

type Glyphs = ReadonlyMap<number, string>;

function fontsOf(objects: ReadonlyMap<number, string>, resources: string): Map<string, Glyphs> {
  return new Map(
    [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => {
      const font = objects.get(Number(number)) ?? '';
      return [name ?? '', glyphsOf(objects.get(reference(font, 'ToUnicode')) ?? '')] as const;
    }),
  );
}

function glyphsOf(map: string): Glyphs {
  const glyphs = new Map<number, string>();
  for (const [, first, list] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[(.*?)\]/g)) {
    const units = [...(list ?? '').matchAll(/<([0-9a-f ]+)>/g)].map(([, hex]) =>
      String.fromCharCode(
        ...(hex ?? '')
          .split(' ')
          .flatMap((part) => part.match(/.{4}/g) ?? [])
          .map((unit) => Number.parseInt(unit, 16)),
      ),
    );
    for (const [i, text] of units.entries()) glyphs.set(Number.parseInt(first ?? '', 16) + i, text);
  }
  return glyphs;
}

function textOf(content: string, fonts: ReadonlyMap<string, Glyphs>): string {
  const pieces: string[] = [];
  let glyphs: Glyphs = new Map();
  for (const [, name, run] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*)\] TJ/g)) {
    if (name !== undefined) glyphs = fonts.get(name) ?? new Map();
    if (run === undefined) continue;
    const hex = [...run.matchAll(/<([0-9a-f]+)>/g)].map(([, digits]) => digits).join('');
    pieces.push(
      (hex.match(/.{4}/g) ?? []).map((glyph) => glyphs.get(Number.parseInt(glyph, 16)) ?? '\u{fffd}').join(''),
    );
  }
  return pieces.map((piece) => piece.trim()).join(' ');
}
