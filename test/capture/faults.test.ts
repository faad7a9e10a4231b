import { expect, test } from 'vitest';

import type { MethodName } from '../../src/emulator/api/meet-routes.ts';
import { createTimeline, guest } from '../../src/emulator/timeline.ts';
import type { Parts } from '../../src/service.ts';
import { CONTENT_FAULTS, ERROR_FAULTS, WIRE_FAULTS, type FaultKind } from '../emulator/faults/kinds.ts';
import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { failing } from '../support/failing.ts';

const MINUTE = 60_000;

/** No-shows cost the whole lesson and are paid in full, so that an absence that is none would be money. */
function setPrices({ actions }: Parts): void {
  const by = { actor: 'admin', reason: null };
  actions.addPolicy({ valid_from: '2026-01-01', preset: 'standard_tutoring' }, by);
  for (const kind of ['charge', 'pay'] as const) {
    actions.addRate({ kind, amount: '60.00', currency: 'EUR', unit: 'hour', valid_from: '2026-01-01', scope: {} }, by);
  }
}

/** What is billed and paid in the end, and at no instant anything else: Ana's first and last minutes are forgiven. */
const AMOUNTS = ['c1-2', 'c1-3', 'p1-1'].map((lineId) => ({ lineId, outcome: 'attended', amount: '60.00' }));

/** One class, watched before it, in it, behind it and after settling; the dump is what an auditor would compare. */
async function watch(
  spoil: (world: CaptureWorld, phase: number) => void,
  { onWire = false, restarts = false } = {},
): Promise<unknown> {
  const timeline = createTimeline('2026-03-02');
  const teacher = timeline.account('teacher@school.example', 'Tess Teacher');
  const ana = timeline.account('ana@school.example', 'Ana Silva');
  // Only the Directory can tell that it is Ana.
  const anasTablet = { ...ana, name: 'tablet-7' };
  const room = timeline.room(teacher);
  const call = room.call('15:55', '17:02');
  call.joins(teacher, '15:55', '17:02');
  call.joins(anasTablet, '16:03', '16:20', 'laptop');
  call.joins(anasTablet, '16:21', '16:59', 'phone');
  call.joins(guest('Ben Okoro'), '16:00', '17:01');
  call.joins(guest('iPad'), '16:10', '16:30');

  await using world = await captureWorld(
    '2026-03-02T15:50:00Z',
    timeline.world,
    {},
    { attempts: 2, onWire, onDisk: restarts },
  );
  const { clock, signal } = world;
  const { parts } = world;
  setPrices(parts);
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

  /** Everybody was there: at no instant is anybody absent, is the class empty, or does anybody owe or earn for that. */
  const expectNoVerdict = (): void => {
    const statuses = world.parts.logStore.list({ classId: id }).map(({ status }) => status);
    expect(statuses).not.toContain('absent');
    const coverage = world.parts.sessionStore.ofClass(id)?.coverage;
    expect(coverage).not.toBe('empty');
    const { charges, pay, blocked } = world.parts.lineQuery.ofClass(id)!;
    expect(blocked.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'unknown')).toEqual([]);
    const amounts = [...charges, ...pay].map(({ lineId, outcome, amount }) => ({ lineId, outcome, amount }));
    expect(amounts).toEqual(coverage === 'complete' ? AMOUNTS : []);
  };
  for (const [phase, at] of ['16:01', '16:25', '17:05', '17:25'].entries()) {
    clock.set(`2026-03-02T${at}:00Z`);
    spoil(world, phase);
    if (restarts) world.reopen();
    world.parts.monitor();
    await world.parts.fetch(signal);
    expectNoVerdict();
    if (restarts) world.reopen();
    await world.parts.sweep(signal);
    expectNoVerdict();
    // While it lasts, nothing is concluded from it: somebody who was seen is never forgotten.
    expect(['complete', 'empty']).not.toContain(phase < 2 ? world.parts.sessionStore.ofClass(id)?.coverage : 'live');
  }
  world.google.setFaults(null);
  for (let pass = 0; pass < 12 && world.parts.sessionStore.ofClass(id)?.coverage !== 'complete'; pass += 1) {
    clock.advance(45 * MINUTE);
    await world.parts.sweep(signal);
    expectNoVerdict();
  }
  return {
    coverage: world.parts.sessionStore.ofClass(id)?.coverage,
    logs: world.parts.logStore
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

const ENDPOINTS = [
  'token',
  'spaces.get',
  'conferenceRecords.list',
  'participants.list',
  'participantSessions.list',
  'directory.users.get',
] as const;
/** That there is no such account is an answer of the Directory, and no fault: `accounts.test.ts` has it. */
const isAnswer = (kind: FaultKind, method: MethodName | undefined) =>
  kind === 'http-404' && method === 'directory.users.get';
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

test.for(TURNS.filter(([kind, method]) => !isAnswer(kind, method)))(
  '%s once a phase from %s (or from every endpoint) changes nothing in the end',
  async ([kind, method]) => {
    const where = method === undefined ? { times: 1 } : { method, times: 1 };
    const dump = await watch(({ google }) => google.setFaults(failing(kind, where)), { onWire: isOnWire(kind) });

    expect(dump).toEqual(faultless);
  },
);

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

test.for(ENDPOINTS)(
  'http-503 from %s for two hours, with a restart before each pass, changes nothing in the end',
  async (method) => {
    const dump = await watch(
      ({ google }, phase) => {
        if (phase === 0) google.setFaults(failing('http-503', { method }));
      },
      { restarts: true },
    );

    expect(dump).toEqual(faultless);
  },
);
