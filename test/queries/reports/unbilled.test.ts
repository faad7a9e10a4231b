import { expect, test } from 'vitest';

import { unbilledText } from '../../../src/cli/screen/unbilled.ts';
import { DAY_MS } from '../../../src/core/time/duration.ts';
import type { Interval } from '../../../src/core/time/interval.ts';
import { showUnbilled } from '../../../src/render/json/report.ts';
import { ANA, BEN, instantOf, january, moneyWorld, withRates, type MoneyWorld } from '../../support/money-world.ts';

const JANUARY = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2026-02-01T00:00:00Z') };

function unbilled({ queries }: MoneyWorld, span: Interval) {
  const found = queries.unbilled(span);
  if (found.kind === 'refused') throw new Error(found.message);
  return found.meetings;
}

test('lessons that are on a bill are not unbilled', async () => {
  await using world = await january();
  expect(unbilled(world, JANUARY)).toEqual([]);
});

test('a teacher and a student in a room of the school without a class look like a lesson', async () => {
  await using world = await january();
  const there = { [ANA]: ['10:00-11:00'], [BEN]: ['10:05-11:00'] };
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/extra', there);

  expect(unbilled(world, JANUARY)).toMatchObject([
    {
      kind: 'no_class',
      records: ['conferenceRecords/extra'],
      start: instantOf('10:05', '2026-01-20'),
      end: instantOf('11:00', '2026-01-20'),
      togetherMs: 55 * 60_000,
      confidence: 'likely',
      suggestion: { action: 'create_class' },
    },
  ]);
  const others = { start: JANUARY.end, end: JANUARY.end + 1 };
  expect(unbilled(world, others)).toEqual([]);
});

test('ten minutes together may be a lesson, less is none', async () => {
  await using world = await january();
  const meet = (record: string, day: string, until: string) => {
    const there = { [ANA]: [`10:00-${until}`], [BEN]: [`10:00-${until}`] };
    world.call('spaces/one', day, `conferenceRecords/${record}`, there);
  };
  meet('short', '2026-01-20', '10:09:59');
  meet('long', '2026-01-21', '10:10');
  expect(unbilled(world, JANUARY).map(({ records }) => records)).toEqual([['conferenceRecords/long']]);
});

test('a call that is on is no lesson yet; one that nobody saw the end of for a day is', async () => {
  await using world = moneyWorld('2026-01-20T10:56:00Z');
  world.lesson();
  const there = { [ANA]: ['10:00-10:55'], [BEN]: ['10:05-10:55'] };
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/on', there);
  world.database.sqlite
    .prepare(`update conference_records set end_at = null, end_text = null, last_seen_at = ? where name = ?`)
    .run(instantOf('10:55', '2026-01-20'), 'conferenceRecords/on');
  expect(unbilled(world, JANUARY)).toEqual([]);

  world.clock.set(Date.parse('2026-01-21T11:00:00Z'));
  expect(unbilled(world, JANUARY)).toMatchObject([{ kind: 'no_class', records: ['conferenceRecords/on'] }]);
});

test('a class that was canceled and held all the same is named', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  world.database.sqlite.prepare(`update classes set canceled_at = start_at - 1`).run();
  expect(unbilled(world, JANUARY)).toMatchObject([
    { kind: 'held_although_canceled', suggestion: { action: 'reinstate_class', classId } },
  ]);
  const confirmed = { kind: 'set_outcome', class_id: classId, outcome: 'canceled', reason: 'a chat, no lesson' };
  expect(world.actions.decide(confirmed, { actor: 'office' })).toMatchObject({ kind: 'saved' });
  expect(unbilled(world, JANUARY)).toEqual([]);
});

test('a span of more than 62 days is refused', async () => {
  await using world = await january();
  const end = JANUARY.start + 62 * DAY_MS;
  expect(unbilled(world, { ...JANUARY, end })).toEqual([]);
  expect(world.queries.unbilled({ ...JANUARY, end: end + 1 })).toMatchObject({
    code: 'invalid',
    complaints: [{ path: 'to', message: 'must not lie more than 62 days behind from' }],
  });
});

test('who was there is known as in a class: by account, the Directory, a learned alias, or a full name', async () => {
  await using world = moneyWorld();
  const ben = world.people.create({ email: BEN, role: 'student', name: 'Ben Brown' });
  const meet = (day: string, who: string) =>
    world.call('spaces/private', day, `conferenceRecords/${day}`, { [ANA]: ['10:00-11:00'], [who]: ['10:00-11:00'] });
  meet('2026-01-20', BEN);
  expect(unbilled(world, JANUARY)).toEqual([]);
  world.accountStore.record(`account ${BEN}`, { email: BEN, name: null }, 0);
  expect(unbilled(world, JANUARY)).toMatchObject([{ people: [{ email: ANA }, { email: BEN }] }]);

  meet('2026-01-21', 'ipad@nowhere.example');
  meet('2026-01-22', 'ben  BROWN@nowhere.example');
  const days = () => unbilled(world, JANUARY).map(({ records }) => records[0]?.slice(-2));
  expect(days()).toEqual(['20', '22']);
  world.database.sqlite
    .prepare(
      `insert into identities (kind, value, person_id, verdict, scope, actor, reason, created_at)
       values ('account', 'account ipad@nowhere.example', ?, 'is', 'everywhere', 'office', 'it is his', 0)`,
    )
    .run(ben.id);
  expect(days()).toEqual(['20', '21', '22']);
});

