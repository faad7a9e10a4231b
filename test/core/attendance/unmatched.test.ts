import { describe, expect, test } from 'vitest';

import { alias, call, guest, idOf, joins, joinsAs, klass, room } from '../../support/attendance.ts';

const lesson = klass('16:00', '17:00', ['ana', 'ben']);
const whole = '16:00-17:00';

/** Who is suggested for each guest of the class, by the name that it shows. */
function suggested(joinings: Parameters<typeof call>[1], facts: Parameters<typeof room>[2] = {}, c = lesson) {
  return room([c], [call('15:58-17:02', joinings)], facts)
    .queue(c)
    .map(({ displayName, suggestion }) => [displayName, suggestion?.personId ?? null]);
}

describe('a guess', () => {
  test('is the only name on the roster that is alike', () => {
    expect(suggested([guest('Ben’s ipad of Ben', whole)])).toEqual([['Ben’s ipad of Ben', idOf('ben')]]);
    expect(suggested([guest('Okri family', whole), guest('iPad', whole)])).toEqual([
      ['Okri family', idOf('ben')],
      ['iPad', null],
    ]);
  });

  test('is the only student missing, for the only guest', () => {
    expect(suggested([joins('ana', whole), guest('iPad', whole)])).toEqual([['iPad', idOf('ben')]]);
    expect(suggested([guest('iPad', whole)])).toEqual([['iPad', null]]);
    expect(suggested([joins('ana', whole), guest('iPad', whole), guest('Pixel', whole)])).toEqual([
      ['iPad', null],
      ['Pixel', null],
    ]);
  });

  test('is nobody where two names are alike and nobody is missing', () => {
    const siblings = klass('16:00', '17:00', ['mia', 'tom']);
    const all = [joins('mia', whole), joins('tom', whole), guest('Stone', whole)];
    expect(suggested(all, {}, siblings)).toEqual([['Stone', null]]);
  });

  test('does not come back once it was refused', () => {
    const rules = [alias('name', 'ipad', 'ben', 'everywhere', 'is_not')];
    expect(suggested([joins('ana', whole), guest('iPad', whole)], { rules })).toEqual([['iPad', null]]);
  });
});

test('an account is one in every call, a typed name is one for each participant', () => {
  const calls = ['15:58-16:30', '16:31-17:02'].map((stay) =>
    call(stay, [joinsAs('77', 'Nobody', stay), guest('iPad', stay)]),
  );
  const waiting = room([lesson], calls)
    .queue(lesson)
    .toSorted((a, b) => b.presentMs - a.presentMs);
  expect(
    waiting.map(({ displayName, participants, presentMs }) => [displayName, participants.length, presentMs / 60_000]),
  ).toEqual([
    ['Nobody', 2, 63],
    ['iPad', 1, 32],
    ['iPad', 1, 31],
  ]);
});

test('a stranger who was together with students for five minutes is worth a look', () => {
  const flagsOf = (until: string, name = 'iPad', students = ['16:00-17:00', '16:00-17:00']) =>
    room(
      [lesson],
      [call('15:58-17:02', [joins('ana', students[0]!), joins('ben', students[1]!), guest(name, `16:00-${until}`)])],
    ).log(lesson, { name })!.flags;
  expect(flagsOf('16:05')).toEqual(['safeguarding']);
  expect(flagsOf('16:04:59.999')).toEqual([]);
  expect(flagsOf('17:00', 'iPad', ['16:00-16:02', '16:57-17:00'])).toEqual(['safeguarding']);
  // Somebody whose name is alike is no stranger.
  expect(flagsOf('17:00', 'Ben Okri 2')).toEqual([]);
});
