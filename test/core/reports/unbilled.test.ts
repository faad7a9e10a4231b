import { describe, expect, test } from 'vitest';

import type { PlannedClass, SchoolPerson, SeenCall } from '../../../src/core/reports/meetings.ts';
import { findUnbilled, type UnbilledSearch } from '../../../src/core/reports/unbilled.ts';
import { minutes } from '../../support/statements.ts';

const TESS = 11;
const ANA = 3;
const BEN = 4;

const TOM = 12;

const people = new Map<number, SchoolPerson>([
  [TOM, { email: 'tom@example.com', name: 'Tom', role: 'teacher' }],
  [TESS, { email: 'tess@example.com', name: 'Tess', role: 'teacher' }],
  [ANA, { email: 'ana@example.com', name: 'Ana', role: 'student' }],
  [BEN, { email: 'ben@example.com', name: null, role: 'student' }],
]);

function at(time: string): number {
  return Temporal.Instant.from(`2026-01-16T${time}Z`).epochMilliseconds;
}

/** `call('spaces/own', 'r1', [TESS, '16:00-16:50'], ['Guest', '16:05-16:40'])` */
function call(space: string, record: string, ...there: readonly (readonly [number | string, string])[]): SeenCall {
  return {
    space,
    record,
    meetCode: 'abc-defg-hij',
    organizerEmail: 'tess@example.com',
    participants: there.map(([who, times]) => {
      const [from = '', to = ''] = times.split('-');
      return {
        personId: typeof who === 'number' ? who : null,
        displayName: typeof who === 'number' ? `Google name ${who}` : who,
        intervals: [{ start: at(from), end: at(to) }],
      };
    }),
  };
}

function algebra(changed: Partial<PlannedClass> = {}): PlannedClass {
  return {
    classId: 5,
    subject: 'Algebra',
    space: 'spaces/own',
    start: at('16:00'),
    end: at('17:00'),
    canceled: false,
    settledUntil: null,
    roster: [
      { personId: TESS, role: 'teacher' },
      { personId: ANA, role: 'student' },
    ],
    ...changed,
  };
}

function search(calls: readonly SeenCall[], classes: readonly PlannedClass[], changed: Partial<UnbilledSearch> = {}) {
  return findUnbilled({
    calls,
    classes,
    people,
    knownSpaces: new Set(['spaces/own']),
    margins: { beforeMs: 30 * 60_000, afterMs: 60 * 60_000 },
    minTogetherMs: 10 * 60_000,
    ...changed,
  });
}

