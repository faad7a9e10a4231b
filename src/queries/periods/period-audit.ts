import type { Proposals } from '../../core/billing/period/adjustments.ts';
import { auditPeriod, closable, type Invariant } from '../../core/billing/period/audit.ts';
import { localDate, periodDays } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { shortDate } from '../../core/time/date-words.ts';
import { DAY_MS, minutesOf } from '../../core/time/duration.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { Refused } from '../../refusal.ts';
import { unbilledMeetings, type UnbilledDeps, type UnbilledMeeting } from '../reports/unbilled.ts';
import type { CorrectionQuery } from './corrections.ts';
import type { LineQuery } from './period-lines.ts';
import type { PeriodStatements, StatementQuery } from './statements.ts';

export interface PeriodAudit {
  readonly kind: 'audit';
  readonly statements: PeriodStatements;
  readonly invariants: readonly Invariant[];
  readonly closable: ReturnType<typeof closable>;
}

export interface PeriodAuditDeps {
  readonly money: Pick<MoneyStores, 'payAnswers' | 'periods'>;
  readonly statementQuery: StatementQuery;
  readonly clock: Clock;
}

export interface WarnedAuditDeps extends PeriodAuditDeps, UnbilledDeps {
  readonly money: PeriodAuditDeps['money'] & UnbilledDeps['money'];
  readonly lineQuery: Pick<LineQuery, 'calendarOf'>;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
}

/** What is only warned of, and does not follow from the lines of the period. */
interface Warnings {
  /** Corrections of closed periods that wait. */
  readonly proposals: Proposals;
  /** Meetings that look like lessons and are on no bill, a sentence each. */
  readonly unbilled: readonly string[];
}

const NOT_LOOKED_FOR: Warnings = { proposals: { adjustments: [], unresolved: [] }, unbilled: [] };

/**
 * What speaks against closing a period. A closed one, or one that shares days with a closed one, is not closed again.
 *
 * @param warnings left out: they are not looked for, because no warning keeps a period open
 */
export async function auditOf(
  { money, statementQuery, clock }: PeriodAuditDeps,
  period: string,
  { proposals, unbilled }: Warnings = NOT_LOOKED_FOR,
): Promise<PeriodAudit | Refused> {
  const found = await statementQuery.of(period);
  if (found.kind === 'refused') return found;
  const { zone, lines } = found;
  const invariants = auditPeriod(
    {
      period,
      zone,
      closed: closedDays(money, period),
      lines,
      adjustments: found.adjustments,
      proposals,
      unbilled,
      carriedIn: statementQuery.carriedInto(period),
      disputed: lines.pay.filter(({ flags }) => flags.includes('disputed')).map(({ lineId }) => lineId),
      acceptedPay: new Map(money.payAnswers.acceptances(period).map(({ personId, payHash }) => [personId, payHash])),
    },
    clock.now(),
  );
  return { kind: 'audit', statements: found, invariants, closable: closable(invariants) };
}

/** The same with all that is warned of. Each closed period is computed again for it, and the calls of this one are looked at. */
export async function auditWithWarnings(deps: WarnedAuditDeps, period: string): Promise<PeriodAudit | Refused> {
  const wrong = deps.statementQuery.check(period);
  if (wrong !== null) return wrong;
  const proposals = await deps.correctionQuery.waiting();
  return auditOf(deps, period, { proposals, unbilled: await unbilledOf(deps, period) });
}

const WEEK_MS = 7 * DAY_MS;

/** Reads a week at a time. A call over midnight is in two of them. */
async function unbilledOf(deps: WarnedAuditDeps, period: string): Promise<string[]> {
  const { zone, start: first, end: last } = deps.lineQuery.calendarOf(period);
  const found: string[] = [];
  for (let start = first; start < last; start += WEEK_MS) {
    const end = Math.min(start + WEEK_MS, last);
    const seen = unbilledMeetings(deps, { start, end });
    if (seen.kind !== 'unbilled') continue;
    found.push(
      ...seen.meetings
        .filter((meeting) => start <= meeting.start && meeting.start < end)
        .map((meeting) => meetingText(meeting, zone)),
    );
    await deps.clock.yield();
  }
  return found;
}

/** `16 Jan 2026: Ana Silva, Tom Hill, 55 min together. See GET /api/reports/unbilled.` */
function meetingText({ start, people, togetherMs }: UnbilledMeeting, zone: string): string {
  const names = people.map(({ name }) => name).join(', ');
  return `${shortDate(localDate(start, zone))}: ${names}, ${minutesOf(togetherMs)} min together. See GET /api/reports/unbilled.`;
}

/** Which closes stand on days of a period, a sentence each. */
export function closedDays({ periods }: Pick<MoneyStores, 'periods'>, period: string): string[] {
  const { first, last } = periodDays(period)!;
  return periods
    .standingWithin(first, last)
    .map((other) =>
      other.period === period
        ? `${period} is closed already as version ${other.version}; what has changed since waits in GET /api/adjustments`
        : `${other.period} is closed and shares days with ${period}: a day belongs to one period`,
    );
}
