import type { MethodName } from '../../../src/emulator/api/meet-routes.ts';
import type { Fault, FaultRequest, Faults } from '../../../src/emulator/faults.ts';
import { createRandom, pick } from '../../../src/emulator/random.ts';
import { errorReply, spoilContent } from './content.ts';
import { CONTENT_FAULTS, ERROR_FAULTS, type ContentFault, type ErrorFault, type FaultKind } from './kinds.ts';
import { sendBroken } from './transport.ts';

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
