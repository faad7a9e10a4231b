import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { expired, isExpired } from '../../../src/core/attendance/coverage-lapse.ts';
import { fresh, isFinal, type Coverage, type CoverageState } from '../../../src/core/attendance/coverage-state.ts';
import { isDue, longestWaits, type CoverageRules } from '../../../src/core/attendance/coverage-waits.ts';
import { nextCoverage, readMode, type ReadOutcome, type Soundness } from '../../../src/core/attendance/coverage.ts';
import { at, clockTime, span } from '../../support/attendance.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const slot = span('16:00', '17:00');
const windowEnd = at('18:00');
const rules: CoverageRules = { settleMs: 15 * MINUTE, retryWindowMs: 30 * DAY, retryBaseMs: 10 * MINUTE };

type Read = Extract<ReadOutcome, { kind: 'read' }>;

/** A full read at Google's `clock` that found the call 15:58–17:02 as it was. */
const read = (clock: string, found: Partial<Omit<Read, 'kind' | 'readAt'>> = {}): Read => ({
  kind: 'read',
  readAt: at(clock),
  full: true,
  records: [span('15:58', '17:02')],
  evidenceChanged: false,
  owned: true,
  evidence: 'sound',
  unanswered: 0,
  ...found,
});
const open = [{ start: at('15:58'), end: null }];

/** What a row of reads makes of a class; the clock shows what the dates of the replies do unless it is `ahead`. */
function after(
  outcomes: readonly (Read | [clock: string, Exclude<ReadOutcome, Read>])[],
  { from = fresh, settleMs = rules.settleMs, aheadMs = 0 } = {},
): CoverageState {
  return outcomes.reduce((state, outcome) => {
    const [now, what] = Array.isArray(outcome) ? [at(outcome[0]), outcome[1]] : [outcome.readAt, outcome];
    return nextCoverage(state, what, {
      slot,
      windowEnd,
      rules: { ...rules, settleMs },
      now: now + aheadMs,
      jitter: 1,
    });
  }, from);
}

const due = (state: CoverageState, now: number) => isDue(state, slot.end, now, longestWaits(rules));
const next = ({ nextAttemptAt }: CoverageState) => (nextAttemptAt === null ? null : clockTime(nextAttemptAt));
const complete = after([read('17:03', { evidenceChanged: true }), read('17:18')]);
const partial = { kind: 'partial', message: 'a page is missing', evidenceChanged: false } as const;
const refused = { kind: 'no_access', message: 'forbidden', evidenceChanged: false } as const;

