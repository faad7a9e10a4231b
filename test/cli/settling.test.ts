import { pino } from 'pino';
import { expect, test } from 'vitest';

import { widthOf } from '../../src/cli/screen/text.ts';
import { parseConfig } from '../../src/config.ts';
import { DAY_MS } from '../../src/core/time/duration.ts';
import { openParts } from '../../src/service.ts';
import { systemRandom } from '../../src/system.ts';
import { handClock } from '../support/clock.ts';
import { called, temporaryFolder } from './rollbook.ts';

const START = Date.parse('2026-01-16T16:00:00Z');
const END = START + 3_600_000;

/** A ledger on disk with one class in which Ana taught two guests, and Ben and Cleo were not seen. */
const WEEK_MS = 7 * DAY_MS;

function office() {
  const folder = temporaryFolder();
  const clock = handClock('2026-02-03T09:00:00Z');
  const env = { ROLLBOOK_DATA_DIR: folder.path, ROLLBOOK_TIMEZONE: 'Europe/London' };
  const open = () => openParts(parseConfig(env), { clock, random: systemRandom, log: pino({ level: 'silent' }) });
  const lesson = (
    { classStore, sessionStore, evidence, attendance }: ReturnType<typeof open>,
    { roomId, start, end, record }: { roomId: number; start: number; end: number; record: string },
  ): void => {
    const c = classStore.create({
      subject: 'Algebra',
      roomId: roomId,
      organizerEmail: 'ana@school.example',
      seriesId: null,
      start,
      end,
      teacherIds: [1],
      studentIds: [2, 3],
    });
    const text = (at: number) => new Date(at).toISOString();
    const stay = { start, startText: text(start), end, endText: text(end) };
    const seen = [
      ['1', 'Ana'],
      ['2', 'iPad'],
      ['3', 'Pixel'],
    ] as const;
    evidence.record({
      space: 'spaces/one',
      records: {
        within: stay,
        readAt: end,
        items: [{ name: record, space: 'spaces/one', ...stay, expireAt: null }],
      },
      participants: [
        {
          record,
          readAt: end,
          items: seen.map(([userId, displayName]) => ({
            name: `${record}/participants/${userId}`,
            kind: 'signedin' as const,
            userId,
            displayName,
            earliestStart: start,
            latestEnd: end,
          })),
        },
      ],
      sessions: seen.map(([userId]) => ({
        participant: `${record}/participants/${userId}`,
        readAt: end,
        items: [{ name: `${record}/participants/${userId}/participantSessions/1`, ...stay }],
      })),
    });
    const over = { overSeenAt: end, finalReadAt: end, attempts: 0, nextAttemptAt: null, lastError: null };
    sessionStore.save(sessionStore.ensure(c.id).id, { coverage: 'complete', ...over }, {});
    attendance.rebuild(c.id);
  };
  {
    using parts = open();
    const { people, roomStore } = parts;
    const ana = people.create({ email: 'ana@school.example', name: 'Ana', role: 'teacher', googleUserId: '1' });
    for (const name of ['ben', 'cleo']) people.create({ email: `${name}@home.example`, role: 'student' });
    const place = { meetingCode: null, space: 'spaces/one', meetLink: null, ownerEmail: ana.email };
    const room = roomStore.create(place);
    lesson(parts, { roomId: room.id, start: START, end: END, record: 'conferenceRecords/one' });
  }
  const run = (...args: string[]) => called(args, env, clock);
  return {
    run,
    /** A week later, with the same two tablets. */
    secondLesson(): void {
      using parts = open();
      const [start, end] = [START + WEEK_MS, END + WEEK_MS];
      lesson(parts, { roomId: 1, start, end, record: 'conferenceRecords/two' });
    },
    onScreen: (...args: string[]) => called(args, env, clock, { isTTY: true, columns: 80 }),
    async json(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const because = ['--reason', 'asked the families'];

test('on a screen of 80 columns what lists and status print is whole', async () => {
  using at = office();
  await at.run('token', 'create', '--role', 'teacher', '--teacher', 'ana@school.example', '--label', 'x '.repeat(20));
  await at.run('decide', 'excuse', '--class', '1', '--person', 'cleo@home.example', '--reason', 'ill '.repeat(30));
  const lists = ['status', 'review list', 'decide list', 'token list', 'settings list', 'config', 'verify'];
  for (const list of lists) {
    const { stdout } = await at.onScreen(...list.split(' '));
    // What is left of a bar that took itself away, and without the command to copy.
    const shown = stdout.slice(stdout.lastIndexOf('\r') + 1).replace('\u001B[2K', '');
    const lines = shown.split('\n').filter((line) => !line.includes('--audit-head'));
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
    expect(shown).not.toContain('…');
  }
});

test('the review queue is shown and answered, and each answer is taken back', async () => {
  using at = office();
  const { stdout } = await at.run('review', 'list');
  expect(stdout).toContain('iPad');
  expect(stdout).toContain('2026-01-16 16:00');
  expect(await at.json('review', 'list')).toMatchObject({
    items: [{ id: 1, state: 'open' }, { id: 2 }],
    next_cursor: null,
  });

  const unnamed = await at.run('review', 'accept', '2', ...because);
  expect(unnamed).toMatchObject({ code: 1, stdout: '' });
  expect(unnamed.stderr).toContain('name who it is.\n  --person: is missing');
  expect(unnamed.stderr).not.toMatch(/_email|--person or/);
  const unlinked = await at.run('decide', 'link_call', '--class', '1', '--call', 'conferenceRecords/none', ...because);
  expect(unlinked.stderr).toContain('"rollbook report unbilled" names the ones without a class');

  expect(await at.json('review', 'accept', '1', '--person', 'ben@home.example', ...because)).toMatchObject({
    item: { id: 1, state: 'accepted', decision_reason: 'asked the families' },
    rebuilt_class_ids: [1],
  });
  expect(await at.json('review', 'refuse', '2', '--scope', 'class', ...because)).toMatchObject({
    item: { id: 2, state: 'refused' },
  });
  const again = await at.run('review', 'accept', '1', ...because);
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: 'The review item is accepted: undo that first.\n' });
  expect(await at.json('review', 'undo', '1', '2', ...because)).toMatchObject({
    items: [{ item: { state: 'open' } }, { item: { state: 'open' } }],
  });
  expect(await at.json('review', 'show', '2')).toMatchObject({ id: 2, display_name: 'Pixel' });
  expect((await at.run('review', 'show', '9')).stderr).toContain('There is no review item 9');
});

test('items that an answer before them settled are done, not refused', async () => {
  using at = office();
  at.secondLesson();
  const items = ['1', '2', '3', '4'];
  const { code, stderr } = await at.run('review', 'ignore', ...items, '--scope', 'everywhere', ...because);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Settled by these answers too: 3, 4.\n' });
  await at.run('review', 'undo', '1', '2', ...because);
  expect(await at.json('review', 'ignore', ...items, '--scope', 'everywhere', ...because)).toMatchObject({
    items: [{ item: { id: 1 } }, { item: { id: 2 } }],
    settled_too: [3, 4],
    skipped: [],
  });
  // Somebody settled it before: that is refused as ever.
  expect((await at.run('review', 'ignore', '3', '9', ...because)).stderr).toContain('3: The review item is gone');
});

test('several items are answered each by itself: what is refused does not keep the others out', async () => {
  using at = office();
  const { code, stdout, stderr } = await at.run('review', 'ignore', '1', '9', ...because);
  expect(code).toBe(1);
  expect(stdout).toContain('ignored');
  expect(stderr).toBe('9: There is no review item 9.\n');
  const again = await at.run('review', 'undo', '1', '9', ...because, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    items: [{ item: { id: 1, state: 'open' } }],
    skipped: [{ id: 9, code: 'not_found', message: 'there is no review item 9' }],
  });
});

