import { describe, expect, test } from 'vitest';

import type { ParticipantEvidence, RecordEvidence, SessionEvidence } from '../../../src/core/attendance/evidence.ts';
import { needsSessions } from '../../../src/core/attendance/needs-sessions.ts';
import { devicesAtOnce, mergeSpans, participantPresence } from '../../../src/core/attendance/presence.ts';
import { at, call, clockTime, guest, klass, room, span } from '../../support/attendance.ts';

const record = (end: string | null, seen = '20:00'): RecordEvidence => ({
  name: 'conferenceRecords/r',
  start: at('15:55'),
  end: end === null ? null : at(end),
  lastSeenAt: at(seen),
});

const session = (from: string, to: string | null, more: Partial<SessionEvidence> = {}): SessionEvidence => ({
  name: `s-${from}`,
  start: at(from),
  end: to === null ? null : at(to),
  lastSeenAt: at('20:00'),
  missing: false,
  ...more,
});

const participant = (
  sessions: readonly SessionEvidence[],
  more: Partial<ParticipantEvidence> = {},
): ParticipantEvidence => ({
  name: 'conferenceRecords/r/participants/p',
  record: 'conferenceRecords/r',
  kind: 'anonymous',
  userId: null,
  displayName: 'P',
  earliest: at('16:00'),
  latest: at('17:00'),
  lastSeenAt: at('20:00'),
  missing: false,
  sessionsReadAt: at('20:00'),
  sessions,
  ...more,
});

const seen = (theParticipant: ParticipantEvidence, theRecord: RecordEvidence) => {
  const { spans, flags, contradictions } = participantPresence(theParticipant, theRecord);
  return {
    spans: spans.map(
      ({ start, end, closedBy, open }) => `${clockTime(start)}-${clockTime(end)} ${closedBy}${open ? ' open' : ''}`,
    ),
    flags: flags.map(({ flag, at: where }) => `${flag} ${clockTime(where.start)}`),
    contradictions: contradictions.map(({ start, end }) => `${clockTime(start)}-${clockTime(end)}`),
  };
};

describe('what closes an interval', () => {
  test('its own end comes first, even behind the end of the call', () => {
    expect(seen(participant([session('16:00', '17:05')]), record('17:02')).spans).toEqual(['16:00-17:05 session']);
  });

  test('then the end of the call, whatever the participant says', () => {
    const left = participant([session('16:00', null)], { latest: at('16:30') });
    expect(seen(left, record('17:02')).spans).toEqual(['16:00-17:02 record']);
  });

  test('a second between two answers of one read changes nothing', () => {
    const answers = participant([session('16:00', null, { lastSeenAt: at('19:59:59') })], { latest: at('16:30') });
    expect(seen(answers, record('17:02')).spans).toEqual(['16:00-17:02 record']);
  });

  test('then the last read that saw the person, by Google’s clock', () => {
    const live = participant([session('16:00', null, { lastSeenAt: at('16:20') })], {
      latest: null,
      lastSeenAt: at('16:20'),
    });
    expect(seen(live, record(null)).spans).toEqual(['16:00-16:20 last_seen open']);
  });

  test('a later look that still lists the participant in the call moves it on', () => {
    const live = participant([session('16:00', null, { lastSeenAt: at('16:20') })], {
      latest: null,
      lastSeenAt: at('16:26'),
    });
    expect(seen(live, record(null)).spans).toEqual(['16:00-16:26 last_seen open']);
  });

  test('a later look that says when the participant left closes it', () => {
    const left = participant([session('16:00', null, { lastSeenAt: at('16:20') })], {
      latest: at('16:24:30'),
      lastSeenAt: at('16:26'),
    });
    expect(seen(left, record(null)).spans).toEqual(['16:00-16:24:30 session']);
  });

  test('an open session that Google stops returning stays, marked, to the end of the call', () => {
    const gone = participant([session('16:00', null, { lastSeenAt: at('16:20'), missing: true })], {
      latest: at('16:10'),
    });
    expect(seen(gone, record('17:02'))).toMatchObject({
      spans: ['16:00-17:02 record'],
      flags: ['vanished 16:00'],
    });
    expect(seen(gone, record(null)).spans).toEqual(['16:00-16:20 last_seen']);
  });

  test('a closed session that Google stops returning keeps its minutes', () => {
    const gone = participant([session('16:00', '16:40', { missing: true }), session('16:50', '17:00')]);
    expect(seen(gone, record('17:02'))).toMatchObject({
      spans: ['16:00-16:40 session', '16:50-17:00 session'],
      flags: ['vanished 16:00'],
    });
  });

  test('so does a whole participant', () => {
    const gone = participant([session('16:00', '16:40')], { missing: true });
    expect(seen(gone, record('17:02'))).toMatchObject({ spans: ['16:00-16:40 session'], flags: ['vanished 16:00'] });
  });

  test('before the sessions are listed, first join and last leave stand for one', () => {
    const unread = { sessionsReadAt: null };
    expect(seen(participant([], unread), record(null)).spans).toEqual(['16:00-17:00 session']);
    const still = participant([], { ...unread, latest: null, lastSeenAt: at('16:20') });
    expect(seen(still, record(null)).spans).toEqual(['16:00-16:20 last_seen open']);
  });
});

