import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Actions } from '../../src/actions/actions.ts';
import { formatLineId } from '../../src/core/billing/line-id.ts';
import { rowSources } from '../../src/ledger/replay/kept-tables.ts';
import { ANA, BEN, moneyWorld, withRates, type MoneyWorld } from '../support/money-world.ts';

const BY = { actor: 'office', reason: 'the parents wrote' };
const whole = ['16:00-17:00'];

/** The first item that waits for a name: of somebody whom the school does not know. */
function waiting({ lesson, review }: MoneyWorld): number {
  lesson({ there: { [ANA]: whole, 'nobody@else.example': whole } });
  return review.list({ after: 0, limit: 1 })[0]!.id;
}

async function closed(world: MoneyWorld) {
  await withRates(world);
  world.lesson();
  return world.actions.closePeriod('2026-01', { exceptions: true }, BY);
}

/** A correction of a closed line, because the rate was another one. */
async function correction(world: MoneyWorld): Promise<string> {
  await closed(world);
  world.actions.changeRate(1, { amount: '40.00' }, BY);
  return (await world.correctionQuery.waiting()).proposed[0]!.adjustment.adjustmentId;
}

function disputed(world: MoneyWorld) {
  const classId = world.lesson();
  const lineId = formatLineId({ side: 'pay', classId, personId: world.teacher.id });
  return world.actions.openDispute({ lineId, teacherId: world.teacher.id, text: BY.reason }, BY);
}

function enrolled({ actions, person }: MoneyWorld) {
  person(BEN, 'student');
  return actions.addEnrolment(
    { studentEmail: BEN, seriesId: null, subject: 'Algebra', from: '2026-01-01', to: null },
    BY,
  );
}

function decided({ actions, lesson }: MoneyWorld) {
  return actions.decide({ kind: 'set_outcome', class_id: lesson(), outcome: 'not_held', reason: BY.reason }, BY);
}

/** A job has answered the item that waits. */
async function answeredByJob(world: MoneyWorld) {
  const requested = world.actions.requestReview([waiting(world)], { answer: 'ignore' }, BY);
  if (requested.kind === 'refused') throw new Error(requested.message);
  const job = world.jobStore.claim(60_000)!;
  const control = { signal, progress: () => undefined };
  world.jobStore.finish(job, await world.jobKinds.answer_review.run(job, control));
}

const charge = { kind: 'charge', amount: '42.00', currency: 'EUR', unit: 'hour', valid_from: '2026-01-01', scope: {} };
const geometry = {
  teacherEmail: ANA,
  studentEmails: [BEN],
  subject: 'Geometry',
  start: Date.parse('2026-02-10T16:00:00Z'),
  durationMinutes: 60,
  room: { code: 'abc-defg-hij' },
  organizerEmail: null,
  seriesId: null,
};
const classesFile = `teacher_email,student_emails,subject,start_time,duration_minutes,meet_code
${ANA},${BEN},Geometry,2026-02-10 16:00,60,abc-defg-hij`;
const office = { actor: BY.actor };
const { signal } = new AbortController();
const mia = { email: 'mia@home.example', name: 'Mia', role: 'student', googleUserId: null } as const;
const family = { name: 'Reis', currency: 'EUR', studentEmails: [BEN] };

/** Each verb done once, in a school where it may be done. A new verb is missing here until it is written down. */
const CHANGES: Readonly<
  Record<Exclude<keyof Actions, keyof typeof OTHERS>, readonly [entry: string, change: (world: MoneyWorld) => unknown]>
