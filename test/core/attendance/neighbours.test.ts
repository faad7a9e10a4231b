import { describe, expect, test } from 'vitest';

import {
  accountOf,
  alias,
  call,
  guest,
  idOf,
  joins,
  joinsAs,
  klass,
  nobody,
  room,
  type Facts,
} from '../../support/attendance.ts';

const first = klass('16:00', '17:00', 'ana', { series: 'ana' });
const second = klass('17:00', '18:00', 'ben', { series: 'ben' });

/** Two lessons one after the other in one room and call, of children who share no more than the name of their device. */
function lessons(joinings: Parameters<typeof call>[1], facts: Facts = {}) {
  return room([first, second], [call('15:58-18:02', [joins('tess', '15:58-18:02'), ...joinings])], facts);
}

describe('a name that was learned for one lesson', () => {
  const iPads = [guest('iPad', '16:00-17:03'), guest('iPad', '16:56-18:00')];

  test.each([
    ['the class', { klass: first }],
    ['the series', { series: 'ana' }],
  ] as const)('of %s does not take in the device of the child whose lesson is next', (_, where) => {
    const seen = lessons(iPads, { rules: [alias('name', 'ipad', 'ana', where)] });
    // Two of one name at once: the name says nothing.
    expect(seen.times(first, 'ana')).toEqual([]);

    const oneByOne = lessons([guest('iPad', '16:00-17:00'), guest('iPad', '17:00-18:00')], {
      rules: [alias('name', 'ipad', 'ana', where)],
    });
    expect(oneByOne.times(first, 'ana')).toEqual(['16:00-17:00']);
    expect(oneByOne.times(second, { name: 'iPad' })).toEqual(['17:00-18:00']);
    expect(oneByOne.queue(second).map(({ suggestion }) => suggestion?.personId)).toEqual([idOf('ben')]);
  });

  test('holds for who came early or stayed on', () => {
    const rules = [alias('name', 'ipad', 'ana', { klass: first })];
    expect(lessons([guest('iPad', '15:40-17:04')], { rules }).times(first, 'ana')).toEqual(['15:40-17:04']);
    expect(lessons([guest('iPad', '15:40-15:50')], { rules }).times(first, 'ana')).toEqual(['15:40-15:50']);
  });

  test('is each child’s own where it was learned for both', () => {
    const rules = [alias('name', 'ipad', 'ana', { series: 'ana' }), alias('name', 'ipad', 'ben', { series: 'ben' })];
    const seen = lessons([guest('iPad', '16:00-17:00'), guest('iPad', '17:00-18:00')], { rules });
    expect([seen.times(first, 'ana'), seen.times(second, 'ben')]).toEqual([['16:00-17:00'], ['17:00-18:00']]);
    // One device that stays is each of them in turn.
    const shared = lessons([guest('iPad', '15:58-18:02')], { rules });
    expect([shared.times(first, 'ana'), shared.times(second, 'ben')]).toEqual([['15:58-17:00'], ['17:00-18:02']]);
  });

  test('gives way to who a person named for the call', () => {
    const seen = call('15:58-18:02', [guest('iPad', '16:55-18:00')]);
    const rules = [alias('name', 'ipad', 'ana'), alias('participant', seen.participants[0]!.name, 'ben', 'call')];
    const { times } = room([first, second], [seen], { rules });
    expect([times(first, 'ana'), times(second, 'ben')]).toEqual([[], ['16:55-18:00']]);
  });
});

test('an account that is a child of each of two series is each of them in turn', () => {
  const rules = [alias('account', '77', 'ana', { series: 'ana' }), alias('account', '77', 'ben', { series: 'ben' })];
  const seen = lessons([joinsAs('77', 'Mum', '15:58-18:02')], { rules });
  expect([seen.times(first, 'ana'), seen.times(second, 'ben')]).toEqual([['15:58-17:00'], ['17:00-18:02']]);
});

