import { describe, expect, test } from 'vitest';

import type { PresenceChange } from '../../../src/core/attendance/decision.ts';
import { at, call, idOf, joins, klass, room, span } from '../../support/attendance.ts';

const inClass = (tess: string, ana: string) => {
  const c = klass('16:00', '17:00', 'ana');
  const { slotMinutes, togetherMinutes, log } = room(
    [c],
    [call('15:40-17:30', [joins('tess', tess), joins('ana', ana)])],
  );
  return {
    tess: slotMinutes(c, 'tess'),
    ana: slotMinutes(c, 'ana'),
    together: togetherMinutes(c, 'tess', 'ana'),
    status: log(c, 'ana')!.status,
  };
};

describe('time inside the lesson', () => {
  test.each([
    ['E16 nothing before the start', '15:45-17:00', '15:45-17:00', 60, 60, 60, 'present'],
    ['E17 an overrun is kept outside the slot', '16:00-17:20', '16:00-17:20', 60, 60, 60, 'present'],
    ['E18 four minutes late is in time', '16:00-17:00', '16:04-17:00', 60, 56, 56, 'present'],
    ['exactly five minutes late is in time', '16:00-17:00', '16:05-17:00', 60, 55, 55, 'present'],
    [
      'a millisecond more is late',
      '16:00-17:00',
      '16:05:00.001-17:00',
      60,
      54.99998333333333,
      54.99998333333333,
      'late',
    ],
    ['E20 twelve minutes late', '16:00-17:00', '16:12-17:00', 60, 48, 48, 'late'],
    ['E21 a late teacher', '16:12-17:00', '15:59-17:00', 48, 60, 48, 'present'],
    ['E22 both four minutes late', '16:04-17:00', '16:04-17:00', 56, 56, 56, 'present'],
    ['E23 both ten minutes late', '16:10-17:00', '16:10-17:00', 50, 50, 50, 'late'],
    ['E25 a teacher who leaves early', '16:00-16:40', '16:00-17:00', 40, 60, 40, 'present'],
  ] as const)('%s', (_, tess, ana, tessMinutes, anaMinutes, together, status) => {
    expect(inClass(tess, ana)).toEqual({ tess: tessMinutes, ana: anaMinutes, together, status });
  });

  test('E17 the minutes behind the slot stand in the log', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times } = room([c], [call('16:00-17:20', [joins('ana', '16:00-17:20')])]);
    expect(times(c, 'ana')).toEqual(['16:00-17:20']);
  });

  test('E27 a drop is a gap in the log; bridging it is the policy’s', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times, log } = room([c], [call('16:00-17:00', [joins('ana', '16:00-16:30', '16:31:30-17:00')])]);
    expect(times(c, 'ana')).toEqual(['16:00-16:30', '16:31:30-17:00']);
    expect(log(c, 'ana')).toMatchObject({ join: at('16:00'), leave: at('17:00'), durationMs: 3_510_000, devices: 1 });
  });

  test('E29 a phone beside the laptop counts once', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times, log } = room([c], [call('16:00-17:00', [joins('ana', '16:00-17:00', '16:10-16:50')])]);
    expect(times(c, 'ana')).toEqual(['16:00-17:00']);
    expect(log(c, 'ana')).toMatchObject({ durationMs: 3_600_000, devices: 2 });
  });

  test('E31 a teacher who changes device leaves a hole of three minutes', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { slotMinutes, log } = room([c], [call('16:00-17:00', [joins('tess', '16:00-16:30', '16:33-17:00')])]);
    expect(slotMinutes(c, 'tess')).toBe(57);
    expect(log(c, 'tess')!.devices).toBe(1);
  });

  test('E32 companion mode beside the main device adds nothing', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { slotMinutes } = room([c], [call('16:00-17:00', [joins('ana', '16:00-17:00', '16:00-17:00')])]);
    expect(slotMinutes(c, 'ana')).toBe(60);
  });

  test('E33 a session without length counts nothing, and is flagged', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log, contradicted } = room([c], [call('16:00-17:00', [joins('ana', '16:10-16:10')])]);
    expect(log(c, 'ana')).toMatchObject({ durationMs: 0, intervals: [], flags: ['zero_length'], status: 'absent' });
    expect(contradicted.size).toBe(0);
  });

  test('E34 an end before the start counts nothing, is flagged, and keeps the class from being final', () => {
    const c = klass('16:00', '17:00', 'ana', { coverage: 'settling' });
    const { log, contradicted } = room([c], [call('16:00-17:00', [joins('ana', '16:40-16:10', '16:50-17:00')])]);
    expect(log(c, 'ana')).toMatchObject({ durationMs: 600_000, flags: ['reversed'] });
    expect([...contradicted]).toEqual([c.id]);
  });

  test('a flag lies only on the class whose evidence it is', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('19:00', '20:00', 'ana');
    const { log } = room(
      [first, second],
      [call('16:00-20:00', [joins('ana', '16:10-16:10', '16:20-17:00', '19:00-20:00')])],
      {},
    );
    expect(log(first, 'ana')!.flags).toEqual(['zero_length']);
    expect(log(second, 'ana')!.flags).toEqual([]);
  });

  test('a flag of back-to-back classes lies on the one that the instant belongs to', () => {
    const first = klass('16:00', '17:00', 'ana');
    const second = klass('17:00', '18:00', 'ana');
    const { log } = room([first, second], [call('16:00-18:00', [joins('ana', '16:45-16:45', '16:00-18:00')])]);
    expect(log(first, 'ana')!.flags).toEqual(['zero_length']);
    expect(log(second, 'ana')!.flags).toEqual([]);
  });
});