describe('a class that is captured in time', () => {
  test('is live while the slot runs, whatever the calls do', () => {
    expect(after([read('16:30', { full: false, records: open, evidenceChanged: true })]).coverage).toBe('live');
    expect(after([read('16:30', { records: [span('15:58', '16:20')] })]).coverage).toBe('live');
    expect(after([read('16:30', { records: [] })]).coverage).toBe('live');
    expect(after([read('16:59:59.999', { records: [] })]).coverage).toBe('live');
    expect(next(after([read('16:30', { records: open })]))).toBeNull();
  });

  test('stays live while the call goes on behind the slot, looked at less and less often until its window ends', () => {
    const late = (clock: string) => after([read(clock, { records: open })]);
    expect(late('17:05').coverage).toBe('live');
    expect(next(late('17:00'))).toBeNull();
    expect(next(late('17:05'))).toBe('17:10');
    expect(next(late('17:20'))).toBe('17:40');
    expect(next(late('17:40'))).toBe('18:00');
    expect(late('17:59:59.999').coverage).toBe('live');
  });

  test('E104 a call that has covered the window is over for the class, however long it goes on', () => {
    const covered = after([read('18:00', { records: open, evidenceChanged: true })]);
    expect(covered).toMatchObject({ coverage: 'settling', overSeenAt: at('18:00') });
    expect(next(covered)).toBe('18:15');
    expect(after([read('18:15', { records: open, full: false })], { from: covered }).coverage).toBe('settling');
    expect(after([read('18:15', { records: open, evidenceChanged: true })], { from: covered }).coverage).toBe(
      'settling',
    );
    const final = after([read('18:15', { records: open })], { from: covered });
    expect(final).toMatchObject({ coverage: 'complete', finalReadAt: at('18:15') });
    expect(final.nextAttemptAt).toBe(at('42:00'));
    // What the call does later is of no matter: it ended, or goes on for days.
    const ended = [span('15:58', '22:00')];
    expect(after([read('18:15', { records: [span('15:58', '18:08')] })], { from: covered }).coverage).toBe('complete');
    expect(after([read('42:00', { records: ended })], { from: final })).toMatchObject({ nextAttemptAt: null });
    expect(after([read('42:00', { records: open })], { from: final })).toMatchObject({ coverage: 'complete' });
  });

  test('settles once slot and calls are over, and is read again a quarter of an hour behind both', () => {
    const first = after([read('17:03', { evidenceChanged: true })]);
    expect(first).toMatchObject({ coverage: 'settling', overSeenAt: at('17:03'), finalReadAt: null });
    expect(next(first)).toBe('17:17');
  });

  test('is complete when a full read then changed nothing, and read once more a day after the end', () => {
    expect(complete).toMatchObject({ coverage: 'complete', finalReadAt: at('17:18'), attempts: 0, lastError: null });
    expect(complete.nextAttemptAt).toBe(at('41:02'));
  });

  test.each([
    ['a minute too early', read('17:16')],
    ['a frugal look', read('17:18', { full: false })],
    ['a read that changed something', read('17:18', { evidenceChanged: true })],
  ])('%s does not complete it', (_, second) => {
    expect(after([read('17:03', { evidenceChanged: true }), second]).coverage).toBe('settling');
  });

  test('the settle time is exact', () => {
    expect(after([read('17:03'), read('17:16:59.999')]).coverage).toBe('settling');
    expect(after([read('17:03'), read('17:17')]).coverage).toBe('complete');
  });

  test('E106 a read that changed something is waited behind for another quarter of an hour', () => {
    const changed = after([read('17:03', { evidenceChanged: true }), read('17:43', { evidenceChanged: true })]);
    expect(changed).toMatchObject({ coverage: 'settling', overSeenAt: at('17:43') });
    expect(next(changed)).toBe('17:58');
    expect(after([read('17:58')], { from: changed }).coverage).toBe('complete');
  });

  test('a call that was opened again makes it live again', () => {
    const again = after([
      read('17:03'),
      read('17:18', { records: [span('15:58', '17:02'), ...open], evidenceChanged: true }),
    ]);
    expect(again).toMatchObject({ coverage: 'live', overSeenAt: null });
  });

  test('a call whose end lies ahead of Google’s clock is not over', () => {
    expect(after([read('17:01')]).coverage).toBe('live');
    expect(after([read('17:02')]).coverage).toBe('settling');
  });

  test('with no settle time the first full read is final', () => {
    const settled = after([read('17:03', { evidenceChanged: true })], { settleMs: 0 });
    expect(settled.coverage).toBe('complete');
    expect(settled.nextAttemptAt).toBe(at('41:02'));
    expect(after([read('17:03', { full: false })], { settleMs: 0 }).coverage).toBe('settling');
    expect(after([read('16:59')], { settleMs: 0 }).coverage).toBe('live');
    expect(after([read('17:03', { records: [] })], { settleMs: 0 }).coverage).toBe('empty');
  });
});

