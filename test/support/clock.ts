import type { Clock, Random } from '../../src/core/time/clock.ts';
import { createRandom } from '../../src/emulator/random.ts';
import { nextOccurrence, systemClock } from '../../src/system.ts';

/** A clock moved by hand: a wait ends when somebody moves the time past it, and never by itself. */
export interface HandClock extends Clock {
  /** Sets the time of day, as an operator would; waits go on as they were. */
  set(instant: number | string): void;
  /** Moves time on and ends the waits that are over by then, in order. What they set off runs when the caller awaits. */
  advance(ms: number): void;
  /** Moves time on from wait to wait; what each sets off is done, or waits itself, before time moves further. */
  run(ms: number): Promise<void>;
}

interface Wait {
  due: number;
  /** Keeps waits for the same instant in the order they were made. */
  readonly order: number;
  readonly fire: () => void;
}

/** @param turn lets what is ready run, before time moves on and where long work pauses */
export function handClock(start: number | string, turn: () => Promise<void> = loopTurn): HandClock {
  let at = typeof start === 'number' ? start : Date.parse(start);
  let passed = 0;
  let made = 0;
  const waits = new Set<Wait>();

  const add = (ms: number, fire: () => void): Wait => {
    const wait = { due: passed + Math.max(0, ms), order: (made += 1), fire };
    waits.add(wait);
    return wait;
  };
  const move = (to: number) => {
    at += to - passed;
    passed = to;
  };
  const next = (until: number): Wait | undefined =>
    [...waits].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due || a.order - b.order)[0];
  const fireNext = (until: number): boolean => {
    const wait = next(until);
    if (wait === undefined) return false;
    waits.delete(wait);
    move(Math.max(passed, wait.due));
    wait.fire();
    return true;
  };

  return {
    now: () => at,
    monotonic: () => passed,
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      return new Promise((resolve, reject) => {
        const wait = add(ms, () => {
          signal?.removeEventListener('abort', abandon);
          resolve();
        });
        const abandon = () => {
          waits.delete(wait);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', abandon, { once: true });
      });
    },
    every(when, zone, fn) {
      let wait: Wait | undefined;
      const schedule = () => {
        const due = typeof when === 'number' ? at + when * 1000 : nextOccurrence(when, zone, at);
        wait =
          due === null
            ? undefined
            : add(due - at, () => {
                schedule();
                fn();
              });
      };
      schedule();
      return {
        [Symbol.dispose]: () => {
          if (wait !== undefined) waits.delete(wait);
        },
      };
    },
    yield: turn,
    set(instant) {
      at = typeof instant === 'number' ? instant : Date.parse(instant);
    },
    advance(ms) {
      const until = passed + ms;
      while (fireNext(until));
      move(until);
    },
    async run(ms) {
      const until = passed + ms;
      await turn();
      while (fireNext(until)) await turn();
      move(until);
      await turn();
    },
  };
}

/** Lets the event loop go round once, so that sockets get their turn. */
async function loopTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Lets promises and ticks run until none is ready. The event loop stands still: its timers and sockets get no turn. */
export async function stillTurn(): Promise<void> {
  await new Promise<void>((resolve) => process.nextTick(resolve));
}

/** A hand-moved time of day with deadlines in real time: for servers on a socket that keep silent. */
export function withRealWaits(clock: HandClock): HandClock {
  const { sleep, every, yield: pause } = systemClock;
  return { ...clock, sleep, every, yield: pause };
}

/** Chance without any: `next` is always the same, bytes count up. */
export function steadyRandom(next = 0.5): Random {
  let made = 0;
  return { next: () => next, bytes: (size) => Buffer.alloc(size, (made += 1)) };
}

/** Chance that is the same for the same seed. */
export function seededRandom(seed: number): Random {
  const next = createRandom(seed);
  return { next, bytes: (size) => Buffer.from(Array.from({ length: size }, () => Math.floor(next() * 256))) };
}