> = {
  closePeriod: ['period.close', closed],
  reopenPeriod: [
    'period.reopen',
    async (world) => {
      await closed(world);
      return world.actions.reopenPeriod('2026-01', BY);
    },
  ],
  acceptCorrection: ['adjustment.accept', async (world) => world.actions.acceptCorrection(await correction(world), BY)],
  rejectCorrection: ['adjustment.reject', async (world) => world.actions.rejectCorrection(await correction(world), BY)],
  acceptPay: [
    'period.accept',
    async (world) => {
      await withRates(world);
      world.lesson();
      return world.actions.acceptPay('2026-01', world.teacher.id, { actor: BY.actor });
    },
  ],
  openDispute: ['dispute.open', disputed],
  closeDispute: [
    'dispute.close',
    (world) => {
      disputed(world);
      return world.actions.closeDispute(1, 'upheld', BY);
    },
  ],
  changeSettings: [
    'settings.change',
    ({ actions }) => actions.changeSettings({ school_name: 'Ponte', late_after_minutes: 10 }, BY),
  ],
  changeZone: ['settings.zone', ({ actions }) => actions.changeZone('Europe/Paris', BY)],
  addPolicy: [
    'policy.add',
    ({ actions }) => actions.addPolicy({ valid_from: '2026-02-01', preset: 'standard_tutoring' }, BY),
  ],
  addRate: ['rate.create', ({ actions }) => actions.addRate(charge, BY)],
  changeRate: [
    'rate.change',
    async (world) => {
      await withRates(world);
      return world.actions.changeRate(1, { amount: '40.00' }, BY);
    },
  ],
  addEnrolment: ['enrolment.create', enrolled],
  changeEnrolment: [
    'enrolment.change',
    (world) => {
      enrolled(world);
      return world.actions.changeEnrolment(1, { to: '2026-01-31' }, BY);
    },
  ],
  scheduleClass: ['class.schedule', ({ actions }) => actions.scheduleClass(geometry, BY, signal)],
  changeClass: [
    'class.change',
    (world) => world.actions.changeClass(world.lesson(), { subject: 'Geometry' }, BY, signal),
  ],
  cancelClass: [
    'class.cancel',
    async ({ actions }) => {
      await actions.scheduleClass(geometry, BY, signal);
      return actions.cancelClass(1, 'school', BY);
    },
  ],
  reinstateClass: [
    'class.reinstate',
    async ({ actions }) => {
      await actions.scheduleClass(geometry, BY, signal);
      actions.cancelClass(1, 'school', BY);
      return actions.reinstateClass(1, BY);
    },
  ],
  importClasses: ['class.schedule', ({ actions }) => actions.importClasses(classesFile, {}, office)],
  importPeople: ['person.create', ({ actions }) => actions.importPeople(`email,role\n${BEN},student`, {}, office)],
  addPerson: ['person.create', ({ actions }) => actions.addPerson(mia, BY)],
  changePerson: [
    'person.change',
    ({ actions, teacher }) => actions.changePerson(teacher.id, { name: 'Ana Maria Reis' }, BY),
  ],
  addFamily: ['family.create', ({ actions }) => actions.addFamily(family, BY)],
  changeFamily: [
    'family.change',
    ({ actions }) => {
      actions.addFamily(family, BY);
      return actions.changeFamily(1, { name: 'Reis and Costa' }, BY);
    },
  ],
  createToken: [
    'token.create',
    ({ actions }) => actions.createToken({ role: 'teacher', teacherEmail: ANA, expiresAt: null }, BY),
  ],
  revokeToken: ['token.revoke', ({ actions }) => actions.revokeToken(1, BY)],
  acceptReview: ['review.accept', (world) => world.actions.acceptReview(waiting(world), { userEmail: BEN }, BY)],
  refuseReview: ['review.refuse', (world) => world.actions.refuseReview(waiting(world), { userEmail: BEN }, BY)],
  ignoreReview: ['review.ignore', (world) => world.actions.ignoreReview(waiting(world), {}, BY)],
  undoReview: [
    'review.undo',
    (world) => {
      const id = waiting(world);
      world.actions.ignoreReview(id, {}, BY);
      return world.actions.undoReview(id, BY);
    },
  ],
  answerReview: [
    'review.ignore',
    (world) => world.actions.answerReview(waiting(world), { answer: 'ignore' }, { ...BY, jobId: 1 }),
  ],
  undoJob: [
    'job.undo',
    async (world) => {
      await answeredByJob(world);
      return world.actions.undoJob(1, BY);
    },
  ],
  decide: ['decision.set_outcome', decided],
  undoDecision: [
    'decision.undo',
    (world) => {
      decided(world);
      return world.actions.undoDecision(1, BY);
    },
  ],
};

/** What leaves no entry in the audit log, and why. */
const OTHERS = {
  requestReview: 'the row of the job says who asked, and each answer has an entry of its own',
  planRead: 'says what would be read, and stores nothing',
  requestRead: 'the row of the job says who asked',
  useToken: 'the row of the token says when it was used last; an entry for each request would bury the changes',
} as const;

