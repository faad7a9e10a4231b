// Of the ZIP format. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16
const END_OF_DIRECTORY = 0x0605_4b50;
const END_OF_DIRECTORY_BYTES = 22;
const ENTRY = 0x0201_4b50;
const ENTRY_BYTES = 46;
/** Midnight of 1 January 1980, the first instant that a ZIP can name. */
const FIRST_TIME = 0x0021_0000;

/**
 * A ZIP archive with the same time on every file, so that equal contents are equal bytes.
 *
 * @param archive without a comment, as the writer makes it
 * @throws {RangeError} not such an archive
 */
export function withoutTimes(archive: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(archive);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - END_OF_DIRECTORY_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY) throw new RangeError('no end of a ZIP directory');
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new RangeError('no entry of a ZIP directory');
    view.setUint32(at + 12, FIRST_TIME, true);
    view.setUint32(view.getUint32(at + 42, true) + 10, FIRST_TIME, true);
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return bytes;
}
