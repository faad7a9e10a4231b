import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { pino } from 'pino';

import { parseConfig } from '../../src/config.ts';
import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import { startEmulator, type Emulator } from '../../src/emulator/server.ts';
import type { World } from '../../src/emulator/world.ts';
import { openParts, type Parts } from '../../src/service.ts';
import { handClock, steadyRandom, withRealWaits, type HandClock } from './clock.ts';

export interface CaptureWorld extends AsyncDisposable {
  readonly clock: HandClock;
  readonly google: Emulator;
  readonly parts: Parts;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  /** The messages of errors that were logged. */
  readonly errors: readonly string[];
  /** Closes the ledger and opens it anew, as after a restart. */
  reopen(): Parts;
}

/**
 * An emulated Google, a real ledger in a temporary folder, and a clock that both go by; the machine of the ledger shows
 * so much more than it.
 */
export async function captureWorld(
  now: string,
  world: World,
  environment: Record<string, string> = {},
  {
    aheadMs = 0,
    ...impatience
  }: { readonly callMs?: number; readonly attempts?: number; readonly aheadMs?: number } = {},
): Promise<CaptureWorld> {
  const clock = handClock(now);
  await using opened = new AsyncDisposableStack();
  const google = opened.use(await startEmulator({ world, clock }));
  const dataDir = mkdtempSync(join(tmpdir(), 'rollbook-test-'));
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const key = join(dataDir, 'key.json');
  writeServiceAccountKey(key);
  const config = parseConfig({
    ROLLBOOK_DATA_DIR: dataDir,
    GOOGLE_CREDENTIALS_FILE: key,
    GOOGLE_API_ROOT: google.url,
    ROLLBOOK_TIMEZONE: 'Europe/London',
    ...environment,
  });
  // Waiting moves a clock of its own; only a server that keeps silent takes real time.
  let waited = 0;
  const timing = {
    callMs: 200,
    tokenMs: 200,
    ...impatience,
    pace: {
      monotonic: () => clock.now() + waited,
      sleep: async (ms: number) => {
        waited += ms;
        await setImmediate();
      },
    },
  };
  const errors: string[] = [];
  const write = (line: string) => void errors.push((JSON.parse(line) as { msg: string }).msg);
  const log = pino({ level: 'error' }, { write });
  const ours = { ...withRealWaits(clock), now: () => clock.now() + aheadMs };
  const open = () => openParts(config, { clock: ours, log, random: steadyRandom(), timing });
  let parts = open();
  opened.defer(() => parts[Symbol.dispose]());
  const owned = opened.move();
  return {
    clock,
    google,
    get parts() {
      return parts;
    },
    signal: new AbortController().signal,
    dataDir,
    errors,
    reopen() {
      parts[Symbol.dispose]();
      parts = open();
      return parts;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
