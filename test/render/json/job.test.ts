import { expect, test } from 'vitest';

import type { Job } from '../../../src/ledger/machine/job-store.ts';
import { jobSchema, maskResult, showJob } from '../../../src/render/json/job.ts';
import { maskedNames, openNames } from '../../../src/render/json/mask.ts';

const queued: Job = {
  id: 4,
  kind: 'sync_class',
  key: 'class:1',
  payload: { classId: 1 },
  state: 'queued',
  attempts: 0,
  maxAttempts: 3,
  runAt: 0,
  leaseUntil: null,
  progressDone: 0,
  progressTotal: 0,
  result: null,
  lastError: null,
  actor: 'office',
  createdAt: Date.parse('2026-01-16T15:10:00Z'),
  finishedAt: null,
  undoneAt: null,
};

test('a job is shown with its state and how far it is; what it works with stays inside', () => {
  const shown = showJob(queued, openNames);
  expect(shown).toEqual({
    job_id: 4,
    kind: 'sync_class',
    state: 'queued',
    progress: { done: 0, total: 0 },
    result: null,
    error: null,
    created_time: '2026-01-16T15:10:00Z',
    finished_time: null,
    undone_time: null,
  });
  expect(jobSchema.parse(shown)).toEqual(shown);
});

test('a job that is over has its result or its error, without addresses for who may not see them', () => {
  const over: Job = {
    ...queued,
    state: 'failed',
    progressDone: 1,
    progressTotal: 3,
    result: { failures: [{ class_id: 1, message: 'no token for ana@school.example' }] },
    lastError: 'ana@school.example has no scope',
    finishedAt: Date.parse('2026-01-16T15:11:00Z'),
  };
  expect(showJob(over, openNames)).toMatchObject({
    progress: { done: 1, total: 3 },
    result: over.result,
    error: 'ana@school.example has no scope',
    finished_time: '2026-01-16T15:11:00Z',
  });
  expect(showJob(over, maskedNames)).toMatchObject({
    result: { failures: [{ class_id: 1, message: 'no token for a•••' }] },
    error: 'a••• has no scope',
  });
});

test('a result is masked at any depth, in its texts and in nothing else', () => {
  const result = { read: 3, done: true, none: null, list: ['ben@home.example', { deep: ['cleo@home.example!'] }] };
  expect(maskResult(result, maskedNames)).toEqual({
    read: 3,
    done: true,
    none: null,
    list: ['b•••', { deep: ['c•••!'] }],
  });
  expect(maskResult(result, openNames)).toEqual(result);
});
