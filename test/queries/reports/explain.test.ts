import { expect, test } from 'vitest';

import { withoutCharges } from '../../../src/queries/reports/explain.ts';
import { ANA, BEN, january, moneyWorld, withRates } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'asked the family' };

test('a draft line is explained from Google’s sessions to the amount', async () => {
  await using world = await january();

  expect(world.queries.explain('c1-2')).toMatchObject({
    line: {
      lineId: 'c1-2',
      amount: '39.90',
      steps: expect.arrayContaining([expect.objectContaining({ name: 'price' })]),
    },
    close: null,
    evidence: [
      { session: `conferenceRecords/one-2026-01-16-1600/participants/${BEN}/participantSessions/1` },
      { session: `conferenceRecords/one-2026-01-16-1600/participants/${BEN}/participantSessions/2` },
      { session: `conferenceRecords/one-2026-01-16-1600/participants/${ANA}/participantSessions/1` },
    ],
    decisions: [],
    rate: { id: 1, amountMinor: 4200 },
    policy: { preset: 'actual_time' },
    adjustments: [],
  });
  expect(world.queries.explain('p1-1')).toMatchObject({ line: { side: 'pay', amount: '22.00' }, rate: { id: 2 } });
});

test('an issued line stays what was issued, with its close, and names the rate as it is now', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  world.actions.changeRate(1, { amount: '45.00' }, BY);
  await world.actions.acceptCorrection('a1-c1-2', BY);

  const explained = world.queries.explain('c1-2');
  expect(explained).toMatchObject({
    line: { amount: '39.90', rate: { amountMinor: 4200 } },
    close: { period: '2026-01', version: 1 },
    rate: { amountMinor: 4500 },
    adjustments: [{ state: 'accepted', postedIn: '2026-02', adjustment: { adjustmentId: 'a1-c1-2', amount: '2.85' } }],
  });
  expect(explained?.correction).toBeNull();
  expect(world.queries.explain('a1-c1-2')).toEqual({
    ...explained,
    correction: {
      adjustment: explained?.adjustments[0]?.adjustment,
      state: 'accepted',
      postedIn: '2026-02',
      now: expect.objectContaining({ lineId: 'c1-2', amount: '42.75' }),
    },
  });
  expect(world.queries.explain('a7-c1-2')).toBeNull();
  // One that waits is explained as well, be it of a line that the period was closed without.
  expect(world.queries.explain('a1-c2-4')?.correction).toMatchObject({
    state: 'proposed',
    postedIn: null,
    adjustment: { amount: '3.00', reason: expect.stringContaining('The rate was 42.00 EUR an hour') },
    now: { amount: '45.00' },
  });
  world.lesson({ date: '2026-01-30', space: 'spaces/three' });
  expect(world.queries.explain('a1-c3-2')).toMatchObject({
    close: null,
    correction: { adjustment: { amount: '45.00' } },
  });
});

test('decisions that stand are told, those that were undone are not', async () => {
  await using world = await january();
  const excuse = { kind: 'excuse', class_id: 1, user_email: BEN, reason: 'ill' };
  const decided = world.actions.decide(excuse, { actor: 'office' });
  expect(world.queries.explain('c1-2')).toMatchObject({
    line: { outcome: 'excused', amount: '0.00' },
    decisions: [{ kind: 'excuse', reason: 'ill' }],
  });

  if (decided.kind === 'saved') world.actions.undoDecision(decided.decision.id, BY);
  expect(world.queries.explain('c1-2')).toMatchObject({ line: { outcome: 'attended' }, decisions: [] });
});

test('a blocked line has no rate, says what is missing, and shows the evidence that is there', async () => {
  await using world = await january();
  world.lesson({ date: '2026-01-23', space: 'spaces/three', coverage: 'partial' });
  const stays = (lineId: string) => {
    const found = world.queries.explain(lineId);
    expect(found).toMatchObject({ line: { code: 'no_evidence' }, rate: null });
    return found?.evidence.map(({ session }) => session.split('/')[3]);
  };
  expect(stays('c3-2')).toEqual([BEN, ANA]);
  expect(stays(`p3-${world.teacher.id}`)).toEqual([ANA]);
});

test.each(['c1-99', 'c99-2', 'x1-2', ''])('%s is no line', async (id) => {
  await using world = await january();
  expect(world.queries.explain(id)).toBeNull();
});

test('a charge that an earlier version issued names the teachers’ sessions all the same', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  const { sqlite } = world.database;
  const stored = sqlite.prepare<[], string>(`select line from closed_lines where line_id = 'c1-2'`).pluck().get()!;
  const { bridgedMs: _, evidence, ...line } = JSON.parse(stored) as { bridgedMs: number; evidence: string[] };
  const old = { ...line, evidence: evidence.filter((name) => name.includes(BEN)) };
  sqlite.prepare(`update closed_lines set line = ? where line_id = 'c1-2'`).run(JSON.stringify(old));
  const sessions = world.queries.explain('c1-2')?.evidence.map(({ session }) => session.split('/')[3]);
  expect(sessions).toEqual([BEN, BEN, ANA]);
});

