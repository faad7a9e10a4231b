import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { JWT, OAuth2Client } from 'google-auth-library';
import { admin } from 'googleapis/build/src/apis/admin/index.js';
import { meet, type meet_v2 } from 'googleapis/build/src/apis/meet/index.js';
import { z } from 'zod';

import { accessToken, SCOPE } from '../../src/emulator/api/tokens.ts';
import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';

const keyFile = z.object({ client_email: z.string(), private_key: z.string() });

/** A throw-away key, made once for all tests of a file. */
export function serviceAccountKey(): z.infer<typeof keyFile> {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-key-'));
  try {
    const path = join(folder, 'key.json');
    writeServiceAccountKey(path);
    return keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ALL_SCOPES = Object.values(SCOPE);

/** Domain-wide delegation as the daemon uses it: the token host is a constant of the library, so it is redirected. */
export function delegated(url: string, email: string, key: z.infer<typeof keyFile>, scopes = ALL_SCOPES): JWT {
  const jwt = new JWT({ email: key.client_email, key: key.private_key, scopes: [...scopes], subject: email });
  jwt.transporter.interceptors.request.add({
    resolved: (config) => {
      if (config.url.hostname === 'oauth2.googleapis.com') config.url = new URL(`${url}/token`);
      return Promise.resolve(config);
    },
  });
  return jwt;
}

export function consented(url: string, email: string): OAuth2Client {
  const client = new OAuth2Client({
    clientId: 'id',
    clientSecret: 'secret',
    endpoints: { oauth2TokenUrl: `${url}/token` },
  });
  client.setCredentials({ refresh_token: `refresh:${email}` });
  return client;
}

/** A client that holds a token already. */
export function holding(email: string, scopes?: readonly string[]): OAuth2Client {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: accessToken(email, scopes), expiry_date: 8e15 });
  return client;
}

/** Meet through the real client, without its own retries. */
export function meetAs(url: string, auth: JWT | OAuth2Client): meet_v2.Meet {
  return meet({ version: 'v2', auth, rootUrl: `${url}/`, retryConfig: { retry: 0, noResponseRetries: 0 } });
}

export function directoryAs(url: string, auth: OAuth2Client) {
  return admin({ version: 'directory_v1', auth, rootUrl: `${url}/`, retryConfig: { retry: 0 } });
}

export function reportsAs(url: string, auth: OAuth2Client) {
  return admin({ version: 'reports_v1', auth, rootUrl: `${url}/`, retryConfig: { retry: 0 } });
}
