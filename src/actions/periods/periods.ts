import type { Adjustment, Proposals } from '../../core/billing/period/adjustments.ts';
import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import type { PeriodLines } from '../../core/billing/lines.ts';
import { auditPeriod, closable, exceptionsOf } from '../../core/billing/period/audit.ts';
import type { Invariant } from '../../core/billing/period/audit.ts';
import { againstText } from '../../core/billing/period/exceptions.ts';
import { freezePeriod, hashOfLines, policiesOf, periodDocument } from '../../core/billing/period/document.ts';
import { defaultPolicy } from '../../core/billing/policy/policy.ts';
import { familyStatements, teacherStatements, totalsOf } from '../../core/billing/period/statements.ts';
import type { FamilyStatement, TeacherStatement } from '../../core/billing/period/statements.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { Database } from '../../ledger/database.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import { addDays, localDate, periodDays } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { invalid, refuse, refused, storedOrRefused } from '../action.ts';
import type { By, Refused } from '../action.ts';
import type { Reckoning } from '../../queries/period-lines.ts';

/** The books of a period: as issued while a close stands, as they would be issued now otherwise. */
export interface PeriodBooks {
  readonly kind: 'books';
  readonly period: string;
  readonly zone: string;
  /** Null: open, the numbers are a draft. */
  readonly close: Close | null;
  readonly lines: PeriodLines;
  /** Corrections of earlier periods that are lines of this one. */
  readonly adjustments: readonly Adjustment[];
  readonly families: readonly FamilyStatement[];
  readonly teachers: readonly TeacherStatement[];
}

export interface PeriodAudit {
  readonly kind: 'audit';
  readonly books: PeriodBooks;
  readonly invariants: readonly Invariant[];
  readonly closable: ReturnType<typeof closable>;
}

export interface ClosedPeriod {
  readonly kind: 'closed';
  readonly close: Close;
}

export interface Periods {
  /** Whether a text names a period that has begun. */
  check(period: string): Refused | null;
  books(period: string): Promise<PeriodBooks | Refused>;
  /** What speaks against a close. Of a closed period: what would. */
  audit(period: string): Promise<PeriodAudit | Refused>;
  /** Freezes a period. Refused unless it is clean, or closed with its exceptions on the cover. */
  close(period: string, wish: { readonly exceptions?: boolean | undefined }, by: By): Promise<ClosedPeriod | Refused>;
  reopen(period: string, by: By & { readonly reason: string }): ClosedPeriod | Refused;
}

export interface PeriodDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: MoneyStores;
  readonly reckoning: Reckoning;
  /** Corrections that wait. */
  readonly proposals: () => Promise<Proposals>;
  readonly audit: Pick<AuditLog, 'append' | 'head'>;
  readonly clock: Clock;
}

/** Longer spans are several periods. */
const LONGEST_DAYS = 366;

