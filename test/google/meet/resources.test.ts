import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  participantResource,
  recordResource,
  sessionResource,
  spaceResource,
} from '../../../src/google/meet/resources.ts';

const session = (startTime: unknown, endTime?: unknown) =>
  sessionResource.safeParse({ name: 'conferenceRecords/r/participants/p/participantSessions/s', startTime, endTime });

describe('an instant', () => {
  test.each([
    ['2026-03-02T09:00:07Z', '2026-03-02T09:00:07.000Z'],
    ['2026-03-02T09:00:07.5Z', '2026-03-02T09:00:07.500Z'],
    ['2026-03-02T09:00:07.213456Z', '2026-03-02T09:00:07.213Z'],
    ['2026-03-02T09:00:07.999999999Z', '2026-03-02T09:00:07.999Z'],
    ['2026-03-02T11:00:07+02:00', '2026-03-02T09:00:07.000Z'],
    ['2026-03-08T02:30:00-05:00', '2026-03-08T07:30:00.000Z'],
  ])('%s is cut to %s, and its text is kept', (text, iso) => {
    expect(session(text).data).toMatchObject({ start: Date.parse(iso), startText: text, end: null, endText: null });
  });

  test.each(['', 'soon', '2026-03-02', '2026-03-02T09:00:07', 1_772_445_607_000, null, undefined, {}])(
    '%o is none',
    (text) => {
      expect(session(text).success).toBe(false);
    },
  );

  test('is the millisecond it lies in', () => {
    const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });
    fc.assert(
      fc.property(dates, fc.nat(999_999), (date, rest) => {
        const text = date.toISOString().replace('Z', `${String(rest).padStart(6, '0')}Z`);
        expect(session(text).data?.start).toBe(date.getTime());
      }),
    );
  });
});

test('an end may be absent or null; one that is no instant makes the item unreadable', () => {
  expect(session('2026-03-02T09:00:00Z', null).data?.end).toBeNull();
  expect(session('2026-03-02T09:00:00Z', 'later').success).toBe(false);
});

test('what Google adds is left aside, and what it leaves out is null', () => {
  expect(spaceResource.parse({ name: 'spaces/x', config: { accessType: 'BRAND_NEW' }, more: 1 })).toEqual({
    name: 'spaces/x',
    meetingCode: null,
    meetingUri: null,
    ownedByReader: true,
  });
  expect(
    recordResource.parse({ name: 'conferenceRecords/r', space: 'spaces/x', startTime: '2026-03-02T09:00:00Z' }),
  ).toEqual({
    name: 'conferenceRecords/r',
    space: 'spaces/x',
    start: Date.parse('2026-03-02T09:00:00Z'),
    startText: '2026-03-02T09:00:00Z',
    end: null,
    endText: null,
    expireAt: null,
  });
});

describe('a participant', () => {
  const base = { name: 'conferenceRecords/r/participants/p', earliestStartTime: '2026-03-02T09:00:00Z' };
  test.each([
    [{ signedinUser: { user: 'users/1001', displayName: 'Nora' } }, ['signedin', '1001', 'Nora']],
    [{ signedinUser: { user: 'users/1001' } }, ['signedin', '1001', '']],
    [{ anonymousUser: { displayName: 'iPad' } }, ['anonymous', null, 'iPad']],
    [{ anonymousUser: {} }, ['anonymous', null, '']],
    [{ phoneUser: { displayName: '+351 •• 12' } }, ['phone', null, '+351 •• 12']],
    [{}, ['anonymous', null, '']],
  ])('%j is %j', (user, [kind, userId, displayName]) => {
    expect(participantResource.parse({ ...base, ...user })).toMatchObject({ kind, userId, displayName });
  });
});

describe('what is no text in part', () => {
  const participant = {
    name: 'conferenceRecords/r/participants/p',
    earliestStartTime: '2026-03-02T09:00:00Z',
    signedinUser: { user: 'users/1', displayName: 'Ana' },
  };

  test.each([
    ['Ana \ud83d', 'Ana \ufffd'],
    ['An\0a', 'An\ufffda'],
  ])('is replaced in the name %j of somebody, whose evidence is kept', (displayName, kept) => {
    const shown = participantResource.parse({ ...participant, signedinUser: { user: 'users/1', displayName } });
    expect(shown).toMatchObject({ userId: '1', displayName: kept });
    const { signedinUser: _, ...unsigned } = participant;
    for (const kind of ['anonymousUser', 'phoneUser']) {
      expect(participantResource.parse({ ...unsigned, [kind]: { displayName } }).displayName).toBe(kept);
    }
  });

  test.each(['\ud800', '\0'])(
    'makes an answer unreadable where %j stands in a name that evidence is kept by',
    (bad) => {
      const times = { startTime: '2026-03-02T09:00:00Z' };
      expect(participantResource.safeParse({ ...participant, name: `${participant.name}${bad}` }).success).toBe(false);
      expect(recordResource.safeParse({ ...times, name: `conferenceRecords/${bad}`, space: 'spaces/x' }).success).toBe(
        false,
      );
      expect(recordResource.safeParse({ ...times, name: 'conferenceRecords/r', space: `spaces/${bad}` }).success).toBe(
        false,
      );
      expect(
        sessionResource.safeParse({ ...times, name: `${participant.name}/participantSessions/${bad}` }).success,
      ).toBe(false);
      expect(spaceResource.safeParse({ name: `spaces/${bad}` }).success).toBe(false);
    },
  );
});
