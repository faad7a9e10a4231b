import { expect, test } from 'vitest';

import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { at, book, oneRoom, pass } from '../support/one-room.ts';

const HOUR = 60 * 60_000;

async function verified({ parts, signal }: CaptureWorld) {
  const { checks } = await parts.queries.verify({ signal, onProgress: () => undefined });
  return checks.filter(({ ok }) => !ok);
}

const minutes = ({ parts }: CaptureWorld, classId: number) =>
  parts.logStore.list({ classId }).map(({ durationMs }) => durationMs / 60_000);

test('a call that Google moves to another class leaves nothing behind where it was', async () => {
  const school = oneRoom();
  const call = school.room.call('16:00', '17:00');
  call.joins(school.teacher, '16:00', '17:00');
  call.joins(school.ana, '16:00', '17:00');
  await using world = await captureWorld('2026-03-02T17:30:00Z', school.timeline.world);
  const [first, second] = [book(world), book(world, { from: '20:00', to: '21:00' })];
  await pass(world, '17:30');
  expect(minutes(world, first)).toEqual([60, 60]);

  call.record.start += 4 * HOUR;
  call.record.end! += 4 * HOUR;
  for (const session of call.record.participants.flatMap(({ sessions }) => sessions)) {
    session.start += 4 * HOUR;
    session.end! += 4 * HOUR;
  }
  await pass(world, '21:30');

  expect(minutes(world, second)).toEqual([60, 60]);
  expect(minutes(world, first)).toEqual([0, 0]);
  expect(await verified(world)).toEqual([]);
});

test('what Google corrects of a call reaches the class of another room that it was linked to', async () => {
  const school = oneRoom();
  const other = school.timeline.room(school.teacher);
  const call = school.room.call('16:00', '17:00');
  call.joins(school.teacher, '16:00', '17:00');
  const stay = call.joins(school.ana, '16:00', '16:40');
  await using world = await captureWorld('2026-03-02T17:30:00Z', school.timeline.world);
  const own = book(world);
  const held = book(world, { subject: 'Chess', code: other.meetingCode });
  await pass(world, '18:30');
  const link = { kind: 'link_call', class_id: held, record: call.record.name, reason: 'the wrong room' };
  expect(world.parts.actions.decide(link, { actor: 'office' })).toMatchObject({ kind: 'saved' });
  expect([minutes(world, own), minutes(world, held)]).toEqual([
    [0, 0],
    [60, 40],
  ]);

  stay.end = at('16:50');
  await world.parts.reader.read(own, { mode: 'full', answers: new Map(), signal: world.signal });

  expect(minutes(world, held)).toEqual([60, 50]);
  expect(await verified(world)).toEqual([]);
});

test('while a call is read for one class, the logs of its neighbours are what the evidence gives at every instant', async () => {
  const school = oneRoom();
  const call = school.room.call('16:00', null);
  call.joins(school.teacher, '16:00', null);
  call.joins(school.ana, '16:00', null);
  await using world = await captureWorld('2026-03-02T16:01:00Z', school.timeline.world);
  book(world);
  book(world, { from: '17:00', to: '18:00', subject: 'Chess' });
  const { parts, clock, signal } = world;
  for (let minute = 1; minute < 160; minute += 6) {
    clock.set(at('16:00') + minute * 60_000);
    parts.monitor();
    await parts.fetch(signal);
    expect([minute, await verified(world)]).toEqual([minute, []]);
    if (minute % 5 === 0) await parts.sweep(signal);
  }
});
