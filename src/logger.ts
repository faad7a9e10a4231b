import { createRequire } from 'node:module';

import { pino, type DestinationStream, type Logger } from 'pino';
import type prettyStream from 'pino-pretty';

import type { LogLevel } from './config.ts';
import { printableLines } from './text.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for a person at a terminal instead of JSON for journald. */
  readonly pretty: boolean;
  /** Standard output when left out. */
  readonly destination?: DestinationStream;
}

const secretKey =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-goog-api-key|headers|password|secret|token|admin_?token|access_?token|refresh_?token|id_?token|client_?secret|private_?key|assertion|credentials)$/i;
// Google's access and refresh tokens, our own tokens, bearer headers, JWTs and keys, wherever a message quotes one.
const secretText =
  /ya29\.[\w.-]+|1\/\/[\w-]{10,}|rbk_[\w-]+|\bBearer\s+[^\s"',]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?|\b(access_token|refresh_token|id_token|client_secret|assertion)=[^&\s"']+/g;
const redacted = '[redacted]';
const deepest = 6;

/** What of an error may be logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly status?: string | number;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * Picks what is safe of an error by hand. Google's client hangs the request with its tokens on the errors that it
 * throws, so nothing else of them is ever looked at.
 */
export function loggedError(err: unknown, depth = 0): LoggedError {
  if (!(err instanceof Error)) return { type: typeof err, message: clean(String(err)) };
  const plain = (value: unknown) =>
    typeof value === 'string' ? clean(value) : typeof value === 'number' ? value : undefined;
  const code = plain('code' in err ? err.code : undefined);
  const status = plain('status' in err ? err.status : undefined);
  return {
    type: err.name,
    message: clean(err.message),
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    ...(err.stack === undefined ? {} : { stack: clean(err.stack) }),
    ...(err.cause instanceof Error && depth < deepest ? { cause: loggedError(err.cause, depth + 1) } : {}),
  };
}

/** Without secrets, and without what would move the cursor of who reads the log: JSON escapes only a part of that. */
function clean(text: string): string {
  return printableLines(text).replaceAll(secretText, redacted);
}

/** Plain objects and arrays are searched for errors and secrets; anything else prints itself (`toJSON`). */
function safe(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return loggedError(value);
  if (depth >= deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => safe(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return safeFields(value, depth);
}

function safeFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, secretKey.test(key) ? redacted : safe(value, depth + 1)]),
  );
}

// Loaded only for a terminal: the daemon under systemd starts without it.
function readable(destination: DestinationStream, colorize: boolean): DestinationStream {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof prettyStream;
  const format = prettyFactory({ singleLine: true, translateTime: 'SYS:HH:MM:ss', colorize });
  return { write: (line) => destination.write(format(line)) };
}

/**
 * JSON lines on standard output, or readable ones. Both write synchronously: the last line before an exit is kept.
 * Errors and secrets are made safe wherever they stand in the fields of a line; of a child logger's own fields only `err`.
 */
export function createLogger({ level, pretty, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: (fields: object) => safeFields(fields, 0) },
    // Of a line the fields come here made safe already; the fields of a child logger pass only this.
    serializers: { err: (err: unknown) => (err instanceof Error ? loggedError(err) : err) },
  };
  const out = destination ?? pino.destination({ dest: 1, sync: true });
  return pino(options, pretty ? readable(out, destination === undefined) : out);
}
