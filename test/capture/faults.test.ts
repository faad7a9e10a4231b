import { describe, expect, test } from 'vitest';

import type { MethodName } from '../../src/emulator/api/meet-routes.ts';
import { createTimeline, guest } from '../../src/emulator/timeline.ts';
import { SILENT_FAULTS, CONTENT_FAULTS, ERROR_FAULTS, WIRE_FAULTS, type FaultKind } from '../emulator/faults/kinds.ts';
import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';

const MINUTE = 60_000;

/** One class, watched before it, in it, behind it and after settling; the dump is what an auditor would compare. */
async function watch(spoil: (world: CaptureWorld, phase: number) => void, { onWire = false } = {}): Promise<unknown> {
  const timeline = createTimeline('2026-03-02');
  const teacher = timeline.account('teacher@school.example', 'Tess Teacher');
  const ana = timeline.account('ana@school.example', 'Ana Silva');
  const room = timeline.room(teacher);
  const call = room.call('15:55', '17:02');
  call.joins(teacher, '15:55', '17:02');
  call.joins(ana, '16:03', '16:20', 'laptop');
  call.joins(ana, '16:21', '16:59', 'phone');
  call.joins(guest('Ben Okoro'), '16:00', '17:01');
  call.joins(guest('iPad'), '16:10', '16:30');

  await using world = await captureWorld(
    '2026-03-02T15:50:00Z',
    timeline.world,
    {},
    { callMs: 60, attempts: 2, onWire },
  );
  const { parts, clock, signal } = world;
  const people = [
    parts.people.create({ email: 'teacher@school.example', name: 'Tess Teacher', role: 'teacher' }),
    parts.people.create({ email: 'ana@school.example', name: 'Ana Silva', role: 'student' }),
    parts.people.create({ email: 'ben@school.example', name: 'Ben Okoro', role: 'student' }),
  ];
  const { meetingCode } = timeline.world.spaces[0]!;
  const { id: roomId } = parts.roomStore.create({ meetingCode, space: null, meetLink: null, ownerEmail: null });
  const { id } = parts.classStore.create({
    subject: 'Algebra',
    roomId,
    organizerEmail: 'teacher@school.example',
    seriesId: null,
    start: Date.parse('2026-03-02T16:00:00Z'),
    end: Date.parse('2026-03-02T17:00:00Z'),
    teacherIds: [people[0]!.id],
    studentIds: [people[1]!.id, people[2]!.id],
  });

  for (const [phase, at] of ['16:01', '16:25', '17:05', '17:25'].entries()) {
    clock.set(`2026-03-02T${at}:00Z`);
    spoil(world, phase);
    parts.monitor();
    await parts.fetch(signal);
    await parts.sweep(signal);
    // While it lasts, nothing is concluded from it: somebody who was seen is never forgotten.
    expect(['complete', 'empty']).not.toContain(phase < 2 ? parts.sessionStore.ofClass(id)?.coverage : 'live');
  }
  world.google.setFaults(null);
  for (let pass = 0; pass < 12 && parts.sessionStore.ofClass(id)?.coverage !== 'complete'; pass += 1) {
    clock.advance(45 * MINUTE);
    await parts.sweep(signal);
  }
  return {
    coverage: parts.sessionStore.ofClass(id)?.coverage,
    logs: parts.logStore
      .list({ classId: id, limit: 100 })
      .map(({ userEmail, displayName, status, intervals, identityMethod, flags, evidence }) => ({
        who: userEmail ?? displayName,
        status,
        intervals,
        identityMethod,
        flags,
        evidence,
      }))
      .sort((a, b) => (String(a.who) < String(b.who) ? -1 : 1)),
  };
}

const faultless = await watch(() => undefined);

test('without faults the class is complete', () => {
  expect(faultless).toMatchObject({
    coverage: 'complete',
    logs: [
      { who: 'ana@school.example', status: 'present' },
      { who: 'ben@school.example', status: 'present', identityMethod: 'name' },
      { who: 'iPad', status: 'guest' },
      { who: 'teacher@school.example', status: 'present' },
    ],
  });
});

const ENDPOINTS = ['token', 'conferenceRecords.list', 'participants.list', 'participantSessions.list'] as const;
/** One of each sort: a quota, a fault of Google's, a refusal, a body that is none, one that lies, a line that is cut. */
const LASTING = [
  'http-429-bare',
  'http-503',
  'http-403-permission',
  'html-200',
  'end-in-future',
  'reset-mid-body',
] as const;
const isOnWire = (kind: FaultKind): boolean => WIRE_FAULTS.some((fault) => fault === kind);
const KINDS: readonly FaultKind[] = [...ERROR_FAULTS, ...CONTENT_FAULTS, ...WIRE_FAULTS];

/** What another attempt does not mend ends the read there and then: each endpoint has its own turn. */
const STAYS = /^http-(403-permission|403-scope|403-api-disabled|404|400|409)|^invalid-grant|^unauthorized-client/;
const TURNS = KINDS.flatMap((kind): [FaultKind, MethodName | undefined][] =>
  STAYS.test(kind) ? ENDPOINTS.map((method) => [kind, method]) : [[kind, undefined]],
);

/** Where a server keeps silent, the tests that wait for it wait side by side. */
describe.each([false, true])('where the server keeps silent: %s', (concurrent) => {
  const turns = TURNS.filter(([kind]) => SILENT_FAULTS.has(kind) === concurrent);
  test.for(turns)(
    '%s once a phase from %s (or from every endpoint) changes nothing in the end',
    { concurrent },
    async ([kind, method]) => {
      const where = method === undefined ? { times: 1 } : { method, times: 1 };
      const dump = await watch(({ google }) => google.setFaults(failing(kind, where)), { onWire: isOnWire(kind) });

      expect(dump).toEqual(faultless);
    },
  );
});

test.for(ENDPOINTS.flatMap((method) => LASTING.map((kind) => [kind, method] as const)))(
  '%s from %s for two hours changes nothing in the end',
  async ([kind, method]) => {
    const dump = await watch(
      ({ google }, phase) => {
        if (phase === 0) google.setFaults(failing(kind, { method }));
      },
      { onWire: isOnWire(kind) },
    );

    expect(dump).toEqual(faultless);
  },
);
