import type { Clock } from '../../core/time/clock.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { PersonalRole, Role } from '../../ledger/school/role.ts';
import type { ApiToken, Bearer, TokenStore } from '../../ledger/school/token-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { audited, refuseField, stop, type AuditedDeps, type By } from '../action.ts';

/** Whom it is for: a teacher, whose classes and pay it opens, or nobody of the school. */
export type TokenHolder =
  | { readonly role: 'teacher'; readonly teacherEmail: string }
  | { readonly role: Exclude<Role, PersonalRole>; readonly teacherEmail: null };

export type TokenInput = TokenHolder & {
  /** By default the teacher, else the role. */
  readonly label?: string | undefined;
  /** From this instant on, in epoch ms, it is refused. */
  readonly expiresAt: number | null;
};

export interface CreatedToken {
  readonly kind: 'created';
  /** Shown here once: the ledger keeps only its hash. */
  readonly token: string;
  readonly stored: ApiToken;
}

export interface TokenDeps extends AuditedDeps {
  readonly tokens: Pick<TokenStore, 'create' | 'revoke' | 'authenticate'>;
  readonly people: Pick<PeopleStore, 'byEmail'>;
  readonly clock: Clock;
}

export function createToken(deps: TokenDeps, input: TokenInput, by: By): CreatedToken | Refused {
  const { tokens, clock } = deps;
  const { role, teacherEmail, label = teacherEmail ?? role, expiresAt } = input;
  return audited(deps, by, (note) => {
    if (expiresAt !== null && expiresAt <= clock.now()) refuseField('expires', 'lies in the past');
    const personId = teacherEmail === null ? null : teacherNamed(deps, teacherEmail);
    const made = tokens.create({ label, role, personId, expiresAt });
    note({ action: 'token.create', subject: `token:${made.stored.id}`, after: made.stored });
    return { kind: 'created', ...made } as const;
  });
}

/** From now on the token opens nothing. One that was revoked before stays so, without another entry in the audit log. */
export function revokeToken(deps: TokenDeps, id: number, by: By): { readonly kind: 'revoked' } | Refused {
  return audited(deps, by, (note) => {
    const before = deps.tokens.revoke(id) ?? stop(refused('not_found', `there is no token ${id}`));
    if (before.revokedAt === null) note({ action: 'token.revoke', subject: `token:${id}` });
    return { kind: 'revoked' } as const;
  });
}

/** Whose token it is, noting that it was used. Null: it is unknown, expired or revoked. */
export function useToken({ tokens, clock }: TokenDeps, token: string): Bearer | null {
  return tokens.authenticate(token, clock.now());
}

function teacherNamed({ people }: TokenDeps, email: string): number {
  const person = people.byEmail(email);
  if (person === null) {
    return stop(refused('not_found', `there is nobody with the e-mail ${email}: import people first`));
  }
  if (person.role !== 'teacher')
    stop(refused('not_found', `the person with the e-mail ${email} is no teacher but ${person.role}`));
  return person.id;
}
