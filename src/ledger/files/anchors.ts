import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

import { z } from 'zod';

import type { Now } from '../../core/time/clock.ts';
import { LedgerRefusedError } from '../../errors.ts';
import type { AuditHead, NotedHead } from '../school/audit-chain.ts';

/** The file that takes the end of the audit log, a line each time. */
export interface Anchors {
  /**
   * Returns once the line survives a power cut. Does nothing where no file is named.
   *
   * @param why what the end was noted for: `close 2026-01`
   * @throws {LedgerRefusedError} when the line cannot be written
   */
  note(head: AuditHead, why: string): void;
}

const anchor = z.object({
  time: z.iso.datetime(),
  count: z.int().min(0),
  head: z.string().regex(/^[0-9a-f]{64}$/),
});

/** @param file is only ever added to, so that the system can be told to allow no more (`chattr +a`); null: there is none */
export function createAnchors(file: string | null, clock: Now): Anchors {
  return {
    note({ count, head }, why) {
      if (file === null) return;
      const line = JSON.stringify({ time: new Date(clock.now()).toISOString(), count, head, why });
      try {
        const descriptor = openSync(file, 'a', 0o600);
        try {
          writeSync(descriptor, `${line}\n`);
          fsyncSync(descriptor);
        } finally {
          closeSync(descriptor);
        }
      } catch (err) {
        const fault = err instanceof Error ? err.message : String(err);
        const message = `The end of the audit log (entry ${count}, ${head}) was not written to ROLLBOOK_ANCHOR_FILE: ${fault}.`;
        throw new LedgerRefusedError(message, { cause: err });
      }
    },
  };
}

/**
 * Reads such a file.
 *
 * @throws {LedgerRefusedError} when it cannot be read, or a line is no anchor
 */
export function readAnchors(file: string): NotedHead[] {
  return textOf(file)
    .split('\n')
    .flatMap((line, n) => {
      if (line.trim() === '') return [];
      const found = anchor.safeParse(parsed(line));
      if (!found.success) {
        throw new LedgerRefusedError(
          `Line ${n + 1} of ${file} is no anchor: name the file that ROLLBOOK_ANCHOR_FILE names.`,
        );
      }
      const { time, count, head } = found.data;
      return [{ count, head, noted: `at ${time} (line ${n + 1} of ${file})` }];
    });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (err) {
    const fault = err instanceof Error ? err.message : String(err);
    throw new LedgerRefusedError(`The anchors in ${file} cannot be read: ${fault}.`, { cause: err });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
