import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/** The first line of a file, counted from 1, that is not UTF-8; null when all of it is. */
export function lineNotUtf8(file: Uint8Array): number | null {
  if (isUtf8(file)) return null;
  // In UTF-8 no part of a longer letter looks like the end of a line.
  for (let line = 1, from = 0; ; line += 1) {
    const end = file.indexOf(LINE_FEED, from);
    if (end === -1 || !isUtf8(file.subarray(from, end))) return line;
    from = end + 1;
  }
}
