import type { ChargeLine, PayLine } from '../../core/billing/lesson/line.ts';
import type { PeriodLines } from '../../core/billing/lines.ts';
import { withPublicReason, type Adjustment } from '../../core/billing/period/adjustments.ts';
import { adjustmentsIn, familyNamesIn } from '../../core/billing/period/issued-document.ts';
import {
  familyStatements,
  teacherStatements,
  type FamilyStatement,
  type TeacherStatement,
} from '../../core/billing/period/statements.ts';
import type { SchoolSettings } from '../../core/school/settings.ts';
import { settingsOf, type SettingsVersion } from '../../core/school/versions.ts';
import { addDays, localDate, periodDays, periodFault } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';
import { invalid, refused, type Refused } from '../../refusal.ts';
import type { LineQuery } from './period-lines.ts';
import { correctionsIn } from './posted-corrections.ts';

/** The statements of a period: as issued while a close stands, as they would be issued now otherwise. */
export interface PeriodStatements {
  readonly kind: 'statements';
  readonly period: string;
  readonly zone: string;
  /** Null: open, the numbers are a draft. */
  readonly close: Close | null;
  readonly lines: PeriodLines;
  /** Issued when statements still promised a credit in words; a reprint keeps them. */
  readonly creditsNamed: boolean;
  /** What the school says about itself: as it did at the close, or as it does now. */
  readonly school: SchoolSettings;
  /** The names of families that an issued document has; a reprint keeps them. */
  readonly issuedNames: () => ReadonlyMap<number, string>;
  /** Corrections of earlier periods that are lines of this one. */
  readonly adjustments: readonly Adjustment[];
  readonly families: readonly FamilyStatement[];
  readonly teachers: readonly TeacherStatement[];
  /** Of the close; of a draft the one that it will have. */
  readonly version: number;
  /** The version that this one replaces, as it was issued; null: it is the first. */
  readonly replaced: () => Promise<ReplacedPeriod | null>;
}

export interface ReplacedPeriod {
  readonly version: number;
  readonly families: readonly FamilyStatement[];
  readonly teachers: readonly TeacherStatement[];
  /** The names of families as that version has them. */
  readonly familyNames: ReadonlyMap<number, string>;
}

/** What families owe and teachers are paid, period by period. */
export interface StatementQuery {
  /** Whether a text names a period that has begun. */
  check(period: string): Refused | null;
  /** As issued while a close stands, as they would be issued now otherwise. */
  of(period: string): Promise<PeriodStatements | Refused>;
  /** What a teacher was paid too much by the end of the period before, by currency: it is taken off this one. */
  carriedInto(period: string): Map<number, Map<string, number>>;
}

export interface StatementDeps {
  readonly money: MoneyStores;
  readonly lineQuery: LineQuery;
  readonly settings: Pick<SettingsStore, 'versions'>;
  readonly clock: Clock;
}

/**
 * What the school said at a close. What accounting programs call its accounts is on no statement: where none was set then,
 * it is what is set now.
 */
function asOf(versions: readonly SettingsVersion[], close: Close | null): SchoolSettings {
  const [then, now] = [settingsOf(versions, close?.settingsVersion), settingsOf(versions)];
  return {
    ...then,
    account_code: then.account_code ?? now.account_code,
    tax_type: then.tax_type ?? now.tax_type,
    pay_account_code: then.pay_account_code ?? now.pay_account_code,
    pay_tax_type: then.pay_tax_type ?? now.pay_tax_type,
  };
}

/** Whether statements of a close are printed with the reasons of corrections as an earlier version issued them. */
function keepsWords(close: Close | null): boolean {
  return close !== null && close.wording < 4;
}

/** Longer spans are several periods. */
const LONGEST_DAYS = 366;

export function createStatementQuery({ money, lineQuery, settings, clock }: StatementDeps): StatementQuery {
  const { periods, adjustments, payAnswers } = money;

  const check = (period: string): Refused | null => {
    const days = periodDays(period);
    if (days === null) return invalid([{ path: 'period', message: periodFault(period) }]);
    if (addDays(days.first, LONGEST_DAYS) <= days.last) {
      return invalid([{ path: 'period', message: `must not be longer than ${LONGEST_DAYS} days` }]);
    }
    if (localDate(clock.now(), lineQuery.calendarOf(period).zone) < days.first) {
      return refused('period_in_future', `${period} has not begun: there is nothing to report yet`, [
        { path: 'period', message: 'lies in the future' },
      ]);
    }
    return null;
  };

  const carriedInto = (period: string): Map<number, Map<string, number>> => {
    const { first } = periodDays(period)!;
    const before = periods.standing().find(({ lastDay }) => addDays(lastDay, 1) === first);
    const carried = new Map<number, Map<string, number>>();
    for (const { teacherId, currency, carryMinor } of before?.carries ?? []) {
      carried.set(teacherId, (carried.get(teacherId) ?? new Map<string, number>()).set(currency, carryMinor));
    }
    return carried;
  };

  const statementsOf = async (period: string): Promise<PeriodStatements> => {
    const close = periods.standingOf(period);
    const version = close?.version ?? periods.nextVersion(period);
    const { zone } = lineQuery.calendarOf(period);
    const lines = close === null ? await lineQuery.ofPeriod(period, { disputed: disputed() }) : await issued(close);
    const posted = correctionsIn(money, period)
      .map(({ adjustment }) => (keepsWords(close) ? adjustment : withPublicReason(adjustment)))
      .sort((a, b) => (a.adjustmentId < b.adjustmentId ? -1 : 1));
    return {
      kind: 'statements',
      period,
      zone,
      close,
      lines,
      school: asOf(settings.versions(), close),
      issuedNames: () =>
        close === null ? new Map() : familyNamesIn(periods.document(close.id), [...lines.charges, ...posted]),
      creditsNamed: close !== null && periods.isOfFirstFormat(close.id),
      adjustments: posted,
      families: familyStatements(lines.charges, posted),
      teachers: teacherStatements(lines.pay, posted, carriedInto(period)),
      version,
      replaced: () => replacedBy(period, version),
    };
  };

  const replacedBy = async (period: string, version: number): Promise<ReplacedPeriod | null> => {
    const before = periods.list().find((close) => close.period === period && close.version === version - 1);
    if (before === undefined) return null;
    const lines = await issued(before);
    const posted = adjustments.list({ postedIn: period }).map(({ adjustment }) => adjustment);
    const document = periods.document(before.id);
    const corrections = adjustmentsIn(document, posted).map(withPublicReason);
    return {
      version: before.version,
      familyNames: familyNamesIn(document, [...lines.charges, ...corrections]),
      families: familyStatements(lines.charges, corrections),
      teachers: teacherStatements(lines.pay, corrections),
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

  const disputed = (): ReadonlySet<string> => new Set(payAnswers.disputes({ open: true }).map(({ lineId }) => lineId));

  return {
    check,
    async of(period) {
      return check(period) ?? statementsOf(period);
    },
    carriedInto,
  };
}
