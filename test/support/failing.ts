import type { MethodName } from '../../src/emulator/api/meet-routes.ts';
import type { Faults } from '../../src/emulator/faults.ts';
import { type FaultKind } from '../emulator/faults/kinds.ts';
import { faultsOf } from '../emulator/faults/plan.ts';

/** A plan that spoils some requests of one method and leaves the rest alone. */
export function failing(
  kind: FaultKind,
  where: {
    readonly method?: MethodName;
    readonly user?: string;
    /** Ordinal of the first request to fail, by default 1. */
    readonly from?: number;
    /** How many fail from there on, by default all. */
    readonly times?: number;
  } = {},
): Faults {
  const { method, user, from = 1, times = Infinity } = where;
  return faultsOf({
    script: (request) =>
      (method === undefined || method === request.method) &&
      (user === undefined || user === request.user) &&
      request.ordinal >= from &&
      request.ordinal < from + times
        ? kind
        : null,
  });
}
