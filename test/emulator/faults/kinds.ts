/** Answers in Google's own error form. Both `Retry-After` forms, and `RetryInfo`, ask for 30 s. */
export const ERROR_FAULTS = [
  'http-429-seconds',
  'http-429-date',
  'http-429-retry-info',
  'http-429-bare',
  'http-500',
  'http-503',
  'http-504',
  'http-409',
  'http-401',
  'http-403-permission',
  'http-403-scope',
  'http-403-api-disabled',
  'http-403-rate-limit',
  'http-404',
  'http-400-page-token',
  'invalid-grant',
  'unauthorized-client',
] as const;

/** The right answer, spoilt inside its JSON. Those about lists leave other answers as they are. */
export const CONTENT_FAULTS = [
  'repeated-page-token',
  'duplicate-page',
  'duplicate-items',
  'reversed-items',
  'missing-required',
  'null-required',
  'reversed-times',
  'end-in-future',
  'wrong-types',
  'wrong-object',
  'wrong-array',
  'oversized-body',
] as const;

/** Trouble below JSON: status lines, headers, bytes, sockets. */
export const WIRE_FAULTS = [
  'http-408',
  'http-502-html',
  'reset-before-headers',
  'reset-mid-body',
  'early-fin',
  'stall',
  'headers-then-silence',
  'slow-loris',
  'truncated-json',
  'invalid-json',
  'empty-200',
  'json-null',
  'http-204',
  'html-200',
  'html-as-json',
  'json-as-text',
  'json-no-content-type',
  'redirect-302',
  'truncated-gzip',
  'corrupt-gzip',
] as const;

/** Every way in which an answer can go wrong. */
export const FAULT_KINDS = [...ERROR_FAULTS, ...CONTENT_FAULTS, ...WIRE_FAULTS] as const;

export type ErrorFault = (typeof ERROR_FAULTS)[number];
export type ContentFault = (typeof CONTENT_FAULTS)[number];
export type WireFault = (typeof WIRE_FAULTS)[number];
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A server that sends no whole answer and does not hang up: only the deadline of the client ends the call. */
export const SILENT_FAULTS: ReadonlySet<FaultKind> = new Set(['stall', 'headers-then-silence', 'slow-loris']);
