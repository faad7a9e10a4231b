import pino from 'pino';
import { expect, test } from 'vitest';

import { saveCoverage } from '../../src/capture/save-coverage.ts';
import { captureWorld } from '../support/capture-world.ts';
import { at, book, oneRoom } from '../support/one-room.ts';

const EVENING = at('18:00');

/** A class in a ledger, and the lines of a log. */
async function world() {
  const school = oneRoom();
  const captured = await captureWorld('2026-03-02T18:00:00Z', school.timeline.world);
  const { sessionStore, database } = captured.parts;
  const session = sessionStore.ensure(book(captured));
  const logged: unknown[] = [];
  const log = pino({ base: null }, { write: (line) => logged.push(JSON.parse(line)) });
  /** Saves that Google refuses the class; `fails` ends the transaction behind it. */
  const refuse = ({ fails = false } = {}) => {
    const before = sessionStore.ofClass(session.classId)!;
    const after = { ...before, coverage: 'no_access' as const, lastError: 'Google refuses' };
    database.write(() => {
      const logHelp = saveCoverage({ sessionStore, log }, before, after, EVENING);
      if (fails) throw new Error('the disk is full');
      return logHelp;
    })();
  };
  return {
    refuse,
    logged,
    session: () => sessionStore.ofClass(session.classId),
    [Symbol.asyncDispose]: () => captured[Symbol.asyncDispose](),
  };
}

test('that a class needs help is kept with its coverage, and logged once', async () => {
  await using it = await world();
  it.refuse();
  it.refuse();

  expect(it.session()).toMatchObject({ coverage: 'no_access', alarmedAt: EVENING });
  expect(it.logged).toMatchObject([{ msg: 'class needs help', coverage: 'no_access', reason: 'Google refuses' }]);
});

test('what is not kept is not logged', async () => {
  await using it = await world();
  expect(() => it.refuse({ fails: true })).toThrow('the disk is full');

  expect(it.session()).toMatchObject({ coverage: 'pending', alarmedAt: null });
  expect(it.logged).toEqual([]);
});
