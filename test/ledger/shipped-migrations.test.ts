import SqliteDatabase, { type Database as Sqlite } from 'better-sqlite3';
import { expect, test } from 'vitest';

import { shippedMigrations } from '../../src/ledger/database.ts';
import { migrate, pendingMigrations, readMigrations } from '../../src/ledger/migrations.ts';
import { handClock } from '../support/clock.ts';

const HOUR = 3_600_000;

const known = readMigrations(shippedMigrations);
const sqlOf = (name: string): string => known.find((migration) => migration.name === name)!.sql;
/** Applies the migrations up to the one of this name. */
function migrateTo(sqlite: Sqlite, name: string): void {
  const count = known.findIndex((migration) => migration.name === name) + 1;
  migrate(sqlite, known.slice(0, count), { clock: handClock(0) });
}

test('0002: logs of before carry the flag under its new name, in the order that a rebuild gives', () => {
  const sqlite = new SqliteDatabase(':memory:');
  sqlite.exec('create table attendance_logs (id integer primary key, flags text not null) strict');
  const insert = sqlite.prepare('insert into attendance_logs (flags) values (?)');
  for (const flags of [['reversed', 'unenrolled', 'weak_identity'], ['unenrolled'], ['vanished'], []]) {
    insert.run(JSON.stringify(flags));
  }

  sqlite.exec(sqlOf('0002_off_roster'));

  expect(sqlite.prepare('select flags from attendance_logs order by id').pluck().all()).toEqual([
    '["off_roster","reversed","weak_identity"]',
    '["off_roster"]',
    '["vanished"]',
    '[]',
  ]);
  sqlite.close();
});

test('0003: a class loses its stored status and nothing else, and what refers to it stays', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0002_off_roster');
  sqlite.exec(`
    insert into people (id, email, role, created_at) values (1, 'ana@school.example', 'teacher', 0);
    insert into rooms (id, space, created_at) values (1, 'spaces/one', 0);
    insert into classes values (4, 'Algebra', 1, 'ana@school.example', 'mondays', 10, 20, 8, 'canceled', 5, 'family', 'ill', 1, 5);
    insert into classes values (7, 'Physics', 1, 'ana@school.example', null, 30, 40, null, 'scheduled', null, null, null, 2, 2);
    insert into class_people (class_id, person_id, role, position) values (4, 1, 'teacher', 0), (7, 1, 'teacher', 0);
    insert into sessions (class_id, coverage, flags, created_at) values (4, 'complete', '[]', 0);
  `);
  const rows = (table: string) => sqlite.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
  const before = rows('classes').map(({ status: _status, ...kept }) => kept);
  const others = ['class_people', 'sessions', 'people', 'rooms'].map(rows);

  migrateTo(sqlite, '0003_class_status');

  expect(rows('classes')).toEqual(before);
  expect(['class_people', 'sessions', 'people', 'rooms'].map(rows)).toEqual(others);
  sqlite.exec(`insert into classes (subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
    values ('Chemistry', 1, 'ana@school.example', 50, 60, 3, 3)`);
  expect(rows('classes').at(-1)).toMatchObject({ id: 8, subject: 'Chemistry' });
  expect(() => sqlite.exec('delete from classes where id = 4')).toThrow('FOREIGN KEY constraint failed');
  sqlite.close();
});

test('0007: a close keeps its rows and hashes; what it did not know has the value that it had in effect', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0006_withdrawn_adjustments');
  sqlite.exec(`insert into period_closes values
    (1, '2026-01', 1, '2026-01-01', '2026-01-31', 'Europe/London', '{}', 'd', 'l', '[]', '[]', 'h', 3, null, 9, 'ada', null, null, null)`);
  const before = sqlite.prepare<[], Record<string, unknown>>('select * from period_closes').get()!;

  migrateTo(sqlite, '0007_settings');

  expect(sqlite.prepare('select * from period_closes').get()).toEqual({
    ...before,
    starts_at: null,
    ends_at: null,
    settings_version: 0,
    wording: 1,
  });
  sqlite.close();
});

