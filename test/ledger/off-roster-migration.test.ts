import SqliteDatabase from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const migration = readFileSync(new URL('../../drizzle/0002_off_roster.sql', import.meta.url), 'utf8');

test('logs of before carry the flag under its new name, in the order that a rebuild gives', () => {
  const sqlite = new SqliteDatabase(':memory:');
  sqlite.exec('create table attendance_logs (id integer primary key, flags text not null) strict');
  const insert = sqlite.prepare('insert into attendance_logs (flags) values (?)');
  for (const flags of [['reversed', 'unenrolled', 'weak_identity'], ['unenrolled'], ['vanished'], []]) {
    insert.run(JSON.stringify(flags));
  }

  sqlite.exec(migration);

  expect(sqlite.prepare('select flags from attendance_logs order by id').pluck().all()).toEqual([
    '["off_roster","reversed","weak_identity"]',
    '["off_roster"]',
    '["vanished"]',
    '[]',
  ]);
  sqlite.close();
});
