import { z } from 'zod';

import type { PlannedRead, WantedRead } from '../actions/classes/sync.ts';
import { counted } from '../core/counted.ts';
import { classesReadSchema, classReadSchema } from '../jobs/payloads.ts';
import { CommandError, ReportedError, type CommandContext } from './context.ts';
import { actor, claimLedger, openLedger, type Ledger, type LedgerOptions } from './open.ts';
import { answered } from './refusal.ts';
import { logChangeTable } from './screen/log-changes.ts';
import type { Progress, Terminal } from './screen/terminal.ts';

// What is printed of the result.
const classResult = classReadSchema.omit({ session_id: true, logs: true });
const readResult = classesReadSchema.omit({ classes: true }).extend({ results: z.array(classResult) });
type ReadResult = z.infer<typeof readResult>;

const POLL_MS = 250;
/** A daemon looks for jobs every second. When it has not begun a job after so long, we ask whether it still runs. */
const PATIENCE_MS = 15_000;

/**
 * Reads classes from Google and prints what came of it: in this process, or by the daemon when one runs, because one
 * writer at a time may touch the evidence. Ends with 1 when a class could not be read.
 */
export async function readNow(
  context: CommandContext,
  options: LedgerOptions,
  wantedOf: (parts: Ledger) => WantedRead,
): Promise<void> {
  using parts = await openLedger(context, options, { google: true });
  const wanted = wantedOf(parts);
  const planned = answered(parts.actions.planRead(wanted));
  using lock = await claimLedger(parts.config.dataDir);
  const progress = context.terminal.progress('Reading classes', { quiet: options.json });
  const result = await (
    lock === null ? byDaemon(parts, planned, context, progress) : inProcess(parts, planned, context, progress)
  ).finally(progress.end);
  const classes = result.results.toSorted((a, b) => a.class_id - b.class_id);
  const errors = classes.filter(({ error }) => error !== null).length + result.failed;
  if (options.json) context.terminal.printJson({ ...result, results: classes });
  else if (classes.length + errors + result.skipped === 0)
    context.terminal.print(wanted.of === 'active' ? 'No class is on now.' : 'No class has begun since then.');
  else context.terminal.print(asText({ ...result, results: classes }, errors, parts, context.terminal));
  if (errors + result.skipped > 0) throw new ReportedError();
}

async function inProcess(
  parts: Ledger,
  { kind, payload }: PlannedRead,
  { signal }: CommandContext,
  progress: Progress,
): Promise<ReadResult> {
  parts.monitor();
  return parsed(await parts.jobKinds[kind].run({ payload }, { signal, progress: progress.update }));
}

async function byDaemon(
  { actions, queries, config }: Ledger,
  planned: PlannedRead,
  { signal, clock, terminal }: CommandContext,
  progress: Progress,
): Promise<ReadResult> {
  const { id } = actions.requestRead(planned, { actor: actor() });
  const enteredAt = clock.now();
  for (;;) {
    const job = queries.job(id);
    if (job === null) throw new CommandError(`Job ${id} is gone from the ledger.`);
    if (job.state === 'done') return parsed(job.result ?? {});
    if (job.state === 'failed') throw new CommandError(`Job ${id} failed: ${job.lastError ?? 'no reason was kept'}`);
    progress.update(job.progressDone, job.progressTotal);
    if (job.state === 'queued' && job.attempts === 0 && clock.now() - enteredAt > PATIENCE_MS) {
      using free = await claimLedger(config.dataDir);
      if (free !== null) throw new CommandError(`The daemon stopped; job ${id} waits for its next start.`);
    }
    await clock.sleep(POLL_MS, signal).catch((err: unknown) => {
      terminal.note(`Job ${id} goes on in the daemon.`);
      throw err;
    });
  }
}

/** A job that reads one class has the result of that class; one that reads several has a list. */
function parsed(result: Record<string, unknown>): ReadResult {
  const single = classResult.safeParse(result);
  return single.success ? { skipped: 0, failed: 0, results: [single.data] } : readResult.parse(result);
}

function asText(
  { results, skipped }: ReadResult,
  errors: number,
  { queries, timezone }: Ledger,
  terminal: Terminal,
): string {
  const also = skipped === 0 ? '' : `, ${skipped} not tried because their organiser cannot be read`;
  const total = `${counted(results.length, 'class', 'classes')} read, ${errors} with an error${also}.`;
  if (results.length === 0) return total;
  const classes = terminal.table(
    [
      { title: 'class', value: ({ class_id: id }) => id, align: 'right' },
      { title: 'subject', value: ({ class_id: id }) => queries.class(id)?.class.subject ?? null },
      { title: 'coverage', value: ({ coverage }) => coverage },
      { title: 'records', value: ({ records }) => records, align: 'right' },
      { title: 'participants', value: ({ participants }) => participants, align: 'right' },
      { title: 'changed', value: ({ changed }) => (changed ? 'yes' : 'no') },
      { title: 'error', value: ({ error }) => error },
    ],
    results,
  );
  const changes = logChangeTable(results, timezone(), terminal);
  return [classes, ...(changes === '' ? [] : [`What changed:\n${changes}`]), total].join('\n\n');
}