test('a call that a person linked to a class is proposed no more, until that is undone', async () => {
  await using world = moneyWorld();
  const classId = world.lesson({ there: {} });
  const record = 'conferenceRecords/stray';
  world.call('spaces/private', '2026-01-16', record, { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'] });
  expect(unbilled(world, JANUARY)).toMatchObject([{ kind: 'other_room', suggestion: { classId } }]);
  const link = { kind: 'link_call', class_id: classId, record, reason: 'the wrong room' };
  const linked = world.actions.decide(link, { actor: 'office' });
  expect(unbilled(world, JANUARY)).toEqual([]);
  if (linked.kind !== 'saved') throw new Error(linked.message);
  world.actions.undoDecision(linked.decision.id, { actor: 'office', reason: 'it was none' });
  expect(unbilled(world, JANUARY)).toMatchObject([{ records: [record] }]);
});

test('a lesson that another teacher gave elsewhere is repaired whole by what is suggested', async () => {
  await using world = moneyWorld();
  await withRates(world);
  const cy = 'cy@school.example';
  world.person(cy, 'teacher');
  const classId = world.lesson({ there: {} });
  world.call('spaces/private', '2026-01-16', 'conferenceRecords/stray', {
    [cy]: ['16:00-17:00'],
    [BEN]: ['16:00-17:00'],
  });
  const [meeting] = unbilled(world, JANUARY);
  const { suggestion } = showUnbilled(meeting!);
  expect(suggestion).toMatchObject({ action: 'link_call', substitute: { user_email: cy, for: ANA } });
  expect(unbilledText([showUnbilled(meeting!)], JANUARY, 'Etc/UTC')).toContain(
    `→ rollbook decide substitute --class ${classId} --person ${cy} --for ${ANA} --reason "taught instead"`,
  );

  for (const { path, body } of suggestion.requests) expect((await world.admin('POST', path, body)).status).toBe(201);

  expect(unbilled(world, JANUARY)).toEqual([]);
  const { charges, pay, blocked } = await world.lineQuery.ofPeriod('2026-01');
  expect([charges.map(({ outcome, amount }) => [outcome, amount]), blocked]).toEqual([[['attended', '42.00']], []]);
  expect(
    pay.map(({ teacherEmail, paidMs, flags }) => [teacherEmail, paidMs / 60_000, flags.includes('review_open')]),
  ).toEqual([
    [ANA, 0, false],
    [cy, 60, false],
  ]);
});

test('a stay without an end lasts until its call ended, or until it was last seen', async () => {
  await using world = await january();
  const there = { [ANA]: ['10:00-10:20'], [BEN]: ['10:00-11:00'] };
  world.call('spaces/one', '2026-01-20', 'conferenceRecords/extra', there);
  const { sqlite } = world.database;
  sqlite.exec("update participant_sessions set end_at = null where name like 'conferenceRecords/extra/%'");
  sqlite.exec("update participants set latest_at = null where record = 'conferenceRecords/extra'");
  expect(unbilled(world, JANUARY)).toMatchObject([{ togetherMs: 60 * 60_000 }]);
});

test('a meeting in a closed period says so, and what is proposed for it is taken as an adjustment', async () => {
  await using world = await january();
  const lesson = { [ANA]: ['10:00-11:00'], [BEN]: ['10:00-11:00'] };
  world.call('spaces/private', '2026-01-16', 'conferenceRecords/own', {
    [ANA]: ['09:00-10:00'],
    [BEN]: ['09:00-10:00'],
  });
  const classId = world.lesson({ date: '2026-01-20', from: '10:00', to: '11:00', space: 'spaces/six', there: {} });
  world.call('spaces/private', '2026-01-20', 'conferenceRecords/linked', lesson);
  world.call('spaces/private', '2026-02-02', 'conferenceRecords/open', lesson);
  const span = { ...JANUARY, end: JANUARY.end + 3 * DAY_MS };
  const meetings = () =>
    unbilled(world, span).map(({ kind, closedPeriod, records }) => [kind, closedPeriod, records[0]?.split('/')[1]]);
  expect(meetings().map(([, closed]) => closed)).toEqual([null, null, null]);

  await world.actions.closePeriod('2026-01', { exceptions: true }, { actor: 'office', reason: 'month end' });
  expect(meetings()).toEqual([
    ['no_class', '2026-01', 'own'],
    ['other_room', '2026-01', 'linked'],
    ['no_class', null, 'open'],
  ]);

  const { suggestion } = showUnbilled(unbilled(world, span)[1]!);
  const [request] = suggestion.requests;
  expect(request?.body).toMatchObject({ kind: 'link_call', class_id: classId, as: 'adjustment' });
  const answer = await world.admin('POST', request!.path, request!.body);
  expect(answer.status).toBe(201);
  expect(meetings()).toHaveLength(2);
});