describe('a possible lesson that is on no bill', () => {
  test('is a teacher and a student together without any class', () => {
    const found = search([call('spaces/personal', 'r1', [TESS, '09:00-09:50'], [ANA, '09:05-09:40'])], []);

    expect(found).toEqual([
      {
        kind: 'no_class',
        space: 'spaces/personal',
        meetCode: 'abc-defg-hij',
        organizerEmail: 'tess@example.com',
        records: ['r1'],
        start: at('09:05'),
        end: at('09:40'),
        togetherMs: minutes(35),
        people: [
          { personId: 11, email: 'tess@example.com', name: 'Tess', role: 'teacher', presentMs: minutes(50) },
          { personId: 3, email: 'ana@example.com', name: 'Ana', role: 'student', presentMs: minutes(35) },
        ],
        confidence: 'likely',
        suggestion: {
          action: 'create_class',
          classId: null,
          text: 'No class is planned for this meeting. Create one for this time and room if it was a lesson.',
        },
      },
    ]);
  });

  test('is a class that its people held in another room', () => {
    const found = search([call('spaces/personal', 'r1', [TESS, '15:58-16:50'], [ANA, '16:00-16:48'])], [algebra()]);

    expect(found).toMatchObject([
      {
        kind: 'other_room',
        space: 'spaces/personal',
        togetherMs: minutes(48),
        suggestion: { action: 'link_call', classId: 5 },
      },
    ]);
  });

  test('is each of two classes that were held in one call of another room', () => {
    const chess = algebra({
      classId: 6,
      subject: 'Chess',
      start: at('17:00'),
      end: at('18:00'),
      roster: [
        { personId: TESS, role: 'teacher' },
        { personId: BEN, role: 'student' },
      ],
    });
    const seen = call('spaces/personal', 'r1', [TESS, '15:58-18:02'], [ANA, '16:01-17:00'], [BEN, '16:58-18:01']);
    expect(search([seen], [algebra(), chess])).toMatchObject([
      { start: at('16:01'), end: at('17:00'), suggestion: { action: 'link_call', classId: 5 } },
      { start: at('16:58'), end: at('18:01'), suggestion: { action: 'link_call', classId: 6 } },
    ]);
    // Who stays a little longer does not hold the next one, too.
    const next = algebra({ classId: 7, start: at('17:00'), end: at('18:00') });
    const once = call('spaces/personal', 'r1', [TESS, '15:58-17:05'], [ANA, '16:00-17:05']);
    expect(search([once], [algebra(), next])).toMatchObject([{ suggestion: { classId: 5 } }]);
  });

  test('is a class whose people went on in another room', () => {
    const calls = [
      call('spaces/own', 'r1', [TESS, '16:00-16:20'], [ANA, '16:00-16:19']),
      call('spaces/personal', 'r2', [TESS, '16:18-17:00'], [ANA, '16:18-17:00']),
    ];
    expect(search(calls, [algebra()])).toMatchObject([
      {
        kind: 'other_room',
        records: ['r2'],
        suggestion: {
          action: 'link_call',
          classId: 5,
          text: 'The people of Algebra (class 5) met in this room as well as in their own. Link the call to the class.',
        },
      },
    ]);
  });

  test('is a class whose people sat in the call of another class', () => {
    const chess = algebra({
      classId: 6,
      space: 'spaces/two',
      roster: [
        { personId: TOM, role: 'teacher' },
        { personId: BEN, role: 'student' },
      ],
    });
    const both = call(
      'spaces/two',
      'r1',
      [TESS, '16:00-17:00'],
      [ANA, '16:00-16:55'],
      [TOM, '16:00-17:00'],
      [BEN, '16:05-17:00'],
    );
    expect(search([both], [algebra(), chess])).toMatchObject([
      {
        kind: 'other_room',
        togetherMs: minutes(55),
        people: [{ name: 'Tess' }, { name: 'Ana' }],
        suggestion: { classId: 5 },
      },
    ]);
  });

  test('is a canceled class that was held', () => {
    const found = search(
      [call('spaces/own', 'r1', [TESS, '16:00-16:50'], [ANA, '16:00-16:50'])],
      [algebra({ canceled: true, settledUntil: at('11:00') })],
    );

    expect(found).toMatchObject([
      {
        kind: 'held_although_canceled',
        togetherMs: minutes(50),
        suggestion: {
          action: 'reinstate_class',
          classId: 5,
          text: 'Algebra (class 5) was canceled, yet its teacher and student met in its room. If it was held, reinstate it: POST /api/classes/5/reinstate. If it was not, confirm the cancellation by the decision set_outcome.',
        },
      },
    ]);
  });

  test('is none in a class that was canceled while it was on, as far as it was given: that is on its bill', () => {
    const both = (until: string) =>
      search(
        [call('spaces/own', 'r1', [TESS, `16:00-${until}`], [ANA, `16:00-${until}`])],
        [algebra({ canceled: true, settledUntil: at('16:40') })],
      );
    expect(both('16:40')).toEqual([]);
    expect(both('16:45')).toEqual([]);
    expect(both('16:50')).toMatchObject([{ kind: 'held_although_canceled', togetherMs: minutes(10) }]);
  });

  test('is one where Google split the call', () => {
    const found = search(
      [
        call('spaces/personal', 'r1', [TESS, '09:00-09:20'], [ANA, '09:00-09:20']),
        call('spaces/personal', 'r2', [TESS, '09:22-09:50'], [ANA, '09:22-09:50']),
      ],
      [],
    );

    expect(found).toMatchObject([
      {
        records: ['r1', 'r2'],
        togetherMs: minutes(48),
        start: at('09:00'),
        end: at('09:50'),
      },
    ]);
  });

  test('is two where hours lie between', () => {
    const found = search(
      [
        call('spaces/personal', 'r1', [TESS, '09:00-09:20'], [ANA, '09:00-09:20']),
        call('spaces/personal', 'r2', [TESS, '11:00-11:28'], [BEN, '11:00-11:28']),
      ],
      [],
    );

    expect(found.map(({ records, people: there }) => [records, there.map(({ name }) => name)])).toEqual([
      [['r1'], ['Tess', 'Ana']],
      [['r2'], ['Tess', 'Google name 4']],
    ]);
  });

  test('is people in a room of the school whom nobody knows', () => {
    const stranger = ['iPad of Ana', '20:00-20:30'] as const;

    expect(search([call('spaces/own', 'r1', [TESS, '20:00-20:30'], stranger)], [algebra()])).toMatchObject([
      {
        kind: 'no_class',
        confidence: 'possible',
        people: [{ name: 'Tess' }, { name: 'iPad of Ana', role: 'unknown' }],
      },
    ]);
    expect(search([call('spaces/personal', 'r1', [TESS, '20:00-20:30'], stranger)], [algebra()])).toEqual([]);
  });
});

