import { expect, test } from 'vitest';

import { ANA, BEN, instantOf, moneyWorld, TOM } from '../../support/money-world.ts';

const STRAY = 'conferenceRecords/stray';
const BY = { actor: 'office', reason: 'it was a mistake' };

/** Ana's lesson with Ben in one room, and a call in another room that belongs to no class. */
function office() {
  const world = moneyWorld();
  const classId = world.lesson();
  const other = world.lesson({ date: '2026-01-20', space: 'spaces/two', teacher: TOM });
  world.call('spaces/three', '2026-01-16', STRAY, { [ANA]: ['16:00-16:50'], [BEN]: ['16:10-16:40'] });
  return {
    ...world,
    classId,
    other,
    ben: world.person(BEN, 'student'),
    /** @returns the number of the decision */
    decides(kind: string, about: object): number {
      const decided = world.actions.decide(
        { kind, class_id: classId, reason: 'told on the phone', ...about },
        { actor: 'office' },
      );
      if (decided.kind !== 'saved') throw new Error(`refused: ${JSON.stringify(decided)}`);
      return decided.decision.id;
    },
  };
}

const quarter = { user_email: BEN, start_time: '2026-01-16T16:00:00Z', end_time: '2026-01-16T16:15:00Z' };

test('what changes who was where stands with its class in the order it was decided', async () => {
  await using world = office();
  world.decides('remove_interval', quarter);
  world.decides('add_interval', quarter);
  world.decides('set_status', { user_email: BEN, status: 'late' });
  world.decides('excuse', { user_email: BEN });

  const about = { classId: world.classId, personId: world.ben };
  const interval = { start: instantOf('16:00'), end: instantOf('16:15') };
  expect(world.presenceDecisions.ofClass(world.classId)).toEqual([
    { ...about, kind: 'remove_interval', interval },
    { ...about, kind: 'add_interval', interval },
    { ...about, kind: 'set_status', status: 'late' },
    { ...about, kind: 'excuse' },
  ]);
  expect(world.presenceDecisions.ofClass(world.other)).toEqual([]);
});

test('what is decided about money alone changes nobody’s presence', async () => {
  await using world = office();
  world.decides('approve_overrun', { minutes: 20 });
  world.decides('set_outcome', { user_email: BEN, outcome: 'student_no_show' });

  expect(world.presenceDecisions.ofClass(world.classId)).toEqual([]);
});

test('a decision that was undone stands no more', async () => {
  await using world = office();
  const excused = world.decides('excuse', { user_email: BEN });
  world.decides('set_status', { user_email: BEN, status: 'present' });

  world.actions.undoDecision(excused, BY);

  expect(world.presenceDecisions.ofClass(world.classId)).toMatchObject([{ kind: 'set_status' }]);
});

test('E09: a call of another room that a person links to a class is that class’s, from its start to its end', async () => {
  await using world = office();
  expect([world.presenceDecisions.linksOf(STRAY), world.presenceDecisions.callsLinkedTo(world.classId)]).toEqual([
    [],
    [],
  ]);

  const linked = world.decides('link_call', { record: STRAY });

  expect(world.presenceDecisions.callsLinkedTo(world.classId)).toEqual([
    { name: STRAY, space: 'spaces/three', roomId: null, start: instantOf('16:00'), end: instantOf('16:50') },
  ]);
  expect([world.presenceDecisions.linksOf(STRAY), world.presenceDecisions.callsLinkedTo(world.other)]).toEqual([
    [world.classId],
    [],
  ]);

  world.actions.undoDecision(linked, BY);
  expect([world.presenceDecisions.linksOf(STRAY), world.presenceDecisions.callsLinkedTo(world.classId)]).toEqual([
    [],
    [],
  ]);
});

test('a linked call that Google has not ended yet lasts until it was last seen', async () => {
  await using world = office();
  world.decides('link_call', { record: STRAY });
  world.database.sqlite.prepare('update conference_records set end_at = null where name = ?').run(STRAY);

  // The stand-in read the call an hour after its end.
  expect(world.presenceDecisions.callsLinkedTo(world.classId)).toMatchObject([{ end: instantOf('17:50') }]);
});