test.each([
  [['add_interval', '--person', 'ben@home.example', '--from', '2026-01-16T16:00:00Z', '--to', '2026-01-16T16:30:00Z']],
  [['remove_interval', '--person', 'ana@school.example', '--from', '2026-01-16 16:00', '--to', '2026-01-16 16:30']],
  [['set_status', '--person', 'ben@home.example', '--status', 'present']],
  [['excuse', '--person', 'ben@home.example']],
  [['set_outcome', '--outcome', 'not_held']],
  [['approve_overrun', '--minutes', '20']],
  [['link_call', '--call', 'conferenceRecords/one']],
])('what the evidence cannot settle is decided, listed and taken back: %j', async ([kind = '', ...options]) => {
  using at = office();
  const decided = await at.json('decide', kind, '--class', '1', ...options, ...because);
  expect(decided).toMatchObject({ decision_id: 1, kind, class_id: 1, reason: 'asked the families', undone_time: null });
  expect(await at.json('decide', 'list', '--class', '1')).toMatchObject({ items: [{ decision_id: 1 }] });
  expect((await at.run('decide', 'list')).stdout).toContain(kind);
  expect(await at.json('decide', 'undo', '1', ...because)).toMatchObject({ undo_reason: 'asked the families' });
});

test('a time of a decision is on the clocks of the school, and a day alone is none', async () => {
  using at = office();
  const given = ['decide', 'remove_interval', '--class', '1', '--person', 'ana@school.example', ...because];
  expect(await at.json(...given, '--from', '2026-01-16 16:00', '--to', '2026-01-16T16:30:00Z')).toMatchObject({
    details: { start_time: '2026-01-16T16:00:00Z', end_time: '2026-01-16T16:30:00Z' },
  });
  expect((await at.run(...given, '--from', '2026-01-16', '--to', '2026-01-17')).stderr).toContain(
    'Give a time such as',
  );
});

test('a refusal names the option', async () => {
  using at = office();
  const decided = await at.run('decide', 'excuse', '--class', '1', '--person', 'nobody@home.example', ...because);
  expect(decided).toMatchObject({ code: 1, stdout: '' });
  expect(decided.stderr).toContain('  --person: nobody@home.example is not a person of the school');
});

