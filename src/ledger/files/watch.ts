import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** What a name leads to now: the file that was opened, another one, or nothing. */
type Found = 'same' | 'other' | 'overwritten' | 'nothing';

/** Whether the files of an open ledger still have their names. */
export interface FileWatch {
  /** What happened to them, as the beginning of a sentence; null when all is well. Cheap: three looks at names. */
  fault(): string | null;
  readonly ledger: () => Found;
  /** The log of the newest entries (`-wal`) and its index (`-shm`), which SQLite keeps while the ledger is open. */
  readonly sideFiles: () => { readonly wal: Found; readonly shm: Found };
  /** Behind the close of the ledger. */
  readonly close: () => void;
}

/**
 * Notes which files an open ledger has. When one of them is deleted, moved or replaced, SQLite goes on with the file that it
 * has open, and what it writes is lost at the end of the process.
 *
 * @param path of a ledger in WAL mode that was read from already: its side files are there
 */
export function watchFiles(path: string): FileWatch {
  // A thread is beside the daemon, which looks at the content itself.
  const content = isMainThread ? watchContent(path, watchName(path)) : { look: watchName(path), close: () => {} };
  const watched = {
    ledger: content.look,
    wal: watchName(`${path}-wal`),
    shm: watchName(`${path}-shm`),
  };
  return {
    ledger: watched.ledger,
    close: content.close,
    sideFiles: () => ({ wal: watched.wal(), shm: watched.shm() }),
    fault() {
      const ledger = watched.ledger();
      if (ledger === 'nothing') return `${path} was deleted or moved away while it was in use`;
      if (ledger === 'other') return `another file was put in the place of ${path} while it was in use`;
      if (ledger === 'overwritten') return `something else was written into ${path} while it was in use`;
      if (watched.wal() !== 'same') {
        return `${path}-wal, which holds the newest entries of the ledger, was deleted or replaced while it was in use`;
      }
      if (watched.shm() !== 'same') return `${path}-shm was deleted or replaced while the ledger was in use`;
      return null;
    },
  };
}

/**
 * Notices also that a ledger was overwritten under its own name, by `cp` or `>`. While it is in use only checkpoints write
 * into the file, and they never take its header back, so a header is compared when the file was written since the last look.
 *
 * The file stays open for these looks: closing any descriptor of it takes away the locks that SQLite has on it.
 */
function watchContent(path: string, watchedName: () => Found): { look: () => Found; close: () => void } {
  const file = openSync(path, 'r');
  let seen = lookAt(file);
  let isOverwritten = false;
  return {
    close: () => closeSync(file),
    look() {
      const found = watchedName();
      if (found !== 'same' || isOverwritten) return found === 'same' ? 'overwritten' : found;
      const now = lookAt(file, seen);
      if (now === seen || now === null) return found;
      isOverwritten = seen !== null && !follows(now, seen);
      if (!isOverwritten) seen = now;
      return isOverwritten ? 'overwritten' : found;
    },
  };
}

interface Look {
  /** When anything was last written into the file or changed about it. Nobody can set that. */
  readonly changedAt: bigint;
  readonly bytes: number;
  readonly header: Buffer;
}

/** @returns `before` when the file is as it was then; null when it cannot be looked at */
function lookAt(file: number, before: Look | null = null): Look | null {
  try {
    const { ctimeNs, size } = fstatSync(file, { bigint: true });
    const bytes = Number(size);
    if (before !== null && before.changedAt === ctimeNs && before.bytes === bytes) return before;
    return { changedAt: ctimeNs, bytes, header: readStart(file) };
  } catch {
    return null;
  }
}

function readStart(file: number): Buffer {
  const start = Buffer.alloc(HEADER_BYTES);
  return start.subarray(0, readSync(file, start, 0, HEADER_BYTES, 0));
}

const HEADER_BYTES = 100;

/**
 * Whether a file can have come from the one before by checkpoints.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_database_header
 */
function follows({ header, bytes }: Look, before: Look): boolean {
  if (header.length < HEADER_BYTES || !header.subarray(0, 24).equals(before.header.subarray(0, 24))) return false;
  const changes = (of: Buffer) => of.readUInt32BE(24);
  const schema = (of: Buffer) => of.readUInt32BE(40);
  if (changes(header) < changes(before.header) || schema(header) < schema(before.header)) return false;
  // A file shrinks only by VACUUM, which notes the new number of pages.
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  return bytes >= before.bytes || header.readUInt32BE(28) * pageBytes <= bytes;
}

function watchName(path: string): () => Found {
  const opened = statSync(path, { bigint: true, throwIfNoEntry: false });
  return () => {
    try {
      const now = statSync(path, { bigint: true, throwIfNoEntry: false });
      if (now === undefined) return 'nothing';
      return now.dev === opened?.dev && now.ino === opened.ino ? 'same' : 'other';
    } catch {
      // The folder may not be looked into any more: nothing says that the file is another one.
      return 'same';
    }
  };
}
