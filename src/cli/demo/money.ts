import { formatLineId } from '../../core/billing/line-id.ts';
import { addDays, localDate, monthOf, periodBounds } from '../../core/time/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { School } from '../../emulator/school.ts';
import type { ClassView } from '../../queries/classes.ts';
import type { Bills } from '../../queries/reports/bills.ts';
import { CommandError } from '../context.ts';
import type { Ledger } from '../open.ts';
import { answered } from '../refusal.ts';

const BY = { actor: 'demo', reason: 'the demo school’s terms' };
const CHARGE = { GBP: '42.00', EUR: '48.00', USD: '52.00' } as Record<string, string>;
const LEFT_EARLIER_MS = 20 * MINUTE_MS;

/** What a reader of the demo is told about its money. */
export interface DemoMoney {
  /** The month before this one. */
  readonly closed: { readonly period: string; readonly statementId: string };
  readonly corrections: number;
}

/** Gives the school its terms: a policy, and rates. */
export function enterTerms({ actions, clock, timezone }: Ledger, school: School): void {
  const since = addDays(localDate(clock.now(), timezone()), -60);
  answered(actions.addPolicy({ valid_from: since, preset: 'standard_tutoring' }, BY));
  const rate = { unit: 'hour', valid_from: since };
  answered(actions.addRate({ ...rate, kind: 'pay', amount: '22.00', currency: 'GBP', scope: {} }, BY));
  answered(actions.addRate({ ...rate, kind: 'charge', amount: CHARGE['GBP'], currency: 'GBP', scope: {} }, BY));
  for (const { currency, studentEmails } of school.families) {
    if (currency === 'GBP') continue;
    for (const email of studentEmails) {
      const scope = { student_email: email };
      answered(actions.addRate({ ...rate, kind: 'charge', amount: CHARGE[currency], currency, scope }, BY));
    }
  }
}

/** Last month closed with its exceptions, and a class of it that Google corrects after the close. */
export async function closeLastMonth(parts: Ledger, school: School, signal: AbortSignal): Promise<DemoMoney> {
  const { actions, queries, clock } = parts;
  const zone = parts.timezone();
  const period = monthOf(addDays(`${monthOf(localDate(clock.now(), zone))}-01`, -1));
  const settled = settledClasses(answered(await queries.bills(period)));
  const held = completedIn(parts, periodBounds(period, zone));
  const corrected = plainClass(
    parts,
    held.filter(({ id }) => settled.has(id)),
  );
  const { close } = answered(
    await actions.closePeriod(period, { exceptions: true }, { ...BY, reason: 'the end of the month' }),
  );
  await correct(parts, school, corrected, signal);
  const { proposed } = answered(await queries.adjustments({ state: 'proposed' }));
  return { closed: { period, statementId: close.documentId }, corrections: proposed.length };
}

function completedIn({ queries }: Ledger, { start, end }: Interval): ClassView['class'][] {
  return queries
    .classes({ from: start, to: end, status: 'completed', limit: 500 })
    .map((view) => view.class)
    .filter((c) => c.start >= start && c.end <= end);
}

/** Classes whose minutes are money that nothing else stands in the way of: fewer of them are less. */
function settledClasses({ statements }: Bills): ReadonlySet<number> {
  const lines = statements.flatMap((statement) => [...statement.lines]);
  const plain = lines.filter(
    ({ outcome, flags, amountMinor, billedMs }) =>
      outcome === 'attended' && flags.length === 0 && amountMinor > 0 && billedMs > 2 * LEFT_EARLIER_MS,
  );
  return new Set(plain.map(({ classId }) => classId));
}

interface PlainClass {
  readonly classId: number;
  /** Google's name of the student's stay. */
  readonly participant: string;
}

/** Of these classes one that went as planned, with one student who came once and stayed long. */
function plainClass({ queries }: Ledger, held: readonly ClassView['class'][]): PlainClass {
  for (const c of held) {
    const students = queries.logs({ classId: c.id, limit: 50 }).filter(({ role }) => role === 'student');
    const [only] = students;
    const participant = only?.evidence[0]?.split('/participantSessions/')[0];
    const plain =
      students.length === 1 &&
      only?.coverage === 'complete' &&
      only.status === 'present' &&
      only.evidence.length === 1 &&
      only.durationMs > 2 * LEFT_EARLIER_MS;
    if (plain && participant !== undefined) return { classId: c.id, participant };
  }
  throw new CommandError('The demo school has no plain class in last month.');
}

/** After the close Google says that the student left earlier, and the class is read again. */
async function correct(
  { jobKinds }: Ledger,
  { world }: School,
  { classId, participant }: PlainClass,
  signal: AbortSignal,
): Promise<void> {
  const stays = world.records.flatMap(({ participants }) => participants).find(({ name }) => name === participant);
  for (const session of stays?.sessions ?? []) if (session.end !== null) session.end -= LEFT_EARLIER_MS;
  await jobKinds.sync_class.run({ payload: { class_id: classId } }, { signal, progress: () => undefined });
}

/** A teacher does not agree with a line of the last days. */
export function disputeOne({ actions, queries, clock }: Ledger): void {
  const [c] = queries
    .classes({ from: clock.now() - 7 * DAY_MS, to: clock.now(), status: 'completed', limit: 50 })
    .map((view) => view.class);
  const teacher = c?.roster.find(({ role }) => role === 'teacher');
  if (c === undefined || teacher === undefined) throw new CommandError('The demo school had no class this week.');
  const text = 'We went on for ten minutes on the phone after the connection broke.';
  answered(
    actions.openDispute(
      {
        lineId: formatLineId({ side: 'pay', classId: c.id, personId: teacher.personId }),
        teacherId: teacher.personId,
        text,
      },
      { actor: teacher.email },
    ),
  );
}
