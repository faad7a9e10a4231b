import { describe, expect, test } from 'vitest';

import type { IgnoreRule } from '../../../src/core/attendance/identity/knowledge.ts';
import { normaliseName } from '../../../src/core/attendance/identity/names.ts';
import {
  accountOf,
  alias,
  at,
  call,
  guest,
  idOf,
  joins,
  joinsAs,
  klass,
  nobody,
  phone,
  room,
  span,
} from '../../support/attendance.ts';

const whole = '16:00-17:00';

describe('who was that', () => {
  test('E39 a guest is suggested as the only student missing, and bills nothing until accepted', () => {
    const c = klass('16:00', '17:00', 'leo');
    const lesson = call('16:00-17:00', [joins('tess', '16:00-17:00'), guest('iPad', '16:01-17:00')]);
    const before = room([c], [lesson]);
    expect(before.queue(c)).toMatchObject([
      { displayName: 'iPad', kind: 'anonymous', presentMs: 59 * 60_000, suggestion: { personId: idOf('leo') } },
    ]);
    expect(before.log(c, 'leo')!.durationMs).toBe(0);
    expect(before.log(c, { name: 'iPad' })).toMatchObject({ role: 'guest', status: 'guest', identity: null });

    const after = room([c], [lesson], { rules: [alias('name', 'ipad', 'leo', { klass: c })] });
    expect(after.times(c, 'leo')).toEqual(['16:01-17:00']);
    expect(after.log(c, 'leo')!.identity).toEqual({ method: 'alias', confidence: 'medium' });
    expect(after.queue(c)).toEqual([]);
  });

  test('E39 with two students missing there is no guess', () => {
    const c = klass('16:00', '17:00', ['leo', 'ana']);
    const { queue } = room([c], [call('16:00-17:00', [guest('iPad', '16:01-17:00')])]);
    expect(queue(c)).toMatchObject([{ displayName: 'iPad', suggestion: null }]);
  });

  test('a guess that was refused does not come back', () => {
    const c = klass('16:00', '17:00', 'leo');
    const lesson = call('16:00-17:00', [guest('iPad', '16:01-17:00')]);
    const refused = [alias('name', 'ipad', 'leo', { klass: c }, 'is_not')];
    expect(room([c], [lesson], { rules: refused }).queue(c)).toMatchObject([{ suggestion: null }]);
    const elsewhere = [alias('name', 'ipad', 'leo', { series: 'another' }, 'is_not')];
    expect(room([c], [lesson], { rules: elsewhere }).queue(c)).toMatchObject([
      { suggestion: { personId: idOf('leo') } },
    ]);
  });

  test('a name that was refused does not match by itself any more', () => {
    const c = klass('16:00', '17:00', 'ana');
    const lesson = call('16:00-17:00', [guest('Ana Silva', '16:00-17:00')]);
    const rules = [alias('name', 'ana silva', 'ana', { klass: c }, 'is_not')];
    const { log, queue } = room([c], [lesson], { rules });
    expect(log(c, 'ana')!.durationMs).toBe(0);
    expect(queue(c)).toMatchObject([{ displayName: 'Ana Silva', suggestion: null }]);
  });

  test('a refusal in one class limits an alias learned everywhere', () => {
    const here = klass('16:00', '17:00', 'leo');
    const there = klass('18:30', '19:30', 'leo');
    const lesson = call('16:00-19:30', [guest('iPad', '16:00-17:00', '18:30-19:30')]);
    const rules = [alias('name', 'ipad', 'leo'), alias('name', 'ipad', 'leo', { klass: here }, 'is_not')];
    const { log, times } = room([here, there], [lesson], { rules });
    expect(log(here, 'leo')!.durationMs).toBe(0);
    expect(times(there, 'leo')).toEqual(['18:30-19:30']);
  });

  test('E40 an alias of a series matches in that series only', () => {
    const own = klass('16:00', '17:00', 'leo', { series: 'maths' });
    const other = klass('18:30', '19:30', 'leo', { series: 'physics' });
    const { times, log, queue } = room(
      [own, other],
      [call('16:00-17:00', [guest('iPad', '16:00-17:00')]), call('18:30-19:30', [guest(' IPAD ', '18:30-19:30')])],
      { rules: [alias('name', 'ipad', 'leo', { series: 'maths' })] },
    );
    expect(times(own, 'leo')).toEqual(['16:00-17:00']);
    expect(log(other, 'leo')!.durationMs).toBe(0);
    expect(queue(own)).toEqual([]);
    expect(queue(other)).toHaveLength(1);
  });

  test('E41 two iPads at once are two unknowns, alias or not', () => {
    const c = klass('16:00', '17:00', ['leo', 'ana']);
    const lesson = call('16:00-17:00', [guest('iPad', '16:00-16:40'), guest('iPad', '16:30-17:00')]);
    for (const rules of [[], [alias('name', 'ipad', 'leo')]]) {
      const { queue, log } = room([c], [lesson], { rules });
      expect(queue(c)).toHaveLength(2);
      expect(log(c, 'leo')!.durationMs).toBe(0);
    }
  });

  test('one iPad that comes back is the same iPad', () => {
    const c = klass('16:00', '17:00', ['leo', 'ana']);
    const lesson = call('16:00-17:00', [guest('iPad', '16:00-16:30'), guest('iPad', '16:30-17:00')]);
    const { times } = room([c], [lesson], { rules: [alias('name', 'ipad', 'leo')] });
    expect(times(c, 'leo')).toEqual(['16:00-17:00']);
  });

  test('two iPads are told apart by the participant', () => {
    const c = klass('16:00', '17:00', ['leo', 'ana']);
    const lesson = call('16:00-17:00', [guest('iPad', '16:00-16:40'), guest('iPad', '16:30-17:00')]);
    const [first, second] = lesson.participants;
    const rules = [
      alias('participant', first!.name, 'leo', { klass: c }),
      alias('participant', second!.name, 'ana', { klass: c }),
    ];
    const { times } = room([c], [lesson], { rules });
    expect(times(c, 'leo')).toEqual(['16:00-16:40']);
    expect(times(c, 'ana')).toEqual(['16:30-17:00']);
  });

  test('E42 a guest named like two students is neither', () => {
    const c = klass('16:00', '17:00', ['sam', 'otherSam']);
    const { queue, log } = room([c], [call('16:00-17:00', [guest('Sam Lee', '16:00-17:00')])]);
    expect(queue(c)).toMatchObject([{ displayName: 'Sam Lee', suggestion: null }]);
    expect([log(c, 'sam')!.durationMs, log(c, 'otherSam')!.durationMs]).toEqual([0, 0]);
  });

  test('E42 nor when the other stands on the roster of the next class that the guest touched', () => {
    const first = klass('16:00', '17:00', 'sam');
    const second = klass('17:00', '18:00', 'otherSam');
    const { log } = room([first, second], [call('16:00-17:00', [guest('Sam Lee', '16:00-17:00')])]);
    expect(log(first, 'sam')!.durationMs).toBe(0);
  });

  test('who leaves at the instant the next window opens has not touched that class', () => {
    const first = klass('16:00', '17:00', 'sam');
    const second = klass('17:30', '18:00', 'otherSam');
    const { times } = room([first, second], [call('16:00-17:00', [guest('Sam Lee', '16:00-17:00')])]);
    expect(times(first, 'sam')).toEqual(['16:00-17:00']);
  });

  test('E44 a father who teaches his son of the same name is known by his account', () => {
    const c = klass('16:00', '17:00', 'sam', { teacher: 'samTheFather' });
    const { times, log } = room(
      [c],
      [
        call('16:00-17:00', [
          joinsAs(accountOf('samTheFather'), 'Sam Lee', '16:00-17:00'),
          guest('Sam Lee', '16:05-17:00'),
        ]),
      ],
    );
    expect(times(c, 'samTheFather')).toEqual(['16:00-17:00']);
    expect(log(c, 'sam')!.durationMs).toBe(0);
    expect(log(c, { name: 'Sam Lee' })!.role).toBe('guest');
  });

  test('an account known to be somebody else is never matched by the name it shows', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:00', [joinsAs(accountOf('paula'), 'Ana Silva', '16:00-17:00')])]);
    expect(log(c, 'ana')!.durationMs).toBe(0);
    expect(log(c, 'paula')).toMatchObject({ role: 'guest', durationMs: 3_600_000 });
  });

  test('E45 siblings on one account and one device both attended', () => {
    const c = klass('16:00', '17:00', ['mia', 'tom']);
    const lesson = call('16:00-17:00', [joinsAs('777', 'Stone family', '16:00-17:00')]);
    const rules = [alias('account', '777', 'mia'), alias('account', '777', 'tom')];
    const { slotMinutes } = room([c], [lesson], { rules });
    expect([slotMinutes(c, 'mia'), slotMinutes(c, 'tom')]).toEqual([60, 60]);
    // The list of people may say the same.
    const registered = room([c], [lesson], { accounts: { mia: '777', tom: '777' } });
    expect([registered.slotMinutes(c, 'mia'), registered.slotMinutes(c, 'tom')]).toEqual([60, 60]);
  });

  test('E46 where only one of them is enrolled, it is that one', () => {
    const c = klass('16:00', '17:00', 'mia');
    const { slotMinutes, log } = room([c], [call('16:00-17:00', [joinsAs('777', 'Stone family', '16:00-17:00')])], {
      accounts: { mia: '777', tom: '777' },
    });
    expect(slotMinutes(c, 'mia')).toBe(60);
    expect(log(c, 'tom')).toBeUndefined();
  });

  test('E48 on the parent’s account the child sits in the series that was learned, the parent anywhere else', () => {
    const lesson = klass('16:00', '17:00', 'leo', { series: 'maths' });
    const meeting = klass('18:30', '19:00', 'ana', { series: 'parents' });
    const { times, log } = room(
      [lesson, meeting],
      [call('16:00-17:00', [joins('paula', '16:00-17:00')]), call('18:30-19:00', [joins('paula', '18:30-19:00')])],
      { rules: [alias('account', accountOf('paula'), 'leo', { series: 'maths' })] },
    );
    expect(times(lesson, 'leo')).toEqual(['16:00-17:00']);
    expect(log(lesson, 'paula')).toBeUndefined();
    expect(times(meeting, 'paula')).toEqual(['18:30-19:00']);
    expect(log(meeting, 'paula')).toMatchObject({ role: 'guest', status: 'guest' });
  });

  test('E50 a laptop and a guest’s phone of one child are one presence once mapped', () => {
    const c = klass('16:00', '17:00', 'ana');
    const lesson = call('16:00-17:00', [joins('ana', '16:00-16:50'), guest('my phone', '16:00-17:00')]);
    const before = room([c], [lesson]);
    expect(before.slotMinutes(c, 'ana')).toBe(50);
    expect(before.queue(c)).toHaveLength(1);
    const after = room([c], [lesson], { rules: [alias('name', 'my phone', 'ana', { klass: c })] });
    expect(after.slotMinutes(c, 'ana')).toBe(60);
    expect(after.log(c, 'ana')).toMatchObject({ devices: 2, identity: { method: 'account', confidence: 'strong' } });
  });

  test('E51 a masked number waits for a mapping of its own kind', () => {
    const c = klass('16:00', '17:00', ['ana', 'ben']);
    const lesson = call('16:00-17:00', [phone('+44 •••• •• 12', '16:00-17:00')]);
    expect(room([c], [lesson]).queue(c)).toMatchObject([{ kind: 'phone', suggestion: null }]);
    const asName = room([c], [lesson], { rules: [alias('name', '+44 •••• •• 12', 'ana')] });
    expect(asName.log(c, 'ana')!.durationMs).toBe(0);
    const asPhone = room([c], [lesson], { rules: [alias('phone', '+44 •••• •• 12', 'ana')] });
    expect(asPhone.log(c, 'ana')!.identity).toEqual({ method: 'alias', confidence: 'medium' });
  });

  test('E52 a bot on the ignore list is nobody', () => {
    const c = klass('16:00', '17:00', 'ana');
    const lesson = call('16:00-17:00', [guest('Notes Bot', '16:00-17:00'), joinsAs('555', 'Room 3', '16:40-16:10')]);
    const { queue, log, contradicted, logs } = room([c], [lesson], {
      ignored: [nobody('name', 'notes bot'), nobody('account', '555')],
    });
    expect(queue(c)).toEqual([]);
    expect(log(c, { name: 'Notes Bot' })).toBeUndefined();
    expect(logs).toHaveLength(2);
    expect(contradicted.size).toBe(0);
  });

  test('a bot is ignored no wider than a person said', () => {
    const first = klass('16:00', '17:00', 'ana', { series: 'maths' });
    const second = klass('18:30', '19:30', 'ana', { series: 'physics' });
    const calls = [call('16:00-17:00', [guest('Bot', whole)]), call('18:30-19:30', [guest('Bot', '18:30-19:30')])];
    const waiting = (rule: IgnoreRule) =>
      [first, second].map((c) => room([first, second], calls, { ignored: [rule] }).queue(c).length);
    expect(waiting(nobody('participant', calls[0]!.participants[0]!.name, 'call'))).toEqual([0, 1]);
    expect(waiting(nobody('name', 'bot', { klass: first }))).toEqual([0, 1]);
    expect(waiting(nobody('name', 'bot', { series: 'physics' }))).toEqual([1, 0]);
    expect(waiting(nobody('name', 'bot'))).toEqual([0, 0]);
  });

  test('to ignore one iPad hides no other one, and nobody who is signed in', () => {
    const c = klass('16:00', '17:00', ['leo', 'ana']);
    const lesson = call('16:00-17:00', [guest('iPad', '16:00-16:40'), guest('iPad', '16:30-17:00')]);
    const [own] = lesson.participants;
    const left = (rule: IgnoreRule) => room([c], [lesson], { ignored: [rule] }).queue(c).length;
    expect([left(nobody('participant', own!.name, 'call')), left(nobody('name', 'ipad', { klass: c }))]).toEqual([
      1, 2,
    ]);
    const signedIn = call('16:00-17:00', [joinsAs('888', 'iPad', whole)]);
    expect(room([c], [signedIn], { ignored: [nobody('name', 'ipad')] }).queue(c)).toHaveLength(1);
  });

  test('who was named for a series is somebody, though the name is ignored everywhere', () => {
    const c = klass('16:00', '17:00', 'leo', { series: 'maths' });
    const lesson = call('16:00-17:00', [guest('iPad', whole)]);
    const facts = { ignored: [nobody('name', 'ipad')], rules: [alias('name', 'ipad', 'leo', { series: 'maths' })] };
    expect(room([c], [lesson], facts).times(c, 'leo')).toEqual([whole]);
  });

  test('aliases are tried from the narrowest to the widest', () => {
    const c = klass('16:00', '17:00', ['ana', 'ben', 'leo', 'mia'], { series: 'maths' });
    for (const [kind, value, joining] of [
      ['name', 'ipad', guest('iPad', whole)],
      ['account', '777', joinsAs('777', 'iPad', whole)],
    ] as const) {
      const lesson = call('16:00-17:00', [joining]);
      const rules = [
        alias('participant', lesson.participants[0]!.name, 'ana', 'call'),
        alias(kind, value, 'ben', { klass: c }),
        alias(kind, value, 'leo', { series: 'maths' }),
        alias(kind, value, 'mia'),
      ];
      const who = (from: number) =>
        room([c], [lesson], { rules: rules.slice(from) })
          .logs.filter(({ role, join }) => role === 'student' && join !== null)
          .map(({ personId }) => personId);
      expect([0, 1, 2, 3].map(who)).toEqual([[idOf('ana')], [idOf('ben')], [idOf('leo')], [idOf('mia')]]);
    }
  });

  test('E48 a parent who is expected is the parent, though the account is the child’s everywhere', () => {
    const both = klass('16:00', '17:00', ['paula', 'leo']);
    const other = klass('18:30', '19:00', 'ana');
    const calls = [call('16:00-17:00', [joins('paula', whole)]), call('18:30-19:00', [joins('paula', '18:30-19:00')])];
    const rules = [alias('account', accountOf('paula'), 'leo')];
    const { times, log } = room([both, other], calls, { rules });
    expect([times(both, 'paula'), times(both, 'leo')]).toEqual([[whole], []]);
    expect([times(other, 'paula'), log(other, 'leo')]).toEqual([['18:30-19:00'], undefined]);
  });

  test('E53 an unknown adult among students is a guest with a flag', () => {
    const c = klass('16:00', '17:00', ['ana', 'ben']);
    const { log } = room(
      [c],
      [
        call('16:00-17:00', [
          joins('ana', '16:00-17:00'),
          joinsAs('999', 'Somebody', '16:10-16:40'),
          guest('Peek', '16:10-16:14'),
        ]),
      ],
    );
    expect(log(c, { name: 'Somebody' })).toMatchObject({
      role: 'guest',
      durationMs: 30 * 60_000,
      flags: ['safeguarding'],
    });
    expect(log(c, { name: 'Peek' })!.flags).toEqual([]);
  });

  test('E54 an admin observes', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:00', [joins('adam', '16:00-17:00')])]);
    expect(log(c, 'adam')).toMatchObject({ role: 'observer', status: 'guest', flags: [] });
  });

  test('E54 an admin whose presence was written down by hand observes all the same', () => {
    const c = klass('16:00', '17:00', 'ana');
    const decisions = [
      { classId: c.id, personId: idOf('adam'), kind: 'add_interval', interval: span('16:00', '16:30') } as const,
    ];
    expect(room([c], [], { decisions }).log(c, 'adam')).toMatchObject({ role: 'observer', durationMs: 1_800_000 });
  });

  test('E55 a colleague who fills in is a possible substitute, the assigned teacher absent', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:00', [joins('theo', '16:00-17:00'), joins('ana', '16:00-17:00')])]);
    expect(log(c, 'theo')).toMatchObject({ role: 'guest', durationMs: 3_600_000, flags: ['possible_substitute'] });
    expect(log(c, 'tess')!.status).toBe('absent');
  });

  test('E57 a known student who is not enrolled is flagged', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log, queue } = room(
      [c],
      [call('16:00-17:00', [joins('tess', whole), joins('ana', whole), joins('ben', whole)])],
    );
    expect(log(c, 'ben')).toMatchObject({ role: 'guest', status: 'guest', flags: ['off_roster'] });
    expect(queue(c)).toEqual([]);
  });

  test('E59 a new account in the middle of the month is the same person', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { times, log } = room(
      [c],
      [call('16:00-17:00', [joins('ana', '16:00-16:30'), joinsAs('888', 'Ana (new)', '16:30-17:00')])],
      { rules: [alias('account', '888', 'ana')] },
    );
    expect(times(c, 'ana')).toEqual(['16:00-17:00']);
    expect(log(c, 'ana')!.identity).toEqual({ method: 'account', confidence: 'strong' });
  });

  test('E61 without the mapping the minutes are a guest’s again', () => {
    const c = klass('16:00', '17:00', 'leo');
    const lesson = call('16:00-17:00', [guest('iPad', '16:00-17:00')]);
    const never = room([c], [lesson]);
    const revoked = room([c], [lesson], { rules: [] });
    expect(revoked.logs).toEqual(never.logs);
    expect(revoked.log(c, 'leo')!.durationMs).toBe(0);
  });

  test('E63 names match whatever their form, and are stored as they are', () => {
    const long = 'ß'.repeat(300);
    const c = klass('16:00', '17:00', ['ana', 'ben']);
    const { log } = room(
      [c],
      [
        call('16:00-17:00', [
          guest('ＡＮＡ\u00A0  ＳＩＬＶＡ ', '16:00-17:00'),
          guest('Бен 🎻', '16:00-17:00'),
          guest(long, '16:00-17:00'),
        ]),
      ],
    );
    expect(log(c, 'ana')).toMatchObject({
      durationMs: 3_600_000,
      displayName: 'Ana Silva',
      identity: { method: 'name', confidence: 'weak' },
      flags: ['weak_identity'],
    });
    expect(log(c, { name: 'Бен 🎻' })!.displayName).toBe('Бен 🎻');
    expect(log(c, { name: long })!.displayName).toBe(long);
  });

  test.each([
    ['Ana Silva', ' ana\tSILVA '],
    ['Ｓａｍ', 'sam'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['Jose\u0301', 'JOSÉ'],
    ['ΓΙΩΡΓΟΣ', 'γιωργος'],
    ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ['ﬁona', 'FIONA'],
  ])('%s and %s are one name', (a, b) => {
    expect(normaliseName(a)).toBe(normaliseName(b));
  });

  test.each([
    ['Ana Silva', 'AnaSilva'],
    ['José', 'Jose'],
    ['Işık', 'Isik'],
  ])('%s and %s are two names', (a, b) => {
    expect(normaliseName(a)).not.toBe(normaliseName(b));
  });

  test('an empty name is nobody’s', () => {
    const c = klass('16:00', '17:00', 'ana');
    expect(room([c], [call('16:00-17:00', [guest('', '16:00-17:00')])]).log(c, 'ana')!.durationMs).toBe(0);
  });
});

