import { describe, expect, test } from 'vitest';

import {
  alias,
  call,
  guest,
  idOf,
  joins,
  klass,
  nobody,
  room,
  type Call,
  type Klass,
} from '../../support/attendance.ts';

const whole = '16:00-17:00';

test('what was there in the window of a class that is on is not of the canceled class beside it', () => {
  const canceled = klass('16:00', '17:00', 'ana', { canceled: true });
  const next = klass('17:00', '18:00', 'ana');
  const { times, log } = room([canceled, next], [call('15:58-18:00', [joins('ana', '16:30-18:00')])]);
  expect(log(canceled, 'ana')).toMatchObject({ intervals: [] });
  expect(times(next, 'ana')).toEqual(['16:30-18:00']);
});

test('presence in the call of a canceled class is its own, also where a person linked the call', () => {
  const canceled = klass('16:00', '17:00', 'ana', { canceled: true });
  const inRoom = call('15:58-17:02', [joins('ana', whole)]);
  const linked: Call = { ...inRoom, record: { ...inRoom.record, classIds: [canceled.id] } };
  for (const seen of [inRoom, linked]) {
    const { times, log } = room([canceled], [seen]);
    expect(times(canceled, 'ana')).toEqual([whole]);
    expect(log(canceled, 'ana')).toMatchObject({ status: 'present' });
  }
});

test('a call that a person linked to a class of its room counts for that class alone', () => {
  const first = klass('16:00', '17:00', 'ana');
  const second = klass('16:00', '17:00', 'ana');
  const stray = call('15:58-17:02', [joins('ana', whole)]);
  const linked: Call = { ...stray, record: { ...stray.record, classIds: [second.id] } };
  expect(room([first, second], [stray]).times(first, 'ana')).toEqual([whole]);
  expect(room([first, second], [linked]).times(first, 'ana')).toEqual([]);
  expect(room([first, second], [linked]).times(second, 'ana')).toEqual([whole]);
});

describe('a call of a room that was linked to a class of another one', () => {
  const planned = klass('16:00', '17:00', 'ana');
  const linked = (seen: Call, inRoom: Klass): Call => ({
    ...seen,
    record: { ...seen.record, classIds: [planned.id], ofRoom: [inRoom.id] },
  });

  test('takes nobody from the class of its room who belongs to that one alone', () => {
    const own = klass('16:00', '17:00', 'ben', { teacher: 'theo' });
    const all = (['tess', 'ana', 'theo', 'ben'] as const).map((who) => joins(who, whole));
    const both = linked(call('15:58-17:02', all), own);
    const { times, log } = room([planned, own], [both]);
    expect([times(planned, 'tess'), times(planned, 'ana')]).toEqual([[whole], [whole]]);
    expect([times(own, 'theo'), times(own, 'ben')]).toEqual([[whole], [whole]]);
    expect([log(own, 'ana'), log(planned, 'ben')]).toEqual([undefined, undefined]);
  });

  test('leaves the next class of the same people in its room what lies in its slot', () => {
    const next = klass('17:00', '18:00', 'ana');
    const { times } = room(
      [planned, next],
      [linked(call('15:58-18:02', [joins('tess', '15:58-18:02'), joins('ana', '16:00-18:00')]), next)],
    );
    expect([times(planned, 'tess'), times(next, 'tess')]).toEqual([['15:58-17:00'], ['17:00-18:02']]);
    expect([times(planned, 'ana'), times(next, 'ana')]).toEqual([['16:00-17:00'], ['17:00-18:00']]);
  });
});

test('a call that a person linked to two classes is shared by them as a call of their room is', () => {
  const first = klass('16:00', '17:00', 'ana');
  const second = klass('17:00', '18:00', 'ben');
  const seen = call('15:58-18:02', [joins('tess', '15:58-18:02'), joins('ana', whole), joins('ben', '16:55-18:00')]);
  const linked: Call = { ...seen, record: { ...seen.record, classIds: [first.id, second.id] } };
  for (const one of [seen, linked]) {
    const { times } = room([first, second], [one]);
    expect([times(first, 'tess'), times(second, 'tess')]).toEqual([['15:58-17:00'], ['17:00-18:02']]);
    expect([times(first, 'ben'), times(second, 'ben')]).toEqual([[], ['16:55-18:00']]);
  }
});

test('somebody of the roster of the second class who sits in the first is a guest there', () => {
  const first = klass('16:00', '17:00', 'ana');
  const second = klass('17:40', '18:40', 'ben');
  const { times, log } = room([first, second], [call('15:58-18:40', [joins('ben', '16:00-18:40')])]);
  // The window of the second class begins half an hour before it.
  expect(times(second, 'ben')).toEqual(['17:10-18:40']);
  expect(log(first, 'ben')).toMatchObject({ role: 'guest', status: 'guest' });
  expect(times(first, 'ben')).toEqual(['16:00-17:10']);
});

describe('guests without an account', () => {
  const lesson = klass('16:00', '17:00', ['ana', 'ben']);

  test('are who was learned of their name, but not when two carry it at once', () => {
    const rules = [alias('name', 'ipad', 'ben')];
    const seen = (...stays: readonly string[]) =>
      room(
        [lesson],
        [
          call(
            '15:58-17:02',
            stays.map((stay) => guest('iPad', stay)),
          ),
        ],
        { rules },
      );

    expect(seen(whole).log(lesson, 'ben')).toMatchObject({ status: 'present', identity: { method: 'alias' } });
    const both = seen(whole, '16:30-17:00');
    expect(both.log(lesson, 'ben')).toMatchObject({ status: 'absent', intervals: [] });
    expect(both.queue(lesson)).toHaveLength(2);
    // One after the other may be one person who came back.
    expect(seen('16:00-16:20', '16:20-17:00').times(lesson, 'ben')).toEqual([whole]);
  });

  test('are a person of the roster by an exact full name, which is weak', () => {
    const { log } = room([lesson], [call('15:58-17:02', [guest('ben  OKRI', whole)])]);
    expect(log(lesson, 'ben')).toMatchObject({
      status: 'present',
      identity: { method: 'name', confidence: 'weak' },
      flags: ['weak_identity'],
    });
  });

  test('that are ignored are nowhere', () => {
    const ignored = [nobody('name', 'note taker')];
    const { logs, queue } = room([lesson], [call('15:58-17:02', [guest('Note Taker', whole)])], { ignored });
    expect(queue(lesson)).toEqual([]);
    expect(logs.map(({ personId }) => personId)).toEqual([idOf('tess'), idOf('ana'), idOf('ben')]);
  });
});

test('evidence that contradicts itself marks the classes that it touches and no others', () => {
  const first = klass('16:00', '17:00', 'ana');
  const evening = klass('20:00', '21:00', 'ana');
  const odd = call('16:00-17:00', [joins('ana', '16:30-16:10')]);
  const fine = call('20:00-21:00', [joins('ana', '20:00-21:00')], '23:00');
  const { contradicted } = room([first, evening], [odd, fine]);
  expect([...contradicted]).toEqual([first.id]);
});
