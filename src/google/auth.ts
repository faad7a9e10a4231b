import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { JWT, OAuth2Client } from 'google-auth-library';
import { z } from 'zod';

import { ConfigError } from '../errors.ts';

export const SCOPES = {
  read: ['https://www.googleapis.com/auth/meetings.space.readonly'],
  create: ['https://www.googleapis.com/auth/meetings.space.created'],
  directory: ['https://www.googleapis.com/auth/admin.directory.user.readonly'],
} as const;

interface Grant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** Whom we read as. Holds secrets: never log it. */
export interface Credentials {
  readonly kind: 'none' | 'service_account' | 'authorized_user';
  /** What an operator should know of the file, without secrets. */
  readonly warnings: readonly string[];
  /** A client that acts as the organiser; null when there is no grant for them. */
  client(organizer: string, scopes: readonly string[], options: ClientOptions): JWT | OAuth2Client | null;
}

export interface ClientOptions {
  /** Origin that stands in for Google's token endpoint (`<origin>/token`). */
  readonly apiRoot: string | null;
  readonly timeoutMs: number;
}

export function noCredentials(): Credentials {
  return { kind: 'none', warnings: [], client: () => null };
}

const serviceAccountKey = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().includes('PRIVATE KEY'),
});

const authorizedUser = z.object({
  type: z.literal('authorized_user').optional(),
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z.string().min(1),
  account: z.string().optional(),
});

/**
 * Reads a service-account key, an authorized-user file made by `rollbook auth`, or a folder of those.
 *
 * @throws {ConfigError} naming the file and what to do
 */
export function loadCredentials(path: string): Credentials {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new ConfigError(
      `GOOGLE_CREDENTIALS_FILE: ${path} does not exist; give the path of a service-account key or of a file made by "rollbook auth"`,
    );
  }
  if (stat.isDirectory()) {
    const files = readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .sort();
    if (files.length === 0)
      throw new ConfigError(
        `GOOGLE_CREDENTIALS_FILE: the folder ${path} holds no .json file; run "rollbook auth --out ${path}/you@example.com.json"`,
      );
    const grants = files.map((name) => ({ name, ...readGrant(join(path, name)) }));
    const byAccount = new Map(
      grants.map(({ name, account, grant }) => [(account ?? basename(name, '.json')).toLowerCase(), grant]),
    );
    return authorizedUsers(
      (organizer) => byAccount.get(organizer.toLowerCase()) ?? null,
      files.flatMap((name) => permissions(join(path, name))),
    );
  }
  const json = readJson(path);
  if (typeof json === 'object' && json !== null && 'type' in json && json.type === 'service_account') {
    const key = serviceAccountKey.safeParse(json);
    if (!key.success)
      throw new ConfigError(
        `GOOGLE_CREDENTIALS_FILE: ${path} is not a whole service-account key (client_email or private_key is missing); download it again from the Google Cloud console`,
      );
    return serviceAccount(key.data.client_email, key.data.private_key.replaceAll('\\n', '\n'), permissions(path));
  }
  const { grant } = readGrant(path);
  return authorizedUsers(() => grant, permissions(path));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (err) {
    const why = err instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new ConfigError(
      `GOOGLE_CREDENTIALS_FILE: ${path} ${why}; give a service-account key or a file made by "rollbook auth"`,
    );
  }
}

function readGrant(path: string): { account: string | undefined; grant: Grant } {
  const parsed = authorizedUser.safeParse(readJson(path));
  if (!parsed.success) {
    throw new ConfigError(
      `GOOGLE_CREDENTIALS_FILE: ${path} is neither a service-account key nor an authorized-user file; run "rollbook auth" to make one`,
    );
  }
  const { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken, account } = parsed.data;
  return { account, grant: { clientId, clientSecret, refreshToken } };
}

function permissions(path: string): string[] {
  const mode = statSync(path).mode & 0o077;
  return mode === 0 ? [] : [`${path} can be read by other users of this machine: chmod 600 it`];
}

function serviceAccount(email: string, key: string, warnings: readonly string[]): Credentials {
  return {
    kind: 'service_account',
    warnings,
    client(organizer, scopes, { apiRoot, timeoutMs }) {
      const client = new JWT({
        email,
        key,
        scopes: [...scopes],
        subject: organizer,
        transporterOptions: { timeout: timeoutMs },
      });
      // The library's token address is a constant; neither `endpoints` nor the key's token_uri changes it.
      if (apiRoot !== null) {
        client.transporter.interceptors.request.add({
          resolved: async (options) => {
            if (options.url.hostname === 'oauth2.googleapis.com') options.url = new URL('/token', apiRoot);
            return options;
          },
        });
      }
      return client;
    },
  };
}

function authorizedUsers(grantOf: (organizer: string) => Grant | null, warnings: readonly string[]): Credentials {
  return {
    kind: 'authorized_user',
    warnings,
    client(organizer, _scopes, { apiRoot, timeoutMs }) {
      const grant = grantOf(organizer);
      if (grant === null) return null;
      const client = new OAuth2Client({
        clientId: grant.clientId,
        clientSecret: grant.clientSecret,
        ...(apiRoot === null ? {} : { endpoints: { oauth2TokenUrl: new URL('/token', apiRoot).href } }),
        transporterOptions: { timeout: timeoutMs },
      });
      client.setCredentials({ refresh_token: grant.refreshToken });
      return client;
    },
  };
}
