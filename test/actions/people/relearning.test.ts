import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fresh } from '../../../src/core/attendance/coverage-state.ts';
import { ANA, BEN, CLEO, instantOf, moneyWorld, type MoneyWorld } from '../../support/money-world.ts';

const BY = { actor: 'office', reason: 'the parents wrote' };
const signal = new AbortController().signal;
const whole = ['16:00-17:00'];

/** Whether the ledger is what a rebuild of everything would make it: the logs, the review queue and `verify`. */
async function stale({ sessionStore, attendance, review, logStore, queries }: MoneyWorld): Promise<string[]> {
  const { checks } = await queries.verify({ signal, onProgress: () => undefined });
  const wrong = checks.filter(({ ok }) => !ok).map(({ check, detail }) => `${check}: ${detail}`);
  const snapshot = () =>
    JSON.stringify([logStore.list({}).map(({ updatedAt: _at, ...log }) => log), review.list({ after: 0, limit: 999 })]);
  const before = snapshot();
  for (const classId of logStore.classIds()) {
    if (sessionStore.ofClass(classId) !== null && attendance.rebuild(classId).logsChanged)
      wrong.push(`class ${classId}`);
  }
  if (snapshot() !== before) wrong.push('a rebuild of everything changes something');
  return wrong;
}

describe('who is entered or changed later changes what was seen earlier', () => {
  const identified = (world: MoneyWorld, classId: number) =>
    world.logStore
      .list({ classId })
      .map(({ role, userEmail, displayName, identityMethod, flags }) =>
        [role, userEmail ?? displayName, identityMethod ?? '-', ...flags].join(' '),
      );

  test('somebody new whose account was in a call is a guest with a name', async () => {
    await using world = moneyWorld();
    const classId = world.lesson({ there: { [ANA]: whole, [BEN]: whole, 'leo@home.example': whole } });
    world.actions.addPerson(
      { email: 'leo@home.example', role: 'student', googleUserId: 'account leo@home.example' },
      BY,
    );

    expect(identified(world, classId)).toContain('guest leo@home.example account off_roster');
    expect(await stale(world)).toEqual([]);
  });

  test.each(['entered', 'made for a family', 'made for a class'])(
    'somebody new whose address the Directory gave is known once they are %s',
    async (how) => {
      await using world = moneyWorld();
      const classId = world.lesson({ there: { [ANA]: whole, [BEN]: whole, stranger: whole } });
      world.accountStore.record('account stranger', { email: 'leo@home.example', name: null }, 0);
      world.attendance.rebuild(classId);
      if (how === 'entered') world.actions.addPerson({ email: 'Leo@home.example', role: 'student' }, BY);
      else if (how === 'made for a family') {
        world.actions.addFamily({ name: 'Marsh', currency: 'EUR', studentEmails: ['leo@home.example'] }, BY);
      } else {
        await world.actions.importClasses(
          `teacher_email,student_emails,subject,start_time,duration_minutes,meet_code\n${ANA},leo@home.example,Chess,2026-02-10 16:00,60,abc-defg-hij`,
          {},
          BY,
        );
      }
      expect(identified(world, classId)).toContain('guest leo@home.example directory off_roster');
      expect(await stale(world)).toEqual([]);
    },
  );

  test('an account that is moved from one person to another changes the classes of both', async () => {
    await using world = moneyWorld();
    const ben = world.person(BEN, 'student');
    const cleo = world.person(CLEO, 'student');
    const first = world.lesson({ students: [BEN], there: { [ANA]: whole, [BEN]: whole } });
    const second = world.lesson({ date: '2026-01-19', students: [CLEO], there: { [ANA]: whole, [BEN]: whole } });
    world.actions.changePerson(ben, { googleUserId: null }, BY);
    world.actions.changePerson(cleo, { googleUserId: `account ${BEN}` }, BY);

    expect(identified(world, first)).toContain(`guest ${CLEO} account off_roster`);
    expect(identified(world, second)).toContain(`student ${CLEO} account`);
    expect(await stale(world)).toEqual([]);
  });

  test('a role changes how a guest is shown', async () => {
    await using world = moneyWorld();
    const id = world.people.create({ email: 'pat@school.example', role: 'other', googleUserId: 'account pat' }).id;
    const classId = world.lesson({ there: { [ANA]: whole, [BEN]: whole, pat: whole } });
    expect(identified(world, classId)).toContain('guest pat@school.example account');
    world.actions.changePerson(id, { role: 'admin' }, BY);
    expect(identified(world, classId)).toContain('observer pat@school.example account');
    world.actions.changePerson(id, { role: 'teacher' }, BY);
    expect(identified(world, classId)).toContain('guest pat@school.example account possible_substitute');
    expect(await stale(world)).toEqual([]);
  });
});

