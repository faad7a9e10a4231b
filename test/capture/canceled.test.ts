import { expect, test } from 'vitest';

import { captureWorld } from '../support/capture-world.ts';
import { ANA, at, book, oneRoom, TEACHER } from '../support/one-room.ts';

const because = { actor: 'office', reason: 'the family is ill' };

/** A class of Tess and Ana from 16:00 to 17:00 in which both are until `until`, under half price for a late cancellation. */
async function school(until: string) {
  const scene = oneRoom();
  const call = scene.room.call('15:58', until);
  call.joins(scene.teacher, '15:58', until);
  call.joins(scene.ana, '16:00', until);
  const world = await captureWorld('2026-03-02T08:00:00Z', scene.timeline.world);
  const { parts } = world;
  const classId = book(world);
  parts.actions.addPolicy({ valid_from: '2026-01-01', preset: 'standard_tutoring' }, because);
  for (const [kind, amount] of [
    ['charge', '60.00'],
    ['pay', '30.00'],
  ] as const) {
    parts.actions.addRate(
      { kind, amount, currency: 'EUR', unit: 'hour', valid_from: '2026-01-01', scope: {} },
      because,
    );
  }
  return Object.assign(world, {
    classId,
    /** One pass of each loop at each of the times. */
    async pass(...times: readonly string[]) {
      for (const time of times) {
        world.clock.set(at(time));
        parts.monitor();
        await parts.fetch(world.signal);
        await parts.sweep(world.signal);
      }
    },
    lines() {
      const { charges, pay, blocked } = parts.lineQuery.ofClass(classId)!;
      return [
        ...[...charges, ...pay].map(({ outcome, amount, flags }) => [
          outcome,
          amount,
          flags.filter((flag) => flag !== 'no_family').join(' '),
        ]),
        ...blocked.map(({ outcome, code }) => [outcome, code]),
      ];
    },
    coverage: () => parts.sessionStore.ofClass(classId)?.coverage,
    async verified() {
      // What the test has put into the stores itself, without a verb.
      parts.audit.appendRest(because);
      const { checks } = await parts.queries.verify({ signal: world.signal, onProgress: () => undefined });
      return checks.filter(({ ok }) => !ok);
    },
  });
}

test('E78 canceled while it was on: its call is read to the end, and the minutes until then are charged and paid', async () => {
  await using world = await school('16:50');
  await world.pass('16:05', '16:40');
  world.clock.set(at('16:50'));
  world.parts.actions.cancelClass(world.classId, 'family', because);
  expect(world.lines()).toEqual([
    ['unknown', 'no_evidence'],
    ['unknown', 'no_evidence'],
  ]);

  await world.pass('16:53', '17:02', '17:20', '17:40');

  expect(world.coverage()).toBe('complete');
  expect(world.lines()).toEqual([
    ['canceled', '50.00', ''],
    ['canceled', '25.00', ''],
  ]);
  expect(await world.verified()).toEqual([]);
});

test('E78 canceled in the morning, yet held: the line waits at 0.00 until the class is reinstated or the cancellation is confirmed', async () => {
  await using world = await school('16:50');
  world.clock.set(at('11:00'));
  world.parts.actions.cancelClass(world.classId, 'family', because);
  expect(world.lines()).toEqual([
    ['canceled', '30.00', ''],
    ['canceled', '15.00', ''],
  ]);

  await world.pass('16:05', '17:02', '17:20', '17:40');

  expect(world.coverage()).toBe('complete');
  const waiting = [
    ['held_although_canceled', '0.00', 'review review_open'],
    ['held_although_canceled', '0.00', 'review review_open'],
  ];
  expect(world.lines()).toEqual(waiting);
  const { decide, undoDecision, reinstateClass } = world.parts.actions;
  const confirmed = decide(
    { kind: 'set_outcome', class_id: world.classId, outcome: 'canceled', reason: 'a chat, no lesson' },
    because,
  );
  expect(world.lines()).toEqual([
    ['canceled', '30.00', 'decided'],
    ['canceled', '15.00', 'decided'],
  ]);
  undoDecision('decision' in confirmed ? confirmed.decision.id : 0, because);
  expect(world.lines()).toEqual(waiting);
  reinstateClass(world.classId, because);
  expect(world.lines()).toEqual([
    ['attended', '50.00', ''],
    ['attended', '25.00', ''],
  ]);
  expect(await world.verified()).toEqual([]);
});

test('a canceled class that nobody came to is settled by the tier, and a class that is booked in its place has its people', async () => {
  await using world = await school('17:00');
  world.clock.set(at('11:00'));
  world.parts.actions.cancelClass(world.classId, 'family', because);
  const booked = await world.parts.actions.scheduleClass(
    {
      teacherEmail: TEACHER,
      studentEmails: [ANA],
      subject: 'Geometry',
      start: at('16:00'),
      durationMinutes: 60,
      room: { code: world.google.world.spaces[0]!.meetingCode },
      organizerEmail: null,
      seriesId: null,
    },
    because,
    world.signal,
  );
  const instead = booked.kind === 'saved' ? booked.class.id : 0;

  await world.pass('16:05', '17:02', '17:20', '17:40');

  expect(world.lines()[0]).toEqual(['canceled', '30.00', '']);
  const { charges } = world.parts.lineQuery.ofClass(instead)!;
  expect(charges.map(({ outcome, amount }) => [outcome, amount])).toEqual([['attended', '60.00']]);
  expect(world.parts.actions.reinstateClass(world.classId, because)).toMatchObject({ code: 'room_busy' });
  expect(await world.verified()).toEqual([]);
});

test('held although canceled, and the minutes of its teacher belong to the class before it: it is noticed all the same', async () => {
  await using world = await school('16:50');
  const before = book(world, { from: '15:30', to: '16:00', students: ['noam@school.example'] });
  world.clock.set(at('11:00'));
  world.parts.actions.cancelClass(world.classId, 'family', because);

  await world.pass('16:05', '17:02', '17:20', '17:40', '18:10');

  expect(world.lines()).toEqual([
    ['held_although_canceled', '0.00', 'review review_open'],
    ['held_although_canceled', '0.00', 'review review_open'],
  ]);
  const paid = (classId: number) => world.parts.lineQuery.ofClass(classId)!.pay.map(({ heldMs }) => heldMs / 60_000);
  expect(paid(before)).toEqual([2]);
  const lineId = world.parts.lineQuery.ofClass(world.classId)!.pay[0]!.lineId;
  const explained = world.parts.queries.explain(lineId)!;
  const slice = 'steps' in explained.line ? explained.line.steps.find(({ name }) => name === 'slice') : undefined;
  expect(slice?.sets).toEqual([
    { label: 'teacher', intervals: [] },
    { label: 'teacher in the room', intervals: [{ start: at('16:00'), end: at('16:50') }] },
  ]);
  expect(explained.evidence).toHaveLength(1);

  world.parts.actions.reinstateClass(world.classId, because);
  expect(world.lines()).toEqual([
    ['attended', '50.00', ''],
    ['attended', '25.00', ''],
  ]);
  expect(await world.verified()).toEqual([]);
});

test('a canceled class beside whose slot nobody of it stayed is canceled, whatever went on in the class before', async () => {
  await using world = await school('16:00');
  book(world, { from: '15:30', to: '16:00', students: [ANA] });
  world.clock.set(at('11:00'));
  world.parts.actions.cancelClass(world.classId, 'family', because);

  await world.pass('16:05', '17:02', '17:20', '17:40', '18:10');

  expect(world.lines()[0]).toEqual(['canceled', '30.00', '']);
  expect(await world.verified()).toEqual([]);
});
