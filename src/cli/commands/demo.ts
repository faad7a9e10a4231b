import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { parseConfig, type Config } from '../../config.ts';
import { counted } from '../../core/counted.ts';
import { localDate, monthOf, periodBounds } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS, SECOND_MS } from '../../core/time/duration.ts';
import type { School } from '../../emulator/school.ts';
import type { Emulator } from '../../emulator/server.ts';
import { makeFolder } from '../../ledger/files/folder.ts';
import type { ClassNow } from '../../queries/today.ts';
import type { Service } from '../../service.ts';
import { port } from '../arguments.ts';
import { UsageError, type CommandContext } from '../context.ts';
import { captureHistory, timeTravel, type TimeTravel } from '../demo/capture.ts';
import { closeLastMonth, disputeOne, enterTerms, type DemoMoney } from '../demo/money.ts';
import { classTable, events, timeOfDay } from '../demo/watch.ts';
import { commandLog, type Ledger } from '../open.ts';
import { answered } from '../refusal.ts';

interface Options {
  readonly fast?: true;
  readonly keep?: string;
  readonly port: number;
  readonly exitAfterCapture?: true;
  readonly verbose?: true;
}

const SEED = 1;
const LOOK_MS = 1_000;
/** How much faster the demo's clock goes with --fast. */
const FAST = 10;

export function define(command: Command, context: CommandContext): void {
  command
    .description(
      'Shows a tutoring school without any Google account: weeks of history and classes that are on now. The daemon ' +
        'and a Google Meet stand-in run in this process, on a folder that Ctrl-C removes.',
    )
    .option('--fast', `time goes ${FAST} times as fast`)
    .option('--keep <folder>', 'use this new or empty folder and leave it there')
    .option('--port <port>', 'where the API listens; 0 picks a free one', port, 0)
    .option('--exit-after-capture', 'end once the history is captured, without live classes')
    .option('--verbose', 'log to standard error what the daemon does')
    .addHelpText('after', '\nExamples:\n  $ rollbook demo\n  $ rollbook demo --fast --port 8080')
    .action((options: Options) => demo(options, context));
}

async function demo(options: Options, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  // Said at once: what runs is brought to its end first.
  signal.addEventListener('abort', () => terminal.note('\nStopping …'), { once: true });
  const time = timeTravel(options.fast === true ? hurried(context.clock, FAST) : context.clock);
  const { clock } = time;
  const [{ startEmulator }, { buildSchool }, { writeServiceAccountKey }, service] = await Promise.all([
    import('../../emulator/server.ts'),
    import('../../emulator/school.ts'),
    import('../../emulator/credentials.ts'),
    import('../../service.ts'),
  ]);
  await using opened = new AsyncDisposableStack();
  const folder = demoFolder(options);
  if (options.keep === undefined) opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const school = buildSchool({ now: clock.now(), seed: SEED });
  const emulator = opened.use(await startEmulator({ world: school.world, clock }));
  const key = join(folder, 'emulator-key.json');
  writeServiceAccountKey(key);
  // Nothing of the environment: a demo beside a real set-up must not touch it.
  const config = parseConfig({
    ROLLBOOK_DATA_DIR: folder,
    ROLLBOOK_PORT: String(options.port),
    ROLLBOOK_TIMEZONE: school.timezone,
    GOOGLE_CREDENTIALS_FILE: key,
    GOOGLE_API_ROOT: emulator.url,
    MONITOR_INTERVAL_SECONDS: '1',
    FETCH_INTERVAL_SECONDS: '3',
    RETRY_INTERVAL_SECONDS: '10',
    SETTLE_MINUTES: '0',
  });
  const { monotonic, sleep } = context.clock;
  // Back-off and quota stay in the time of this machine.
  const timing = { pace: { monotonic, sleep } };
  const machine = { clock, timing, random: context.random, log: await commandLog(context, options, config) };

  const { people, families, classes } = school;
  terminal.print(
    `A school of ${counted(people.length, 'person', 'people')}, ${counted(families.length, 'family', 'families')} and ${counted(classes.length, 'class', 'classes')}.`,
  );
  const { closed } = await captured(service.openParts(config, machine), school, emulator, time, context);
  if (options.keep !== undefined || options.exitAfterCapture !== true) hintAtCommands(config, closed, context);
  if (options.exitAfterCapture === true) return;

  const running = opened.use(await service.startService(config, machine));
  introduce(running, context);
  await watch(running, signal, context);
  if (options.keep !== undefined) terminal.print(`The ledger stays in ${folder}.`);
}

/** @throws {UsageError} rather than write into a folder that holds something */
function demoFolder({ keep }: Options): string {
  if (keep === undefined) return mkdtempSync(join(tmpdir(), 'rollbook-demo-'));
  const folder = resolve(keep);
  makeFolder(folder, '--keep');
  if (readdirSync(folder).length > 0) throw new UsageError(`${folder} is not empty: name a new folder.`);
  return folder;
}

