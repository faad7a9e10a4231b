import { pino } from 'pino';
import { expect, test } from 'vitest';

import { createLoop, type LoopOptions } from '../../src/capture/loop.ts';
import { LedgerUnavailableError } from '../../src/errors.ts';
import { createPassStore } from '../../src/ledger/machine/machine-store.ts';
import { handClock } from '../support/clock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';
import { sharedLedger } from '../support/shared-ledger.ts';

const START = Date.parse('2026-03-02T15:00:00Z');
const MINUTE = 60_000;

/** A loop of a pass a minute, on a ledger in memory and a clock moved by hand. */
function minutely(
  pass: LoopOptions['pass'],
  mayRun?: () => boolean,
  clock = handClock(START),
  database = memoryLedger({ clock }),
) {
  const passes = createPassStore(database);
  const logged: unknown[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => logged.push(JSON.parse(line)) });
  const loop = createLoop({
    name: 'fetch',
    everySeconds: 60,
    pass,
    passes,
    ledger: database,
    clock,
    log,
    ...(mayRun && { mayRun }),
  });
  return {
    clock,
    loop,
    logged,
    breakLedger: () => database[Symbol.dispose](),
    lastPass: () => passes.get('fetch'),
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      database[Symbol.dispose]();
    },
  };
}

/** A pass that lasts until the test ends it. */
function longPass() {
  const gates: PromiseWithResolvers<object>[] = [];
  const signals: AbortSignal[] = [];
  return {
    signals,
    begun: () => gates.length,
    end: (summary: object = {}) => gates.at(-1)!.resolve(summary),
    pass(signal: AbortSignal) {
      const gate = Promise.withResolvers<object>();
      gates.push(gate);
      signals.push(signal);
      return gate.promise;
    },
  };
}

test('a pass during which the clock is set takes as long as it took', async () => {
  const { pass, end } = longPass();
  await using world = minutely(pass);
  world.loop.start();
  await world.clock.run(2_000);
  world.clock.set(START - 4 * 24 * 60 * MINUTE);
  expect(world.loop.nextRunAt).toBe(world.clock.now() + MINUTE - 2_000);
  end();
  await world.clock.run(0);

  expect(world.logged).toMatchObject([{ msg: 'pass done', duration_ms: 2_000 }]);
});

test('a loop makes a pass at once and then on schedule, and keeps what each one did', async () => {
  let made = 0;
  await using world = minutely(() => ({ read: (made += 1) }));
  expect([world.loop.nextRunAt, made]).toEqual([null, 0]);

  world.loop.start();
  await world.clock.run(0);
  expect([made, world.loop.nextRunAt]).toEqual([1, START + MINUTE]);
  await world.clock.run(2 * MINUTE);

  expect([made, world.loop.isRunning, world.loop.nextRunAt]).toEqual([3, false, START + 3 * MINUTE]);
  expect(world.lastPass()).toMatchObject({ succeededAt: START + 2 * MINUTE, summary: { read: 3 }, error: null });
  expect(world.logged[0]).toEqual({ level: 30, loop: 'fetch', duration_ms: 0, read: 1, msg: 'pass done' });
});

test('E101: a tick that finds a pass in progress makes no second one beside it', async () => {
  const { pass, begun, end } = longPass();
  await using world = minutely(pass);
  world.loop.start();

  await world.clock.run(5 * MINUTE);
  expect([begun(), world.loop.isRunning]).toEqual([1, true]);
  end({ read: 600 });
  await world.clock.run(MINUTE);

  expect(begun()).toBe(2);
  expect(world.logged[0]).toMatchObject({ msg: 'pass done', duration_ms: 5 * MINUTE, read: 600 });
  end();
});

test('who asks for a pass joins the one in progress and hears of its end', async () => {
  const { pass, begun, end } = longPass();
  await using world = minutely(pass);

  const asked = [world.loop.run(), world.loop.run()];
  end();
  await Promise.all(asked);

  expect([begun(), world.loop.isRunning]).toEqual([1, false]);
});

