import { describe, expect, test } from 'vitest';

import { call, guest, joins, klass, room } from '../../support/attendance.ts';

describe('calls and classes', () => {
  test('E01 one call over two classes is cut by time and by roster', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ben');
    const { times, slotMinutes, togetherMinutes, log } = room(
      [first, second],
      [call('15:55-18:05', [joins('tess', '15:55-18:05'), joins('ana', '15:58-17:03'), joins('ben', '16:55-18:01')])],
    );
    expect(times(first, 'ana')).toEqual(['15:58-17:03']);
    expect(times(second, 'ben')).toEqual(['16:55-18:01']);
    expect(times(first, 'tess')).toEqual(['15:55-17:00']);
    expect(times(second, 'tess')).toEqual(['17:00-18:05']);
    expect(log(second, 'ana')).toBeUndefined();
    expect(log(first, 'ben')).toBeUndefined();
    expect(togetherMinutes(first, 'ana', 'tess')).toBe(60);
    expect(togetherMinutes(second, 'ben', 'tess')).toBe(60);
    expect(slotMinutes(first, 'tess') + slotMinutes(second, 'tess')).toBe(120);
    expect(log(first, 'tess')!.intervals[0]!.closedBy).toBe('cut');
    expect(log(second, 'tess')!.intervals[0]!.closedBy).toBe('session');
  });

  test('E02 a child in both classes has each second once', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ana');
    const { times, slotMinutes } = room([first, second], [call('15:59-18:02', [joins('ana', '15:59-18:02')])]);
    expect(times(first, 'ana')).toEqual(['15:59-17:00']);
    expect(times(second, 'ana')).toEqual(['17:00-18:02']);
    expect([slotMinutes(first, 'ana'), slotMinutes(second, 'ana')]).toEqual([60, 60]);
  });

  test('E04 the link opened again in the evening changes nothing', () => {
    const c = klass('16:00', '17:00', 'ana');
    const lesson = call('15:58-17:01', [joins('tess', '15:58-17:01'), joins('ana', '16:00-17:00')]);
    const evening = call('20:00-20:01', [joins('ana', '20:00-20:01')], '23:00');
    expect(room([c], [lesson, evening]).logs).toEqual(room([c], [lesson]).logs);
    expect(room([c], [evening, lesson]).logs).toEqual(room([c], [lesson]).logs);
  });

  test('E05 a room used daily gives Monday’s class Monday’s call', () => {
    const monday = klass('16:00', '17:00', 'ana');
    const calls = ['16:01-17:00', '40:00-41:00', '64:00-65:00'].map((stay) =>
      call(stay, [joins('ana', stay)], '80:00'),
    );
    expect(room([monday], calls).times(monday, 'ana')).toEqual(['16:01-17:00']);
  });

  test('E06 waiting in the break belongs to the class that comes, outside its slot', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:05', '18:00', 'ben');
    const { times, slotMinutes, log } = room(
      [first, second],
      [call('15:59-18:00', [joins('tess', '15:59-18:00'), joins('ben', '16:56-18:00')])],
    );
    expect(log(first, 'ben')).toBeUndefined();
    expect(times(second, 'ben')).toEqual(['16:56-18:00']);
    expect(slotMinutes(second, 'ben')).toBe(55);
    // The teacher of both is in neither slot during the break; it counts towards the class that comes.
    expect(times(first, 'tess')).toEqual(['15:59-17:00']);
    expect(times(second, 'tess')).toEqual(['17:00-18:00']);
  });

  test('a long break is cut half an hour before the next class', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:50', '18:30', 'ana');
    const { times } = room([first, second], [call('15:59-18:40', [joins('ana', '15:59-18:40')])]);
    expect(times(first, 'ana')).toEqual(['15:59-17:20']);
    expect(times(second, 'ana')).toEqual(['17:20-18:40']);
  });

  test('E07 who stays on into a colleague’s class is not its teacher', () => {
    const first = klass('16:00', '17:00', 'ana', { teacher: 'tess' });
    const second = klass('17:00', '18:00', 'ben', { teacher: 'theo' });
    const { times, log, togetherMinutes } = room(
      [first, second],
      [call('15:59-18:00', [joins('tess', '15:59-17:10'), joins('theo', '17:04-18:00'), joins('ben', '16:58-18:00')])],
    );
    expect(togetherMinutes(second, 'theo', 'ben')).toBe(56);
    expect(times(first, 'tess')).toEqual(['15:59-17:10']);
    expect(log(second, 'tess')).toBeUndefined();
  });

  test('E13 two calls that overlap at a restart do not count the seconds twice', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times, log } = room(
      [c],
      [call('15:58-16:30:20', [joins('ana', '16:00-16:30:20')]), call('16:30-17:02', [joins('ana', '16:30-17:00')])],
    );
    expect(times(c, 'ana')).toEqual(['16:00-17:00']);
    expect(log(c, 'ana')!.durationMs).toBe(3_600_000);
    expect(log(c, 'ana')!.evidence).toHaveLength(2);
  });

  test('E35 who leaves as the next class starts was not in it', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ana');
    const { times, log } = room([first, second], [call('16:00-17:00', [joins('ana', '16:00-17:00:00.000')])]);
    expect(times(first, 'ana')).toEqual(['16:00-17:00']);
    expect(log(second, 'ana')!.durationMs).toBe(0);
    expect(log(second, 'ana')!.status).toBe('absent');
    expect(log(first, 'ana')!.intervals[0]!.closedBy).toBe('session');
  });

  test('one millisecond more is the next class’s', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ana');
    const { log } = room([first, second], [call('16:00-17:00:00.001', [joins('ana', '16:00-17:00:00.001')])]);
    expect(log(first, 'ana')!.durationMs).toBe(3_600_000);
    expect(log(second, 'ana')!.durationMs).toBe(1);
    // Less than a second in the slot is not attendance.
    expect(log(second, 'ana')!.status).toBe('absent');
  });

  test('presence outside every window belongs to no class', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times, log } = room(
      [c],
      [call('15:00-19:00', [joins('ana', '15:00-19:00'), guest('iPad', '15:00-19:00')])],
    );
    expect(times(c, 'ana')).toEqual(['15:30-18:00']);
    expect(times(c, { name: 'iPad' })).toEqual(['15:30-18:00']);
    expect(log(c, 'ana')!.intervals[0]!.closedBy).toBe('cut');
  });

  test('a canceled class takes no time that lies in the window of another class with the person on its roster', () => {
    const canceled = klass('16:00', '17:00', 'ana', { canceled: true });
    const next = klass('17:00', '18:00', 'ana');
    const { times } = room([canceled, next], [call('16:10-18:00', [joins('ana', '16:10-18:00')])]);
    expect(times(next, 'ana')).toEqual(['16:30-18:00']);
    expect(times(canceled, 'ana')).toEqual(['16:10-16:30']);
  });

  test('E78 who is on the roster of a canceled class alone was in it, however many others are booked beside it', () => {
    const canceled = klass('16:00', '17:00', 'ana', { canceled: true });
    const instead = klass('16:00', '17:00', 'ben');
    const seen = [joins('ana', '16:00-16:50'), joins('ben', '16:05-17:00'), guest('iPad', '16:00-17:00')];
    const { times, log } = room([canceled, instead], [call('15:58-17:02', seen)]);
    expect(times(canceled, 'ana')).toEqual(['16:00-16:50']);
    expect(log(instead, 'ana')).toBeUndefined();
    expect(times(instead, 'ben')).toEqual(['16:05-17:00']);
    expect(times(instead, { name: 'iPad' })).toEqual(['16:00-17:00']);
    expect(log(canceled, { name: 'iPad' })).toBeUndefined();
  });

  test('a guest of two back-to-back classes is cut at the boundary like everybody', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ben');
    const { times } = room([first, second], [call('16:00-18:30', [guest('Grandma', '16:10-18:30')])]);
    expect(times(first, { name: 'Grandma' })).toEqual(['16:10-17:00']);
    expect(times(second, { name: 'Grandma' })).toEqual(['17:00-18:30']);
  });

  test('a child who waits for the next class is not a guest of this one, but before its window is', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ben');
    const { times, log } = room([first, second], [call('16:00-18:00', [joins('ben', '16:20-18:00')])]);
    expect(times(first, 'ben')).toEqual(['16:20-16:30']);
    expect(log(first, 'ben')!.role).toBe('guest');
    expect(log(first, 'ben')!.flags).toContain('off_roster');
    expect(times(second, 'ben')).toEqual(['16:30-18:00']);
    expect(log(second, 'ben')!.role).toBe('student');
  });
});