/** When the office of the school closes last month: on the third day of this one, or today. */
function officeDay(now: number, timezone: string): number {
  const { start } = periodBounds(monthOf(localDate(now, timezone)), timezone);
  return Math.min(now, start + 2 * DAY_MS);
}

async function captured(
  opened: Ledger,
  school: School,
  { requests }: Emulator,
  time: TimeTravel,
  { terminal, signal, clock }: CommandContext,
): Promise<DemoMoney> {
  using parts = opened;
  const beganAt = clock.now();
  const progress = terminal.progress('Capturing weeks of history');
  // Google keeps its records for 30 days: last month is captured and closed as of the first days of this one.
  time.goBackTo(officeDay(time.clock.now(), school.timezone));
  await captureHistory(parts, school, signal, progress).finally(progress.end);
  enterTerms(parts, school);
  const money = await closeLastMonth(parts, school, signal);
  time.goToNow();
  await captureHistory(parts, school, signal, progress).finally(progress.end);
  disputeOne(parts);
  const seconds = Math.max(1, Math.round((clock.now() - beganAt) / SECOND_MS));
  const { coverage, openReviews } = parts.queries.status(null, 0);
  const counts = Object.entries(coverage).map(([state, n]) => `${n} ${state}`);
  terminal.print(
    [
      `Captured in ${seconds} s by the retry sweep, with ${counted(requests.length, 'call')} to the stand-in for Google: ${counts.join(', ')}.`,
      ...school.world.accounts
        .filter(({ revoked }) => revoked === true)
        .map(
          ({ email }) =>
            `On purpose Google refuses to show the classes of ${email}: they are missing, and nothing is concluded from that.`,
        ),
      `In the review queue somebody has to name ${counted(openReviews, 'participant')}.`,
      `Policy and rates are set; ${money.closed.period} is closed with its exceptions as statement ${money.closed.statementId.slice(0, 12)}…`,
      `Google corrected a class of it after the close: ${counted(money.corrections, 'correction')} to accept or reject.`,
      'A teacher disputes a line.',
      'Here a class is final at the first read after its end (SETTLE_MINUTES=0); a real daemon reads again 15 minutes later.',
    ].join('\n'),
  );
  return money;
}

/** Commands to copy into a shell, in the folder that the demo was started in. They need the settings of the demo. */
function hintAtCommands(
  { dataDir, settleMinutes }: Config,
  closed: DemoMoney['closed'],
  { terminal }: CommandContext,
): void {
  terminal.print(`\nThe ledger is in ${dataDir}. To try commands on it, in a terminal in the folder of Rollbook:\n`);
  terminal.printWhole(
    [
      `  export ROLLBOOK_DATA_DIR='${dataDir}' SETTLE_MINUTES=${settleMinutes}`,
      '  npx rollbook status',
      `  npx rollbook report billing --period ${closed.period}`,
      `  npx rollbook reopen ${closed.period} --reason "to see what changed"`,
      `  npx rollbook close ${closed.period} --exceptions --reason "it is a demo"`,
    ].join('\n'),
  );
}

function introduce({ url, parts }: Service, { terminal }: CommandContext): void {
  const admin = { role: 'admin', teacherEmail: null, label: 'demo', expiresAt: null } as const;
  const { token } = answered(parts.actions.createToken(admin, { actor: 'demo' }));
  const [first] = parts.queries.classes({ limit: 1 });
  const curl = (path: string) => `  curl -s -H "$auth" "$api${path}"`;
  terminal.printWhole(
    [
      '',
      `The API, to read and to try:  ${url}/docs`,
      'The browser asks who you are: any name, and the token as the password.',
      '',
      `  TOKEN=${token}`,
      `  api=${url}; auth="Authorization: Bearer $TOKEN"`,
      curl('/api/classes?status=active'),
      curl(`/monitoring/attendance-logs?class_id=${first?.class.id ?? 1}`),
      curl('/monitoring/status'),
      curl('/api/review'),
      '',
      'Classes that are on now; Ctrl-C ends the demo.',
      '',
    ].join('\n'),
  );
}

/** Shows the classes of now, as the loops record them, until the signal. */
async function watch({ parts }: Service, signal: AbortSignal, { terminal, clock }: CommandContext): Promise<void> {
  const timezone = parts.timezone();
  const live = terminal.live();
  let before: readonly ClassNow[] = [];
  while (!signal.aborted) {
    const now = parts.queries.classesNow(undefined);
    if (terminal.interactive) live.show(classTable(now, timezone, terminal).split('\n'));
    else if (before.length === 0) terminal.print(classTable(now, timezone, terminal));
    else for (const event of events(before, now)) terminal.print(`${timeOfDay(parts.clock.now(), timezone)}  ${event}`);
    before = now;
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

/** A clock that shows the same as another one now, and from now on runs so many times as fast. */
function hurried(clock: Clock, times: number): Clock {
  const since = clock.now();
  return { ...clock, now: () => since + (clock.now() - since) * times };
}