test('0008: a canceled class and what lies around it in its room are derived again, and the monitor looks at the past', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0007_settings');
  const hour = 3_600_000;
  sqlite.exec(`insert into rooms (id, space, created_at) values (1, 'spaces/one', 0), (2, 'spaces/two', 0)`);
  const book = sqlite.prepare(`insert into classes
    (id, subject, room_id, organizer_email, start_at, end_at, canceled_at, created_at, updated_at)
    values (?, 'Algebra', ?, 'ana@school.example', ?, ?, ?, 0, 0)`);
  book.run(1, 1, 100 * hour, 101 * hour, 99 * hour);
  book.run(2, 1, 101 * hour, 102 * hour, null);
  book.run(3, 1, 92 * hour, 93 * hour, null);
  book.run(4, 1, 91 * hour, 92 * hour, null);
  book.run(5, 2, 100 * hour, 101 * hour, null);
  sqlite.exec(`insert into loop_passes (name, started_at, finished_at, succeeded_at) values
    ('monitor', 5, 6, 6), ('fetch', 5, 6, 6)`);

  migrateTo(sqlite, '0008_canceled_classes_are_read');

  expect(sqlite.prepare('select class_id from rebuilds order by class_id').pluck().all()).toEqual([1, 2, 3]);
  expect(sqlite.prepare('select name, succeeded_at from loop_passes order by name').raw().all()).toEqual([
    ['fetch', 6],
    ['monitor', null],
  ]);
  sqlite.close();
});

test('0009: what was learned and ignored stays, and holds where it held', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0008_canceled_classes_are_read');
  sqlite.exec(`
    insert into people (id, email, role, created_at) values (1, 'ben@home.example', 'student', 0);
    insert into identities values (3, 'account', '77', 1, 'is', 'series', null, 'mondays', 8, 'office', 'his tablet', 5, null);
    insert into ignored values (2, 'name', 'note taker', 9, 'office', 'a bot', 6, 7);
    insert into rooms (id, space, created_at) values (1, 'spaces/one', 0);
    insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at) values
      (1, 'Algebra', 1, 'ana@school.example', 10, 20, 0, 0), (2, 'Algebra', 1, 'ana@school.example', 20, 30, 0, 0);
    insert into sessions (id, class_id, coverage, flags, created_at) values (1, 1, 'complete', '[]', 0), (2, 2, 'complete', '[]', 0);
    insert into review_items (session_id, key, kind, display_name, participants, present_ms, state, created_at)
      values (2, 'account:77', 'signedin', 'Tablet', '[]', 5, 'open', 0);
  `);
  const rows = (table: string) => sqlite.prepare<[], Record<string, unknown>>(`select * from ${table}`).all();
  const before = [rows('identities'), rows('ignored')];

  migrateTo(sqlite, '0009_review_scopes');

  expect(rows('identities')).toEqual(before[0]);
  expect(rows('ignored')).toEqual([{ ...before[1]![0], scope: 'everywhere', class_id: null, series_id: null }]);
  sqlite.exec(`insert into identities (kind, value, person_id, verdict, scope, actor, reason, created_at)
    values ('participant', 'conferenceRecords/r/participants/p', 1, 'is', 'call', 'office', 'his tablet', 8)`);
  expect(rows('identities').at(-1)).toMatchObject({ id: 4 });
  expect(rows('rebuilds')).toEqual([{ class_id: 2 }]);
  sqlite.close();
});

test('0011: the classes of a room in which a name was no text are derived again', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0010_audit_rows');
  sqlite.exec(`
    delete from rebuilds;
    insert into rooms (id, space, created_at) values (1, 'spaces/one', 0), (2, 'spaces/two', 0);
    insert into conference_records (name, space, start_at, start_text, first_seen_at, last_seen_at) values
      ('conferenceRecords/a', 'spaces/one', 1, '', 1, 1), ('conferenceRecords/b', 'spaces/two', 1, '', 1, 1)`);
  const joined = sqlite.prepare(`insert into participants
    (name, record, kind, display_name, earliest_at, first_seen_at, last_seen_at) values (?, ?, 'anonymous', ?, 1, 1, 1)`);
  joined.run('conferenceRecords/a/participants/1', 'conferenceRecords/a', 'iP\ufffdd');
  joined.run('conferenceRecords/b/participants/1', 'conferenceRecords/b', 'iPad');
  for (const id of [1, 2, 3]) {
    sqlite.exec(`
      insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
        values (${id}, 'Algebra', ${id === 2 ? 2 : 1}, 'ana@school.example', ${id}, ${id + 1}, 0, 0)`);
  }
  // A class that has not begun has no logs yet.
  sqlite.exec(
    "insert into sessions (class_id, coverage, flags, created_at) values (1, 'complete', '[]', 0), (2, 'complete', '[]', 0)",
  );

  migrateTo(sqlite, '0011_unreadable_names');

  expect(sqlite.prepare('select class_id from rebuilds').pluck().all()).toEqual([1]);
  sqlite.close();
});

