import type { EmulatedGoogle } from '../../src/emulator/server.ts';
import type { Network } from '../../src/google/call/network.ts';

/** The network of a process that never leaves it: the emulator answers each request itself. */
export function inProcess(google: Pick<EmulatedGoogle, 'answer'>): Network {
  return async ({ url, signal, ...request }) => {
    signal.throwIfAborted();
    return google.answer(new Request(url, request));
  };
}
