import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { createEpisodes } from '../../src/capture/episodes.ts';
import { createStart } from '../../src/capture/process-start.ts';
import { reasonText, whyNotReady, type ClassOn, type ReadinessFacts } from '../../src/queries/readiness.ts';
import { handClock } from '../support/clock.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse('2026-01-16T16:00:00Z');
// Three passes of three minutes and one minute more.
const LATE = 10 * MINUTE;
/** Three intervals, and the second that Google's `Date` leaves out. */
const UNREAD = 9 * MINUTE + 1000;

/** A daemon that works, with these things changed. */
function facts(changed: Partial<ReadinessFacts> = {}): ReadinessFacts {
  const last = { succeededAt: NOW, summary: { live: 0, read: 0 } };
  return {
    now: NOW,
    googleNow: NOW,
    startedAt: NOW - DAY,
    ledger: { writable: true },
    loops: [{ name: 'fetch', state: { everySeconds: 180 }, last, error: null }],
    fetchEveryMs: 3 * MINUTE,
    credentials: true,
    on: [],
    ...changed,
  };
}

function fetching(last: ReadinessFacts['loops'][number]['last'], error: string | null = null): ReadinessFacts['loops'] {
  return [{ name: 'fetch', state: { everySeconds: 180 }, last, error }];
}

/** A class that began an hour ago and was read just now, with these things changed. */
function on(changed: Partial<ClassOn> = {}): ClassOn[] {
  const organizerEmail = 'ana@school.example';
  return [{ classId: 5, organizerEmail, start: NOW - 60 * MINUTE, coverage: 'live', lastReadAt: NOW, ...changed }];
}

const reasonsOf = (changed: Partial<ReadinessFacts>) => whyNotReady(facts(changed)).map(({ reason }) => reason);

describe('why evidence may be lost now', () => {
  test('a loop is late when three passes and a minute went by without a success', () => {
    const since = (ms: number) => whyNotReady(facts({ loops: fetching({ succeededAt: NOW - ms, summary: null }) }));
    expect(since(LATE)).toEqual([]);
    expect(since(LATE + 1)).toMatchObject([{ message: 'loop fetch made no successful pass for 600 seconds' }]);
  });

  test('a loop fails as soon as one pass did', () => {
    const loops = fetching({ succeededAt: NOW - 1000, summary: null }, 'the disk of /home/ana/rollbook.db is full');
    expect(whyNotReady(facts({ loops })).map(reasonText)).toEqual([
      'the last pass of loop fetch failed: "rollbook status" and /monitoring/status tell why',
    ]);
    expect(whyNotReady(facts({ loops }))).toEqual([
      {
        reason: 'loop_failed',
        message: 'the last pass of loop fetch failed',
        classIds: [],
        organizers: [],
      },
    ]);
  });

  test('a daemon that has just begun has its time, whatever was long ago', () => {
    const loops = fetching({ succeededAt: NOW - DAY, summary: { live: 3, read: 0 } });
    expect(reasonsOf({ startedAt: NOW - LATE, loops })).toEqual([]);
    expect(reasonsOf({ startedAt: NOW - LATE - 1, loops })).toEqual(['loop_late']);
    expect(reasonsOf({ startedAt: NOW - 1000, on: on({ lastReadAt: null }) })).toEqual([]);
  });

  test('a success that lies days ahead was noted by a wrong clock and says nothing', () => {
    const summary = { live: 3, read: 0 };
    const loops = fetching({ succeededAt: NOW + 4 * DAY, summary });
    expect(reasonsOf({ loops })).toEqual(['loop_late']);
    expect(reasonsOf({ startedAt: NOW - LATE, loops })).toEqual([]);
    // `Date` of Google's answers has whole seconds.
    expect(reasonsOf({ loops: fetching({ succeededAt: NOW + 900, summary }) })).toEqual(['nothing_read']);
  });

  test('a ledger that cannot be written', () => {
    const why = whyNotReady(facts({ ledger: { writable: false } }));
    // The status itself says beside it why.
    expect(why).toMatchObject([{ reason: 'ledger', message: 'the ledger cannot be written' }]);
    expect(why.map(reasonText)).toEqual([
      'the ledger cannot be written: "rollbook status" and /monitoring/status tell why',
    ]);
  });

  test('the last fetch pass read none of the live classes', () => {
    const after = (live: number, read: number) =>
      reasonsOf({ loops: fetching({ succeededAt: NOW, summary: { live, read } }) });
    expect([after(3, 0), after(3, 1), after(0, 0)]).toEqual([['nothing_read'], [], []]);
  });

  test('a live class was not read for three intervals, of those in which it was on', () => {
    expect(reasonsOf({ on: on({ lastReadAt: NOW - UNREAD }) })).toEqual([]);
    expect(reasonsOf({ on: on({ lastReadAt: NOW - UNREAD - 1 }) })).toEqual(['unread']);
    expect(reasonsOf({ on: on({ lastReadAt: null, coverage: null }) })).toEqual(['unread']);
    expect(reasonsOf({ on: on({ lastReadAt: null, start: NOW - UNREAD }) })).toEqual([]);
    // A machine whose clock is a day ahead of Google's.
    expect(reasonsOf({ now: NOW + DAY, startedAt: NOW + DAY - 1000, loops: [], on: on({ lastReadAt: null }) })).toEqual(
      [],
    );
  });

  test('Google refuses the organiser of a live class, who is named apart from the message', () => {
    const [why, ...others] = whyNotReady(facts({ on: on({ coverage: 'no_access' }) }));
    expect(others).toEqual([]);
    expect(why).toMatchObject({ reason: 'refused', classIds: [5], organizers: ['ana@school.example'] });
    expect(why?.message).not.toContain('ana');
  });

  test('without credentials Google refuses nobody: it is not asked', () => {
    const [why] = whyNotReady(facts({ credentials: false, on: on({ coverage: 'no_access' }) }));
    expect(why).toMatchObject({
      reason: 'refused',
      message: 'Google is not asked for 1 organiser of live classes: GOOGLE_CREDENTIALS_FILE is not set',
    });
  });

  test('a loop of another process is not late', () => {
    expect(reasonsOf({ startedAt: null, loops: [{ name: 'fetch', state: null, last: null, error: null }] })).toEqual(
      [],
    );
  });
});

test('an episode has one line when it begins and one when it ends', () => {
  const logged: unknown[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => logged.push(JSON.parse(line)) });
  const clock = handClock(NOW);
  const episodes = createEpisodes(clock, log);
  const [refused, ledger] = [
    facts({ on: on({ coverage: 'no_access', lastReadAt: null }) }),
    facts({ ledger: { writable: false } }),
  ];
  for (const seen of [facts(), refused, refused, ledger, facts(), facts()]) {
    episodes.seen(whyNotReady(seen));
    clock.advance(1000);
  }

  expect(logged).toEqual([
    {
      level: 40,
      reasons: [
        '1 live class was not read for three intervals of the fetch loop',
        'Google refuses 1 organiser of live classes',
      ],
      class_ids: [5],
      msg: 'not ready: evidence may be lost',
    },
    { level: 30, lasted_ms: 3000, msg: 'ready again' },
  ]);
});

test('the start of the process is the same instant, whatever its clock showed then', () => {
  const clock = handClock(NOW + 4 * DAY);
  const startedAt = createStart(clock);
  expect(startedAt()).toBe(NOW + 4 * DAY);
  clock.advance(1500);
  clock.set(NOW + 1500);
  expect(startedAt()).toBe(NOW);
  // Small corrections leave it as it was told before.
  clock.set(NOW + 1700);
  expect(startedAt()).toBe(NOW);
});
