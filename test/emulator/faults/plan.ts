import type { MethodName } from '../../../src/emulator/api/meet-routes.ts';
import type { Fault, FaultRequest, Faults } from '../../../src/emulator/faults.ts';
import { createRandom, pick } from '../../../src/emulator/random.ts';
import { errorReply, spoilContent } from './content.ts';
import { sendBroken } from './transport.ts';

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

export type FaultPlan =
  | {
      /** Share of requests that fail, 0 to 1. */
      readonly rate: number;
      readonly kinds: readonly FaultKind[];
      /** By default all. */
      readonly endpoints?: readonly MethodName[];
      readonly seed?: number;
    }
  | {
      /** @param request `ordinal` is 1 for the first request of this method since the plan was set */
      readonly script: (request: FaultRequest & { readonly ordinal: number }) => FaultKind | null;
    };

/** The faults that follow one plan. */
export function faultsOf(plan: FaultPlan): Faults {
  const kindOf = kindsBy(plan);
  return (request) => {
    const kind = kindOf(request);
    return kind === null ? null : faultOf(kind, request);
  };
}

function kindsBy(plan: FaultPlan): (request: FaultRequest) => FaultKind | null {
  if ('script' in plan) {
    const counts = new Map<MethodName, number>();
    return (request) => {
      const ordinal = (counts.get(request.method) ?? 0) + 1;
      counts.set(request.method, ordinal);
      return plan.script({ ...request, ordinal });
    };
  }
  const random = createRandom(plan.seed ?? 1);
  return ({ method }) => {
    if (plan.endpoints !== undefined && !plan.endpoints.includes(method)) return null;
    return random() < plan.rate ? pick(random, plan.kinds) : null;
  };
}

function faultOf(kind: FaultKind, { method, path, at }: FaultRequest): Fault {
  if (isErrorFault(kind)) {
    const [asked = ''] = path.split('?');
    return { name: kind, kind: 'reply', reply: () => errorReply(kind, method, asked, at) };
  }
  if (isContentFault(kind)) {
    return { name: kind, kind: 'reply', reply: (right, position) => spoilContent(kind, right(), position, at) };
  }
  return { name: kind, kind: 'wire', send: (wire) => sendBroken(kind, wire) };
}

function isErrorFault(kind: FaultKind): kind is ErrorFault {
  return (ERROR_FAULTS as readonly FaultKind[]).includes(kind);
}

function isContentFault(kind: FaultKind): kind is ContentFault {
  return (CONTENT_FAULTS as readonly FaultKind[]).includes(kind);
}
