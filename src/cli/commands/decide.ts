import { Option, type Command } from 'commander';

import { CHANGED_AS } from '../../actions/closed-period.ts';
import { decidedOutcomes, decidedStatuses, decisionKinds, type DecisionKind } from '../../core/attendance/decision.ts';
import { counted } from '../../core/counted.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { showDecision, showSavedDecision } from '../../render/json/decision.ts';
import { count, id, localTime, schoolTime, why, type Moment } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';

type Decision = ReturnType<Ledger['queries']['decisions']>[number];

interface ListOptions extends LedgerOptions {
  readonly class?: number;
  readonly kind?: DecisionKind;
}

interface SayOptions extends LedgerOptions {
  readonly class: number;
  readonly person?: string;
  readonly from?: Moment;
  readonly to?: Moment;
  readonly status?: string;
  readonly outcome?: string;
  readonly minutes?: number;
  readonly call?: string;
  readonly for?: string;
  readonly visitor?: true;
  readonly as?: (typeof CHANGED_AS)[number];
  readonly reason: string;
}

/** The fields of the API, by the options that give them. */
const OPTIONS = {
  class_id: '--class',
  user_email: '--person',
  start_time: '--from',
  end_time: '--to',
  status: '--status',
  outcome: '--outcome',
  minutes: '--minutes',
  record: '--call',
  for: '--for',
  confirmed: '--visitor',
  as: '--as',
  reason: '--reason',
};

const person = (what: string) => new Option('--person <email>', what).makeOptionMandatory();
const interval = () => [
  person('whose presence it is'),
  new Option('--from <time>', 'from when, on the clocks of the school or as an instant')
    .argParser(schoolTime)
    .makeOptionMandatory(),
  new Option('--to <time>', 'until when').argParser(schoolTime).makeOptionMandatory(),
];

/** Each kind: what it says, its own options, and an example of them. */
const kinds: Readonly<Record<DecisionKind, readonly [what: string, options: readonly Option[], example: string]>> = {
  add_interval: [
    'Says that somebody was there.',
    interval(),
    '--person ben@example.com --from "2026-01-16 15:00" --to "2026-01-16 15:30"',
  ],
  remove_interval: [
    'Says that somebody was not there.',
    interval(),
    '--person ben@example.com --from "2026-01-16 15:00" --to "2026-01-16 15:30"',
  ],
  set_status: [
    'Says what somebody was, whatever was seen.',
    [
      person('somebody on the roster'),
      new Option('--status <status>', 'what they were').choices(decidedStatuses).makeOptionMandatory(),
    ],
    '--person ben@example.com --status present',
  ],
  excuse: ['Excuses somebody.', [person('somebody on the roster')], '--person ben@example.com'],
  set_outcome: [
    'Says what became of the class, or of a student in it.',
    [
      new Option('--outcome <outcome>', 'what became of it').choices(decidedOutcomes).makeOptionMandatory(),
      new Option('--person <email>', 'a student; left out: the whole class'),
    ],
    '--outcome not_held',
  ],
  approve_overrun: [
    'Bills and pays minutes behind the timetable.',
    [new Option('--minutes <count>', 'how many').argParser(count).makeOptionMandatory()],
    '--minutes 20',
  ],
  link_call: [
    'Says that a call was this class.',
    [new Option('--call <name>', 'its name, conferenceRecords/…').makeOptionMandatory()],
    '--call conferenceRecords/8b1f',
  ],
  substitute: [
    'Says that somebody stood in for a teacher.',
    [
      person('who was there'),
      new Option('--for <email>', 'the teacher who was replaced'),
      new Option('--visitor', 'it was a visitor, who did not teach'),
    ],
    '--person bea@example.com --for ana@example.com',
  ],
};