test('a teacher reads that it was decided, and not what was written about it', async () => {
  await using world = await january();
  const outcome = { kind: 'set_outcome', class_id: 1, outcome: 'not_held', reason: 'mother shouted at us' };
  world.actions.decide(outcome, { actor: 'office' });
  const found = world.queries.explain(`p1-${world.teacher.id}`)!;
  expect(found).toMatchObject({ decisions: [{ reason: 'mother shouted at us' }] });
  const shown = withoutCharges(found);
  expect(shown).toMatchObject({ decisions: [{ kind: 'set_outcome', reason: 'by a decision of the school' }] });
  expect(JSON.stringify(shown)).not.toContain('shouted');
  expect(shown.line.reason).toContain('It counts so by a decision of the school.');
});

test('a teacher who was stood in for reads that it was decided', async () => {
  await using world = await january();
  const theo = world.people.create({ email: 'theo@example.com', name: 'Theo', role: 'teacher' });
  const standIn = { kind: 'substitute', class_id: 1, user_email: theo.email, for: world.teacher.email, reason: 'ill' };
  world.actions.decide(standIn, { actor: 'office' });
  const shown = withoutCharges(world.queries.explain(`p1-${world.teacher.id}`)!);
  expect(shown).toMatchObject({ decisions: [{ kind: 'substitute', reason: 'by a decision of the school' }] });
});

test('an issued line says what Google corrected since, and which correction waits', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  expect(world.queries.explain('c1-2')).toMatchObject({ waiting: [], evidence: [{ changes: [] }, {}, {}] });
  const record = 'conferenceRecords/one-2026-01-16-1600';
  world.call('spaces/one', '2026-01-16', record, {
    [ANA]: ['15:58:30-17:01:10'],
    [BEN]: ['16:03:20-16:41:05', '16:40:10-16:50:30'],
  });
  world.attendance.rebuild(1);

  const explained = world.queries.explain('c1-2');
  expect(explained?.evidence.map(({ changes }) => changes)).toEqual([
    [],
    [
      {
        field: 'end',
        was: '2026-01-16T17:00:30.000Z',
        is: '2026-01-16T16:50:30.000Z',
        readAt: Date.parse('2026-01-16T18:01:10Z'),
        sinceIssue: false,
      },
    ],
    [],
  ]);
  expect(explained).toMatchObject({
    line: { amount: '39.90' },
    waiting: [{ adjustmentId: 'a1-c1-2', amount: '-7.00', reason: expect.stringContaining('Presence was') }],
  });
  await world.actions.acceptCorrection('a1-c1-2', BY);
  expect(world.queries.explain('c1-2')).toMatchObject({ waiting: [], adjustments: [{ state: 'accepted' }] });
});

test('the end of a session that was open is no correction of Google’s', async () => {
  await using world = await january();
  await world.actions.closePeriod('2026-01', {}, BY);
  const change = world.database.sqlite.prepare(
    `insert into evidence_changes (resource, field, old_value, new_value, read_at) values (?, ?, ?, ?, ?)`,
  );
  const participant = `conferenceRecords/one-2026-01-16-1600/participants/${ANA}`;
  const session = `${participant}/participantSessions/1`;
  change.run(session, 'end', null, '2026-01-16T17:01:10.000Z', 1);
  change.run(session, 'missing', null, 'true', 1);
  change.run(participant, 'display_name', 'A.', 'ana', world.clock.now());
  expect(world.queries.explain('c1-2')?.evidence.at(-1)?.changes).toEqual([
    { field: 'missing', was: null, is: 'true', readAt: 1, sinceIssue: false },
    { field: 'display_name', was: 'A.', is: 'ana', readAt: world.clock.now(), sinceIssue: true },
  ]);
});

test('a line that waits for a review says for whom, issued or not', async () => {
  await using world = moneyWorld();
  await withRates(world);
  world.lesson({ there: { [ANA]: ['16:00-17:00'], 'tablet@nowhere.example': ['16:00-16:30'] } });
  const waits = [{ id: 1, displayName: 'tablet', presentMs: 1_800_000 }];
  expect(world.queries.explain('c1-2')).toMatchObject({ close: null, waitsFor: waits });
  await world.actions.closePeriod('2026-01', { exceptions: true }, BY);
  expect(world.queries.explain('c1-2')).toMatchObject({ close: { version: 1 }, waitsFor: waits });
  world.actions.acceptReview(1, { userEmail: BEN }, BY);
  expect(world.queries.explain('c1-2')).toMatchObject({ waitsFor: [], waiting: [{ adjustmentId: 'a1-c1-2' }] });
});