test('0014: the classes in which somebody known was not expected are derived again', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0013_lookups');
  sqlite.exec(`
    delete from rebuilds;
    insert into people (id, email, role, created_at) values (1, 'ben@home.example', 'student', 0), (2, 'mum@home.example', 'other', 0);
    insert into rooms (id, space, created_at) values (1, 'spaces/one', 0)`);
  const log = sqlite.prepare(`insert into attendance_logs
    (session_id, person_id, role, status, provisional, duration_ms, intervals, devices, evidence, flags, updated_at)
    values (?, ?, ?, 'absent', 0, 0, '[]', 0, '[]', '[]', 0)`);
  for (const id of [1, 2]) {
    sqlite.exec(`
      insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
        values (${id}, 'Algebra', 1, 'ana@school.example', ${id}, ${id + 1}, 0, 0);
      insert into sessions (id, class_id, coverage, flags, created_at) values (${id}, ${id}, 'complete', '[]', 0)`);
    log.run(id, 1, 'student');
  }
  log.run(2, 2, 'guest');

  migrateTo(sqlite, '0014_known_people_reviews');

  expect(sqlite.prepare('select class_id from rebuilds').pluck().all()).toEqual([2]);
  sqlite.close();
});

test('0015: classes beside another one, and those that share a linked call, are derived again', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0014_known_people_reviews');
  sqlite.exec(`
    delete from rebuilds;
    insert into people (id, email, role, created_at) values (1, 'ben@home.example', 'student', 0);
    insert into rooms (id, space, created_at) values (1, 'spaces/one', 0), (2, 'spaces/two', 0), (3, 'spaces/three', 0);
    insert into conference_records (name, space, start_at, start_text, first_seen_at, last_seen_at)
      values ('conferenceRecords/a', 'spaces/three', ${HOUR}, '', 1, ${2 * HOUR})`);
  const lesson = (id: number, room: number, hour: number, attendedMs: number) =>
    sqlite.exec(`
      insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
        values (${id}, 'Algebra', ${room}, 'ana@school.example', ${hour * HOUR}, ${(hour + 1) * HOUR}, 0, 0);
      insert into sessions (id, class_id, coverage, flags, created_at) values (${id}, ${id}, 'complete', '[]', 0);
      insert into attendance_logs
        (session_id, person_id, role, status, provisional, duration_ms, intervals, devices, evidence, flags, updated_at)
        values (${id}, 1, 'student', 'present', 0, ${attendedMs}, '[]', 0, '[]', '[]', 0)`);
  // A student who missed it, beside another class; one who was there; one who missed a class that stands alone.
  lesson(1, 1, 1, 0);
  lesson(2, 1, 2, HOUR);
  lesson(3, 2, 1, 0);
  // A class of the room of a call, and the one that the call was linked to.
  lesson(4, 3, 1, HOUR);
  lesson(5, 2, 90, HOUR);
  sqlite.exec(`
    insert into decisions (class_id, kind, payload, actor, reason, created_at)
      values (5, 'link_call', '{"record":"conferenceRecords/a"}', 'office', 'own room', 0)`);

  migrateTo(sqlite, '0015_lessons_beside');

  expect(sqlite.prepare('select class_id from rebuilds order by class_id').pluck().all()).toEqual([1, 4, 5]);
  sqlite.close();
});

