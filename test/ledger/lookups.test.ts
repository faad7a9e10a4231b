import { expect, test } from 'vitest';

import { handClock } from '../support/clock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';

test.each([
  ['the logs of a session', 'attendance_logs where session_id = ?', 'session'],
  ['the items that a job answered', 'review_items where job_id = ?', 'job'],
  ['what was learned from an item', 'identities where review_item_id = ? and undone_at is null', 'review_item'],
  ['what was ignored from an item', 'ignored where review_item_id = ? and undone_at is null', 'review_item'],
  ['the classes of a series', 'classes where series_id = ?', 'series'],
  ['the calls that are linked', `decisions where kind = 'link_call' and undone_at is null`, 'linked_calls'],
  ['the accounts of an address', 'directory_users where email in (?) and email is not null', 'email'],
  ['who showed a name', 'participants where user_id is null and display_name in (?)', 'typed_name'],
  ['other calls that ended', 'other_calls where end_at < ? or (end_at is null and last_seen_at < ?)', 'end'],
  ['the entries about a subject', 'audit_log where subject = ? order by id desc limit ?', 'subject'],
])('an index finds %s, however large the ledger is', (_, from, column) => {
  using database = memoryLedger({ clock: handClock(0) });
  const parameters = Array.from(from.matchAll(/\?/g), () => null);
  const plan = database.sqlite.prepare<unknown[], { detail: string }>(`explain query plan select * from ${from}`);
  const table = from.split(' ')[0];
  expect(
    plan
      .all(...parameters)
      .map(({ detail }) => detail)
      .join('\n'),
  ).toContain(`${table} USING INDEX ${table}_${column}`);
});
