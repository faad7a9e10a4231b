import { Option, type Command } from 'commander';

import type { AcceptInput } from '../../actions/review/accept.ts';
import { IDENTITY_SCOPES, type IdentityScope } from '../../core/attendance/identity/knowledge.ts';
import { minutesOf } from '../../core/time/duration.ts';
import { isRefused, type Refused } from '../../refusal.ts';
import { reviewState, showReviewItem, showSettledReview } from '../../render/json/review.ts';
import { printable } from '../../text.ts';
import { id, localTime, why } from '../arguments.ts';
import { CommandError, ReportedError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered, refusalText } from '../refusal.ts';
import type { Terminal } from '../screen/terminal.ts';

type ReviewItem = NonNullable<ReturnType<Ledger['queries']['reviewItem']>>;
type Settled = Exclude<ReturnType<Ledger['actions']['acceptReview']>, Refused>;

interface ListOptions extends LedgerOptions {
  readonly state: ReviewItem['state'] | 'all';
  readonly class?: number;
}

interface AnswerOptions extends LedgerOptions {
  readonly person?: readonly string[];
  readonly scope?: IdentityScope;
  readonly reason: string;
}

const OPTIONS = {
  user_email: '--person',
  user_emails: '--person',
  person_id: '--person',
  scope: '--scope',
  reason: '--reason',
};

export function define(command: Command, context: CommandContext): void {
  command.description('Shows and answers the review queue: participants whom a person has to name.');
  withLedgerOptions(command.command('list'))
    .description('Lists the items.')
    .addOption(new Option('--state <state>', 'in which state').choices([...reviewState.options, 'all']).default('open'))
    .option('--class <id>', 'of this class', id)
    .addHelpText('after', '\nExample:\n  $ rollbook review list')
    .action((options: ListOptions) => list(options, context));
  withLedgerOptions(command.command('show'))
    .description('Shows an item.')
    .argument('<id>', 'its number in the list', id)
    .addHelpText('after', '\nExample:\n  $ rollbook review show 7')
    .action((itemId: number, options: LedgerOptions) => show(itemId, options, context));

  const verb = (name: string, what: string, example: string) =>
    withLedgerOptions(command.command(name))
      .description(what)
      .argument('<ids...>', 'numbers in the list')
      .requiredOption('--reason <text>', 'why; it is kept with the change', why)
      .addHelpText('after', `\nExample:\n  $ rollbook review ${example}`);
  const scope = () => new Option('--scope <scope>', 'where it holds; by default for the call').choices(IDENTITY_SCOPES);
  verb('accept', 'Says who a participant is.', 'accept 7 --scope series --reason "asked the family"')
    .option('--person <email>', 'who it is; by default who was suggested; again for each child at one device', each)
    .addOption(scope())
    .action((ids: string[], options: AnswerOptions) =>
      answer(ids, options, context, ({ acceptReview }) => acceptReview),
    );
  verb('refuse', 'Says who a participant is not.', 'refuse 7 --person ben@example.com --reason "he was ill"')
    .option('--person <email>', 'who it is not; by default who was suggested', (email: string) => [email])
    .addOption(scope())
    .action((ids: string[], options: AnswerOptions) =>
      answer(ids, options, context, ({ refuseReview }) => refuseReview),
    );
  verb('ignore', 'Says that a participant is a bot or a room device.', 'ignore 7 8 --reason "a note taker"')
    .addOption(scope())
    .action((ids: string[], options: AnswerOptions) =>
      answer(ids, options, context, ({ ignoreReview }) => ignoreReview),
    );
  verb('undo', 'Takes back what was said of a participant.', 'undo 7 --reason "it was his brother"').action(
    (ids: string[], options: AnswerOptions) =>
      answer(
        ids,
        options,
        context,
        ({ undoReview }) =>
          (itemId, _input, by) =>
            undoReview(itemId, by),
      ),
  );
}