describe('nobody came', () => {
  const nobody = (clock: string, owned: boolean) => read(clock, { records: [], owned });

  test('E69 is known when the owner’s list is empty twice', () => {
    const once = after([nobody('17:01', true)]);
    expect(once.coverage).toBe('settling');
    expect(next(once)).toBe('17:15');
    const twice = after([nobody('17:15', true)], { from: once });
    expect(twice).toMatchObject({ coverage: 'empty', finalReadAt: at('17:15') });
    expect(twice.nextAttemptAt).toBe(at('41:00'));
  });

  test('E70 is not known from the list of an account that may not own the room', () => {
    const state = after([nobody('17:01', false), nobody('17:16', false)]);
    expect(state).toMatchObject({ coverage: 'no_access', finalReadAt: null, attempts: 1 });
    expect(state.lastError).toContain('own the room');
    expect(after([nobody('18:16', true)], { from: state }).coverage).toBe('empty');
  });

  test('whose call is found needs no owner', () => {
    expect(after([read('17:03', { owned: false }), read('17:18', { owned: false })]).coverage).toBe('complete');
  });

  test('a call that appears a day later reopens it', () => {
    const empty = after([nobody('17:01', true), nobody('17:16', true)]);
    const reopened = after([read('41:00', { evidenceChanged: true })], { from: empty });
    expect(reopened).toMatchObject({ coverage: 'settling', finalReadAt: null });
    expect(after([read('41:15')], { from: reopened })).toMatchObject({ coverage: 'complete', nextAttemptAt: null });
  });
});

describe('once final', () => {
  test('the read of the day after changes nothing, and is the last', () => {
    expect(after([read('41:02')], { from: complete })).toMatchObject({
      coverage: 'complete',
      finalReadAt: at('41:02'),
      nextAttemptAt: null,
    });
  });

  test('there is no such read when the final one was later', () => {
    expect(after([read('65:00'), read('65:15')])).toMatchObject({ coverage: 'complete', nextAttemptAt: null });
  });

  test('a difference reopens it until a re-read agrees', () => {
    const reopened = after([read('41:02', { evidenceChanged: true })], { from: complete });
    expect(reopened).toMatchObject({ coverage: 'settling', overSeenAt: at('41:02'), finalReadAt: null });
    expect(reopened.nextAttemptAt).toBe(at('41:17'));
    expect(after([read('41:17')], { from: reopened })).toMatchObject({ coverage: 'complete', nextAttemptAt: null });
  });

  test('a read in between keeps the one of the day after due', () => {
    expect(after([read('18:00')], { from: complete }).nextAttemptAt).toBe(at('41:02'));
  });

  test('a frugal look that sees nothing new takes nothing back', () => {
    expect(after([read('18:00', { full: false })], { from: complete })).toEqual(complete);
    expect(after([read('18:00', { full: false, evidenceChanged: true })], { from: complete }).coverage).toBe(
      'settling',
    );
  });

  test.each([
    ['partial', partial],
    ['no_access', refused],
  ] as const)('a failure (%s) never demotes it, and the re-read stays due', (_, failure) => {
    const state = after([['41:02', failure]], { from: complete });
    expect(state).toMatchObject({
      coverage: 'complete',
      finalReadAt: at('17:18'),
      attempts: 1,
      lastError: failure.message,
    });
    expect(state.nextAttemptAt).toBeGreaterThan(at('41:02'));
    expect(after([read('42:30')], { from: state })).toMatchObject({
      coverage: 'complete',
      attempts: 0,
      lastError: null,
      nextAttemptAt: null,
    });
  });

  test('a slot that was moved on is settled anew', () => {
    const moved = { start: slot.start, end: at('17:30') };
    const soon = nextCoverage(complete, read('17:40'), {
      slot: moved,
      windowEnd: at('18:30'),
      rules,
      now: at('17:40'),
      jitter: 1,
    });
    expect(soon).toMatchObject({ coverage: 'settling', finalReadAt: null });
    expect(
      nextCoverage(soon, read('17:45'), {
        slot: moved,
        windowEnd: at('18:30'),
        rules,
        now: at('17:45'),
        jitter: 1,
      }).coverage,
    ).toBe('complete');
  });

  test('without a settle time, changed evidence that contradicts itself or is gone is final no more', () => {
    const from = after([read('17:03')], { settleMs: 0 });
    const odd = read('41:02', { evidenceChanged: true, evidence: 'contradictory' });
    expect(after([odd], { from, settleMs: 0 })).toMatchObject({ coverage: 'partial', finalReadAt: null });
    const gone = read('41:02', { evidenceChanged: true, records: [], owned: false });
    expect(after([gone], { from, settleMs: 0 })).toMatchObject({ coverage: 'no_access', finalReadAt: null });
  });
});

