import { Option, type Command } from 'commander';

import type { CreatedToken, TokenHolder } from '../../actions/people/tokens.ts';
import { isPersonal, ROLES, type Role } from '../../ledger/school/role.ts';
import { showToken } from '../../render/json/token.ts';
import { id, localTime, moment, type Moment } from '../arguments.ts';
import { UsageError, type CommandContext } from '../context.ts';
import { actor, openLedger, withLedgerOptions, type Ledger, type LedgerOptions } from '../open.ts';
import { answered } from '../refusal.ts';

type ApiToken = CreatedToken['stored'];

interface CreateOptions extends LedgerOptions {
  readonly role: Role;
  readonly teacher?: string;
  readonly label?: string;
  readonly expires?: Moment;
}

export function define(command: Command, context: CommandContext): void {
  command.description('Makes, lists and revokes tokens for the API. Only their hashes are stored.');
  withLedgerOptions(command.command('create'))
    .description('Makes a token and shows it once.')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--teacher <email>', "whose classes and pay a teacher's token opens")
    .option('--label <text>', 'what it is for, shown in lists and in the audit log')
    .option('--expires <date>', 'the day or the instant from which it is refused', moment)
    .addHelpText(
      'after',
      '\nExamples:\n  $ rollbook token create --role admin --label "office"' +
        '\n  $ rollbook token create --role teacher --teacher ana@example.com --expires 2027-01-01',
    )
    .action((options: CreateOptions) => create(options, context));
  withLedgerOptions(command.command('list'))
    .description('Lists the tokens, the expired and revoked ones too.')
    .addHelpText('after', '\nExample:\n  $ rollbook token list')
    .action((options: LedgerOptions) => list(options, context));
  withLedgerOptions(command.command('revoke'))
    .description('Makes a token useless from now on.')
    .argument('<id>', 'its number in the list', id)
    .addHelpText('after', '\nExample:\n  $ rollbook token revoke 3')
    .action((tokenId: number, options: LedgerOptions) => revoke(tokenId, options, context));
}

async function create(options: CreateOptions, context: CommandContext): Promise<void> {
  const holder = holderOf(options);
  using parts = await openLedger(context, options, { create: true });
  const { terminal } = context;
  const timezone = parts.timezone();
  const expiresAt = options.expires?.(timezone) ?? null;
  const answer = parts.actions.createToken({ ...holder, label: options.label, expiresAt }, { actor: actor() });
  if (answer.kind === 'refused' && answer.code === 'invalid') {
    throw new UsageError(answer.complaints.map(({ path, message }) => `--${path} ${message}.`).join('\n'));
  }
  const { token, stored } = answered(answer);
  if (options.json) {
    terminal.printJson({ ...showToken(stored, emailOf(stored, parts)), token });
    return;
  }
  terminal.print(token);
  const until = expiresAt === null ? '' : ` until ${localTime(expiresAt, timezone)}`;
  terminal.note(
    `Token ${stored.id} (${stored.role}, ${stored.label}) is valid${until}. Keep it safe: it is not shown again.`,
  );
}

function holderOf({ role, teacher }: CreateOptions): TokenHolder {
  if (isPersonal(role) && teacher !== undefined) return { role, teacherEmail: teacher };
  if (!isPersonal(role) && teacher === undefined) return { role, teacherEmail: null };
  throw new UsageError('A token of a teacher needs --teacher EMAIL, and no other token takes it.');
}

async function list(options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  const { terminal, clock } = context;
  const timezone = parts.timezone();
  const tokens = parts.queries.tokens();
  if (options.json) {
    terminal.printJson({ items: tokens.map((token) => showToken(token, emailOf(token, parts))) });
    return;
  }
  if (tokens.length === 0) {
    terminal.print('There are no tokens: rollbook token create --role admin');
    return;
  }
  const day = (at: number | null) => (at === null ? null : localTime(at, timezone));
  terminal.print(
    terminal.table(
      [
        { title: 'id', value: (token) => token.id, align: 'right' },
        { title: 'role', value: ({ role }) => role },
        { title: 'label', value: ({ label }) => label },
        { title: 'teacher', value: (token) => emailOf(token, parts) },
        { title: 'created', value: ({ createdAt }) => day(createdAt) },
        { title: 'last used', value: ({ lastUsedAt }) => day(lastUsedAt) },
        { title: 'state', value: (token) => stateOf(token, clock.now(), day) },
      ],
      tokens,
    ),
  );
}

async function revoke(tokenId: number, options: LedgerOptions, context: CommandContext): Promise<void> {
  using parts = await openLedger(context, options);
  answered(parts.actions.revokeToken(tokenId, { actor: actor() }));
  if (options.json) context.terminal.printJson({ id: tokenId, revoked: true });
  else context.terminal.print(`Token ${tokenId} is revoked.`);
}

function stateOf(token: ApiToken, now: number, day: (at: number | null) => string | null): string {
  if (token.revokedAt !== null) return `revoked ${day(token.revokedAt)}`;
  if (token.expiresAt === null) return 'valid';
  return `${token.expiresAt <= now ? 'expired' : 'until'} ${day(token.expiresAt)}`;
}

function emailOf({ personId }: ApiToken, { queries }: Ledger): string | null {
  return personId === null ? null : (queries.person(personId)?.email ?? null);
}
