import { describe, expect, test } from 'vitest';

import type { PresenceDecision } from '../../../src/core/attendance/decision.ts';
import { call, guest, idOf, joins, klass, room, span, type Klass, type Who } from '../../support/attendance.ts';

const lesson = klass('16:00', '17:00', 'ana');
const whole = call('15:58-17:02', [joins('tess', '15:58-17:02'), joins('ana', '16:00-16:40')]);

const changed =
  (kind: 'add_interval' | 'remove_interval') =>
  (c: Klass, who: Who, from: string, to: string): PresenceDecision => ({
    classId: c.id,
    personId: idOf(who),
    kind,
    interval: span(from, to),
  });
const added = changed('add_interval');
const removed = changed('remove_interval');

test('everybody on the roster has a log, whether they came or not', () => {
  const { logs } = room([lesson], [call('15:58-17:02', [joins('tess', '15:58-17:02')])]);
  expect(logs).toMatchObject([
    { personId: idOf('tess'), role: 'teacher', status: 'present', durationMs: 64 * 60_000, devices: 1 },
    { personId: idOf('ana'), role: 'student', status: 'absent', join: null, leave: null, intervals: [], evidence: [] },
  ]);
});

test.each([
  ['ben', 'guest', ['off_roster']],
  ['theo', 'guest', ['possible_substitute']],
  ['paula', 'guest', []],
  ['adam', 'observer', []],
] as const)('%s, who is not on the roster, is a %s', (who, role, flags) => {
  const { log } = room([lesson], [call('15:58-17:02', [joins(who, '16:00-17:00')])]);
  expect(log(lesson, who)).toMatchObject({ role, status: 'guest', flags });
});

test('a guest whom nobody knows is a log by the name shown', () => {
  const { log } = room([lesson], [call('15:58-17:02', [guest('iPad', '16:00-17:00')])]);
  expect(log(lesson, { name: 'iPad' })).toMatchObject({
    personId: null,
    role: 'guest',
    displayName: 'iPad',
    identity: null,
  });
});

test('a guest whose name was no text in part is a log all the same, and says so', () => {
  const { log } = room([lesson], [call('15:58-17:02', [guest('iP\ufffdd', '16:00-17:00')])]);
  expect(log(lesson, { name: 'iP\ufffdd' })).toMatchObject({ durationMs: 3_600_000, flags: ['unreadable_name'] });
});

describe('how long somebody was there', () => {
  test('is provisional until the evidence is whole, and who is still there has not left', () => {
    const live = klass('16:00', '17:00', 'ana', { coverage: 'live' });
    const now = call('15:58-', [joins('ana', '16:00-')], '16:30');
    expect(room([live], [now]).log(live, 'ana')).toMatchObject({
      status: 'pending',
      provisional: true,
      leave: null,
      durationMs: 30 * 60_000,
    });
    const final = { ...live, coverage: 'complete' as const };
    expect(room([final], [now]).log(final, 'ana')).toMatchObject({
      provisional: false,
      leave: span('16:30', '17:00').start,
    });
  });

  test('is the union over devices, and the devices are counted', () => {
    const twice = call('15:58-17:02', [joins('ana', '16:00-16:30', '16:20-16:50')]);
    expect(room([lesson], [twice]).log(lesson, 'ana')).toMatchObject({ durationMs: 50 * 60_000, devices: 2 });
  });
});

describe('a decision', () => {
  const times = (...decisions: readonly PresenceDecision[]) =>
    room([lesson], [whole], { decisions }).times(lesson, 'ana');

  test('adds minutes and removes minutes, the later one wins', () => {
    expect(times(added(lesson, 'ana', '16:40', '17:00'))).toEqual(['16:00-17:00']);
    expect(times(removed(lesson, 'ana', '16:10', '16:20'))).toEqual(['16:00-16:10', '16:20-16:40']);
    expect(times(added(lesson, 'ana', '16:40', '17:00'), removed(lesson, 'ana', '16:30', '17:00'))).toEqual([
      '16:00-16:30',
    ]);
    expect(times(removed(lesson, 'ana', '16:30', '17:00'), added(lesson, 'ana', '16:40', '17:00'))).toEqual([
      '16:00-16:30',
      '16:40-17:00',
    ]);
  });

  test('makes a log of somebody whom nobody saw, known by the decision', () => {
    const { log } = room([lesson], [whole], { decisions: [added(lesson, 'ben', '16:00', '16:30')] });
    expect(log(lesson, 'ben')).toMatchObject({
      role: 'guest',
      durationMs: 30 * 60_000,
      identity: { method: 'decision', confidence: 'strong' },
    });
  });

  test('sets the status; an excuse and a status follow each other as they were made', () => {
    const about = { classId: lesson.id, personId: idOf('ana') };
    const status = (...decisions: readonly PresenceDecision[]) =>
      room([lesson], [whole], { decisions }).log(lesson, 'ana')!.status;
    const absent: PresenceDecision = { ...about, kind: 'set_status', status: 'absent' };
    const excused: PresenceDecision = { ...about, kind: 'excuse' };
    expect([status(absent), status(absent, excused), status(excused, absent)]).toEqual(['absent', 'excused', 'absent']);
  });

  test('on another class or another person changes nothing', () => {
    const other = klass('18:00', '19:00', 'ana');
    expect(times(added(other, 'ana', '16:40', '17:00'), removed(lesson, 'tess', '16:00', '17:00'))).toEqual([
      '16:00-16:40',
    ]);
  });
});