export function createPeriods({ database, stores, reckoning, proposals, audit, clock }: PeriodDeps): Periods {
  const { periods, adjustments, teachers, view, policy } = stores;

  const check = (period: string): Refused | null => {
    const days = periodDays(period);
    if (days === null) {
      const message = 'must be a month such as 2026-01, or two days such as 2026-01-05..2026-01-18';
      return invalid([{ path: 'period', message }]);
    }
    if (addDays(days.first, LONGEST_DAYS) <= days.last) {
      return invalid([{ path: 'period', message: `must not be longer than ${LONGEST_DAYS} days` }]);
    }
    if (localDate(clock.now(), reckoning.zoneOf(period)) < days.first) {
      return refused('period_in_future', `${period} has not begun: there is nothing to report yet`, [
        { path: 'period', message: 'lies in the future' },
      ]);
    }
    return null;
  };

  const carriedInto = (firstDay: string): Map<number, Map<string, number>> => {
    const before = periods.standing().find(({ lastDay }) => addDays(lastDay, 1) === firstDay);
    const carried = new Map<number, Map<string, number>>();
    for (const { teacherId, currency, carryMinor } of before?.carries ?? []) {
      carried.set(teacherId, (carried.get(teacherId) ?? new Map<string, number>()).set(currency, carryMinor));
    }
    return carried;
  };

  const booksOf = async (period: string): Promise<PeriodBooks> => {
    const close = periods.standingOf(period);
    const zone = close?.zone ?? reckoning.zoneOf(period);
    const lines = close === null ? await reckoning.lines(period, { zone, disputed: disputed() }) : await issued(close);
    const posted = adjustments
      .list({ postedIn: period })
      .map(({ adjustment }) => adjustment)
      .sort((a, b) => (a.adjustmentId < b.adjustmentId ? -1 : 1));
    return {
      kind: 'books',
      period,
      zone,
      close,
      lines,
      adjustments: posted,
      families: familyStatements(lines.charges, posted),
      teachers: teacherStatements(lines.pay, posted, carriedInto(periodDays(period)!.first)),
    };
  };

  const issued = async (close: Close): Promise<PeriodLines> => {
    const charges: ChargeLine[] = [];
    const pay: PayLine[] = [];
    let read = 0;
    for (const line of periods.lines(close.id)) {
      if (line.side === 'charge') charges.push(line);
      else pay.push(line);
      read += 1;
      if (read % 2_000 === 0) await clock.yield();
    }
    return { charges, pay, blocked: [] };
  };

  const disputed = (): ReadonlySet<string> =>
    new Set(teachers.disputes({ open: true, after: 0, limit: 10_000 }).map(({ lineId }) => lineId));

  const inspect = async (period: string): Promise<PeriodAudit> => {
    const found = await booksOf(period);
    const waiting = await proposals();
    const { zone, lines } = found;
    const invariants = auditPeriod(
      {
        period,
        zone,
        lines,
        adjustments: found.adjustments,
        proposals: waiting,
        carriedIn: carriedInto(periodDays(period)!.first),
        disputed: lines.pay.filter(({ flags }) => flags.includes('disputed')).map(({ lineId }) => lineId),
        acceptedPay: new Map(teachers.acceptances(period).map(({ personId, payHash }) => [personId, payHash])),
      },
      clock.now(),
    );
    return { kind: 'audit', books: found, invariants, closable: closable(invariants) };
  };

  const refuseClosed = (period: string): Refused | null => {
    const { first, last } = periodDays(period)!;
    const [other] = periods.standingWithin(first, last);
    if (other === undefined) return null;
    const message =
      other.period === period
        ? `${period} is closed already as version ${other.version}; what has changed since is in /api/adjustments`
        : `${other.period} is closed and shares days with ${period}: a day belongs to one period`;
    return refused('period_closed', message);
  };

  const freeze = ({ books, invariants }: PeriodAudit) => {
    const { period, zone, lines } = books;
    const familyNames = view.familyNames();
    const version = periods.nextVersion(period);
    const exceptions = exceptionsOf(invariants);
    const carries = books.teachers.filter(({ carryMinor }) => carryMinor < 0);
    const issued = periodDocument(
      {
        period,
        version,
        zone,
        policies: policiesOf(policy.versions(), periodDays(period)!, defaultPolicy),
        charges: lines.charges,
        pay: lines.pay,
        adjustments: books.adjustments,
        exceptions,
        blocked: lines.blocked,
        carries: carries.map(({ teacherEmail, currency, carryMinor }) => ({
          teacher: teacherEmail,
          currency,
          minor: carryMinor,
        })),
      },
      { family: (id) => familyNames.get(id) ?? `family ${id}` },
    );
    const { id, json } = freezePeriod(issued);
    const all = [...lines.charges, ...lines.pay];
    return { version, exceptions, carries, documentId: id, document: json, lines: all, linesHash: hashOfLines(all) };
  };

  return {
    check,
    async books(period) {
      return check(period) ?? booksOf(period);
    },
    async audit(period) {
      return check(period) ?? inspect(period);
    },

    async close(period, { exceptions = false }, by) {
      const wrong = check(period) ?? refuseClosed(period);
      if (wrong !== null) return wrong;
      const found = await inspect(period);
      const failed = found.invariants.filter(({ holds, severity }) => !holds && severity !== 'warns');
      const complaints = failed.flatMap(({ name, claim, against }) =>
        against.map((item) => ({ path: name, message: `${claim} Against it: ${againstText(item)}` })),
      );
      if (found.closable === 'no') {
        return refused('period_not_clean', `${period} cannot be closed: ${sentence(failed)}`, complaints);
      }
      if (found.closable === 'with_exceptions') {
        if (!exceptions) {
          const message = `${period} is not clean: ${sentence(failed)} Settle what errors lists, or close with "exceptions": true and a reason`;
          return refused('period_not_clean', message, complaints);
        }
        if (by.reason === undefined || by.reason === null) {
          return invalid([{ path: 'reason', message: 'must say why the period is closed with exceptions' }]);
        }
      }
      const { first, last } = periodDays(period)!;
      const frozen = freeze(found);
      return storedOrRefused(database.write, () => {
        // Somebody else may have closed it while this was reckoned.
        const late = refuseClosed(period);
        if (late !== null) refuse(late);
        const { version, documentId, linesHash, document, lines } = frozen;
        const totals = totalsOf(found.books);
        const after = { version, document_id: documentId, lines_hash: linesHash, lines: lines.length, totals };
        audit.append({ ...by, action: 'period.close', subject: `period:${period}`, after });
        const { head, count } = audit.head();
        const close = periods.save({
          period,
          firstDay: first,
          lastDay: last,
          zone: found.books.zone,
          document,
          documentId,
          linesHash,
          exceptions: frozen.exceptions,
          carries: frozen.carries.map(({ teacherId, currency, carryMinor }) => ({ teacherId, currency, carryMinor })),
          auditHead: head,
          auditCount: count,
          reason: by.reason ?? null,
          closedBy: by.actor,
          lines,
        });
        return { kind: 'closed', close } as const;
      });
    },

    reopen(period, by) {
      const wrong = check(period);
      if (wrong !== null) return wrong;
      return storedOrRefused(database.write, () => {
        const standing = periods.standingOf(period) ?? refuse(refused('period_open', `${period} is not closed`));
        const close = periods.reopen(standing.id, by.actor, by.reason);
        const { version, documentId } = standing;
        const before = { version, document_id: documentId };
        audit.append({ ...by, action: 'period.reopen', subject: `period:${period}`, before });
        return { kind: 'closed', close } as const;
      });
    },
  };
}

function sentence(failed: readonly Invariant[]): string {
  return failed.map(({ claim, against }) => `"${claim}" does not hold (${against.length}).`).join(' ');
}
