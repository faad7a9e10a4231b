import { describe, expect, test } from 'vitest';

import { accountOf, alias, call, guest, idOf, joins, joinsAs, klass, room } from '../../support/attendance.ts';

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

  test('is the same one for a guest who came back, in a second call too, but not for two of one name at once', () => {
    const calls = ['15:58-16:20', '16:22-17:02'].map((stay) => call(stay, [joins('ana', stay), guest('iPad', stay)]));
    const ofEach = (theCalls: Parameters<typeof room>[1]) =>
      room([lesson], theCalls)
        .queue(lesson)
        .map(({ suggestion }) => suggestion?.personId ?? null);
    expect(ofEach(calls)).toEqual([idOf('ben'), idOf('ben')]);
    const atOnce = [call('15:58-17:02', [joins('ana', whole), guest('iPad', whole), guest('iPad', '16:10-16:40')])];
    expect(ofEach(atOnce)).toEqual([null, null]);
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

  test('is the next one once one was refused', () => {
    const rules = [alias('name', 'ipad', 'ana', { klass: lesson }, 'is_not')];
    expect(suggested([guest('iPad', whole)])).toEqual([['iPad', null]]);
    expect(suggested([guest('iPad', whole)], { rules })).toEqual([['iPad', idOf('ben')]]);
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

describe('somebody known who was not expected, while somebody expected was not seen', () => {
  const own = klass('16:00', '17:00', 'leo', { series: 'maths' });
  const waiting = (joinings: Parameters<typeof call>[1], facts: Parameters<typeof room>[2] = {}, c = own) =>
    room([c], [call('15:58-17:02', joinings)], facts)
      .queue(c)
      .map(({ displayName, knownPersonId, suggestion }) => [displayName, knownPersonId, suggestion?.personId ?? null]);
  const parent = joins('paula', whole);
  const taught = joins('tess', whole);

  test('waits for a name, with the child as the suggestion', () => {
    expect(waiting([taught, parent])).toEqual([["paula's screen", idOf('paula'), idOf('leo')]]);
    const { log } = room([own], [call('15:58-17:02', [taught, parent])]);
    expect(log(own, 'paula')).toMatchObject({ role: 'guest', status: 'guest' });
  });

  test('does not wait once the child was seen, nor where both are expected', () => {
    expect(waiting([taught, parent, joins('leo', whole)])).toEqual([]);
    const meeting = klass('16:00', '17:00', ['paula', 'leo']);
    expect(waiting([taught, parent], {}, meeting)).toEqual([]);
  });

  test('waits although the child looked in before the class', () => {
    expect(waiting([taught, parent, joins('leo', '15:40-15:50')])).toHaveLength(1);
  });

  test('waits where the child was there for less than half of the slot, and missed while they were there', () => {
    const came = (child: string, adult = '16:02-17:00', who: 'paula' | 'adam' | 'theo' = 'paula') =>
      waiting([taught, joins('leo', child), joins(who, adult)]).map(([, , suggestion]) => suggestion);
    expect(came('16:00-16:02')).toEqual([idOf('leo')]);
    expect(came('16:00-16:02', whole)).toEqual([idOf('leo')]);
    expect(came('16:00-16:29:59')).toEqual([idOf('leo')]);
    expect(came('16:00-16:30')).toEqual([]);
    // The adult was there together with the child, or hardly otherwise.
    expect(came('16:00-16:20', '16:00-16:20')).toEqual([]);
    expect(came('16:00-16:20', '16:00-16:20:59')).toEqual([]);
    // A colleague or somebody of the office looks on.
    expect([came('16:00-16:20', whole, 'adam'), came('16:00-16:20', whole, 'theo')]).toEqual([[], []]);
    const decisions = [{ classId: own.id, personId: idOf('leo'), kind: 'set_status', status: 'absent' } as const];
    expect(waiting([taught, joins('leo', '16:00-16:02'), parent], { decisions })).toEqual([]);
  });

  test('may have been the child who was there for half of the slot or longer: a bill may call that too short', () => {
    const flagsOf = (
      child: string,
      adult: string,
      facts: Parameters<typeof room>[2] = {},
      who: 'paula' | 'adam' = 'paula',
    ) =>
      room([own], [call('15:58-17:02', [taught, joins('leo', child), joins(who, adult)])], facts).log(own, who)!.flags;
    expect(flagsOf('16:00-16:40', whole)).toEqual(['possible_student']);
    expect(flagsOf('16:00-16:40', '16:41-16:42')).toEqual(['possible_student']);
    // They were there together with the child, or hardly otherwise; or all of the slot was attended.
    expect(flagsOf('16:00-16:40', '16:00-16:40:59')).toEqual([]);
    expect(flagsOf(whole, whole)).toEqual([]);
    // Of who was there for less there is a review.
    expect(flagsOf('16:00-16:20', whole)).toEqual([]);
    expect(flagsOf('16:00-16:40', whole, {}, 'adam')).toEqual([]);
    const self = alias('account', accountOf('paula'), 'paula', { series: 'maths' });
    const notLeo = alias('account', accountOf('paula'), 'leo', { series: 'maths' }, 'is_not');
    expect(flagsOf('16:00-16:40', whole, { rules: [self] })).toEqual([]);
    expect(flagsOf('16:00-16:40', whole, { rules: [notLeo] })).toEqual([]);
    const decisions = [{ classId: own.id, personId: idOf('leo'), kind: 'set_status', status: 'absent' } as const];
    expect(flagsOf('16:00-16:40', whole, { decisions })).toEqual([]);
  });

  test('does not wait while the class is still read, since the child may come', () => {
    for (const [coverage, count] of [
      ['live', 0],
      ['settling', 0],
      ['partial', 0],
      ['expired', 1],
      ['complete', 1],
    ] as const) {
      expect(waiting([taught, parent], {}, { ...own, coverage })).toHaveLength(count);
    }
  });

  test('is the child where that was said, and themselves where that was said', () => {
    const account = accountOf('paula');
    const child = alias('account', account, 'leo', { series: 'maths' });
    expect(waiting([taught, parent], { rules: [child] })).toEqual([]);
    expect(room([own], [call('15:58-17:02', [taught, parent])], { rules: [child] }).times(own, 'leo')).toEqual([whole]);
    for (const where of [{ klass: own }, { series: 'maths' }, 'everywhere'] as const) {
      const self = alias('account', account, 'paula', where);
      expect(waiting([taught, parent], { rules: [self] })).toEqual([]);
    }
    expect(
      waiting([taught, parent], { rules: [alias('account', account, 'paula', { series: 'other' })] }),
    ).toHaveLength(1);
  });

  test('does not wait once all who were not seen are ruled out', () => {
    const two = klass('16:00', '17:00', ['leo', 'ana']);
    const not = (who: 'leo' | 'ana') => alias('account', accountOf('paula'), who, { klass: two }, 'is_not');
    const suggestions = (...rules: ReturnType<typeof not>[]) =>
      waiting([taught, parent], { rules }, two).map(([, , suggestion]) => suggestion);
    // Paula Marsh, and Leo Marsh who is missing.
    expect(suggestions()).toEqual([idOf('leo')]);
    expect(suggestions(not('leo'))).toEqual([idOf('ana')]);
    expect(suggestions(not('leo'), not('ana'))).toEqual([]);
  });

  test('a colleague instead of the teacher is a possible substitute, and no review', () => {
    expect(waiting([joins('theo', whole), joins('leo', whole)])).toEqual([]);
    expect(waiting([taught, joins('theo', whole)])).toMatchObject([[expect.any(String), idOf('theo'), idOf('leo')]]);
  });

  test('does not wait when a person said that the child was not there', () => {
    const decisions = [{ classId: own.id, personId: idOf('leo'), kind: 'set_status', status: 'absent' } as const];
    expect(waiting([taught, parent], { decisions })).toEqual([]);
  });
});