describe('after thirty days', () => {
  const late = `${16 + 24 * 31}:30`;
  const gone = read(late, { records: [], evidenceChanged: true });

  test('E112 what was captured stays captured when Google has deleted it', () => {
    expect(after([gone], { from: complete })).toMatchObject({
      coverage: 'complete',
      finalReadAt: at('17:18'),
      nextAttemptAt: null,
    });
  });

  test.each([rules.settleMs, 0])('E113 an empty list proves nothing any more (settle time %i)', (settleMs) => {
    const first = after([gone], { settleMs });
    expect(first).toMatchObject({ coverage: 'expired', finalReadAt: null, nextAttemptAt: null });
    const second = after([{ ...gone, readAt: gone.readAt + MINUTE, evidenceChanged: false }], {
      from: first,
      settleMs,
    });
    expect(second.coverage).toBe('expired');
  });

  test('what expires says why: Google deleted the records, or a shorter retry window has ended', () => {
    const deleted =
      'Google deletes records after 30 days and the evidence was not complete by then: settle the class by a decision';
    expect(expired(fresh, rules.retryWindowMs)).toMatchObject({
      coverage: 'expired',
      nextAttemptAt: null,
      lastError: deleted,
    });
    expect(expired(fresh, 7 * DAY).lastError).toBe(
      'the evidence was not complete within 7 days (RETRY_WINDOW_DAYS) and is seldom asked for now: settle the class by a decision',
    );
    const shorter = { ...rules, retryWindowMs: 7 * DAY };
    const circumstances = { slot, windowEnd, rules: shorter, now: gone.readAt, jitter: 1 };
    expect(nextCoverage(fresh, gone, circumstances).lastError).toBe(deleted);
  });

  test('the read of the day after is no longer due', () => {
    expect(after([[late, refused]], { from: complete })).toMatchObject({ coverage: 'complete', nextAttemptAt: null });
  });

  test.each(['pending', 'live', 'settling', 'partial', 'no_access'] as const)('%s expires', (coverage) => {
    expect(isExpired({ ...fresh, attempts: 1, coverage }, slot, rules, slot.end + 30 * DAY)).toBe(false);
    expect(isExpired({ ...fresh, attempts: 1, coverage }, slot, rules, slot.end + 30 * DAY + 1)).toBe(true);
  });

  test('a session that was never read does not: it is read once, even then', () => {
    expect(isExpired(fresh, slot, rules, slot.end + 90 * DAY)).toBe(false);
  });

  test.each(['complete', 'empty'] as const)('%s does not', (coverage) => {
    expect(isExpired({ ...fresh, attempts: 1, coverage }, slot, rules, slot.end + 90 * DAY)).toBe(false);
  });
});