/** An option that is given several times. */
function each(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function list({ state, class: classId, ...options }: ListOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const wanted = { ...(state === 'all' ? {} : { state }), classId, after: 0, limit: -1 };
  const items = parts.queries.reviewItems(wanted);
  if (options.json) context.terminal.printJson({ items: items.map(showReviewItem), next_cursor: null });
  else if (items.length === 0)
    context.terminal.print(state === 'open' ? 'Nobody has to be named.' : 'There is no such item.');
  else context.terminal.print(itemTable(items, parts, context.terminal));
}

async function show(itemId: number, options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const item = parts.queries.reviewItem(itemId);
  if (item === null) throw new CommandError(`There is no review item ${itemId}: "rollbook review list" lists them.`);
  if (options.json) context.terminal.printJson(showReviewItem(item));
  else context.terminal.print(itemTable([item], parts, context.terminal));
}

type Verb = (itemId: number, input: AcceptInput, by: { actor: string; reason: string }) => Settled | Refused;

/** Answers each item by itself, and goes on when one of several is refused. */
async function answer(
  texts: readonly string[],
  { person = [], scope, reason, ...options }: AnswerOptions,
  context: CommandContext,
  verbOf: (actions: Ledger['actions']) => Verb,
): Promise<void> {
  const { terminal } = context;
  const ids = texts.map(id);
  using parts = await openLedger(context, options);
  const verb = verbOf(parts.actions);
  const named = person.length > 1 ? { userEmails: person } : { userEmail: person[0] };
  const waited = new Set(ids.filter((itemId) => parts.queries.reviewItem(itemId)?.state === 'open'));
  const outcomes = ids.map((itemId) => ({
    itemId,
    outcome: verb(itemId, { ...named, scope }, { actor: actor(), reason }),
  }));
  const settled = outcomes.flatMap(({ outcome }) => (isRefused(outcome) ? [] : [outcome]));
  if (ids.length === 1) {
    const [only] = outcomes;
    const done = answered(only!.outcome, OPTIONS);
    if (options.json) terminal.printJson(showSettledReview(done));
    else terminal.print([itemTable([done.item], parts, terminal), ...absenceTexts([done])].join('\n'));
    return;
  }
  // An answer for a series or everywhere settles others of the items too: those need none of their own.
  const settledToo = ids.filter((itemId) => waited.has(itemId) && parts.queries.reviewItem(itemId)?.state === 'gone');
  const refused = outcomes.flatMap(({ itemId, outcome }) =>
    isRefused(outcome) && !settledToo.includes(itemId) ? [{ itemId, outcome }] : [],
  );
  if (options.json)
    terminal.printJson({
      items: settled.map(showSettledReview),
      settled_too: settledToo,
      skipped: refused.map(({ itemId, outcome: { code, message } }) => ({ id: itemId, code, message })),
    });
  else if (settled.length > 0)
    terminal.print(
      [
        itemTable(
          settled.map(({ item }) => item),
          parts,
          terminal,
        ),
        ...absenceTexts(settled),
      ].join('\n'),
    );
  if (settledToo.length > 0 && options.json !== true) {
    terminal.note(`Settled by these answers too: ${settledToo.join(', ')}.`);
  }
  for (const { itemId, outcome } of refused) terminal.note(`${itemId}: ${refusalText(outcome, OPTIONS)}`);
  if (refused.length > 0) throw new ReportedError();
}

/** Who counts as absent since these answers. Who was there at the same device has to be named with them. */
function absenceTexts(settled: readonly Settled[]): string[] {
  const found = settled.flatMap(({ item, absences }) => absences.map((absence) => ({ item, ...absence })));
  const last = new Map(found.map((absence) => [`${absence.classId} ${absence.personId}`, absence]));
  return [...last.values()].map(({ item, classId, userEmail, name, line }) => {
    const amount = line === null || line.amount === null ? '' : `: ${line.amount} ${line.currency} (${line.lineId})`;
    const absent = `${printable(name ?? userEmail)} counts as absent from class ${classId} now${amount}.`;
    return item.state === 'accepted'
      ? `${absent} If they sat at the same device: "rollbook review undo ${item.id}", then accept it with --person for each.`
      : absent;
  });
}

function itemTable(items: readonly ReviewItem[], { timezone }: Ledger, terminal: Terminal): string {
  return terminal.table(
    [
      { title: 'item', value: (item) => item.id, align: 'right' },
      { title: 'state', value: ({ state }) => state },
      { title: 'class', value: ({ classId }) => classId, align: 'right' },
      { title: 'when', value: ({ classStart }) => localTime(classStart, timezone()) },
      { title: 'subject', value: ({ subject }) => subject },
      { title: 'shows', value: ({ displayName }) => displayName },
      { title: 'min', value: ({ presentMs }) => minutesOf(presentMs), align: 'right' },
      { title: 'account of', value: ({ knownPersonEmail }) => knownPersonEmail },
      { title: 'suggested', value: ({ suggestedPersonEmail }) => suggestedPersonEmail },
    ],
    items,
  );
}
