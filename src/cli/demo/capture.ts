import type { Clock } from '../../core/time/clock.ts';
import type { School } from '../../emulator/school.ts';
import { CommandError } from '../context.ts';
import type { Ledger } from '../open.ts';
import type { Progress } from '../screen/terminal.ts';
import { classesFile, peopleFile } from './school-files.ts';

/** A clock that can be set back for a while, for daemon and emulator alike. */
export interface TimeTravel {
  readonly clock: Clock;
  /** Shows an instant in the past, and goes on from there. */
  readonly goBackTo: (instant: number) => void;
  readonly goToNow: () => void;
}

export function timeTravel(clock: Clock): TimeTravel {
  let behind = 0;
  const now = () => clock.now() - behind;
  return {
    // Travelling is no jump of the machine's clock: all that tells time goes along, the emulator too.
    clock: { ...clock, now, monotonic: now },
    goBackTo: (instant) => {
      behind = Math.max(0, clock.now() - instant);
    },
    goToNow: () => {
      behind = 0;
    },
  };
}

/** Enters the school as its office would: two CSV files. */
async function enterSchool({ actions }: Ledger, school: School): Promise<void> {
  for (const [what, enter, text] of [
    ['people', actions.importPeople, peopleFile(school)],
    ['classes', actions.importClasses, classesFile(school)],
  ] as const) {
    const { errors } = await enter(text, {}, { actor: 'demo' });
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
/** Enters the school, and reads the past by the passes that the daemon makes, until none is due. */
export async function captureHistory(
  parts: Ledger,
  school: School,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  if (parts.queries.classes({ limit: 1 }).length === 0) await enterSchool(parts, school);
  parts.monitor();
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    const { due } = await parts.sweep(signal, {
      onProgress: (done, total, { classId }) =>
        progress.update(done, total, parts.queries.class(classId)?.class.subject),
    });
    if (due === 0) return;
  }
}
