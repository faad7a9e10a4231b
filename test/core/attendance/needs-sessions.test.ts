import { expect, test } from 'vitest';

import { needsSessions } from '../../../src/core/attendance/needs-sessions.ts';
import { at, call, joins } from '../../support/attendance.ts';

/** What the ledger holds of Ana: her stays, whether the sessions were ever listed, and her last leave. */
function held(stays: readonly string[], listed: boolean) {
  const [ana] = call('16:00-', [joins('ana', ...stays)]).participants;
  return listed ? ana! : { ...ana!, sessions: [], sessionsReadAt: null };
}

test('somebody who is new needs no second call', () => {
  expect(needsSessions(undefined, null)).toBe(false);
  expect(needsSessions(undefined, at('16:30'))).toBe(false);
});

test.each([
  ['came and is still there', ['16:00-'], false, null, false],
  ['came, stayed and left', ['16:00-'], false, '16:30', false],
  ['left and is away', ['16:00-16:30'], false, '16:30', false],
  ['left and came back', ['16:00-16:30'], false, null, true],
  ['left, came back and left', ['16:00-16:30'], false, '16:50', true],
  ['was listed as there and is there', ['16:00-'], true, null, false],
  ['was listed as there and left', ['16:00-'], true, '16:30', false],
  ['was listed as gone and is there', ['16:00-16:30'], true, null, true],
  ['was listed as gone and is gone', ['16:00-16:30'], true, '16:30', false],
  ['was listed as gone and left later', ['16:00-16:30'], true, '16:50', true],
  ['was listed on two devices and left with one of them', ['16:00-', '16:10-'], true, '16:30', true],
])('somebody who %s', (_, stays, listed, latest, wanted) => {
  expect(needsSessions(held(stays, listed), latest === null ? null : at(latest))).toBe(wanted);
});

test('somebody who is there although no session that was listed is open is listed again', () => {
  const back = { ...held(['16:00-16:30'], true), latest: null };
  expect(needsSessions(back, null)).toBe(true);
  expect(needsSessions({ ...back, sessions: [{ ...back.sessions[0]!, end: null, missing: true }] }, null)).toBe(true);
});
