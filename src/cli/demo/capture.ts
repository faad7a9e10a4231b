import type { School } from '../../emulator/school.ts';
import { CommandError } from '../context.ts';
import type { Ledger } from '../open.ts';
import type { Progress } from '../screen/terminal.ts';
import { classesFile, peopleFile } from './school-files.ts';

/** Enters the school as its office would: two CSV files. */
export function enterSchool({ actions }: Ledger, school: School): void {
  for (const [what, enter, text] of [
    ['people', actions.importPeople, peopleFile(school)],
    ['classes', actions.importClasses, classesFile(school)],
  ] as const) {
    const { errors } = enter(text, {}, { actor: 'demo' });
    const [first] = errors;
    if (first !== undefined) {
      throw new CommandError(
        `The demo school does not fit: ${what}, line ${first.line}, ${first.column}: ${first.message}`,
      );
    }
  }
}

/** A history needs fewer passes. Classes that are still due after the last one are left to the daemon. */
const MOST_PASSES = 5;

/** Reads the whole past by the passes that the daemon makes, until none is due. */
export async function captureHistory(parts: Ledger, signal: AbortSignal, progress: Progress): Promise<void> {
  parts.monitor();
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const { due } = await parts.sweep(signal, {
      onProgress: (done, total, { classId }) =>
        progress.update(done, total, parts.queries.class(classId)?.class.subject),
    });
    if (due === 0) return;
  }
}