test('a pass that throws is logged and kept, and the next one comes all the same', async () => {
  let made = 0;
  await using world = minutely(() => {
    made += 1;
    if (made === 1) throw new Error('the ledger is locked');
    return { read: 1 };
  });
  world.loop.start();

  await world.clock.run(0);
  expect(world.logged).toMatchObject([{ level: 50, msg: 'pass failed', err: { message: 'the ledger is locked' } }]);
  expect(world.lastPass()).toMatchObject({ succeededAt: null, error: 'the ledger is locked' });
  expect(world.loop.failure).toBe('the ledger is locked');
  await world.clock.run(MINUTE);

  expect(world.lastPass()).toMatchObject({ succeededAt: START + MINUTE, error: null, summary: { read: 1 } });
  expect(world.loop.failure).toBeNull();
});

test('E118: a loop outlives a ledger that takes nothing, and says so in the log', async () => {
  await using world = minutely(() => ({}));
  world.loop.start();
  await world.clock.run(0);
  world.breakLedger();

  await world.clock.run(2 * MINUTE);

  expect(world.logged).toMatchObject([{ msg: 'pass done' }, { msg: 'pass failed' }, { msg: 'pass failed' }]);
  expect(world.loop.failure).toMatch(/not open/);
});

test('closing tells the pass in progress to end, waits for it, and no further one comes', async () => {
  const { pass, begun, signals } = longPass();
  const interrupted = (signal: AbortSignal) =>
    Promise.race([
      pass(signal),
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
    ]);
  await using world = minutely(interrupted);
  world.loop.start();

  await world.loop[Symbol.asyncDispose]();
  await world.clock.run(5 * MINUTE);

  expect([begun(), world.loop.isRunning, signals[0]?.aborted]).toEqual([1, false, true]);
  expect(world.logged).toEqual([]);
  expect(world.lastPass()).toMatchObject({ startedAt: START, error: null });
});

test('a pass that may not be made is left out, and writes nothing', async () => {
  let made = 0;
  await using world = minutely(
    () => ({ read: (made += 1) }),
    () => false,
  );
  world.loop.start();
  await world.clock.run(2 * MINUTE);
  expect([made, world.lastPass(), world.logged]).toEqual([0, null, []]);
});

test('a pass waits while another program writes the ledger, which is no failure', async () => {
  const clock = handClock(START);
  using shared = sharedLedger(clock);
  let made = 0;
  await using world = minutely(() => ({ read: (made += 1) }), undefined, clock, shared.database);
  shared.hold();
  world.loop.start();

  await clock.run(30_000);
  expect([made, world.loop.isRunning, world.loop.failure]).toEqual([0, true, null]);
  shared.release();
  await clock.run(1_000);

  expect([made, world.loop.isRunning]).toEqual([1, false]);
  expect(world.lastPass()).toMatchObject({ error: null, summary: { read: 1 } });
  expect(world.logged).toMatchObject([{ level: 30, msg: 'pass done' }]);
});

test('a pass that finds another program writing is made again soon, and none of it is a failure', async () => {
  const clock = handClock(START);
  using shared = sharedLedger(clock);
  let made = 0;
  const pass = () => {
    made += 1;
    if (made === 1) shared.hold();
    return shared.database.write(() => ({ read: made }));
  };
  await using world = minutely(pass, undefined, clock, shared.database);
  world.loop.start();
  await clock.run(10_000);
  expect([made, world.loop.failure]).toEqual([1, null]);
  shared.release();
  await clock.run(2_000);

  expect(world.lastPass()).toMatchObject({ error: null, summary: { read: 2 } });
  expect(world.logged).toMatchObject([
    { level: 30, msg: 'pass made again: somebody else was writing the ledger' },
    { level: 30, msg: 'pass done', read: 2 },
  ]);
});

test('a loop that waits for another program ends when the daemon stops', async () => {
  const clock = handClock(START);
  using shared = sharedLedger(clock);
  shared.hold();
  const world = minutely(() => ({}), undefined, clock, shared.database);
  world.loop.start();
  await clock.run(1_000);

  await world.loop[Symbol.asyncDispose]();

  expect([world.loop.isRunning, world.logged]).toEqual([false, []]);
});

test('a pass that fails on a full disk says that the work goes on by itself', async () => {
  await using world = minutely(() => {
    throw new LedgerUnavailableError('full', 'The disk of /srv/rollbook.db is full: free some space.');
  });

  await world.loop.run();

  expect(world.lastPass()?.error).toBe(
    'The disk of /srv/rollbook.db is full: free some space. Nothing recorded is lost, and work goes on by itself after that.',
  );
});
