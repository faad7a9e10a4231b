import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../src/core/time/clock.ts';
import type { Faults, Wire } from '../../src/emulator/faults.ts';
import type { Network } from '../../src/google/call/network.ts';
import { SILENT_FAULTS } from '../emulator/faults/kinds.ts';
import { handClock } from './clock.ts';

/** Tells the emulator which request of ours it has before it. */
const NUMBER = 'x-request-number';
/** By then the client has got what a server sent before it fell silent. */
const TURNS = 3;

/** Deadlines that no clock decides: they pass once nothing is under way but requests that the server keeps silent. */
export interface Silence {
  /** For the deadlines of the calls. */
  readonly sleep: Clock['sleep'];
  /** The same network, watched. */
  watched(network: Network): Network;
  /** The same faults; where they keep silent, that is noticed. */
  heard(faults: Faults): Faults;
}

/** @param deadlineMs so long is waited for an answer, of which nothing passes in real time */
export function createSilence(deadlineMs: number): Silence {
  const time = handClock(0);
  const underWay = new Set<string>();
  const silent = new Set<string>();
  let made = 0;
  const isWaitedInVain = () => underWay.size > 0 && underWay.isSubsetOf(silent);
  const look = async (): Promise<void> => {
    // Whoever just got an answer may send the next request at once.
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (!isWaitedInVain()) return;
      await setImmediate();
    }
    if (isWaitedInVain()) time.advance(deadlineMs);
  };
  return {
    sleep: time.sleep,
    watched: (network) => async (request) => {
      const number = String((made += 1));
      const headers = new Headers(request.headers);
      headers.set(NUMBER, number);
      underWay.add(number);
      try {
        return await network({ ...request, headers });
      } finally {
        underWay.delete(number);
        void look();
      }
    },
    heard: (faults) =>
      whereSilent(faults, ({ outgoing }) => {
        silent.add(String(outgoing.req.headers[NUMBER]));
        void look();
      }),
  };
}

/** The same faults; it is told when a request has come of which they keep silent. */
export function whereSilent(faults: Faults, tell: (wire: Wire) => void): Faults {
  return (request) => {
    const fault = faults(request);
    if (fault?.kind !== 'wire' || ![...SILENT_FAULTS].some((kind) => kind === fault.name)) return fault;
    return {
      ...fault,
      send(wire) {
        const status = fault.send(wire);
        tell(wire);
        return status;
      },
    };
  };
}