test('0016: the classes of rooms in which an account was learned or ignored, and those with several reviews, are derived again', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0015_lessons_beside');
  sqlite.exec(`
    delete from rebuilds;
    insert into people (id, email, role, created_at) values (1, 'ben@home.example', 'student', 0)`);
  const lesson = (id: number, userId: string | null) =>
    sqlite.exec(`
      insert into rooms (id, space, created_at) values (${id}, 'spaces/${id}', 0);
      insert into conference_records (name, space, start_at, start_text, first_seen_at, last_seen_at)
        values ('conferenceRecords/${id}', 'spaces/${id}', 1, '', 1, 1);
      insert into participants (name, record, kind, user_id, display_name, earliest_at, first_seen_at, last_seen_at)
        values ('conferenceRecords/${id}/participants/1', 'conferenceRecords/${id}', '${userId === null ? 'anonymous' : 'signedin'}',
          ${userId === null ? 'null' : `'${userId}'`}, 'Ana', 1, 1, 1);
      insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
        values (${id}, 'Algebra', ${id}, 'ana@school.example', 1, 2, 0, 0);
      insert into sessions (id, class_id, coverage, flags, created_at) values (${id}, ${id}, 'complete', '[]', 0)`);
  lesson(1, '77');
  lesson(2, '88');
  lesson(3, '99');
  lesson(4, null);
  sqlite.exec(`
    insert into identities (kind, value, person_id, verdict, scope, actor, reason, created_at)
      values ('account', '77', 1, 'is', 'everywhere', 'office', 'his', 0);
    insert into ignored (kind, value, scope, actor, reason, created_at) values ('account', '88', 'everywhere', 'office', 'a device', 0)`);
  const waits =
    sqlite.prepare(`insert into review_items (session_id, key, kind, display_name, participants, present_ms, state, created_at)
    values (?, ?, 'anonymous', 'iPad', '[]', 0, 'open', 0)`);
  waits.run(3, 'one');
  waits.run(4, 'one');
  waits.run(4, 'two');

  migrateTo(sqlite, '0016_who_is_who');

  expect(sqlite.prepare('select class_id from rebuilds order by class_id').pluck().all()).toEqual([1, 2, 4]);
  sqlite.close();
});

test('0015: a ledger that had it before it was written anew is as good as one that has it now', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrate(sqlite, known, { clock: handClock(0) });
  const had = sqlite.prepare("update __migrations set sha256 = ? where name = '0015_lessons_beside'");

  had.run('cbb7068c58fdcbd22860d02f17033ac005d06cd86c8f5bc852781642033ca0f6');
  expect(pendingMigrations(sqlite, known)).toEqual([]);

  had.run('0'.repeat(64));
  expect(() => pendingMigrations(sqlite, known)).toThrow('0015_lessons_beside was edited after it was applied');
  sqlite.close();
});

test('0017: classes of the room of a linked call, and those with a log under another name than its person has, are derived again', () => {
  const sqlite = new SqliteDatabase(':memory:');
  migrateTo(sqlite, '0016_who_is_who');
  sqlite.exec(`
    delete from rebuilds;
    insert into people (id, email, name, role, created_at) values (1, 'ben@home.example', 'Ben', 'student', 0);
    insert into conference_records (name, space, start_at, start_text, end_at, first_seen_at, last_seen_at)
      values ('conferenceRecords/a', 'spaces/1', ${HOUR}, '', ${2 * HOUR}, 1, 1)`);
  const lesson = (id: number, room: number, name: string) =>
    sqlite.exec(`
      insert or ignore into rooms (id, space, created_at) values (${room}, 'spaces/${room}', 0);
      insert into classes (id, subject, room_id, organizer_email, start_at, end_at, created_at, updated_at)
        values (${id}, 'Algebra', ${room}, 'ana@school.example', ${id * HOUR}, ${(id + 1) * HOUR}, 0, 0);
      insert into sessions (id, class_id, coverage, flags, created_at) values (${id}, ${id}, 'complete', '[]', 0);
      insert into attendance_logs
        (session_id, person_id, display_name, role, status, provisional, duration_ms, intervals, devices, evidence, flags, updated_at)
        values (${id}, 1, '${name}', 'student', 'present', 0, 0, '[]', 0, '[]', '[]', 0)`);
  lesson(1, 1, 'Ben');
  lesson(2, 2, 'Ben');
  lesson(3, 3, 'Ana');
  lesson(4, 4, 'Ben');
  lesson(90, 1, 'Ben');
  sqlite.exec(`
    insert into decisions (class_id, kind, payload, actor, reason, created_at)
      values (2, 'link_call', '{"record":"conferenceRecords/a"}', 'office', 'own room', 0)`);

  migrateTo(sqlite, '0017_linked_calls_and_names');

  expect(sqlite.prepare('select class_id from rebuilds order by class_id').pluck().all()).toEqual([1, 2, 3]);
  sqlite.close();
});
