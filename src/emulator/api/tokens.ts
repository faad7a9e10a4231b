import { z } from 'zod';

import type { Account, World } from '../world.ts';
import type { Reply } from './google-error.ts';

const PREFIX = 'ya29.emulated.';
const LIFETIME_SECONDS = 3599;

export const SCOPE = {
  created: 'https://www.googleapis.com/auth/meetings.space.created',
  readonly: 'https://www.googleapis.com/auth/meetings.space.readonly',
  settings: 'https://www.googleapis.com/auth/meetings.space.settings',
  directory: 'https://www.googleapis.com/auth/admin.directory.user.readonly',
  reports: 'https://www.googleapis.com/auth/admin.reports.audit.readonly',
} as const;

const grant = z.object({ email: z.string(), scopes: z.array(z.string()).readonly() });

/** Whom a request acts for, and with which scopes. */
export type Grant = z.infer<typeof grant>;

/**
 * An access token for one account. Account and scopes are written in it, so that another emulator takes it, too. It does
 * not expire: clients compare expiry with the machine's clock, and the emulator's may run a month ahead of that.
 */
export function accessToken(email: string, scopes: readonly string[] = Object.values(SCOPE)): string {
  return PREFIX + Buffer.from(JSON.stringify({ email, scopes })).toString('base64url');
}

/** What an `Authorization` header grants; null if it is no token of ours. */
export function readAuthorization(header: string | undefined): Grant | null {
  const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
  if (token?.startsWith(PREFIX) !== true) return null;
  return decode(grant, token.slice(PREFIX.length));
}

const assertion = z.object({ sub: z.string().optional(), scope: z.string().default('') });

/** The form of a token request, as far as it matters here. */
export interface TokenForm {
  readonly grant_type?: string | undefined;
  readonly assertion?: string | undefined;
  readonly refresh_token?: string | undefined;
  readonly scope?: string | undefined;
}

/** Whose token a form asks for; null if it does not say. Signatures are not checked. */
export function tokenSubject(form: TokenForm): Grant | null {
  if (form.grant_type === 'refresh_token') {
    const email = /^refresh:(.+)$/.exec(form.refresh_token ?? '')?.[1];
    return email === undefined ? null : { email, scopes: words(form.scope) ?? Object.values(SCOPE) };
  }
  if (form.grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return null;
  const claims = decode(assertion, form.assertion?.split('.')[1] ?? '');
  return claims?.sub === undefined ? null : { email: claims.sub, scopes: words(claims.scope) ?? [] };
}

/** Answers `POST /token` for both grants. */
export function issueToken(world: World, form: TokenForm): Reply {
  const subject = tokenSubject(form);
  const account = subject && findAccount(world, subject.email);
  if (subject === null || account === undefined || account === null) return invalidGrant('Invalid email or User ID');
  if (account.revoked === true) {
    return form.grant_type === 'refresh_token'
      ? invalidGrant('Token has been expired or revoked.')
      : unauthorizedClient();
  }
  return {
    status: 200,
    body: {
      access_token: accessToken(account.email, subject.scopes),
      expires_in: LIFETIME_SECONDS,
      scope: subject.scopes.join(' '),
      token_type: 'Bearer',
    },
  };
}

export function invalidGrant(description: string): Reply {
  return { status: 400, body: { error: 'invalid_grant', error_description: description } };
}

/** Delegation is missing, or lacks a scope. */
export function unauthorizedClient(): Reply {
  const description =
    'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
  return { status: 401, body: { error: 'unauthorized_client', error_description: description } };
}

/** The account of an e-mail address, whatever its case. */
export function findAccount(world: World, email: string): Account | undefined {
  return world.accounts.find((account) => account.email.toLowerCase() === email.toLowerCase());
}

function words(text: string | undefined): string[] | null {
  const found = text?.split(' ').filter((word) => word !== '') ?? [];
  return found.length === 0 ? null : found;
}

function decode<T>(schema: z.ZodType<T>, base64: string): T | null {
  try {
    return schema.parse(JSON.parse(Buffer.from(base64, 'base64url').toString()));
  } catch {
    return null;
  }
}