describe('failures', () => {
  const failing = (n: number, failure: Exclude<ReadOutcome, Read>, jitter = 1) => {
    let state = fresh;
    for (let i = 0; i < n; i += 1)
      state = nextCoverage(state, failure, { slot, windowEnd, rules, now: at('18:00'), jitter });
    return (state.nextAttemptAt! - at('18:00')) / MINUTE;
  };

  test('partial is retried after 10, 20, 40 … minutes, at most after 320', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((n) => failing(n, partial))).toEqual([10, 20, 40, 80, 160, 320, 320, 320]);
  });

  test('half of the wait is left to chance', () => {
    expect(failing(1, partial, 0)).toBe(5);
    expect(failing(6, partial, 0)).toBe(160);
  });

  test('E111 a refusal is retried six times slower', () => {
    expect([1, 2, 3, 6, 7].map((n) => failing(n, refused))).toEqual([60, 120, 240, 1920, 1920]);
    expect(after([['17:30', refused]])).toMatchObject({ coverage: 'no_access', lastError: 'forbidden', attempts: 1 });
  });

  test('E110 Google’s own wait is honoured when it is longer', () => {
    expect(failing(1, { ...partial, retryAfterMs: 25 * MINUTE })).toBe(25);
    expect(failing(1, { ...partial, retryAfterMs: 1000 })).toBe(10);
  });

  test('a refusal stands while Google is not asked, and falls when it is', () => {
    const held = { ...partial, asked: false } as const;
    expect(
      after([
        ['18:00', refused],
        ['18:01', held],
      ]).coverage,
    ).toBe('no_access');
    expect(
      after([
        ['18:00', refused],
        ['18:01', partial],
      ]).coverage,
    ).toBe('partial');
    expect(after([['18:00', held]]).coverage).toBe('partial');
  });

  test('while the class runs every pass tries again', () => {
    const live = nextCoverage(fresh, partial, { slot, windowEnd, rules, now: at('16:30'), jitter: 1 });
    expect(live).toMatchObject({ coverage: 'partial', nextAttemptAt: at('16:30') });
    const asked = nextCoverage(
      fresh,
      { ...partial, retryAfterMs: 90_000 },
      { slot, windowEnd, rules, now: at('16:30'), jitter: 1 },
    );
    expect(asked.nextAttemptAt).toBe(at('16:31:30'));
    const denied = nextCoverage(fresh, refused, { slot, windowEnd, rules, now: at('16:30'), jitter: 1 });
    expect(denied.nextAttemptAt).toBe(at('17:30'));
  });

  test('one good read ends the row of failures', () => {
    const state = after([['17:10', partial], ['17:30', partial], read('18:00')]);
    expect(state).toMatchObject({ coverage: 'settling', attempts: 0, lastError: null });
  });

  test('a failure between two agreeing reads does not part them', () => {
    expect(after([read('17:03'), ['17:18', partial], read('17:40')]).coverage).toBe('complete');
  });

  test.each([partial, refused])(
    '$kind with new evidence asks for two reads anew that find the calls over',
    (failure) => {
      const over = after([read('17:03'), ['17:18', { ...failure, evidenceChanged: true }]]);
      expect(over.overSeenAt).toBeNull();
      expect(after([read('19:00')], { from: over })).toMatchObject({ coverage: 'settling', overSeenAt: at('19:00') });
      const final = after([['17:30', { ...failure, evidenceChanged: true }]], { from: complete });
      expect(final).toMatchObject({ coverage: 'complete', overSeenAt: null, finalReadAt: at('17:18') });
    },
  );

  test('E34 evidence that contradicts itself is never final, and read again and again', () => {
    const odd = (clock: string) => read(clock, { evidence: 'contradictory' });
    const first = after([odd('17:03'), odd('17:18')]);
    expect(first).toMatchObject({ coverage: 'partial', attempts: 1, finalReadAt: null, overSeenAt: at('17:03') });
    expect(next(first)).toBe('17:28');
    expect(next(after([odd('17:28')], { from: first }))).toBe('17:48');
    expect(after([read('17:28', { evidenceChanged: true }), read('17:43')], { from: first }).coverage).toBe('complete');
    expect(after([odd('17:03')], { settleMs: 0 }).coverage).toBe('partial');
  });
});

describe('downtime and clocks', () => {
  test('E100 a class of yesterday settles at the first full read and is confirmed by the next pass', () => {
    const first = after([read('44:00', { evidenceChanged: true })]);
    expect(first).toMatchObject({ coverage: 'settling', overSeenAt: at('44:00') });
    expect(first.nextAttemptAt).toBe(at('44:00'));
    expect(after([read('44:10')], { from: first })).toMatchObject({ coverage: 'complete', nextAttemptAt: null });
  });

  test('two reads within one second of Google’s clock are not a re-read', () => {
    expect(after([read('44:00', { evidenceChanged: true }), read('44:00')]).coverage).toBe('settling');
  });

  test.each([4, -4, 600])('E96 with the clock %i minutes off the dates of the replies, the dates decide', (minutes) => {
    const aheadMs = minutes * MINUTE;
    expect(after([read('16:58', { records: open })], { aheadMs }).coverage).toBe('live');
    const over = after([read('17:03')], { aheadMs });
    expect(over.coverage).toBe('settling');
    expect(over.nextAttemptAt).toBe(at('17:17') + aheadMs);
    expect(after([read('17:16')], { from: over, aheadMs }).coverage).toBe('settling');
    const final = after([read('17:17')], { from: over, aheadMs });
    expect(final.coverage).toBe('complete');
    expect(final.nextAttemptAt).toBe(at('41:02') + aheadMs);
  });
});