describe('after anything that people do', () => {
  const EMAILS = [BEN, CLEO, 'leo@home.example', 'paula@home.example', 'tom@school.example'] as const;
  const ACCOUNTS = ['one', 'two', 'three', null] as const;
  const NAMES = ['Ben', 'iPad', 'Sam Lee', 'sam  LEE', null] as const;
  const email = fc.constantFrom(...EMAILS);
  const role = fc.constantFrom('student', 'teacher', 'other', 'admin');
  const googleUserId = fc.constantFrom(...ACCOUNTS);
  const name = fc.constantFrom(...NAMES);
  const scope = fc.constantFrom('call', 'class', 'series', 'everywhere');
  const number = fc.integer({ min: 1, max: 9 });
  const start = fc.constantFrom('15:30', '16:00', '17:00', '18:30');
  const code = fc.constantFrom('abc-defg-hij', 'xyz-wvut-srq');

  type Step = (world: MoneyWorld) => unknown;
  const importOf = (world: MoneyWorld, student: string, from: string, meetCode: string, series: string) =>
    world.actions.importClasses(
      `teacher_email,student_emails,subject,start_time,duration_minutes,meet_code,series_id\n${ANA},${student},Algebra,2026-01-16 ${from},60,${meetCode},${series}`,
      {},
      BY,
    );
  const steps: fc.Arbitrary<Step>[] = [
    fc.tuple(email, role, name, googleUserId).map(
      ([address, as, called, account]): Step =>
        ({ actions }) =>
          actions.addPerson({ email: address, role: as, name: called, googleUserId: account }, BY),
    ),
    fc.tuple(number, fc.record({ email, role, name, googleUserId }, { requiredKeys: [] })).map(
      ([id, changes]): Step =>
        ({ actions }) =>
          actions.changePerson(id, changes, BY),
    ),
    fc.tuple(email, email, role, name).map(
      ([first, second, as, called]): Step =>
        ({ actions }) =>
          actions.importPeople(
            `email,role,name,google_user_id,family,currency\n${first},${as},${called ?? ''},one,,\n${second},student,,two,Marsh,EUR`,
            {},
            BY,
          ),
    ),
    fc.tuple(email).map(
      ([student]): Step =>
        ({ actions }) =>
          actions.addFamily({ name: student, currency: 'EUR', studentEmails: [student] }, BY),
    ),
    fc.tuple(email, start, code, fc.constantFrom('mondays', '')).map(
      ([student, from, meetCode, series]): Step =>
        (world) =>
          importOf(world, student, from, meetCode, series),
    ),
    fc.tuple(number, fc.subarray([...EMAILS], { minLength: 1 }), start).map(
      ([id, studentEmails, from]): Step =>
        ({ actions }) =>
          actions.changeClass(id, { studentEmails, start: instantOf(from) }, BY, signal),
    ),
    number.map(
      (id): Step =>
        ({ actions }) =>
          actions.cancelClass(id, 'school', BY),
    ),
    fc.tuple(number, fc.option(email, { nil: undefined }), scope).map(
      ([id, userEmail, where]): Step =>
        ({ actions }) =>
          actions.acceptReview(id, { userEmail, scope: where }, BY),
    ),
    fc.tuple(number, fc.option(email, { nil: undefined }), scope).map(
      ([id, userEmail, where]): Step =>
        ({ actions }) =>
          actions.refuseReview(id, { userEmail, scope: where }, BY),
    ),
    fc.tuple(number, scope).map(
      ([id, where]): Step =>
        ({ actions }) =>
          actions.ignoreReview(id, { scope: where }, BY),
    ),
    number.map(
      (id): Step =>
        ({ actions }) =>
          actions.undoReview(id, BY),
    ),
    fc
      .tuple(number, fc.constantFrom(...['one', 'two', 'three', 'four'].map((call) => `conferenceRecords/${call}`)))
      .map(
        ([id, record]): Step =>
          ({ actions }) =>
            actions.decide({ kind: 'link_call', class_id: id, record, reason: BY.reason }, BY),
      ),
    fc.tuple(number, email).map(
      ([id, who]): Step =>
        ({ actions }) =>
          actions.decide(
            {
              kind: 'add_interval',
              class_id: id,
              user_email: who,
              start_time: '2026-01-16T16:10:00Z',
              end_time: '2026-01-16T16:20:00Z',
              reason: BY.reason,
            },
            BY,
          ),
    ),
    number.map(
      (id): Step =>
        ({ actions }) =>
          actions.undoDecision(id, BY),
    ),
  ];

  /** Two rooms with calls of accounts, some of which are in several, of names, and of two guests with one name. */
  async function school(): Promise<MoneyWorld> {
    const world = moneyWorld();
    for (const [meetingCode, space] of [
      ['abc-defg-hij', 'spaces/one'],
      ['xyz-wvut-srq', 'spaces/two'],
    ] as const) {
      world.roomStore.create({ meetingCode, space, meetLink: null, ownerEmail: ANA });
    }
    const record = (
      call: string,
      space: string,
      from: string,
      to: string,
      seen: readonly (readonly [string | null, string])[],
    ) => {
      const [start, end] = [instantOf(from), instantOf(to)];
      const text = (at: number) => new Date(at).toISOString();
      const stay = { start, startText: text(start), end, endText: text(end) };
      const parent = `conferenceRecords/${call}`;
      const names = seen.map((_, n) => `${parent}/participants/${n}`);
      world.evidence.record({
        space,
        records: { within: stay, readAt: end, items: [{ name: parent, space, ...stay, expireAt: null }] },
        participants: [
          {
            record: parent,
            readAt: end,
            items: seen.map(([userId, displayName], n) => ({
              name: names[n]!,
              kind: userId === null ? ('anonymous' as const) : ('signedin' as const),
              userId,
              displayName,
              earliestStart: start,
              latestEnd: end,
            })),
          },
        ],
        sessions: names.map((participant) => ({
          participant,
          readAt: end,
          items: [{ name: `${participant}/participantSessions/1`, ...stay }],
        })),
      });
    };
    record('one', 'spaces/one', '15:40', '18:10', [
      [`account ${ANA}`, 'Ana'],
      ['one', 'Ben'],
      [null, 'iPad'],
      [null, 'Sam Lee'],
    ]);
    record('two', 'spaces/two', '16:00', '17:00', [
      ['two', 'iPad'],
      [null, 'iPad'],
      [null, ' IPAD '],
    ]);
    record('three', 'spaces/two', '18:00', '19:20', [
      ['three', 'Cleo'],
      [null, 'Ben'],
      ['one', 'Ben'],
      ['two', 'iPad'],
      [null, 'ipad'],
    ]);
    record('four', 'spaces/one', '16:20', '17:40', [
      ['one', 'Benny'],
      ['three', 'Cleo'],
      [null, 'iPad'],
    ]);
    world.accountStore.record('three', { email: 'leo@home.example', name: null }, 0);
    for (const [student, from, meetCode] of [
      [BEN, '16:00', 'abc-defg-hij'],
      [CLEO, '17:00', 'abc-defg-hij'],
      [BEN, '18:30', 'xyz-wvut-srq'],
    ] as const) {
      await importOf(world, student, from, meetCode, 'mondays');
    }
    return world;
  }

  /** Classes that were entered since are read to their end. */
  function read({ logStore, sessionStore, attendance }: MoneyWorld): void {
    for (const classId of logStore.classIds()) {
      const session = sessionStore.ofClass(classId)!;
      if (session.coverage === 'complete') continue;
      sessionStore.save(session.id, { ...fresh, coverage: 'complete', finalReadAt: 1 }, {});
      attendance.rebuild(classId);
    }
  }

  test('the ledger is what a rebuild of everything makes it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 14 }), async (sequence) => {
        await using world = await school();
        read(world);
        for (const step of sequence) {
          await step(world);
          read(world);
        }
        expect(await stale(world)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
