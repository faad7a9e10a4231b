import { isIP } from 'node:net';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import { ConfigError } from './errors.ts';
import { isUnreadable } from './text.ts';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Settings of the environment. The rules of the school are in the ledger. */
export interface Config {
  /** Holds `rollbook.db` and its backups. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly adminToken: string | null;
  /** Holds the key that seals the audit log. */
  readonly auditKeyFile: string | null;
  /** Takes the end of the audit log at each close and each verify. */
  readonly anchorFile: string | null;
  /** Addresses and ranges (`10.0.0.0/8`) of proxies that say on whose behalf they ask. */
  readonly trustedProxies: readonly string[];
  /** IANA zone of the organisation, for a ledger that is made. Null: that of the ledger. */
  readonly timezone: string | null;
  readonly logLevel: LogLevel;
  /** A service-account key, an authorized-user file, or a folder of those. */
  readonly credentialsFile: string | null;
  /** Lower case. Read as when a class names no organiser. */
  readonly defaultOrganizer: string | null;
  /** Origin without a trailing slash that stands in for every Google host. */
  readonly apiRoot: string | null;
  readonly monitorIntervalSeconds: number;
  readonly fetchIntervalSeconds: number;
  readonly retryIntervalSeconds: number;
  readonly retryWindowDays: number;
  readonly settleMinutes: number;
  readonly evidenceBeforeMinutes: number;
  readonly evidenceAfterMinutes: number;
}

// A message says `what is wrong; what to do`, and is printed behind the name of its variable.

function wholeNumber(low: number, high: number, unit: string) {
  const error = `must be a whole number ${unit} from ${low} to ${high}; correct it, or leave it out for the default`;
  return z
    .string()
    .regex(/^\d{1,9}$/, error)
    .transform(Number)
    .refine((value) => value >= low && value <= high, error);
}

/** The file of the ledger, absolute. */
export function ledgerFile({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(resolve(dataDir), 'rollbook.db');
}

/** The zone by its proper name, or null. Bare offsets such as `+02:00` are not zones: they know no summer time. */
function zoneNamed(text: string): string | null {
  if (/^[+-]/.test(text)) return null;
  try {
    return new Temporal.ZonedDateTime(0n, text).timeZoneId;
  } catch {
    return null;
  }
}

const timezone = z.string().transform((text, context) => {
  const zone = zoneNamed(text);
  if (zone !== null) return zone;
  context.addIssue(`is not an IANA time zone; use a name such as Europe/Lisbon`);
  return z.NEVER;
});

/** As a URL spells it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

const origin = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const bare =
    url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (bare && isSafe) return url.origin;
  context.addIssue(
    'must be an origin without a path, and https unless it is on this machine: its tokens travel in the clear over http; use one such as http://127.0.0.1:9099',
  );
  return z.NEVER;
});

/** `10.0.0.1`, `10.0.0.0/8`, `::1` or `fd00::/8`. */
function isAddressOrRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

const proxies = z.string().transform((text, context) => {
  const addresses = text.split(/[\s,]+/).filter((part) => part !== '');
  if (addresses.every(isAddressOrRange)) return addresses;
  context.addIssue('must be addresses or ranges with commas between them; use some such as 127.0.0.1, 10.0.0.0/8');
  return z.NEVER;
});

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const environment = z.object({
  ROLLBOOK_DATA_DIR: z.string().default('./data'),
  ROLLBOOK_HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an address or a host name; use 127.0.0.1 behind a proxy on this machine')
    .default('127.0.0.1'),
  ROLLBOOK_PORT: wholeNumber(0, 65_535, '(0 picks a free port)').default(8080),
  ROLLBOOK_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'may hold only printable ASCII without spaces; make one with: openssl rand -base64 32')
    .min(24, 'must have at least 24 characters; make one with: openssl rand -base64 32')
    .nullable()
    .default(null),
  ROLLBOOK_AUDIT_KEY_FILE: z.string().nullable().default(null),
  ROLLBOOK_ANCHOR_FILE: z.string().nullable().default(null),
  ROLLBOOK_TRUSTED_PROXIES: proxies.default([]),
  ROLLBOOK_TIMEZONE: timezone.nullable().default(null),
  ROLLBOOK_LOG_LEVEL: z.enum(levels, { error: `is not a level; use one of ${levels.join(', ')}` }).default('info'),
  GOOGLE_CREDENTIALS_FILE: z.string().nullable().default(null),
  GOOGLE_DEFAULT_ORGANIZER: z
    .email('is not an e-mail address; use that of the account that owns the rooms')
    .transform((email) => email.toLowerCase())
    .nullable()
    .default(null),
  GOOGLE_API_ROOT: origin.nullable().default(null),
  MONITOR_INTERVAL_SECONDS: wholeNumber(1, 3600, 'of seconds').default(120),
  FETCH_INTERVAL_SECONDS: wholeNumber(1, 3600, 'of seconds').default(180),
  RETRY_INTERVAL_SECONDS: wholeNumber(1, 3600, 'of seconds').default(600),
  RETRY_WINDOW_DAYS: wholeNumber(1, 30, 'of days').default(30),
  SETTLE_MINUTES: wholeNumber(0, 1440, 'of minutes').default(15),
  EVIDENCE_BEFORE_MINUTES: wholeNumber(0, 240, 'of minutes').default(30),
  EVIDENCE_AFTER_MINUTES: wholeNumber(0, 240, 'of minutes').default(60),
});