describe('how a class is read: a look while the answer cannot be final', () => {
  test.each([
    // While the slot runs.
    ['pending', 'not seen over', '16:59:59.999', 'look', 'look'],
    ['live', 'not seen over', '16:30', 'look', 'look'],
    // Behind it, until the calls were seen over or the settle time has passed.
    ['pending', 'not seen over', '17:00', 'look', 'full'],
    ['pending', 'not seen over', '17:14:59.999', 'look', 'full'],
    ['pending', 'not seen over', '17:15', 'full', 'full'],
    ['partial', 'not seen over', '17:10', 'look', 'full'],
    ['no_access', 'not seen over', '17:15', 'full', 'full'],
    ['settling', 'seen over', '17:05', 'full', 'full'],
    ['partial', 'seen over', '17:05', 'full', 'full'],
    ['expired', 'not seen over', '18:00', 'full', 'full'],
    // A call that goes on cannot be final before the window has ended; what is final is only read again to be confirmed.
    ['live', 'not seen over', '17:59:59.999', 'look', 'full'],
    ['live', 'not seen over', '18:00', 'full', 'full'],
    ['complete', 'seen over', '17:05', 'full', 'full'],
    ['empty', 'not seen over', '17:05', 'full', 'full'],
  ] as const)('%s, %s, at %s: %s, without a settle time %s', (coverage, seen, clock, mode, unsettled) => {
    const state = { coverage, overSeenAt: seen === 'seen over' ? at('17:03') : null };

    expect(readMode(state, { slot, windowEnd }, rules, at(clock))).toBe(mode);
    expect(readMode(state, { slot, windowEnd }, { settleMs: 0 }, at(clock))).toBe(unsettled);
  });
});

describe('what the sweep has to do', () => {
  const state = (coverage: Coverage, nextAttemptAt: number | null) => ({ ...fresh, coverage, nextAttemptAt });

  test.each(['pending', 'live', 'settling', 'partial', 'no_access'] as const)(
    '%s is due when its time has come',
    (coverage) => {
      expect(due(state(coverage, null), at('18:00'))).toBe(true);
      expect(due(state(coverage, at('18:00')), at('18:00'))).toBe(true);
      expect(due(state(coverage, at('18:00:00.001')), at('18:00'))).toBe(false);
    },
  );

  test('final coverage is due only for the read of the day after', () => {
    expect(due(state('complete', null), at('90:00'))).toBe(false);
    expect(due(state('empty', at('41:00')), at('41:00'))).toBe(true);
    expect(due(state('empty', at('41:00')), at('40:00'))).toBe(false);
  });

  test('what expired is asked for as long as Google keeps it', () => {
    expect(due(state('expired', null), at('18:00'))).toBe(true);
    expect(due(state('expired', null), slot.end + 30 * DAY - 1)).toBe(true);
    expect(due(state('expired', null), slot.end + 30 * DAY)).toBe(false);
  });

  test.each(['pending', 'partial', 'no_access', 'complete', 'expired'] as const)(
    '%s is due when its time lies further ahead than any wait: a clock was wrong',
    (coverage) => {
      const now = at('18:00');
      expect(due(state(coverage, now + longestWaits(rules)[coverage]), now)).toBe(false);
      expect(due(state(coverage, now + longestWaits(rules)[coverage] + 1), now)).toBe(true);
    },
  );
});