describe('intervals without an end', () => {
  test('E103 a session left open ends with its call', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:02', [joins('ana', '16:00-')], '23:00')]);
    expect(log(c, 'ana')).toMatchObject({
      leave: at('17:02'),
      intervals: [{ start: at('16:00'), end: at('17:02'), closedBy: 'record', open: false }],
    });
  });

  test('E104 while the call itself is open the log goes on, and its slot is full', () => {
    const c = klass('16:00', '17:00', 'ana', { coverage: 'live' });
    const { log, slotMinutes, times } = room([c], [call('16:00-', [joins('ana', '16:00-')], '23:00')]);
    expect(slotMinutes(c, 'ana')).toBe(60);
    expect(times(c, 'ana')).toEqual(['16:00-18:00']);
    expect(log(c, 'ana')).toMatchObject({ provisional: true, status: 'pending' });
  });

  test('while somebody is in the call there is no leave time', () => {
    const c = klass('16:00', '17:00', 'ana', { coverage: 'live' });
    const { log } = room([c], [call('15:55-', [joins('ana', '15:58-'), joins('tess', '15:55-16:10')], '16:20')]);
    expect(log(c, 'ana')).toMatchObject({ join: at('15:58'), leave: null, durationMs: 22 * 60_000, provisional: true });
    expect(log(c, 'ana')!.intervals).toEqual([{ ...span('15:58', '16:20'), closedBy: 'last_seen', open: true }]);
    expect(log(c, 'tess')).toMatchObject({ leave: at('16:10') });
  });

  test('in an expired class the last read that saw somebody is the end', () => {
    const c = klass('16:00', '17:00', 'ana', { coverage: 'expired' });
    const { log } = room([c], [call('15:55-', [joins('ana', '15:58-')], '16:20')]);
    expect(log(c, 'ana')).toMatchObject({ leave: at('16:20'), status: 'pending' });
    expect(log(c, 'ana')!.intervals).toEqual([{ ...span('15:58', '16:20'), closedBy: 'last_seen', open: false }]);
  });
});