describe('odd evidence', () => {
  test('a participant whose sessions are an empty list contradicts itself', () => {
    expect(seen(participant([]), record('17:02'))).toEqual({
      spans: [],
      flags: ['no_sessions 16:00'],
      contradictions: ['16:00-17:00'],
    });
  });

  test('a session without length is flagged and nothing else', () => {
    expect(seen(participant([session('16:10', '16:10')]), record('17:02'))).toEqual({
      spans: [],
      flags: ['zero_length 16:10'],
      contradictions: [],
    });
  });

  test('a reversed one contradicts itself where it lies', () => {
    expect(seen(participant([session('16:40', '16:10')]), record('17:02'))).toEqual({
      spans: [],
      flags: ['reversed 16:10'],
      contradictions: ['16:10-16:40'],
    });
  });

  test('an open session of a call that had ended before it is reversed too', () => {
    expect(seen(participant([session('17:10', null)]), record('17:02'))).toMatchObject({
      spans: [],
      flags: ['reversed 17:02'],
    });
  });

  test('an end that has not come yet counts to the read that told of it', () => {
    const future = participant([session('16:00', '17:00', { lastSeenAt: at('16:30') })]);
    expect(seen(future, record(null))).toEqual({
      spans: ['16:00-16:30 last_seen'],
      flags: ['ends_in_future 16:00'],
      contradictions: ['16:00-17:00'],
    });
  });

  test('a minute between Google’s clocks is no contradiction', () => {
    const skewed = participant([session('16:00', '16:31', { lastSeenAt: at('16:30') })]);
    expect(seen(skewed, record(null))).toMatchObject({ spans: ['16:00-16:31 session'], flags: [] });
  });

  test('a join more than a minute before its call is flagged', () => {
    expect(seen(participant([session('15:53:59', '17:00')]), record('17:02')).flags).toEqual(['before_call 15:53:59']);
    expect(seen(participant([session('15:54', '17:00')]), record('17:02')).flags).toEqual([]);
  });

  test('who joined within the second of the read is in the call', () => {
    const joined = participant([session('16:00:07.213', null, { lastSeenAt: at('16:00:07') })], {
      latest: null,
      lastSeenAt: at('16:00:07'),
    });
    expect(seen(joined, record(null))).toEqual({
      spans: ['16:00:07.213-16:00:07.214 last_seen open'],
      flags: [],
      contradictions: [],
    });
  });

  test('a guest’s row carries the flags of the guest’s presence', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:00', [guest('iPad', '16:00-16:30', '16:40-16:40')])]);
    expect(log(c, { name: 'iPad' })!.flags).toEqual(['zero_length']);
  });
});

