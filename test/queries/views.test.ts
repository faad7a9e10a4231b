import { expect, test } from 'vitest';

import { formatLineId } from '../../src/core/billing/line-id.ts';
import type { Queries } from '../../src/queries/queries.ts';
import { ANA, moneyWorld, withRates } from '../support/money-world.ts';

const line = formatLineId({ side: 'charge', classId: 1, personId: 2 });
const day = { start: Date.parse('2026-01-16T00:00:00Z'), end: Date.parse('2026-01-17T00:00:00Z') };
const page = { after: 0, limit: 10 };

/** Each view asked for once. A new view is missing here until it is written down. */
const VIEWS: Readonly<Record<keyof Queries, (queries: Queries) => unknown>> = {
  periods: (queries) => queries.periods(2),
  period: (queries) => queries.period('2026-01'),
  adjustments: (queries) => queries.adjustments({}),
  bills: (queries) => queries.bills('2026-01'),
  payroll: (queries) => queries.payroll('2026-01'),
  attendance: (queries) => queries.attendance('2026-01'),
  unbilled: (queries) => queries.unbilled(day),
  explain: (queries) => queries.explain(line),
  whatIf: (queries) => queries.whatIf({ periods: ['2026-01'], policy: { preset: 'actual_time' } }),
  disputes: (queries) => queries.disputes(page),
  decisions: (queries) => queries.decisions(page),
  policyVersions: (queries) => queries.policyVersions(),
  rates: (queries) => queries.rates(page),
  allRates: (queries) => queries.allRates(),
  enrolments: (queries) => queries.enrolments(page),
  auditLog: (queries) => queries.auditLog({ limit: 10 }),
  auditHead: (queries) => queries.auditHead(),
  verify: (queries) => queries.verify({ signal: new AbortController().signal, onProgress: () => undefined }),
  class: (queries) => queries.class(1),
  classes: (queries) => queries.classes({ limit: 10 }),
  classesNow: (queries) => queries.classesNow(undefined),
  session: (queries) => queries.session(1),
  logs: (queries) => queries.logs({ limit: 10 }),
  reviewItem: (queries) => queries.reviewItem(1),
  reviewItems: (queries) => queries.reviewItems(page),
  readiness: (queries) => queries.readiness(null),
  status: (queries) => queries.status(null, 10),
  job: (queries) => queries.job(1),
  callsLastMinute: (queries) => queries.callsLastMinute(),
  person: (queries) => queries.person(1),
  personByEmail: (queries) => queries.personByEmail(ANA),
  people: (queries) => queries.people(page),
  family: (queries) => queries.family(1),
  families: (queries) => queries.families(0, 10),
  tokens: (queries) => queries.tokens(),
  settings: (queries) => queries.settings(),
  closedZones: (queries) => queries.closedZones(),
};

test('no view writes: each is shown from a ledger that cannot be written', async () => {
  const world = moneyWorld();
  await withRates(world);
  world.lesson();
  world.lesson({ date: '2026-01-15', there: { [ANA]: ['16:00-17:00'], 'nobody@else.example': ['16:00-17:00'] } });
  await world.actions.closePeriod('2026-01', { exceptions: true }, { actor: 'office', reason: 'the month is over' });
  world.database.sqlite.pragma('query_only = on');
  expect(() => world.people.create({ email: 'new@home.example', role: 'student' })).toThrow(/readonly|cannot be/);
  for (const [name, view] of Object.entries(VIEWS)) {
    const shown = await view(world.queries);
    expect([name, shown === undefined]).toEqual([name, false]);
    expect([name, shown]).not.toMatchObject([name, { kind: 'refused' }]);
  }
});
