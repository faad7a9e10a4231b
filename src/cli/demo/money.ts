import { formatLineId } from '../../core/billing/line-id.ts';
import { addDays, localDate, monthOf, periodBounds } from '../../core/time/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { School } from '../../emulator/school.ts';
import type { ClassView } from '../../queries/classes.ts';
import type { Ledger } from '../open.ts';
import { answered } from '../refusal.ts';

const BY = { actor: 'demo', reason: 'the demo school’s terms' };
const CHARGE = { GBP: '42.00', EUR: '48.00', USD: '52.00' } as Record<string, string>;
const LATE_MINUTES = 12;

/** What a reader of the demo is told about its money. */
export interface DemoMoney {
  /** The month before this one; null when no class of the history that was held lies in it. */
  readonly closed: { readonly period: string; readonly statementId: string } | null;
  readonly corrections: number;
  readonly disputes: number;
}

/**
 * Gives the school terms and a month's worth of office work: a policy, rates, last month closed with its exceptions, a
 * class of it that Google corrects after the close, and a teacher who disputes a line.
 */
export async function enterMoney(parts: Ledger, school: School, signal: AbortSignal): Promise<DemoMoney> {
  const { actions, queries, clock } = parts;
  const zone = parts.timezone();
  const today = localDate(clock.now(), zone);
  const since = addDays(today, -60);
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

  const period = monthOf(addDays(`${monthOf(today)}-01`, -1));
  const bounds = periodBounds(period, zone);
  const held = completedIn(parts, bounds);
  const late = lateClass(parts, held);
  const disputes = disputeOne(parts, late?.classId ?? null);
  if (held.length === 0) return { closed: null, corrections: 0, disputes };
  const { close } = answered(
    await actions.closePeriod(period, { exceptions: true }, { ...BY, reason: 'the end of the month' }),
  );
  if (late !== null) await correct(parts, school, late.record, late.classId, signal);
  const { proposed } = answered(await queries.adjustments({ state: 'proposed' }));
  return { closed: { period, statementId: close.documentId }, corrections: proposed.length, disputes };
}

function completedIn({ queries }: Ledger, { start, end }: Interval): ClassView['class'][] {
  return queries
    .classes({ from: start, to: end, status: 'completed', limit: 500 })
    .map((view) => view.class)
    .filter((c) => c.start >= start && c.end <= end);
}

/** Of these classes one with one student, who left before its end. */
function lateClass({ queries }: Ledger, held: readonly ClassView['class'][]) {
  for (const c of held) {
    const logs = queries.logs({ classId: c.id, limit: 50 });
    const students = logs.filter(({ role }) => role === 'student');
    const [only] = students;
    const record = only?.evidence[0]?.split('/participants/')[0];
    const whole =
      students.length === 1 &&
      only?.coverage === 'complete' &&
      only.status === 'present' &&
      only.intervals.length === 1;
    if (whole && record !== undefined && (only.leave ?? 0) < c.end - MINUTE_MS) return { classId: c.id, record };
  }
  return null;
}

/** After the close Google says that everybody stayed longer, and the class is read again. */
async function correct(
  { jobKinds }: Ledger,
  { world }: School,
  record: string,
  classId: number,
  signal: AbortSignal,
): Promise<void> {
  const call = world.records.find(({ name }) => name === record);
  if (call === undefined || call.end === null) return;
  for (const session of call.participants.flatMap(({ sessions }) => sessions)) {
    if (session.end !== null) session.end += LATE_MINUTES * MINUTE_MS;
  }
  call.end += LATE_MINUTES * MINUTE_MS;
  await jobKinds.sync_class.run({ payload: { class_id: classId } }, { signal, progress: () => undefined });
}

/** A teacher does not agree with a line of this month. */
function disputeOne({ actions, queries, clock }: Ledger, except: number | null): number {
  const [c] = queries
    .classes({ from: clock.now() - 7 * DAY_MS, to: clock.now(), status: 'completed', limit: 50 })
    .map((view) => view.class)
    .filter(({ id }) => id !== except);
  const teacher = c?.roster.find(({ role }) => role === 'teacher');
  if (c === undefined || teacher === undefined) return 0;
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
  return 1;
}