describe('merging', () => {
  const one = (from: string, to: string, closedBy: 'session' | 'record' | 'last_seen' | 'cut', open = false) => ({
    ...span(from, to),
    closedBy,
    open,
  });

  test('the last end says what closed the interval', () => {
    expect(mergeSpans([one('16:00', '16:30', 'record'), one('16:10', '16:40', 'session')])).toEqual([
      one('16:00', '16:40', 'session'),
    ]);
    expect(mergeSpans([one('16:00', '16:40', 'record'), one('16:10', '16:30', 'session')])).toEqual([
      one('16:00', '16:40', 'record'),
    ]);
  });

  test('of two equal ends the surer one says it', () => {
    const ends = [one('16:00', '16:40', 'cut'), one('16:10', '16:40', 'session'), one('16:20', '16:40', 'record')];
    expect(mergeSpans(ends)).toEqual([one('16:00', '16:40', 'session')]);
    expect(mergeSpans(ends.toReversed())).toEqual([one('16:00', '16:40', 'session')]);
  });

  test('one open device keeps the interval open', () => {
    expect(mergeSpans([one('16:00', '16:20', 'last_seen', true), one('16:10', '16:30', 'session')])).toEqual([
      one('16:00', '16:30', 'session', true),
    ]);
  });

  test('spans that touch are one interval, a millisecond apart they are two', () => {
    expect(mergeSpans([one('16:00', '16:10', 'session'), one('16:10', '16:20', 'session')])).toHaveLength(1);
    expect(mergeSpans([one('16:00', '16:10', 'session'), one('16:10:00.001', '16:20', 'session')])).toHaveLength(2);
  });

  test('devices are counted at once, and one that replaces another is not two', () => {
    expect(devicesAtOnce([])).toBe(0);
    expect(devicesAtOnce([span('16:00', '16:10'), span('16:10', '16:20')])).toBe(1);
    expect(devicesAtOnce([span('16:00', '16:10'), span('16:05', '16:20'), span('16:09', '16:30')])).toBe(3);
  });
});

describe('whether a live look must list the sessions', () => {
  const unread = (latest: string | null) =>
    participant([], { sessionsReadAt: null, latest: latest === null ? null : at(latest) });
  const read = (latest: string | null, ...sessions: SessionEvidence[]) =>
    participant(sessions, { latest: latest === null ? null : at(latest) });
  const open = session('16:10', null);
  const closed = session('16:00', '16:20');

  test.each([
    ['somebody new has one session', undefined, null, false],
    ['came and stays', unread(null), null, false],
    ['came and left', unread(null), '16:20', false],
    ['left and nothing happened', unread('16:20'), '16:20', false],
    ['left and is back', unread('16:20'), null, true],
    ['left, came back and left again', unread('16:20'), '16:40', true],
    ['listed, still in the call', read(null, closed, open), null, false],
    ['listed, left since', read(null, closed, open), '16:40', false],
    ['listed, and left on one of two devices since', read(null, session('16:05', null), open), '16:40', true],
    ['listed as gone, nothing happened', read('16:20', closed), '16:20', false],
    ['listed as gone, back', read('16:20', closed), null, true],
    ['listed as gone, back and gone again', read('16:20', closed), '16:40', true],
    ['in the call with every listed session closed: back on another device', read(null, closed), null, true],
    ['listed open under a leave that moves on', read('16:05', open), '16:40', true],
    ['only a session that vanished was open', read(null, session('16:10', null, { missing: true })), null, true],
    ['never a session yet, and gone', read(null), '16:20', true],
  ] as const)('%s', (_, held, latest, needed) => {
    expect(needsSessions(held, latest === null ? null : at(latest))).toBe(needed);
  });
});
