import { expect, test } from 'vitest';

import { captureWorld, type CaptureWorld } from '../support/capture-world.ts';
import { chanceSchool, truth, type ChanceSchool } from '../support/chance.ts';

const MINUTE = 60_000;
const DAY = '2026-03-02T00:00:00Z';

/** Everybody of the school is a person, every class is scheduled. */
function schedule({ parts }: CaptureWorld, school: ChanceSchool): Map<string, number> {
  const ids = new Map(school.people.map((person) => [person.email, parts.people.create(person).id]));
  return new Map(
    school.classes.map((c) => {
      const code = school.code(c.room);
      const room =
        parts.roomStore.byCode(code) ??
        parts.roomStore.create({ meetingCode: code, space: null, meetLink: null, ownerEmail: null });
      const { id } = parts.classStore.create({
        subject: c.subject,
        roomId: room.id,
        organizerEmail: school.organizer(c.room),
        seriesId: null,
        start: c.start,
        end: c.start + c.minutes * MINUTE,
        teacherIds: [ids.get(c.teacher)!],
        studentIds: c.students.filter((email) => email !== c.teacher).map((email) => ids.get(email)!),
      });
      return [c.subject, id];
    }),
  );
}

/** What the ledger says, in the form of the truth. */
function recorded({ parts }: CaptureWorld, classIds: Map<string, number>) {
  const result = new Map<string, Map<string, [number, number][]>>();
  for (const [subject, classId] of classIds) {
    const logs = parts.logStore.list({ classId, limit: 500 });
    const seen = logs.filter(({ intervals }) => intervals.length > 0);
    result.set(
      subject,
      new Map(
        seen.map((log) => [log.userEmail ?? log.participant!, log.intervals.map(({ start, end }) => [start, end])]),
      ),
    );
  }
  return result;
}

function sorted(all: Map<string, Map<string, [number, number][]>>) {
  return Object.fromEntries(
    [...all].map(([subject, people]) => [
      subject,
      Object.fromEntries([...people].sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
}

function notFinal({ parts }: CaptureWorld): string[] {
  return Object.keys(parts.sessionStore.counts()).filter((coverage) => coverage !== 'complete' && coverage !== 'empty');
}

async function sweepUntilFinal(world: CaptureWorld, passes: number): Promise<void> {
  for (let pass = 0; pass < passes; pass += 1) {
    await world.parts.sweep(world.signal);
    if (notFinal(world).length === 0) return;
    world.clock.advance(20 * MINUTE);
  }
}

test('a school of chance is captured to the millisecond after a week of downtime', async () => {
  const school = chanceSchool(7, 12, 6, Date.parse(DAY));
  await using world = await captureWorld('2026-03-09T12:00:00Z', school.world);
  const classIds = schedule(world, school);

  world.parts.monitor();
  await sweepUntilFinal(world, 5);

  expect(notFinal(world)).toEqual([]);
  expect(sorted(recorded(world, classIds))).toEqual(sorted(truth(school, 30 * MINUTE, 60 * MINUTE)));
});

test('a school watched live, pass by pass, ends with the same logs as one read a week later', async () => {
  const school = chanceSchool(11, 4, 4, Date.parse(DAY));
  await using world = await captureWorld('2026-03-02T07:00:00Z', school.world);
  const classIds = schedule(world, school);

  for (let minute = 0; minute < 14 * 60; minute += 3) {
    world.clock.advance(3 * MINUTE);
    world.parts.monitor();
    await world.parts.fetch(world.signal);
    if (minute % 9 === 0) await world.parts.sweep(world.signal);
  }
  await sweepUntilFinal(world, 20);

  expect(notFinal(world)).toEqual([]);
  expect(sorted(recorded(world, classIds))).toEqual(sorted(truth(school, 30 * MINUTE, 60 * MINUTE)));
});