test('disputed pay is noted, listed and settled', async () => {
  using at = office();
  expect((await at.run('dispute', 'list')).stdout).toContain('No pay is disputed.');
  const text = ['--text', 'it was longer'];
  expect(await at.json('dispute', 'open', 'p1-1', '--teacher', 'ana@school.example', ...text)).toMatchObject({
    dispute_id: 1,
    state: 'open',
  });
  expect(await at.json('dispute', 'list', '--open')).toMatchObject({
    items: [{ line_id: 'p1-1', text: 'it was longer' }],
  });
  expect(await at.json('dispute', 'close', '1', '--outcome', 'upheld', ...because)).toMatchObject({ state: 'upheld' });
  const noMonth = await at.run('dispute', 'list', '--period', '2026-99');
  expect([noMonth.code, noMonth.stderr]).toEqual([1, expect.stringContaining('--period: there is no month 2026-99')]);
  expect((await at.run('dispute', 'open', 'p9-9', '--teacher', 'ana@school.example', ...text)).code).toBe(1);
});

test('a correction of a closed period is listed and settled', async () => {
  using at = office();
  const rate = ['rates', 'add', '--currency', 'EUR', '--from', '2026-01-01', '--kind'];
  await at.run(...rate, 'pay', '--amount', '22.00');
  await at.run(...rate, 'charge', '--amount', '42.00');
  expect((await at.run('close', '2026-01', '--exceptions', ...because)).code).toBe(0);
  expect((await at.run('adjust', 'list')).stdout).toContain('There is no correction.');
  const outcome = ['decide', 'set_outcome', '--class', '1', '--outcome', 'not_held', ...because];
  expect((await at.run(...outcome)).code).toBe(1);
  const nothing = ['decide', 'approve_overrun', '--class', '1', '--minutes', '5', '--as', 'adjustment', ...because];
  expect((await at.run(...nothing)).stdout).toContain(
    '2026-01 is closed and stays: its lines come to what was issued.\n',
  );
  expect((await at.run(...outcome, '--as', 'adjustment')).stdout).toMatch(
    /^2026-01 is closed and stays: [12] differences? waits?(, and \d lines? cannot be computed again yet)?; "rollbook adjust list" has more\.$/m,
  );

  const { items } = (await at.json('adjust', 'list', '--state', 'proposed')) as { items: { adjustment_id: string }[] };
  expect(items.length).toBeGreaterThan(0);
  const [first] = items;
  const lineId = first!.adjustment_id.replace(/^a1-/, '');
  const waits = (await at.run('explain', lineId)).stdout;
  expect(waits).toContain(`  ${first!.adjustment_id} proposed: `);
  expect(waits).toContain('until "rollbook adjust accept" or "reject" settles it\n    In January 2026 this was');
  expect((await at.run('explain', first!.adjustment_id)).stdout).not.toContain('Corrections');
  expect(await at.json('adjust', 'accept', first!.adjustment_id, ...because)).toMatchObject({ state: 'accepted' });
  expect(await at.run('adjust', 'reject', first!.adjustment_id, ...because)).toMatchObject({ code: 1, stdout: '' });
});

test('closed lines that cannot be computed again are named, with what is missing', async () => {
  using at = office();
  const rate = ['rates', 'add', '--currency', 'EUR', '--from', '2026-01-01', '--kind'];
  await at.run(...rate, 'pay', '--amount', '22.00');
  await at.run(...rate, 'charge', '--amount', '42.00');
  for (const item of ['1', '2']) await at.run('review', 'ignore', item, ...because);
  expect((await at.run('close', '2026-01', '--exceptions', ...because)).code).toBe(0);
  await at.run('review', 'undo', '1', ...because);
  const { stdout } = await at.run('adjust', 'list');
  expect(stdout).toContain('2 closed lines cannot be computed again yet:');
  expect(stdout).toContain('  c1-2: Algebra, 2026-01-16: Somebody in the call was not recognised yet');
  expect(stdout).toContain('  c1-3: Algebra, 2026-01-16: Somebody in the call was not recognised yet');
});

test.each([
  ['review', 'accept', '1'],
  ['decide', 'excuse', '--class', '1', '--person', 'ben@home.example'],
  ['dispute', 'close', '1', '--outcome', 'upheld'],
  ['adjust', 'reject', 'a1-c1-2'],
  ['reopen', '2026-01'],
])('a reason is needed, and an empty one is refused: %s %s', async (...args) => {
  using at = office();
  const { code, stderr } = await at.run(...args, '--reason', ' ');
  expect([code, stderr.includes('Say why.')]).toEqual([2, true]);
  expect((await at.run(...args)).code).toBe(2);
});

test.each([
  ['settings', 'set', 'late_after_minutes=7'],
  ['settings', 'zone', 'Europe/Madrid'],
  ['policy', 'set', '--from', '2026-01-01'],
  ['rates', 'end', '1', '--to', '2026-02-01'],
  ['close', '2026-01'],
])('an empty reason is refused also where none is needed: %s %s', async (...args) => {
  using at = office();
  const { code, stderr } = await at.run(...args, '--reason', ' ');
  expect([code, stderr.includes('Say why.')]).toEqual([2, true]);
});
