import { z } from 'zod';

import type { Clock } from '../core/time/clock.ts';
import { SECOND_MS } from '../core/time/duration.ts';
import type { Database } from '../ledger/database.ts';
import { allOrNone } from './action.ts';
import type { CsvRow, CsvTable, RowProblem } from './csv-table.ts';
import { normaliseEmail } from './people/people.ts';

/** With errors nothing was stored. A dry run counts what the rows without an error would have done. */
export interface ImportResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** In order of line. */
  readonly errors: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

export interface ImportOptions {
  /** Say what would be stored, and store nothing. */
  readonly dryRun?: boolean | undefined;
  /** Refuse a file of more rows than this. Left out: it may have any number. */
  readonly mostRows?: number | undefined;
  /** Told of every hundredth row that is entered, and of every tenth that a Meet space is looked for. */
  readonly onProgress?: ((done: number, total: number, what: 'Meet spaces' | 'rows') => void) | undefined;
}

/** What is found while a file is entered: its problems, and how many rows did what. One error keeps all rows out. */
export type Notes = ReturnType<typeof createNotes>;

const NOTHING = { created: 0, updated: 0, unchanged: 0 };

const address = z.email();

export function isAddress(text: string): boolean {
  return address.safeParse(text).success;
}

function createNotes(table: CsvTable) {
  const errors = [...table.errors];
  const warnings = [...table.warnings];
  const fault = ({ line }: CsvRow, column: string | null, message: string): null => {
    errors.push({ line, column, message });
    return null;
  };
  return {
    counts: { ...NOTHING },
    errors,
    warnings,
    fault,
    warn({ line }: CsvRow, column: string | null, message: string): void {
      warnings.push({ line, column, message });
    },
    /** The address in a cell, in lower case; a cell without one is a fault. */
    email(row: CsvRow, column: string): string {
      const text = normaliseEmail(row.cell(column));
      const message = text === '' ? 'is empty; give an e-mail address' : `${text} is not an e-mail address`;
      if (!isAddress(text)) fault(row, column, message);
      return text;
    },
  };
}

/** The same items one after another, telling of every so manyth. */
function* told<Item>(
  items: readonly Item[],
  every: number,
  onDone: (done: number, total: number) => void,
): Iterable<Item> {
  for (const [before, item] of items.entries()) {
    yield item;
    if ((before + 1) % every === 0) onDone(before + 1, items.length);
  }
}

/** So many rows are read before other work gets a turn. */
const BATCH = 100;

/** A file waits so long for somebody else who is writing the ledger. */
const WAIT_MS = 10 * SECOND_MS;

interface ImportDeps {
  readonly database: Pick<Database, 'write' | 'whenFree'>;
  readonly clock: Clock;
}

/**
 * Enters a CSV file in one transaction: all rows or none. Nothing of it is asked of others but what `prepare` asks.
 *
 * @param steps `read` makes a row's input or notes its faults; `prepare` gets what the rows need from others, unless a
 *   row is bad; in a dry run it only says what it would get; `enter` stores the inputs of all rows
 */
export async function importTable<Input>(
  { database, clock }: ImportDeps,
  table: CsvTable,
  { dryRun = false, onProgress }: ImportOptions,
  steps: {
    read(row: CsvRow, notes: Notes): Input | null;
    prepare?(inputs: Iterable<Input>, notes: Notes): Promise<void>;
    /** Goes through the inputs once. */
    enter(inputs: Iterable<Input>, notes: Notes): void;
  },
): Promise<ImportResult> {
  const notes = createNotes(table);
  const { counts, errors, warnings } = notes;
  // Without its columns a file has the same error in every row.
  if (errors.some(({ line, column }) => line === 1 || column !== null)) return { ...counts, errors, warnings };
  const inputs: Input[] = [];
  for (const [nth, row] of table.rows.entries()) {
    if (nth % BATCH === BATCH - 1) await clock.yield();
    const before = errors.length;
    for (const { column, message } of row.faults) notes.fault(row, column, message);
    const input = errors.length > before ? null : steps.read(row, notes);
    if (input !== null && errors.length === before) inputs.push(input);
  }
  if (errors.length === 0) {
    await steps.prepare?.(
      told(inputs, BATCH / 10, (done, total) => onProgress?.(done, total, 'Meet spaces')),
      notes,
    );
  }
  await database.whenFree(clock, undefined, WAIT_MS);
  const refusal = allOrNone(database, () => {
    steps.enter(
      told(inputs, BATCH, (done, total) => onProgress?.(done, total, 'rows')),
      notes,
    );
    return !dryRun && errors.length === 0;
  });
  // Faults of rows are noted. Whatever else is refused keeps the whole file out.
  if (refusal !== null) errors.push({ line: 1, column: null, message: refusal.message });
  const byLine = (a: RowProblem, b: RowProblem) => a.line - b.line;
  const done = dryRun || errors.length === 0 ? counts : NOTHING;
  return { ...done, errors: errors.toSorted(byLine), warnings: warnings.toSorted(byLine) };
}