describe('whatever Google answers', () => {
  const minute = fc.integer({ min: -90, max: 200 }).map((m) => slot.end + m * MINUTE);
  const outcome: fc.Arbitrary<ReadOutcome> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        unanswered: fc.constantFrom(0, 0, 2),
        readAt: minute,
        full: fc.constantFrom(true, true, false),
        records: fc.array(
          fc.record({
            start: fc.constant(slot.start),
            end: fc.option(
              fc.integer({ min: -60, max: 90 }).map((m) => slot.end + m * MINUTE),
              { freq: 6 },
            ),
          }),
          { maxLength: 2 },
        ),
        evidenceChanged: fc.constantFrom(true, false, false),
        owned: fc.boolean(),
        evidence: fc.constantFrom<Soundness>('contradictory', 'sound', 'sound', 'sound'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('partial' as const),
        message: fc.constant('x'),
        evidenceChanged: fc.constant(false),
        retryAfterMs: fc.nat(1e6),
      }),
    },
    { weight: 1, arbitrary: fc.constant(refused) },
  );
  const history = fc.array(fc.tuple(outcome, fc.nat(10)), { minLength: 1, maxLength: 12 }).map((steps) =>
    // Google's clock never goes back.
    steps.toSorted(([a], [b]) => ('readAt' in a ? a.readAt : 0) - ('readAt' in b ? b.readAt : 0)),
  );
  const settle = fc.constantFrom(0, 5, 15, 60).map((m) => m * MINUTE);
  const skew = fc.integer({ min: -600, max: 600 }).map((m) => m * MINUTE);

  const play = (
    steps: readonly (readonly [ReadOutcome, number])[],
    theRules: CoverageRules,
    skewMs: number,
    check: (before: CoverageState, what: ReadOutcome, result: CoverageState) => void,
  ) => {
    let state = fresh;
    let now = slot.start;
    for (const [what, jitter] of steps) {
      if (what.kind === 'read') now = what.readAt;
      const result = nextCoverage(state, what, {
        slot,
        windowEnd,
        rules: theRules,
        now: now + skewMs,
        jitter: jitter / 10,
      });
      check(state, what, result);
      state = result;
    }
  };

  test('coverage becomes final only by a full read behind the end and the settle time, by the dates of the replies', () => {
    fc.assert(
      fc.property(history, settle, skew, (steps, settleMs, skewMs) => {
        play(steps, { ...rules, settleMs }, skewMs, (before, what, result) => {
          const became = isFinal(result.coverage) && result.finalReadAt !== before.finalReadAt;
          if (!became) return;
          const { readAt, full, records, evidence, owned } = what as Read;
          const ended = Math.max(slot.end, ...records.map((record) => record.end ?? Infinity));
          // A call that goes on counts up to the end of the window.
          const end = readAt >= windowEnd ? Math.min(ended, windowEnd) : ended;
          expect(readAt).toBe(result.finalReadAt);
          expect(full).toBe(true);
          expect(evidence).toBe('sound');
          expect(readAt).toBeGreaterThanOrEqual(end + settleMs);
          expect(records.length > 0 || owned).toBe(true);
          expect(result.coverage).toBe(records.length > 0 ? 'complete' : 'empty');
        });
      }),
      { numRuns: 500 },
    );
  });

  test('a final answer agrees with one before it, unless there is no settle time', () => {
    fc.assert(
      fc.property(history, settle, (steps, settleMs) => {
        fc.pre(settleMs > 0);
        play(steps, { ...rules, settleMs }, 0, (before, what, result) => {
          const became = isFinal(result.coverage) && result.finalReadAt !== before.finalReadAt;
          if (!became) return;
          expect((what as Read).evidenceChanged).toBe(false);
          expect(before.overSeenAt).not.toBeNull();
        });
      }),
    );
  });

  test('a failure changes neither a final coverage nor what was proven', () => {
    fc.assert(
      fc.property(history, settle, (steps, settleMs) => {
        play(steps, { ...rules, settleMs }, 0, (before, what, result) => {
          if (what.kind === 'read') return;
          expect(result.coverage).toBe(isFinal(before.coverage) ? before.coverage : what.kind);
          expect(result.overSeenAt).toBe(before.overSeenAt);
          expect(result.attempts).toBe(before.attempts + 1);
        });
      }),
    );
  });

  test('what is not final has a time to be read again, and never one behind the longest wait', () => {
    fc.assert(
      fc.property(history, settle, skew, (steps, settleMs, skewMs) => {
        let now = slot.start;
        play(steps, { ...rules, settleMs }, skewMs, (_, what, result) => {
          if (what.kind === 'read') now = what.readAt;
          const wait = result.nextAttemptAt === null ? 0 : result.nextAttemptAt - (now + skewMs);
          expect(wait).toBeGreaterThanOrEqual(isFinal(result.coverage) ? -Infinity : 0);
          expect(wait).toBeLessThanOrEqual(Math.max(DAY + 90 * MINUTE, 1920 * MINUTE));
          expect(due(result, now + skewMs + 3 * DAY)).toBe(!isFinal(result.coverage) || result.nextAttemptAt !== null);
        });
      }),
    );
  });

  test('a clock that is off the dates of the replies changes only when the next attempt is', () => {
    fc.assert(
      fc.property(history, settle, skew, (steps, settleMs, skewMs) => {
        const seen = (by: number) => {
          const states: unknown[] = [];
          play(steps, { ...rules, settleMs }, by, (_, _what, { coverage, overSeenAt, finalReadAt, attempts }) => {
            states.push({ coverage, overSeenAt, finalReadAt, attempts });
          });
          return states;
        };
        expect(seen(skewMs)).toEqual(seen(0));
      }),
    );
  });
});

