import { expect, test } from 'vitest';

import { withoutTimes } from '../../../src/render/xlsx/archive.ts';

const TIME = 0x5b2d_6a11;

/** An archive of files without content, each written at this time of DOS. */
function archive(names: readonly string[], time: number): Buffer {
  const files: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const name of names) {
    const file = Buffer.alloc(30 + name.length);
    file.writeUInt32LE(0x0403_4b50, 0);
    file.writeUInt32LE(time, 10);
    file.writeUInt16LE(name.length, 26);
    file.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x0201_4b50, 0);
    entry.writeUInt32LE(time, 12);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entry.write(name, 46);
    files.push(file);
    entries.push(entry);
    at += file.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...entries, end]);
}

test('archives that differ in their times only become the same bytes, and the given one stays as it was', () => {
  const given = archive(['a.xml', 'folder/b.xml'], TIME);
  const before = Buffer.from(given);
  const made = withoutTimes(given);
  expect(Buffer.from(made)).toEqual(Buffer.from(withoutTimes(archive(['a.xml', 'folder/b.xml'], TIME + 1))));
  expect(given).toEqual(before);
  // Nothing but times is written: this is the archive of the first instant that a ZIP can name.
  expect(Buffer.from(made)).toEqual(archive(['a.xml', 'folder/b.xml'], 0x0021_0000));
});

test('an archive of nothing is one', () => {
  expect(Buffer.from(withoutTimes(archive([], TIME)))).toEqual(archive([], TIME));
});

test('what is no archive is refused', () => {
  expect(() => withoutTimes(Buffer.from('a letter that is long enough'))).toThrow('no end of a ZIP directory');
  expect(() => withoutTimes(Buffer.alloc(3))).toThrow('no end of a ZIP directory');
  const broken = archive(['a.xml'], TIME);
  broken.writeUInt32LE(0, broken.readUInt32LE(broken.length - 6));
  expect(() => withoutTimes(broken)).toThrow('no entry of a ZIP directory');
});