export function define(command: Command, context: CommandContext): void {
  command.description('Settles what the evidence cannot, lists what was settled, and takes it back.');
  withLedgerOptions(command.command('list'))
    .description('Lists what people settled.')
    .option('--class <id>', 'for this class', id)
    .addOption(new Option('--kind <kind>', 'of this kind').choices(decisionKinds))
    .addHelpText('after', '\nExample:\n  $ rollbook decide list --class 5')
    .action((options: ListOptions) => list(options, context));
  for (const kind of decisionKinds) {
    const [what, options, example] = kinds[kind];
    const say = withLedgerOptions(command.command(kind))
      .description(what)
      .requiredOption('--class <id>', 'the class', id);
    for (const option of options) say.addOption(option);
    withReason(say)
      .addHelpText('after', `\nExample:\n  $ rollbook decide ${kind} --class 5 ${example} --reason "the parents wrote"`)
      .action((given: SayOptions) => decide(kind, given, context));
  }
  withReason(withLedgerOptions(command.command('undo')))
    .description('Takes a decision back.')
    .argument('<id>', 'its number in the list', id)
    .addHelpText('after', '\nExample:\n  $ rollbook decide undo 3 --reason "it was the other class"')
    .action((decisionId: number, options: SayOptions) => undo(decisionId, options, context));
}

function withReason(command: Command): Command {
  return command
    .addOption(new Option('--as <how>', 'for a class of a closed period').choices(CHANGED_AS))
    .requiredOption('--reason <text>', 'why; it is kept with the change', why);
}

async function list({ class: classId, kind, ...options }: ListOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const decisions = parts.queries.decisions({ classId, kind, after: 0, limit: -1 });
  if (options.json) context.terminal.printJson({ items: decisions.map(showDecision), next_cursor: null });
  else if (decisions.length === 0) context.terminal.print('Nothing was settled yet.');
  else context.terminal.print(decisionTable(decisions, parts, context.terminal));
}

async function decide(kind: DecisionKind, options: SayOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const time = (at: Moment | undefined) => (at === undefined ? undefined : formatInstant(at(parts.timezone())));
  const body = {
    kind,
    class_id: options.class,
    user_email: options.person,
    start_time: time(options.from),
    end_time: time(options.to),
    status: options.status,
    outcome: options.outcome,
    minutes: options.minutes,
    record: options.call,
    for: options.for,
    confirmed: options.visitor === true ? false : undefined,
    as: options.as,
    reason: options.reason,
  };
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  await print(answered(parts.actions.decide(given, { actor: actor() }), OPTIONS), options, parts, context);
}

async function undo(decisionId: number, options: SayOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const by = { actor: actor(), reason: options.reason, as: options.as };
  await print(answered(parts.actions.undoDecision(decisionId, by), OPTIONS), options, parts, context);
}

async function print(
  saved: Parameters<typeof showSavedDecision>[0] & { readonly decision: Decision },
  { json }: LedgerOptions,
  parts: Ledger,
  { terminal }: CommandContext,
): Promise<void> {
  if (json) {
    terminal.printJson(showSavedDecision(saved));
    return;
  }
  terminal.print(decisionTable([saved.decision], parts, terminal));
  if (saved.corrects !== null) terminal.print(await correctionText(saved, saved.corrects, parts));
}

/** What of a closed period comes to something else by what was settled, or waits. */
async function correctionText(
  { decision, rebuiltClassIds }: Parameters<typeof showSavedDecision>[0],
  period: string,
  { queries }: Ledger,
): Promise<string> {
  const classIds = new Set([decision.classId, ...rebuiltClassIds]);
  const { proposed, unresolved } = answered(await queries.adjustments({ period, state: 'proposed' }));
  const different = proposed.filter(({ adjustment }) => classIds.has(adjustment.classId)).length;
  const waiting = unresolved.filter(({ classId }) => classIds.has(classId)).length;
  const found = [
    ...(different === 0 ? [] : [`${counted(different, 'difference')} ${different === 1 ? 'waits' : 'wait'}`]),
    ...(waiting === 0 ? [] : [`${counted(waiting, 'line')} cannot be computed again yet`]),
  ];
  return found.length === 0
    ? `${period} is closed and stays: its lines come to what was issued.`
    : `${period} is closed and stays: ${found.join(', and ')}; "rollbook adjust list" has more.`;
}

function decisionTable(decisions: readonly Decision[], { timezone }: Ledger, terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'decision', value: (decision) => decision.id, align: 'right' },
      { title: 'kind', value: ({ kind }) => kind },
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'person', value: ({ userEmail }) => userEmail },
      { title: 'when', value: ({ createdAt }) => localTime(createdAt, timezone()) },
      { title: 'by', value: ({ actor: who }) => who },
      { title: 'stands', value: ({ undoneAt }) => (undoneAt === null ? 'yes' : 'taken back') },
      { title: 'reason', value: ({ reason }) => reason },
    ],
    decisions,
  );
}