describe('strongest first', () => {
  const c = klass('16:00', '17:00', ['ana', 'ben', 'leo', 'mia'], { series: 'maths' });
  const who = (rules: Parameters<typeof room>[2]) => {
    const { logs } = room([c], [call('16:00-17:00', [joinsAs('42', 'Mia Stone', '16:00-17:00')])], rules);
    const [log] = logs.filter(({ durationMs }) => durationMs > 0);
    return [log!.personId, log!.identity!.method, log!.identity!.confidence];
  };
  const classAlias = alias('account', '42', 'leo', { klass: c });
  const seriesAlias = alias('account', '42', 'ben', { series: 'maths' });
  const directory = new Map([['42', 'BEN@school.example']]);

  test('the name decides when nothing else is known', () => {
    expect(who({})).toEqual([idOf('mia'), 'name', 'weak']);
  });

  test('an alias before the name, the nearest scope before the wider', () => {
    expect(who({ rules: [seriesAlias] })).toEqual([idOf('ben'), 'alias', 'medium']);
    expect(who({ rules: [seriesAlias, classAlias] })).toEqual([idOf('leo'), 'alias', 'medium']);
    expect(who({ rules: [classAlias, seriesAlias] })).toEqual([idOf('leo'), 'alias', 'medium']);
  });

  test('the Directory before any alias', () => {
    expect(who({ rules: [classAlias], directory })).toEqual([idOf('ben'), 'directory', 'strong']);
  });

  test('the account before the Directory', () => {
    expect(who({ accounts: { ana: '42' }, rules: [classAlias], directory })).toEqual([
      idOf('ana'),
      'account',
      'strong',
    ]);
  });

  test('an account that the Directory does not know is left to the name', () => {
    expect(who({ directory: new Map([['42', null]]) })).toEqual([idOf('mia'), 'name', 'weak']);
  });

  test('a name learned from a guest says nothing about a signed-in account', () => {
    const rules = [alias('name', 'mia stone', 'leo')];
    expect(who({ rules })).toEqual([idOf('mia'), 'name', 'weak']);
  });

  test('an alias for somebody of another roster is passed over, and the name decides', () => {
    const rules = [alias('name', 'ana silva', 'tom')];
    const { times, log } = room([c], [call('16:00-17:00', [guest('Ana Silva', '16:00-17:00')])], { rules });
    expect(times(c, 'ana')).toEqual(['16:00-17:00']);
    expect(log(c, 'tom')).toBeUndefined();
  });
});

describe('several calls and people', () => {
  test('a known account without e-mail in the call is one row over two calls', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { queue, logs } = room(
      [c],
      [
        call('16:00-16:30', [joinsAs('999', 'Stranger', '16:00-16:30')]),
        call('16:31-17:00', [joinsAs('999', 'Stranger', '16:31-17:00')]),
      ],
    );
    expect(queue(c)).toMatchObject([{ key: 'account:999', presentMs: 59 * 60_000 }]);
    expect(queue(c)[0]!.participants).toHaveLength(2);
    expect(logs.filter(({ participant }) => participant !== null)).toHaveLength(2);
  });

  test('a substitute’s row starts when the person came', () => {
    const c = klass('16:00', '17:00', 'ana');
    const { log } = room([c], [call('16:00-17:00', [joins('theo', '16:07:30.250-17:00')])]);
    expect(log(c, 'theo')!.join).toBe(at('16:07:30.250'));
  });
});