describe('somebody known in the lesson of somebody who was not seen, whose minutes are of a lesson beside it', () => {
  test('is a review with a suggestion: nobody is certain to be absent', () => {
    const seen = lessons([joins('ana', '16:00-18:00')]);
    expect(seen.times(first, 'ana')).toEqual(['16:00-18:00']);
    expect(seen.log(second, 'ben')).toMatchObject({ status: 'absent' });
    expect(seen.queue(first)).toEqual([]);
    expect(seen.queue(second)).toMatchObject([
      { knownPersonId: idOf('ana'), mayBe: [idOf('ben')], suggestion: { personId: idOf('ben') }, presentMs: 3_600_000 },
    ]);
    // No log of its own: the minutes are in the lesson beside it.
    expect(seen.log(second, 'ana')).toBeUndefined();
  });

  test('is one also where the name of a device was learned for everywhere', () => {
    const rules = [alias('name', 'ipad', 'ana')];
    const seen = lessons([guest('iPad', '16:00-17:00'), guest('iPad', '17:00-18:00')], { rules });
    expect(seen.queue(second)).toMatchObject([{ knownPersonId: idOf('ana'), suggestion: { personId: idOf('ben') } }]);
  });

  test('is none where they left late, where nobody is missing, and where it is a teacher', () => {
    expect(lessons([joins('ana', '16:00-17:09:59')]).queue(second)).toEqual([]);
    expect(lessons([joins('ana', '16:00-18:00'), joins('ben', '17:00-18:00')]).queue(second)).toEqual([]);
    const other = klass('17:00', '18:00', 'ben', { teacher: 'theo' });
    const staying = call('15:58-18:02', [joins('tess', '15:58-18:00'), joins('theo', '17:00-18:00')]);
    expect(room([first, other], [staying]).queue(other)).toEqual([]);
  });

  test('is none where a person said that they were themselves', () => {
    const seen = call('15:58-18:02', [joins('ana', '16:00-18:00')]);
    const rules = [alias('participant', seen.participants[0]!.name, 'ana', { klass: second })];
    expect(room([first, second], [seen], { rules }).queue(second)).toEqual([]);
  });

  test('is one item with the same account that nobody knows in another call', () => {
    const calls = ['17:00-17:30', '17:32-18:00'].map((stay) => call(stay, [joinsAs('77', 'Tablet', stay)]));
    const before = call('15:58-17:00', [joins('tess', '15:58-17:00')]);
    const rules = [alias('participant', calls[0]!.participants[0]!.name, 'ana', 'call')];
    const queue = room([first, second], [before, ...calls], { rules }).queue(second);
    expect(queue.map(({ key, mayBe }) => [key, mayBe.includes(idOf('ben'))])).toEqual([['account:77', true]]);
  });

  test('who is ignored there stays in the lesson where they are expected', () => {
    const seen = call('15:58-18:02', [joins('ana', '16:00-18:00')]);
    for (const rule of [
      nobody('participant', seen.participants[0]!.name, 'call'),
      nobody('account', accountOf('ana'), { series: 'ana' }),
      nobody('account', accountOf('ana')),
    ]) {
      const { times } = room([first, second], [seen], { ignored: [rule] });
      expect(times(first, 'ana')).toEqual(['16:00-18:00']);
    }
  });

  test('is one where that was said of them for the lesson where they are expected, and each is in turn who they are said to be', () => {
    const seen = call('15:58-18:02', [joins('tess', '15:58-18:02'), guest('iPad', '16:00-18:00')]);
    const name = seen.participants[1]!.name;
    const asAna = alias('participant', name, 'ana', 'call');
    expect(room([first, second], [seen], { rules: [asAna] }).queue(second)).toMatchObject([
      { knownPersonId: idOf('ana'), suggestion: { personId: idOf('ben') } },
    ]);
    const rules = [asAna, alias('participant', name, 'ben', { klass: second })];
    const { times } = room([first, second], [seen], { rules });
    expect([times(first, 'ana'), times(second, 'ben')]).toEqual([['16:00-17:00'], ['17:00-18:00']]);
  });
});

test('an account that the Directory knows stays its owner’s where it was learned for somebody else everywhere', () => {
  const directory = new Map([[accountOf('ana'), 'ana@school.example']]);
  const facts: Facts = { withoutAccount: ['ana'], directory, rules: [alias('account', accountOf('ana'), 'ben')] };
  const { times } = lessons([joins('ana', '15:58-18:02')], facts);
  expect([times(first, 'ana'), times(second, 'ben')]).toEqual([['15:58-17:00'], ['17:00-18:02']]);
});
