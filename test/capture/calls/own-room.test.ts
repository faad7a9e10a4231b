import { expect, test } from 'vitest';

import { createTimeline, guest } from '../../../src/emulator/timeline.ts';
import { showUnbilled } from '../../../src/render/json/report.ts';
import { captureWorld, type CaptureWorld } from '../../support/capture-world.ts';
import { ANA, at, book, TEACHER } from '../../support/one-room.ts';

const OFFICE = 'office@school.example';
const MARCH = { start: Date.parse('2026-03-01T00:00:00Z'), end: Date.parse('2026-04-01T00:00:00Z') };
const BY = { actor: 'office', reason: 'as the teacher said' };

/** A teacher and Ana, the room of the office where classes are booked, and the teacher's own. */
async function school(own: (room: ReturnType<ReturnType<typeof createTimeline>['room']>) => void = () => undefined) {
  const timeline = createTimeline('2026-03-02');
  const office = timeline.account(OFFICE, 'Olga Office');
  const teacher = timeline.account(TEACHER, 'Tess Teacher');
  const ana = timeline.account(ANA, 'Ana Silva');
  timeline.room(office);
  const ownRoom = timeline.room(teacher);
  own(ownRoom);
  const call = ownRoom.call('15:58', '17:02');
  call.joins(teacher, '15:58', '17:02');
  call.joins(ana, '16:05', '17:00');
  call.joins(guest('A cousin'), '16:20', '16:22');
  const world = await captureWorld('2026-03-02T17:30:00Z', timeline.world, { GOOGLE_DEFAULT_ORGANIZER: OFFICE });
  const rates = { currency: 'EUR', unit: 'hour', valid_from: '2026-01-01' };
  for (const rate of [
    { ...rates, kind: 'charge', amount: '42.00' },
    { ...rates, kind: 'pay', amount: '22.00' },
  ]) {
    expect(world.parts.actions.addRate(rate, BY)).toMatchObject({ kind: 'saved' });
  }
  return { world, ownRoom };
}

async function captured(world: CaptureWorld): Promise<void> {
  const { parts, clock, signal } = world;
  parts.monitor();
  for (let pass = 0; pass < 3; pass += 1) {
    await parts.sweep(signal);
    clock.advance(30 * 60_000);
  }
  await parts.listCalls(signal, { everybody: true });
}

async function line({ parts }: CaptureWorld) {
  const report = await parts.queries.bills('2026-03');
  if (report.kind === 'refused') throw new Error(report.message);
  return report.statements
    .flatMap(({ lines }) => lines)
    .map(({ outcome, billedMs, amount }) => [outcome, billedMs / 60_000, amount]);
}

function proposed({ parts }: CaptureWorld) {
  const found = parts.queries.unbilled(MARCH);
  if (found.kind === 'refused') throw new Error(found.message);
  return found.meetings.map(showUnbilled);
}

async function verified({ parts, signal }: CaptureWorld): Promise<boolean> {
  const { checks } = await parts.queries.verify({ signal, onProgress: () => undefined });
  return checks.every(({ ok }) => ok);
}

test('E09: a class that was taught in the teacher’s own room is proposed, repaired by one decision, computed, and undone', async () => {
  const { world } = await school();
  await using _ = world;
  const { parts } = world;
  const classId = book(world, { organizer: OFFICE });
  await captured(world);
  expect(parts.sessionStore.ofClass(classId)?.coverage).toBe('empty');
  const before = await line(world);
  expect(before).toEqual([['not_held', 0, '0.00']]);

  const [meeting, ...others] = proposed(world);
  expect(others).toEqual([]);
  expect(meeting).toMatchObject({
    kind: 'other_room',
    start_time: '2026-03-02T16:05:00Z',
    end_time: '2026-03-02T17:00:00Z',
    together_minutes: 55,
    people: [{ name: 'Tess Teacher', minutes: 64 }, { name: 'Ana Silva', minutes: 55 }, { name: 'A cousin' }],
    confidence: 'likely',
    suggestion: { action: 'link_call', class_id: classId },
  });
  const [request] = meeting!.suggestion.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/api/decisions' });
  const saved = parts.actions.decide(request!.body, { actor: 'office' });
  if (saved.kind !== 'saved') throw new Error(saved.message);

  expect(await line(world)).toEqual([['attended', 55, '38.50']]);
  expect(proposed(world)).toEqual([]);
  expect(await verified(world)).toBe(true);

  // What Google corrects later reaches the class that the call counts for.
  const call = world.google.world.records[0]!;
  call.participants.find(({ user }) => user.displayName === 'Ana Silva')!.sessions[0]!.end = at('16:50');
  await parts.listCalls(world.signal, { everybody: true });
  expect(await line(world)).toEqual([['attended', 45, '31.50']]);
  expect(await verified(world)).toBe(true);

  parts.actions.undoDecision(saved.decision.id, BY);
  expect(await line(world)).toEqual(before);
  expect(await verified(world)).toBe(true);
});

test('E09: so is one whose own room Google does not let anybody read', async () => {
  const { world } = await school();
  await using _ = world;
  const { parts } = world;
  const classId = book(world, { organizer: 'nobody@school.example' });
  await captured(world);
  expect(parts.sessionStore.ofClass(classId)?.coverage).toBe('no_access');
  expect(await line(world)).toEqual([]);
  const saved = parts.actions.decide(proposed(world)[0]!.suggestion.requests[0]!.body, { actor: 'office' });
  expect(saved).toMatchObject({ kind: 'saved' });
  expect(await line(world)).toEqual([['attended', 55, '38.50']]);
  expect(await verified(world)).toBe(true);
});

test('E10: a lesson without a class is on no bill until a class is booked as proposed; then it is computed', async () => {
  const { world, ownRoom } = await school();
  await using _ = world;
  const { parts } = world;
  book(world, { organizer: OFFICE, from: '2026-03-03T16:00:00Z', to: '2026-03-03T17:00:00Z' });
  await captured(world);
  expect(await line(world)).toEqual([]);
  const [meeting] = proposed(world);
  expect(meeting).toMatchObject({
    kind: 'no_class',
    suggestion: {
      requests: [
        {
          path: '/api/schedule/class',
          body: {
            teacher_email: TEACHER,
            student_emails: [ANA],
            start_time: '2026-03-02T16:05:00Z',
            duration_minutes: 55,
            meet_code: ownRoom.meetingCode,
            organizer_email: TEACHER,
          },
        },
      ],
    },
  });
  const lesson = {
    teacherEmail: TEACHER,
    studentEmails: [ANA],
    subject: 'Algebra',
    start: at('16:05'),
    durationMinutes: 55,
    room: { code: ownRoom.meetingCode },
    organizerEmail: TEACHER,
    seriesId: null,
  };
  expect(await parts.actions.scheduleClass(lesson, { actor: 'office' }, world.signal)).toMatchObject({ kind: 'saved' });
  await captured(world);
  expect(await line(world)).toEqual([['attended', 55, '38.50']]);
  expect(proposed(world)).toEqual([]);
  expect(await verified(world)).toBe(true);
});