describe('status', () => {
  test('everybody on the roster has a row before anything is seen', () => {
    const c = klass('16:00', '17:00', ['ana', 'ben'], { coverage: 'pending' });
    const { logs } = room([c], []);
    expect(
      logs.map(({ personId, role, status, join, leave, intervals }) => ({
        personId,
        role,
        status,
        join,
        leave,
        intervals,
      })),
    ).toEqual([
      { personId: idOf('tess'), role: 'teacher', status: 'pending', join: null, leave: null, intervals: [] },
      { personId: idOf('ana'), role: 'student', status: 'pending', join: null, leave: null, intervals: [] },
      { personId: idOf('ben'), role: 'student', status: 'pending', join: null, leave: null, intervals: [] },
    ]);
  });

  test.each(['pending', 'live', 'settling', 'partial', 'no_access', 'expired'] as const)(
    'nobody is absent while coverage is %s (E70)',
    (coverage) => {
      const c = klass('16:00', '17:00', 'ana', { coverage });
      expect(room([c], []).log(c, 'ana')).toMatchObject({ status: 'pending', provisional: true });
    },
  );

  test.each(['complete', 'empty'] as const)('who was not seen is absent once coverage is %s', (coverage) => {
    const c = klass('16:00', '17:00', 'ana', { coverage });
    expect(room([c], []).log(c, 'ana')).toMatchObject({ status: 'absent', provisional: false });
  });

  test('a second in the slot is attendance, less is not', () => {
    const c = klass('16:00', '17:00', ['ana', 'ben']);
    const { log } = room(
      [c],
      [call('16:00-17:00', [joins('ana', '16:00-16:00:01'), joins('ben', '16:00-16:00:00.999')])],
    );
    expect(log(c, 'ana')!.status).toBe('present');
    expect(log(c, 'ben')!.status).toBe('absent');
  });

  test('who was only there outside the slot is absent', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('15:40-17:30', [joins('ana', '15:40-16:00', '17:00-17:30')])]);
    expect(log(c, 'ana')).toMatchObject({ status: 'absent', durationMs: 50 * 60_000 });
  });

  test('E68 a student who waited alone was there', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-16:20', [joins('ana', '16:00-16:20')])]);
    expect(log(c, 'ana')!.status).toBe('present');
    expect(log(c, 'tess')!.status).toBe('absent');
  });

  test('with other thresholds ten minutes are needed', () => {
    const c = klass('16:00', '17:00', 'ana');
    const thresholds = { lateAfterMs: 0, attendedIf: 10 };
    const stay = (one: string) =>
      room([c], [call('16:00-17:00', [joins('ana', one)])], { thresholds }).log(c, 'ana')!.status;
    expect(stay('16:00-16:09:59.999')).toBe('absent');
    expect(stay('16:00-16:10')).toBe('present');
    expect(stay('16:00:00.001-16:20')).toBe('late');
  });
});

describe('decisions', () => {
  const c = klass('16:00', '17:00', 'ana');
  const lesson = call('16:00-17:00', [joins('ana', '16:10-16:50')]);
  const decide = (...decisions: PresenceChange[]) =>
    room([c], [lesson], {
      decisions: decisions.map((one) => ({ ...one, classId: c.id, personId: idOf('ana') })),
    });

  test('an added interval joins what was seen', () => {
    const { log } = decide({ kind: 'add_interval', interval: span('16:00', '16:20') });
    expect(log(c, 'ana')!.intervals).toEqual([{ ...span('16:00', '16:50'), closedBy: 'session', open: false }]);
    expect(log(c, 'ana')!.status).toBe('present');
  });

  test('an added interval that ends later says a decision closed it', () => {
    const { log } = decide({ kind: 'add_interval', interval: span('16:40', '17:00') });
    expect(log(c, 'ana')!.intervals).toEqual([{ ...span('16:10', '17:00'), closedBy: 'decision', open: false }]);
  });

  test('a removed interval is cut out, the evidence stays', () => {
    const { times, log } = decide({ kind: 'remove_interval', interval: span('16:20', '16:30') });
    expect(times(c, 'ana')).toEqual(['16:10-16:20', '16:30-16:50']);
    expect(log(c, 'ana')!.intervals.map(({ closedBy }) => closedBy)).toEqual(['decision', 'session']);
    expect(log(c, 'ana')!.evidence).toHaveLength(1);
  });

  test('the later decision wins', () => {
    const interval = span('16:20', '16:30');
    expect(decide({ kind: 'remove_interval', interval }, { kind: 'add_interval', interval }).times(c, 'ana')).toEqual([
      '16:10-16:50',
    ]);
    expect(decide({ kind: 'add_interval', interval }, { kind: 'remove_interval', interval }).times(c, 'ana')).toEqual([
      '16:10-16:20',
      '16:30-16:50',
    ]);
    expect(decide({ kind: 'excuse' }, { kind: 'set_status', status: 'absent' }).log(c, 'ana')!.status).toBe('absent');
    expect(decide({ kind: 'set_status', status: 'absent' }, { kind: 'excuse' }).log(c, 'ana')!.status).toBe('excused');
  });

  test('an interval for somebody who was neither seen nor expected makes a guest’s row', () => {
    const decision = {
      classId: c.id,
      personId: idOf('theo'),
      kind: 'add_interval',
      interval: span('16:00', '17:00'),
    } as const;
    const { log } = room([c], [lesson], { decisions: [decision, decision] });
    expect(log(c, 'theo')).toMatchObject({
      role: 'guest',
      status: 'guest',
      durationMs: 3_600_000,
      identity: { method: 'decision', confidence: 'strong' },
      flags: ['possible_substitute'],
    });
  });

  test('a decision for another class changes nothing here', () => {
    const decisions = [{ classId: c.id + 1000, personId: idOf('ana'), kind: 'excuse' } as const];
    expect(room([c], [lesson], { decisions }).logs).toEqual(room([c], [lesson]).logs);
  });
});