describe('what a read makes of a class: over, full, changed, settled → next', () => {
  const settling = after([read('17:03')]);
  const states: Record<string, CoverageState> = { fresh, settling, complete };
  const [yes, no, any] = [true, false, false];

  // The call ended at 17:02, so that a read from 17:17 on finds the class settled. Before it, it is read again then.
  test.each([
    // A class that was never seen as over is read twice, however late the first read comes.
    ['fresh', no, any, any, no, '17:10', 'live', '17:20'],
    ['fresh', yes, no, no, no, '17:10', 'settling', '17:17'],
    ['fresh', yes, yes, yes, no, '17:10', 'settling', '17:17'],
    ['fresh', yes, no, no, yes, '17:20', 'settling', '17:20'],
    ['fresh', yes, no, yes, yes, '17:20', 'settling', '17:20'],
    ['fresh', yes, yes, no, yes, '17:20', 'settling', '17:20'],
    ['fresh', yes, yes, yes, yes, '17:20', 'settling', '17:20'],
    // One that was seen as over is complete by a full read that changed nothing; a late change is waited behind.
    ['settling', no, yes, no, yes, '17:20', 'live', '17:40'],
    ['settling', yes, no, no, no, '17:10', 'settling', '17:17'],
    ['settling', yes, no, yes, no, '17:10', 'settling', '17:17'],
    ['settling', yes, yes, no, no, '17:10', 'settling', '17:17'],
    ['settling', yes, yes, yes, no, '17:10', 'settling', '17:17'],
    ['settling', yes, no, no, yes, '17:20', 'settling', '17:20'],
    ['settling', yes, no, yes, yes, '17:20', 'settling', '17:35'],
    ['settling', yes, yes, no, yes, '17:20', 'complete', '41:02'],
    ['settling', yes, yes, yes, yes, '17:20', 'settling', '17:35'],
    // One that was complete is so no more when a call goes on or the evidence is another.
    ['complete', no, yes, no, yes, '17:20', 'live', '17:40'],
    ['complete', yes, no, no, yes, '17:20', 'complete', '41:02'],
    ['complete', yes, no, yes, yes, '17:20', 'settling', '17:35'],
    ['complete', yes, yes, no, yes, '17:20', 'complete', '41:02'],
    ['complete', yes, yes, yes, yes, '17:20', 'settling', '17:35'],
  ] as const)('%s, over %s, full %s, changed %s, settled %s', (from, over, full, changed, settled, clock, to, due) => {
    const result = after([read(clock, { full, evidenceChanged: changed, ...(over ? {} : { records: open }) })], {
      from: states[from]!,
    });

    expect(settled).toBe(at(clock) >= at('17:17'));
    expect(result).toMatchObject({ coverage: to, nextAttemptAt: at(due), attempts: 0, lastError: null });
  });
});