describe('what somebody changes', () => {
  for (const [verb, [entry, change]] of Object.entries(CHANGES)) {
    it(`is in the audit log, with who and why: ${verb}`, async () => {
      const world = moneyWorld();
      expect(await change(world)).not.toMatchObject({ kind: 'refused' });
      const { action, actor, reason } = world.audit.list({ limit: 1 }).items[0]!;
      // A teacher accepts the pay without a reason.
      expect([action, actor, reason ?? BY.reason]).toEqual([entry, BY.actor, BY.reason]);
    });

    it(`can be replayed from the audit log, row by row: ${verb}`, async () => {
      const world = moneyWorld();
      // The first entry holds what the test has put into the stores; those behind it what was changed.
      world.audit.append({ actor: 'test', action: 'test.begin', subject: 'ledger' });
      expect(await change(world)).not.toMatchObject({ kind: 'refused' });
      expect(world.audit.replay()).toMatchObject({ since: 1, problems: [] });
      expect(world.audit.list({ limit: 100 }).items.map((item) => item.action)).not.toContain('ledger.rows');
    });
  }

  it('is stored in the row of the job where it is a read: who asked', () => {
    const world = moneyWorld();
    world.lesson();
    const { audit, database, actions } = world;
    const stored = database.sqlite.prepare<[], number>('select total_changes()').pluck();
    const [entries, changes] = [audit.head().count, stored.get()];
    const planned = actions.planRead({ of: 'class', classId: 1 });
    actions.planRead({ of: 'past', since: 0 });
    expect(stored.get()).toBe(changes);
    if (planned.kind === 'refused') throw new Error(planned.message);
    expect(actions.requestRead(planned, BY)).toMatchObject({ actor: BY.actor });
    expect(audit.head().count).toBe(entries);
  });

  it('is not in the audit log when it was refused', () => {
    const { actions, audit } = moneyWorld();
    const before = audit.head().count;
    expect(actions.changeFamily(99, { name: 'Nobody' }, BY)).toMatchObject({ kind: 'refused', code: 'not_found' });
    expect(audit.head().count).toBe(before);
  });
});

describe('whatever was done, in whatever order', () => {
  const verbs = Object.values(CHANGES).map(([, change]) => change);
  /** A school in which those verbs were done that may be done there. */
  const schoolAfter = async (changes: typeof verbs) => {
    const world = moneyWorld();
    world.audit.append({ actor: 'test', action: 'test.begin', subject: 'ledger' });
    // What one verb of the test has made may be in the way of another one.
    for (const change of changes) await Promise.try(change, world).catch(() => undefined);
    world.audit.appendRest({ actor: 'test' });
    return world;
  };

  it('the audit log tells every row', async () => {
    const told = fc.asyncProperty(fc.shuffledSubarray(verbs), async (changes) => {
      await using world = await schoolAfter(changes);
      expect(world.audit.replay().problems).toEqual([]);
      expect(world.audit.verifyChain()).toMatchObject({ ok: true });
    });
    await fc.assert(told, { numRuns: 25 });
  });

  it('one edit by hand is named, of any column, and a row that was deleted or doubled too', async () => {
    await using world = await schoolAfter(verbs);
    const { sqlite } = world.database;
    sqlite.pragma('foreign_keys = OFF');
    sqlite.pragma('ignore_check_constraints = ON');
    const tables = rowSources(sqlite).filter(
      ({ table }) => sqlite.prepare(`select 1 from ${table}`).get() !== undefined,
    );
    expect(tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['rates', 'policy_versions', 'period_closes']),
    );
    const undone = (edit: string): readonly string[] => {
      sqlite.exec('begin');
      expect([edit, sqlite.prepare(edit).run().changes]).toEqual([edit, 1]);
      const { problems } = world.audit.replay();
      sqlite.exec('rollback');
      return problems;
    };
    for (const { table, key, columns, rows } of tables) {
      const [first] = sqlite
        .prepare<[], number>(`select rowid from ${table} where ${rows('')} limit 1`)
        .pluck()
        .all();
      if (first === undefined) continue;
      const at = `where rowid = ${first as number}`;
      const name = `${table} ${String(
        sqlite
          .prepare(`select ${key.join(" || ',' || ")} from ${table} ${at}`)
          .pluck()
          .get(),
      )}`;
      for (const column of columns.filter((c) => !key.includes(c))) {
        const type = sqlite.prepare<[string, string], string>('select type from pragma_table_info(?) where name = ?');
        const isText = type.pluck().get(table, column) === 'TEXT';
        // Far from the other rows: no two may have one value in some columns.
        const other = isText ? `coalesce("${column}", '') || '!'` : `coalesce("${column}", 0) + 1000`;
        const edit = `update ${table} set "${column}" = ${other} ${at}`;
        expect([edit, undone(edit)]).toEqual([edit, [expect.stringMatching(new RegExp(`^${name} was .*by hand`))]]);
      }
      expect(undone(`delete from ${table} ${at}`)).toEqual([expect.stringContaining(`${name} was deleted by hand`)]);
    }
  });
});
