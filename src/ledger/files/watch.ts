import { statSync } from 'node:fs';

/** What a name leads to now: the file that was opened, another one, or nothing. */
type Found = 'same' | 'other' | 'nothing';

/** Whether the files of an open ledger still have their names. */
export interface FileWatch {
  /** What happened to them, as the beginning of a sentence; null when all is well. Cheap: three looks at names. */
  fault(): string | null;
  readonly ledger: () => Found;
  /** The log of the newest entries (`-wal`) and its index (`-shm`), which SQLite keeps while the ledger is open. */
  readonly sideFiles: () => { readonly wal: Found; readonly shm: Found };
}

/**
 * Notes which files an open ledger has. When one of them is deleted, moved or replaced, SQLite goes on with the file that it
 * has open, and what it writes is lost at the end of the process.
 *
 * @param path of a ledger in WAL mode that was read from already: its side files are there
 */
export function watchFiles(path: string): FileWatch {
  const watched = { ledger: watchName(path), wal: watchName(`${path}-wal`), shm: watchName(`${path}-shm`) };
  return {
    ledger: watched.ledger,
    sideFiles: () => ({ wal: watched.wal(), shm: watched.shm() }),
    fault() {
      const ledger = watched.ledger();
      if (ledger === 'nothing') return `${path} was deleted or moved away while it was in use`;
      if (ledger === 'other') return `another file was put in the place of ${path} while it was in use`;
      if (watched.wal() !== 'same') {
        return `${path}-wal, which holds the newest entries of the ledger, was deleted or replaced while it was in use`;
      }
      if (watched.shm() !== 'same') return `${path}-shm was deleted or replaced while the ledger was in use`;
      return null;
    },
  };
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
