import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import { JWT, OAuth2Client } from 'google-auth-library';
import { z } from 'zod';

import { ConfigError } from '../errors.ts';
import { UNIVERSE, type AuthClient } from './call/transport.ts';

/** One token has one of these scopes only: with delegation, Google gives none where a single scope is not granted. */
export const SCOPES = {
  read: ['https://www.googleapis.com/auth/meetings.space.readonly'],
  create: ['https://www.googleapis.com/auth/meetings.space.created'],
  directory: ['https://www.googleapis.com/auth/admin.directory.user.readonly'],
} as const;

/** The accounts that we read as. Holds secrets: never log it. */
export interface Credentials {
  readonly kind: 'none' | 'service_account' | 'authorized_user';
  /** What an operator should know of the files, without secrets. */
  readonly warnings: readonly string[];
  /**
   * A new client, without a token yet, that acts as the organiser; null when there is no grant for them. An authorized
   * user has the scopes that were consented to, whatever is asked for here.
   */
  client(organizer: string, scopes: readonly string[]): AuthClient | null;
}

export function noCredentials(): Credentials {
  return { kind: 'none', warnings: [], client: () => null };
}

const serviceAccountKey = z.object({
  client_email: z.string().min(3),
  private_key: z.string().transform((text, context) => {
    // In a key that was pasted into an environment variable, each line end is the two characters `\n`.
    const key = text.replaceAll('\\n', '\n');
    try {
      createPrivateKey(key);
      return key;
    } catch {
      context.addIssue('is no private key');
      return z.NEVER;
    }
  }),
});

const authorizedUser = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
  account: z.email().optional(),
});

interface Grant extends Omit<z.infer<typeof authorizedUser>, 'account'> {
  /** Lower case; null where the file does not say whose it is. */
  readonly account: string | null;
}

/**
 * Reads a service-account key, an authorized-user file made by `rollbook auth`, or a folder of the latter, one an
 * account: the account is the file's `account`, or its name (`ana@school.example.json`).
 *
 * A single authorized-user file that names no account is used for every organiser.
 *
 * @throws {ConfigError} naming the file and what to do
 */
export function loadCredentials(path: string): Credentials {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw refuse(path, 'does not exist', 'give the path of a service-account key or of a file made by "rollbook auth"');
  }
  if (stat.isDirectory()) return loadFolder(path);
  const json = readJson(path);
  const warnings = warningsOf(path);
  if (json['type'] === 'service_account') return serviceAccount(path, json, warnings);
  const grant = readGrant(path, json);
  return authorizedUsers((organizer) => ((grant.account ?? organizer) === organizer ? grant : null), warnings);
}

function loadFolder(path: string): Credentials {
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (files.length === 0) {
    throw refuse(
      path,
      'holds no .json file',
      `put one there with "rollbook auth --out ${join(path, 'you@school.example.json')}"`,
    );
  }
  const grants = new Map<string, Grant>();
  for (const name of files) {
    const file = join(path, name);
    const grant = readGrant(file, readJson(file));
    const account = grant.account ?? z.email().safeParse(basename(name, '.json')).data?.toLowerCase();
    if (account === undefined) {
      throw refuse(
        file,
        'does not say whose account it is',
        'rename it to the e-mail address of the account, followed by .json',
      );
    }
    if (grants.has(account)) {
      throw refuse(file, 'is the second file of its account in this folder', 'remove the older one of the two');
    }
    grants.set(account, grant);
  }
  const warnings = files.flatMap((name) => warningsOf(join(path, name)));
  return authorizedUsers((organizer) => grants.get(organizer) ?? null, warnings);
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw refuse(path, 'cannot be read', 'make it readable for the user that runs rollbook, and for nobody else');
  }
  try {
    // Some editors on Windows begin a file with a byte order mark.
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    throw refuse(
      path,
      'is not a JSON object',
      'give a service-account key in JSON (not P12), or a file made by "rollbook auth"',
    );
  }
}

function readGrant(path: string, json: Readonly<Record<string, unknown>>): Grant {
  if ('installed' in json || 'web' in json) {
    throw refuse(
      path,
      'is the OAuth client of an application, not a grant of an account',
      'use it with "rollbook auth" to make one',
    );
  }
  if (json['type'] === 'service_account') {
    throw refuse(
      path,
      'is a service-account key in a folder of accounts',
      'set GOOGLE_CREDENTIALS_FILE to the key itself',
    );
  }
  if (json['type'] !== undefined && json['type'] !== 'authorized_user') {
    throw refuse(
      path,
      `is of a type that cannot read Meet`,
      'give a service-account key or a file made by "rollbook auth"',
    );
  }
  const parsed = authorizedUser.safeParse(json);
  if (!parsed.success) {
    throw refuse(path, `lacks ${lacking(parsed.error)}`, 'run "rollbook auth" to make it anew');
  }
  return { ...parsed.data, account: parsed.data.account?.toLowerCase() ?? null };
}

/** The names of the fields, never their values. */
function lacking({ issues }: z.ZodError): string {
  return [...new Set(issues.map(({ path }) => `a good "${String(path[0])}"`))].join(' and ');
}

function warningsOf(path: string): string[] {
  return (statSync(path).mode & 0o077) === 0
    ? []
    : [`${path} can be read by other users of this machine: chmod 600 ${path}`];
}

function refuse(path: string, why: string, remedy: string): ConfigError {
  return new ConfigError(`GOOGLE_CREDENTIALS_FILE: ${path} ${why}; ${remedy}`);
}

/** Domain-wide delegation: one client an organiser and kind of call. */
function serviceAccount(
  path: string,
  json: Readonly<Record<string, unknown>>,
  warnings: readonly string[],
): Credentials {
  const parsed = serviceAccountKey.safeParse(json);
  if (!parsed.success) {
    throw refuse(path, `lacks ${lacking(parsed.error)}`, 'download the key again from the Google Cloud console');
  }
  const { client_email: email, private_key: key } = parsed.data;
  return {
    kind: 'service_account',
    warnings,
    client: (organizer, scopes) =>
      new JWT({ email, key, scopes: [...scopes], subject: organizer, universeDomain: UNIVERSE }),
  };
}

/** @param grantOf given the organiser in lower case */
function authorizedUsers(grantOf: (organizer: string) => Grant | null, warnings: readonly string[]): Credentials {
  return {
    kind: 'authorized_user',
    warnings,
    client(organizer) {
      const grant = grantOf(organizer.toLowerCase());
      if (grant === null) return null;
      const client = new OAuth2Client({
        clientId: grant.client_id,
        clientSecret: grant.client_secret,
        universeDomain: UNIVERSE,
      });
      client.setCredentials({ refresh_token: grant.refresh_token });
      return client;
    },
  };
}
