import { expect, test } from 'vitest';

import { createAnswers, joined, type RoomReading, type RoomRequest } from '../../src/capture/source.ts';
import { failure } from '../../src/google/call/failures.ts';
import { at } from '../support/attendance.ts';

const request: RoomRequest = {
  organizer: 'anna@school.example',
  space: 'spaces/room1',
  window: { start: at('15:30'), end: at('18:00') },
  mode: 'full',
  over: true,
  recorded: () => ({ records: [], participants: [] }),
};

/** What a source says that lists one call of its own. */
const call = (name: string, changes: Partial<RoomReading> = {}): RoomReading => ({
  observations: [{ space: request.space, records: null, participants: [], sessions: [] }],
  failures: [],
  readAt: at('17:30'),
  records: [{ name, start: at('16:00'), end: at('17:00') }],
  full: true,
  ...changes,
});

const ask = (...readings: readonly RoomReading[]) =>
  joined(readings.map((reading) => ({ read: async () => reading }))).read(
    request,
    createAnswers(),
    new AbortController().signal,
  );

test('one source says what it says', async () => {
  expect(await ask(call('conferenceRecords/a'))).toEqual(call('conferenceRecords/a'));
});

test('two sources are one: their calls and listings stand side by side, and the answer is as old as the older one', async () => {
  const found = await ask(call('conferenceRecords/a'), call('sheets/b', { readAt: at('17:20') }));
  expect(found.records.map(({ name }) => name)).toEqual(['conferenceRecords/a', 'sheets/b']);
  expect(found).toMatchObject({ readAt: at('17:20'), full: true, failures: [] });
  expect(found.observations).toHaveLength(2);
});

test('what one source lists in part is not full, and its failure is told', async () => {
  const barred = failure('circuit_open');
  const found = await ask(
    call('conferenceRecords/a'),
    call('sheets/b', { full: false, failures: [barred], readAt: null, records: [] }),
  );
  expect(found).toMatchObject({ full: false, failures: [barred], readAt: at('17:30') });
});

test('where no source answered, nothing was read', async () => {
  expect((await ask(call('conferenceRecords/a', { readAt: null }))).readAt).toBeNull();
});
