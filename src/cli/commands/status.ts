import type { Command } from 'commander';

import type { Status } from '../../queries/status.ts';
import { openNames } from '../../render/json/mask.ts';
import { showStatus } from '../../render/json/status.ts';
import { localTime } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { claimLedger, openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import type { Terminal } from '../screen/terminal.ts';

/** Owed classes in the table; `--json` has all of them. */
const SHOWN_DEBT = 50;

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description('Shows whether the daemon runs, what is captured, and which classes are owed evidence and until when.')
    .addHelpText('after', '\nExamples:\n  $ rollbook status\n  $ rollbook status --json | jq .coverage')
    .action((options: LedgerOptions) => status(options, context));
}

async function status(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options, { logsMayWait: true });
  const free = await claimLedger(parts.config.dataDir);
  free?.[Symbol.dispose]();
  const daemon = { running: free === null };
  const status = parts.queries.status(null);
  if (options.json) context.terminal.printJson({ daemon, ...showStatus(status, openNames) });
  else context.terminal.print(asText(status, daemon.running, parts.timezone(), context.terminal));
}

function asText(
  {
    now,
    ledger,
    loops,
    unready,
    unwatched,
    coverage,
    debt: all,
    openReviews,
    toDerive,
    google,
    callListings,
    jobs,
  }: Status,
  running: boolean,
  timezone: string,
  terminal: Terminal,
): string {
  // A class that is on is not owed yet, even when a read of it failed.
  const debt = all.filter(({ classEnd }) => classEnd <= now);
  const time = (at: number | null) => (at === null ? null : localTime(at, timezone));
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ') || 'none';
  const facts = [
    `Daemon        ${running ? 'running' : 'not running'}`,
    ...(ledger.problem === null ? [] : [`Ledger        ${ledger.problem}`]),
    ...unready.map(({ message, organizers }) => `Not ready     ${[message, ...organizers].join('; ')}`),
    `Coverage      ${counts(coverage)}`,
    `To review     ${openReviews}`,
    ...(toDerive === 0 ? [] : [`To derive     the logs of ${classCount(toDerive)}, by the rules of this version`]),
    `Google calls  ${google.callsLastMinute} in the last minute, of ${google.perMinuteLimit} that Rollbook allows itself`,
    `Calls listed  ${listed(callListings, time)}`,
    `Jobs          ${counts(jobs)}`,
  ];
  const loopTable = terminal.table(
    [
      { title: 'loop', value: ({ name }) => name },
      { title: 'last pass', value: ({ last }) => time(last?.startedAt ?? null) },
      { title: 'last success', value: ({ last }) => time(last?.succeededAt ?? null) },
      {
        title: 'outcome',
        value: ({ last, error }) => error ?? (last === null || last.summary === null ? null : counted(last.summary)),
      },
    ],
    loops,
  );
  const debtTable = terminal.table(
    [
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'subject', value: ({ subject }) => subject },
      { title: 'ended', value: ({ classEnd }) => time(classEnd) },
      { title: 'coverage', value: (row) => row.coverage },
      { title: 'next attempt', value: ({ nextAttemptAt }) => time(nextAttemptAt) },
      { title: 'deadline', value: ({ deadline }) => time(deadline) },
      { title: 'reason', value: ({ lastError }) => lastError },
    ],
    debt.slice(0, SHOWN_DEBT),
  );
  const more = debt.length - SHOWN_DEBT;
  return [
    facts.join('\n'),
    loops.length === 0 ? 'No pass was made yet.' : loopTable,
    ...(debt.length === 0 && unwatched === 0 && unready.length === 0 ? [NOTHING_OWED] : []),
    ...(unwatched === 0 ? [] : [unwatchedOf(unwatched)]),
    ...(debt.length === 0 ? [] : [debtTable]),
    ...(more > 0 ? [`… and ${more} more: rollbook status --json`] : []),
  ].join('\n\n');
}

const NOTHING_OWED = 'Nothing is owed: every class that ended is captured.';

function classCount(classes: number): string {
  return classes === 1 ? 'one class' : `${classes} classes`;
}

function unwatchedOf(classes: number): string {
  return classes === 1
    ? 'One class has begun that no pass has looked at yet.'
    : `${classes} classes have begun that no pass has looked at yet.`;
}

/** Of how many organisers the calls without a class are known, since when at the latest, and whose are not. */
function listed(listings: Status['callListings'], time: (at: number | null) => string | null): string {
  if (listings.length === 0) return 'none yet';
  const known = listings.flatMap(({ listedAt }) => listedAt ?? []);
  const failing = listings.filter(({ lastError }) => lastError !== null);
  return [
    `${known.length} of ${listings.length} ${listings.length === 1 ? 'account' : 'accounts'}`,
    ...(known.length === 0 ? [] : [`the oldest list is of ${time(Math.min(...known))}`]),
    ...failing.slice(0, 3).map(({ organizerEmail, lastError }) => `${organizerEmail}: ${lastError}`),
    ...(failing.length > 3 ? [`… and ${failing.length - 3} more: rollbook status --json`] : []),
  ].join('; ');
}

function counted(summary: Record<string, unknown>): string {
  return Object.entries(summary)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
