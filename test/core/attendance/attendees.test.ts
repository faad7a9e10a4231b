import { describe, expect, test } from 'vitest';

import {
  knowledgeWanted,
  metForLesson,
  nameHolders,
  attendeesOf,
} from '../../../src/core/attendance/identity/attendees.ts';
import { indexIdentities } from '../../../src/core/attendance/identity/knowledge.ts';
import {
  accountOf,
  alias,
  call,
  clockTime,
  guest,
  idOf,
  joins,
  joinsAs,
  klass,
  MARGINS,
  nobody,
  people,
  phone,
  type Call,
  type Facts,
  type Klass,
} from '../../support/attendance.ts';

/** Who was in a call, by the name shown. */
function attendees(theCall: Call, facts: Facts = {}, around: readonly Klass[] = []) {
  const { rules = [], ignored = [], directory = new Map<string, string | null>() } = facts;
  const known = people(facts);
  const index = indexIdentities({ people: known, directory, rules, ignored });
  return attendeesOf(theCall, around, index, nameHolders([...known.values()]), MARGINS);
}

const whoIs = (...given: Parameters<typeof attendees>) =>
  Object.fromEntries(attendees(...given).map(({ displayName, personIds }) => [displayName, personIds]));

describe('who was in a call that no class leads to', () => {
  test('is known by account, by the Directory, or by a full name that one person of the school has', () => {
    const there = call('16:00-17:00', [
      joins('tess', '16:00-17:00'),
      joinsAs('77', 'Somebody', '16:00-17:00'),
      guest('  BEN okri', '16:00-17:00'),
      guest('Sam Lee', '16:00-17:00'),
      phone('+44 ••• 12', '16:00-17:00'),
    ]);
    const directory = new Map([['77', 'ana@school.example']]);
    expect(whoIs(there, { directory, withoutAccount: ['ana'] })).toEqual({
      "tess's screen": [idOf('tess')],
      Somebody: [idOf('ana')],
      '  BEN okri': [idOf('ben')],
      // Three people have that name.
      'Sam Lee': [],
      '+44 ••• 12': [],
    });
  });

  test('is known by what was learned for everywhere, unless two carry the name or it is a device', () => {
    const rules = [alias('name', 'ipad', 'leo'), alias('phone', '+44 ••• 12', 'mia')];
    const ignored = [nobody('name', 'room 4')];
    const alone = call('16:00-17:00', [
      guest('iPad', '16:00-17:00'),
      phone('+44 ••• 12', '16:00-17:00'),
      guest('Room 4', '16:00-17:00'),
    ]);
    expect(whoIs(alone, { rules, ignored })).toEqual({ iPad: [idOf('leo')], '+44 ••• 12': [idOf('mia')] });
    const two = call('16:00-17:00', [guest('iPad', '16:00-17:00'), guest('iPad', '16:30-16:40')]);
    expect(attendees(two, { rules }).map(({ personIds }) => personIds)).toEqual([[], []]);
  });

  test('is known by what was learned in a class or its series only where a teacher of that class is', () => {
    const lesson = klass('16:00', '17:00', 'leo', { series: 'mondays' });
    const rules = [alias('name', 'ipad', 'leo', { series: 'mondays' })];
    const withTeacher = (who: 'tess' | 'theo') =>
      call('16:00-17:00', [joins(who, '16:00-17:00'), guest('iPad', '16:00-17:00')]);
    expect(whoIs(withTeacher('tess'), { rules }, [lesson])['iPad']).toEqual([idOf('leo')]);
    expect(whoIs(withTeacher('theo'), { rules }, [lesson])['iPad']).toEqual([]);
  });

  test('at a parent’s account that stands for the child everywhere is the child, and otherwise the parent', () => {
    const there = call('16:00-17:00', [joins('paula', '16:00-17:00')]);
    const screen = "paula's screen";
    expect(whoIs(there)[screen]).toEqual([idOf('paula')]);
    expect(whoIs(there, { rules: [alias('account', accountOf('paula'), 'leo')] })[screen]).toContain(idOf('leo'));
  });

  test('is there while a session says so', () => {
    const [tess] = attendees(call('16:00-17:00', [joins('tess', '16:00-16:10', '16:05-16:20', '16:30-')]));
    expect(tess?.intervals.map(({ start, end }) => `${clockTime(start)}-${clockTime(end)}`)).toEqual([
      '16:00-16:20',
      '16:30-17:00',
    ]);
  });
});

test('a lesson is a teacher and a student at the same time; what must be known is asked by account, label and name', () => {
  const met = (...joinings: Parameters<typeof call>[1][number][]) =>
    metForLesson(attendees(call('16:00-17:00', joinings)), (id) => people().get(id)?.role);
  expect(met(joins('tess', '16:00-17:00'), joins('ana', '16:30-16:31'))).toBe(true);
  expect(met(joins('tess', '16:00-16:30'), joins('ana', '16:30-17:00'))).toBe(false);
  expect(met(joins('tess', '16:00-17:00'), joins('theo', '16:00-17:00'))).toBe(false);
  expect(met(joins('ben', '16:00-17:00'), joins('ana', '16:00-17:00'), guest('Tess', '16:00-17:00'))).toBe(false);

  const { participants } = call('16:00-17:00', [joinsAs('9', 'Ana SILVA', '16:00-'), guest('iPad', '16:00-')]);
  expect(knowledgeWanted(participants, nameHolders([...people().values()]))).toEqual({
    accounts: ['9'],
    labels: participants.flatMap(({ name, displayName }) => [name, displayName.toLowerCase()]),
    personIds: [idOf('ana')],
  });
});
