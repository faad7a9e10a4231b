import { expect, test } from 'vitest';

import type { Status } from '../../../src/queries/status.ts';
import { maskedNames, openNames } from '../../../src/render/json/mask.ts';
import { showStatus, statusSchema } from '../../../src/render/json/status.ts';

const at = (time: string) => Date.parse(`2026-01-16T${time}Z`);

const status: Status = {
  now: at('16:00:00'),
  googleNow: at('16:00:01'),
  startedAt: at('08:00:00'),
  ledger: { writable: true, problem: null },
  loops: [
    {
      name: 'fetch',
      state: { name: 'fetch', everySeconds: 180, isRunning: true, nextRunAt: at('16:03:00'), failure: null },
      last: {
        name: 'fetch',
        startedAt: at('15:59:00'),
        finishedAt: null,
        succeededAt: at('15:56:02'),
        summary: { read: 3 },
        error: null,
      },
      error: null,
    },
  ],
  fetchEveryMs: 180_000,

  credentials: true,
  on: [],
  unwatched: 2,
  unready: [
    { reason: 'refused', message: 'Google refuses one organiser', classIds: [5], organizers: ['ana@school.example'] },
  ],
  google: {
    organizers: [
      {
        organizer: 'ana@school.example',
        circuit: 'open',
        lastSuccessAt: at('15:00:00'),
        lastFailure: 'no token for ana@school.example',
        callsLastMinute: 5,
      },
    ],
    callsLastMinute: 12,
    perMinuteLimit: 4800,
    clockSkewMs: -1500,
  },
  callListings: [],
  classOrganizers: new Set(['ana@school.example']),
  coverage: { complete: 5, partial: 1 },
  jobs: { queued: 2, running: 1, done: 0, failed: 0 },
  debt: [
    {
      id: 4,
      classId: 5,
      subject: 'Algebra',
      classEnd: at('15:30:00'),
      organizerEmail: 'ana@school.example',
      deadline: Date.parse('2026-02-15T15:30:00Z'),
      coverage: 'partial',
      overSeenAt: null,
      finalReadAt: null,
      attempts: 2,
      nextAttemptAt: at('16:10:00'),
      lastError: 'no token for ana@school.example',
      lastReadAt: null,
      alarmedAt: null,
      flags: [],
    },
  ],
  openReviews: 3,
  toDerive: 0,
};

test('the status of a running daemon is shown with all that it owes', () => {
  const shown = showStatus(status, openNames);
  expect(shown).toEqual({
    time: '2026-01-16T16:00:00Z',
    started_time: '2026-01-16T08:00:00Z',
    ready: false,
    not_ready: [
      {
        reason: 'refused',
        message: 'Google refuses one organiser',
        class_ids: [5],
        organizers: ['ana@school.example'],
      },
    ],
    ledger: { writable: true, problem: null },
    loops: [
      {
        name: 'fetch',
        every_seconds: 180,
        running: true,
        last_started_time: '2026-01-16T15:59:00Z',
        last_finished_time: null,
        last_succeeded_time: '2026-01-16T15:56:02Z',
        last_summary: { read: 3 },
        error: null,
        next_run_time: '2026-01-16T16:03:00Z',
      },
    ],
    organizers: [
      {
        email: 'ana@school.example',
        circuit: 'open',
        last_success_time: '2026-01-16T15:00:00Z',
        last_error: 'no token for ana@school.example',
        calls_last_minute: 5,
      },
    ],
    call_listings: [],
    coverage: { complete: 5, partial: 1 },
    quota: { calls_last_minute: 12, limit: 4800 },
    queue: { queued: 2, running: 1, done: 0, failed: 0 },
    debt: [
      {
        class_id: 5,
        session_id: 4,
        coverage: 'partial',
        end_time: '2026-01-16T15:30:00Z',
        organizer_email: 'ana@school.example',
        reason: 'no token for ana@school.example',
        attempts: 2,
        next_attempt_time: '2026-01-16T16:10:00Z',
        deadline_time: '2026-02-15T15:30:00Z',
      },
    ],
    unwatched: 2,
    clock_skew_ms: -1500,
    open_reviews: 3,
    logs_to_derive: 0,
  });
  expect(statusSchema.parse(shown)).toEqual(shown);
});

test('an operator sees the accounts that are read, since an operator mends them', () => {
  const { debt, organizers } = showStatus(status, maskedNames);
  expect(debt).toMatchObject([{ organizer_email: 'ana@school.example', reason: 'no token for ana@school.example' }]);
  expect(organizers).toMatchObject([{ email: 'ana@school.example', last_error: 'no token for ana@school.example' }]);
});

test('a teacher whose calls are listed by delegation is hidden from an operator, wherever the address stands', () => {
  const email = 'tess@school.example';
  const [ana] = status.google.organizers;
  const listing = { triedAt: 0, nextAttemptAt: 0, listedAt: null, decidedTo: null, knowledge: null, attempts: 1 };
  const read = {
    ...status,
    google: { ...status.google, organizers: [{ ...ana!, organizer: email, lastFailure: `no token for ${email}` }] },
    callListings: [{ ...listing, organizerEmail: email, lastError: `no token for ${email}` }],
    loops: [{ name: 'calls', state: null, last: null, error: `not listed: ${email}` }],
  };
  expect(JSON.stringify(showStatus(read, maskedNames))).not.toContain('tess@');
  expect(showStatus(read, maskedNames)).toMatchObject({
    organizers: [{ email: 't•••', last_error: 'no token for t•••' }],
    call_listings: [{ organizer_email: 't•••', last_error: 'no token for t•••' }],
  });
  expect(showStatus(read, openNames)).toMatchObject({
    organizers: [{ email }],
    call_listings: [{ organizer_email: email }],
  });
});

test('outside the daemon nothing is known of its loops but their last pass, and of a new one not even that', () => {
  const outside = { ...status, startedAt: null, loops: [{ name: 'retry', state: null, last: null, error: null }] };
  const shown = showStatus(outside, openNames);
  expect(shown.started_time).toBeNull();
  expect(Object.values(shown.loops[0]!)).toEqual(['retry', ...Array.from({ length: 8 }, () => null)]);
});

test('whose calls are listed is told, and since when they are not', () => {
  const callListings = [
    {
      organizerEmail: 'ana@school.example',
      triedAt: at('15:50:00'),
      nextAttemptAt: at('16:10:00'),
      listedAt: null,
      decidedTo: null,
      knowledge: 'k',
      attempts: 1,
      lastError: 'Google refuses this account',
    },
  ];
  expect(showStatus({ ...status, callListings }, maskedNames).call_listings).toEqual([
    {
      organizer_email: 'ana@school.example',
      last_listed_time: null,
      last_attempt_time: '2026-01-16T15:50:00Z',
      next_attempt_time: '2026-01-16T16:10:00Z',
      last_error: 'Google refuses this account',
    },
  ]);
});