describe('on no list is', () => {
  test('a call in the room and window of its class, early and late', () => {
    const calls = [call('spaces/own', 'r1', [TESS, '15:35-17:55'], [ANA, '15:40-17:50'], [BEN, '16:00-17:00'])];

    expect(search(calls, [algebra()])).toEqual([]);
  });

  test('a meeting shorter than a lesson', () => {
    expect(search([call('spaces/own', 'r1', [TESS, '09:00-09:09'], [ANA, '09:00-09:09'])], [])).toEqual([]);
  });

  test('a teacher who waited alone', () => {
    expect(search([call('spaces/own', 'r1', [TESS, '09:00-09:50'])], [])).toEqual([]);
  });

  test('teacher and student in one room one after the other', () => {
    expect(search([call('spaces/own', 'r1', [TESS, '09:00-09:20'], [ANA, '09:20-09:50'])], [])).toEqual([]);
  });
});

test('a class held where it was planned is not suggested for a second meeting of its people', () => {
  const found = search(
    [
      call('spaces/own', 'r1', [TESS, '16:00-17:00'], [ANA, '16:00-17:00']),
      call('spaces/personal', 'r2', [TESS, '17:05-17:40'], [ANA, '17:05-17:40']),
    ],
    [algebra()],
  );

  expect(found).toMatchObject([{ kind: 'no_class', records: ['r2'], togetherMs: minutes(35) }]);
});

test('the class is the one whose own teacher and student met, and else one whose student met another teacher', () => {
  const meeting = call('spaces/personal', 'r1', [TOM, '16:00-17:00'], [ANA, '16:00-17:00'], [BEN, '16:30-17:00']);
  const ofAna = algebra();
  const ofBen = algebra({
    classId: 6,
    subject: 'Chess',
    space: 'spaces/six',
    roster: [
      { personId: TOM, role: 'teacher' },
      { personId: BEN, role: 'student' },
    ],
  });
  expect(search([meeting], [ofAna, ofBen])).toMatchObject([{ suggestion: { action: 'link_call', classId: 6 } }]);
  expect(search([meeting], [ofAna])).toMatchObject([
    {
      kind: 'other_room',
      suggestion: {
        action: 'link_call',
        classId: 5,
        substitute: { email: 'tom@example.com', for: 'tess@example.com' },
        text: 'A student of Algebra (class 5) met another teacher in this room. Link the call to the class, and say who taught instead.',
      },
    },
  ]);
});

test('of two classes that people may have held, the one they were in for longer is named', () => {
  const meeting = call('spaces/personal', 'r1', [TESS, '16:50-18:00'], [ANA, '16:50-18:00']);
  const next = algebra({ classId: 6, space: 'spaces/six', start: at('17:00'), end: at('18:00') });
  const early = algebra({ start: at('15:00'), end: at('16:00') });
  expect(search([meeting], [early, next])).toMatchObject([{ suggestion: { classId: 6 } }]);
});
