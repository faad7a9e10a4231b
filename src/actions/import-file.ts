import type { By } from './action.ts';
import type { Actions } from './actions.ts';
import type { ImportResult } from './csv-import.ts';

/** A file that is to be entered. It can be handed to another thread. */
export interface ImportOrder {
  readonly what: 'people' | 'classes';
  readonly text: string;
  readonly dryRun: boolean;
  readonly mostRows: number;
  readonly by: By;
}

/** What became of a file, cut to what is shown. */
export interface ImportReport extends ImportResult {
  /** How many errors there are: `errors` lists the first of them. */
  readonly faults: number;
}

export type Importer = (order: ImportOrder) => Promise<ImportReport>;

/** At most this many errors, and as many warnings, are listed. */
const SHOWN = 1000;

export async function importFile(
  { importPeople, importClasses }: Pick<Actions, 'importPeople' | 'importClasses'>,
  { what, text, dryRun, mostRows, by }: ImportOrder,
): Promise<ImportReport> {
  const enter = what === 'people' ? importPeople : importClasses;
  const result = await enter(text, { dryRun, mostRows }, by);
  const { errors, warnings } = result;
  return { ...result, errors: errors.slice(0, SHOWN), warnings: warnings.slice(0, SHOWN), faults: errors.length };
}
