import type { Command } from 'commander';

import { isoTime, localTime } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { usageOf } from '../doctor/quota.ts';
import { claimLedger, openLedger, withLedgerOptions } from '../ledger.ts';
import type { LedgerOptions } from '../ledger.ts';
import { table } from '../screen/table.ts';
import type { Parts } from '../../service.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Google deletes conference records this long after the call. */
const KEPT_MS = 30 * DAY_MS;
/** On a screen. */
const SHOWN_DEBT = 50;
const MOST_DEBT = 100_000;

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Shows whether the daemon runs, what is captured, and which classes are owed evidence and until when.')
    .addHelpText('after', '\nExamples:\n  $ rollbook status\n  $ rollbook status --json | jq .coverage')
    .action((options: LedgerOptions) => status(options, context));
}

async function status(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const found = await look(parts);
  if (options.json) context.terminal.printJson(asJson(found));
  else context.terminal.print(asText(found, parts.config.timezone));
}

type Found = Awaited<ReturnType<typeof look>>;

async function look(parts: Parts) {
  const { database, sessionStore, classStore, review, passes, jobStore, clock, config } = parts;
  const { createUsageStore } = await import('../../ledger/machine/machine-store.ts');
  const free = await claimLedger(config.dataDir);
  free?.[Symbol.dispose]();
  const { total, busiest } = usageOf(createUsageStore(database).since(clock.now() - MINUTE_MS));
  return {
    running: free === null,
    loops: passes.list(),
    coverage: sessionStore.counts(),
    debt: sessionStore
      .debt(MOST_DEBT)
      .filter(({ classEnd }) => classEnd <= clock.now())
      .map((session) => ({
        ...session,
        subject: classStore.get(session.classId)?.subject ?? '',
        deadline: session.classEnd + KEPT_MS,
      })),
    openReviews: review.countOpen(),
    calls: total,
    busiest,
    jobs: jobStore.counts(),
  };
}

function asJson({ running, loops, coverage, debt, openReviews, calls, busiest, jobs }: Found): object {
  const time = (at: number | null) => (at === null ? null : isoTime(at));
  return {
    daemon: { running },
    loops: loops.map(({ name, startedAt, finishedAt, succeededAt, summary, error }) => ({
      name,
      started_time: time(startedAt),
      finished_time: time(finishedAt),
      succeeded_time: time(succeededAt),
      summary,
      error,
    })),
    coverage,
    debt: debt.map(
      ({ classId, id, subject, classEnd, organizerEmail, coverage: state, lastError, nextAttemptAt, deadline }) => ({
        class_id: classId,
        session_id: id,
        subject,
        end_time: time(classEnd),
        organizer_email: organizerEmail,
        coverage: state,
        reason: lastError,
        next_attempt_time: time(nextAttemptAt),
        deadline_time: time(deadline),
      }),
    ),
    open_reviews: openReviews,
    quota: { calls_last_minute: calls, busiest_organizer_last_minute: busiest },
    jobs,
  };
}

function asText(
  { running, loops, coverage, debt, openReviews, calls, busiest, jobs }: Found,
  timezone: string,
): string {
  const time = (at: number | null) => (at === null ? null : localTime(at, timezone));
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ') || 'none';
  const facts = [
    `Daemon        ${running ? 'running' : 'not running'}`,
    `Coverage      ${counts(coverage)}`,
    `To review     ${openReviews}`,
    `Google calls  ${calls} in the last minute, ${busiest} of them for one organiser`,
    `Jobs          ${counts(jobs)}`,
  ];
  const loopTable = table(
    [
      { title: 'loop', value: ({ name }) => name },
      { title: 'last pass', value: ({ startedAt }) => time(startedAt) },
      { title: 'last success', value: ({ succeededAt }) => time(succeededAt) },
      {
        title: 'outcome',
        value: ({ error, summary }) => error ?? (summary === null ? null : counted(summary)),
        widest: 90,
      },
    ],
    loops,
  );
  const debtTable = table(
    [
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'subject', value: ({ subject }) => subject, widest: 28 },
      { title: 'ended', value: ({ classEnd }) => time(classEnd) },
      { title: 'coverage', value: (row) => row.coverage },
      { title: 'next attempt', value: ({ nextAttemptAt }) => time(nextAttemptAt) },
      { title: 'deadline', value: ({ deadline }) => time(deadline) },
      { title: 'reason', value: ({ lastError }) => lastError, widest: 80 },
    ],
    debt.slice(0, SHOWN_DEBT),
  );
  const more = debt.length - SHOWN_DEBT;
  return [
    facts.join('\n'),
    loops.length === 0 ? 'No pass was made yet.' : loopTable,
    debt.length === 0 ? 'Nothing is owed: every class that ended is captured.' : debtTable,
    ...(more > 0 ? [`… and ${more} more: rollbook status --json`] : []),
  ].join('\n\n');
}

function counted(summary: Record<string, unknown>): string {
  return Object.entries(summary)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