const UNREADABLE = 'is not UTF-8; set it again in UTF-8';

/** Every variable that {@link parseConfig} reads. */
export const configVariables: readonly string[] = Object.keys(environment.shape);

type Environment = Readonly<Record<string, string | undefined>>;

/** Those of ours that are set, trimmed; an empty one counts as not set. */
function given(env: Environment): [name: string, value: string][] {
  return configVariables.flatMap((name) => {
    const value = env[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as [string, string]];
  });
}

function parse(env: Environment) {
  const set = given(env);
  const parsed = environment.safeParse(Object.fromEntries(set));
  const issues = (parsed.error?.issues ?? []).toReversed();
  // One message a variable: the second would only repeat the first in other words.
  const problems = new Map([
    ...issues.map(({ path, message }) => [String(path[0]), message] as const),
    ...set.filter(([, value]) => isUnreadable(value)).map(([name]) => [name, UNREADABLE] as const),
  ]);
  return { set: new Map(set), parsed, problems };
}

/** A variable of the environment as it is in force. */
export interface Variable {
  readonly name: string;
  /** A secret is not told. Null: not set, and without a default. */
  readonly value: string | null;
  readonly isSet: boolean;
  /** What is wrong with it; null: nothing. */
  readonly problem: string | null;
}

const SECRET = /TOKEN|PASSWORD|SMTP_URL/;

/** Every variable that {@link parseConfig} reads, with the value that it has or would have. */
export function variablesIn(env: Environment): Variable[] {
  const { set, problems } = parse(env);
  const defaults: Readonly<Record<string, string | number | readonly string[] | null>> = environment.parse({});
  return configVariables.map((name) => {
    const value = set.get(name);
    const shown = value !== undefined && SECRET.test(name) ? '(set, not shown)' : value;
    // No list of addresses is no value.
    const fallback = defaults[name]?.toString() ?? '';
    const standing = fallback === '' ? null : fallback;
    return { name, value: shown ?? standing, isSet: value !== undefined, problem: problems.get(name) ?? null };
  });
}

/**
 * Reads the environment. Values are trimmed and an empty one counts as not set.
 *
 * @throws {ConfigError} naming every bad variable at once, without its value: it may be a secret
 */
export function parseConfig(env: Environment): Config {
  const { parsed, problems } = parse(env);
  if (!parsed.success || problems.size > 0) {
    const lines = configVariables.flatMap((name) => (problems.has(name) ? [`- ${name}: ${problems.get(name)}`] : []));
    throw new ConfigError(`These settings of the environment (or .env) need your attention:\n${lines.join('\n')}`);
  }
  const value = parsed.data;
  return {
    dataDir: value.ROLLBOOK_DATA_DIR,
    host: value.ROLLBOOK_HOST,
    port: value.ROLLBOOK_PORT,
    adminToken: value.ROLLBOOK_ADMIN_TOKEN,
    auditKeyFile: value.ROLLBOOK_AUDIT_KEY_FILE,
    anchorFile: value.ROLLBOOK_ANCHOR_FILE,
    trustedProxies: value.ROLLBOOK_TRUSTED_PROXIES,
    timezone: value.ROLLBOOK_TIMEZONE,
    logLevel: value.ROLLBOOK_LOG_LEVEL,
    credentialsFile: value.GOOGLE_CREDENTIALS_FILE,
    defaultOrganizer: value.GOOGLE_DEFAULT_ORGANIZER,
    apiRoot: value.GOOGLE_API_ROOT,
    monitorIntervalSeconds: value.MONITOR_INTERVAL_SECONDS,
    fetchIntervalSeconds: value.FETCH_INTERVAL_SECONDS,
    retryIntervalSeconds: value.RETRY_INTERVAL_SECONDS,
    retryWindowDays: value.RETRY_WINDOW_DAYS,
    settleMinutes: value.SETTLE_MINUTES,
    evidenceBeforeMinutes: value.EVIDENCE_BEFORE_MINUTES,
    evidenceAfterMinutes: value.EVIDENCE_AFTER_MINUTES,
  };
}
