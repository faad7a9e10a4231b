import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { pino } from 'pino';

import { parseConfig } from '../../src/config.ts';
import { writeServiceAccountKey } from '../../src/emulator/credentials.ts';
import type { Faults } from '../../src/emulator/faults.ts';
import { createEmulator, startEmulator, type EmulatedGoogle } from '../../src/emulator/server.ts';
import type { World } from '../../src/emulator/world.ts';
import { createNetwork, type Network } from '../../src/google/call/network.ts';
import { openParts, type Parts } from '../../src/service.ts';
import { systemClock } from '../../src/system.ts';
import { handClock, steadyRandom, type HandClock } from './clock.ts';
import { inProcess } from './in-process.ts';
import { memoryLedger } from './memory-ledger.ts';
import { createSilence } from './silence.ts';

export interface CaptureWorld extends AsyncDisposable {
  readonly clock: HandClock;
  readonly google: EmulatedGoogle;
  readonly parts: Parts;
  readonly signal: AbortSignal;
  /** The messages of errors that were logged. */
  readonly errors: readonly string[];
  /** Closes the ledger and opens it anew, as after a restart. @throws unless it is on disk */
  reopen(): Parts;
}

/** The ledgers and the key of this process; each world has a folder of its own in it. */
const folder = mkdtempSync(join(tmpdir(), 'rollbook-test-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const key = join(folder, 'key.json');
writeServiceAccountKey(key);

/** For a call and for a token; none of it passes in real time. */
const DEADLINE_MS = 10_000;

/**
 * An emulated Google, a real ledger, and a clock that both go by; the machine of the ledger shows so much more than it.
 *
 * @param onWire Google is reached through a socket, whose connections can break; by default inside the process
 * @param onDisk the ledger is a file, which outlives the process; by default in memory, where no commit waits for a disk
 */
export async function captureWorld(
  now: string,
  world: World,
  environment: Record<string, string> = {},
  {
    aheadMs = 0,
    reachable = () => true,
    onWire = false,
    onDisk = false,
    ...patience
  }: {
    readonly attempts?: number;
    /** How much more the machine's clock shows than Google's; asked each time. */
    readonly aheadMs?: number | (() => number);
    /** Whether Google can be reached; asked at each request. Inside the process only. */
    readonly reachable?: () => boolean;
    readonly onWire?: boolean;
    readonly onDisk?: boolean;
  } = {},
): Promise<CaptureWorld> {
  const clock = handClock(now);
  await using opened = new AsyncDisposableStack();
  const server = onWire ? opened.use(await startEmulator({ world, clock })) : null;
  const silence = createSilence(DEADLINE_MS);
  const emulated = server ?? createEmulator({ world, clock });
  const google = {
    ...emulated,
    setFaults: (faults: Faults | null) => emulated.setFaults(faults === null ? null : silence.heard(faults)),
  };
  const dataDir = mkdtempSync(join(folder, 'ledger-'));
  const config = parseConfig({
    ROLLBOOK_DATA_DIR: dataDir,
    GOOGLE_CREDENTIALS_FILE: key,
    ...(server === null ? {} : { GOOGLE_API_ROOT: server.url }),
    ROLLBOOK_TIMEZONE: 'Europe/London',
    ...environment,
  });
  // Waiting moves a clock of its own.
  let waited = 0;
  const timing = {
    callMs: DEADLINE_MS,
    tokenMs: DEADLINE_MS,
    ...patience,
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
  const ours = {
    ...clock,
    every: systemClock.every,
    sleep: silence.sleep,
    now: () => clock.now() + (typeof aheadMs === 'number' ? aheadMs : aheadMs()),
    monotonic: clock.now,
  };
  const answer = inProcess(google);
  const reached: Network = (request) =>
    reachable() ? answer(request) : Promise.reject(new Error('connect ENETUNREACH'));
  const network = silence.watched(server === null ? reached : createNetwork(server.url, {}));
  const open = () => {
    const ledger = onDisk ? {} : { database: memoryLedger({ clock: ours, log }) };
    const made = openParts(config, { clock: ours, log, random: steadyRandom(), timing, network, ...ledger });
    // The machine of a test does not lose power, so no commit waits for the disk.
    made.database.sqlite.pragma('synchronous = OFF');
    return made;
  };
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
    errors,
    reopen() {
      if (!onDisk) throw new Error('a ledger in memory is gone once it is closed');
      parts[Symbol.dispose]();
      parts = open();
      return parts;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
