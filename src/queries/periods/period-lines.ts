import { collectClass, type ClassRecord } from '../../core/billing/collect.ts';
import { buildLines, type PeriodLines } from '../../core/billing/lines.ts';
import type { PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import { rulesByStart } from '../../core/school/versions.ts';
import { addDays, localDate, periodBounds, periodDays, startOfDay } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS, HOUR_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Close } from '../../ledger/money/period-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';

/** Rules to compute with instead of those that hold. */
export interface OtherRules {
  readonly policies?: readonly PolicyVersion[];
  readonly rates?: readonly RateRow[];
  /** Line ids of pay that its teacher disputes. Left out: no line is flagged for it. */
  readonly disputed?: ReadonlySet<string>;
}

export interface PeriodCalendar extends Interval {
  /** Of a closed period the one it was closed in, else the school's. */
  readonly zone: string;
}

/** The lines of charge and pay as the ledger gives them now. */
export interface LineQuery {
  /** The zone whose calendar gives the classes of a period their day, and the instants between which they start. */
  calendarOf(period: string): PeriodCalendar;
  /**
   * Every line of a period from what the ledger holds now. Works in spans of days and lets others run in between.
   *
   * @throws {RangeError} not a period
   */
  ofPeriod(period: string, rules?: OtherRules): Promise<PeriodLines>;
  /** The lines of one class; null when there is no such class. */
  ofClass(classId: number, rules?: OtherRules): PeriodLines | null;
}

export interface LineQueryDeps {
  readonly money: MoneyStores;
  readonly settings: Pick<SettingsStore, 'versions' | 'frozen'>;
  readonly clock: Clock;
  /** IANA zone of the school. */
  readonly timezone: () => string;
}

/** Days are computed together until they hold so many classes: some tens of milliseconds at a time. */
const CLASSES_A_SPAN = 150;
/** A class is at most 24 hours long, so anything that starts farther away cannot overlap. */
const REACH_MS = DAY_MS;

export function createLineQuery({ money, settings, clock, timezone }: LineQueryDeps): LineQuery {
  const { view, policy, rates, periods } = money;

  const inputs = (rules: OtherRules, zone: string) => ({
    policies: rules.policies ?? policy.versions(),
    rates: rules.rates ?? rates.all(),
    familyOf: view.familyOf(),
    currencyOf: view.familyCurrencies(),
    zone,
    ...(rules.disputed === undefined ? {} : { disputed: rules.disputed }),
  });
  const span = (inside: Interval, shared: ReturnType<typeof inputs>): PeriodLines => {
    const { zone } = shared;
    const starts = { start: inside.start - REACH_MS, end: inside.end + REACH_MS };
    const rulesOf = rulesByStart(settings.versions(), settings.frozen);
    const now = clock.now();
    const classes = touching(view.classes(starts), inside).map((record) =>
      collectClass(record, { ...rulesOf(record.start), zone, now }),
    );
    const { charges, pay, blocked } = buildLines({ ...shared, classes }, null);
    const begins = ({ start }: { readonly start: number }) => inside.start <= start && start < inside.end;
    return { charges: charges.filter(begins), pay: pay.filter(begins), blocked: blocked.filter(begins) };
  };
  const calendarOf = (period: string): PeriodCalendar => {
    const close = periods.standingOf(period);
    if (close !== null) return { zone: close.zone, start: close.startsAt, end: close.endsAt };
    const zone = timezone();
    return { zone, ...between(period, periodBounds(period, zone), periods.standing()) };
  };

  return {
    calendarOf,
    async ofPeriod(period, rules = {}) {
      const calendar = calendarOf(period);
      const shared = inputs(rules, calendar.zone);
      const charges: PeriodLines['charges'][number][] = [];
      const pay: PeriodLines['pay'][number][] = [];
      const blocked: PeriodLines['blocked'][number][] = [];
      for (const part of spansOf(period, calendar, view.count)) {
        const found = span(part, shared);
        for (const line of found.charges) charges.push(line);
        for (const line of found.pay) pay.push(line);
        for (const line of found.blocked) blocked.push(line);
        await clock.yield();
      }
      return { charges, pay, blocked };
    },
    ofClass(classId, rules = {}) {
      const start = view.startOf(classId);
      if (start === null) return null;
      const zone = periods.standingAt(start)?.zone ?? timezone();
      const day = localDate(start, zone);
      const { charges, pay, blocked } = span(periodBounds(`${day}..${day}`, zone), inputs(rules, zone));
      const own = <Line extends { readonly classId: number }>(lines: readonly Line[]): Line[] =>
        lines.filter((line) => line.classId === classId);
      return { charges: own(charges), pay: own(pay), blocked: own(blocked) };
    },
  };
}

/** Approved time behind a class at most. */
const OVERRUN_MS = 4 * HOUR_MS;

/**
 * Classes that start inside, and of those around them the ones they overlap, directly or by others in between: whoever
 * shares no instant with a class cannot change its lines.
 */
function touching(records: readonly ClassRecord[], inside: Interval): ClassRecord[] {
  const reach = { ...inside };
  for (const { start, end } of records) {
    if (inside.start <= start && start < inside.end) reach.end = Math.max(reach.end, end + OVERRUN_MS);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const { start, end } of records) {
      if (start >= reach.end || end + OVERRUN_MS <= reach.start) continue;
      grown ||= start < reach.start || end > reach.end;
      reach.start = Math.min(reach.start, start);
      reach.end = Math.max(reach.end, end);
    }
  }
  return records.filter(({ start, end }) => start < reach.end && end + OVERRUN_MS > reach.start);
}

/**
 * The bounds of an open period beside closed ones. It begins where the one before it ended and ends where the one after it
 * begins, also when the school's zone was another one then: each class is in one period.
 */
function between(period: string, { start, end }: Interval, closes: readonly Close[]): Interval {
  const { first, last } = periodDays(period)!;
  const bounds = { start, end };
  for (const close of closes) {
    if (addDays(close.lastDay, 1) === first) bounds.start = close.endsAt;
    else if (close.lastDay < first) bounds.start = Math.max(bounds.start, close.endsAt);
    if (addDays(last, 1) === close.firstDay) bounds.end = close.startsAt;
    else if (last < close.firstDay) bounds.end = Math.min(bounds.end, close.startsAt);
  }
  return bounds;
}

/** Cuts a period into spans of whole days, each as short as holds `CLASSES_A_SPAN` classes. */
function* spansOf(period: string, calendar: PeriodCalendar, count: (starts: Interval) => number): Generator<Interval> {
  const { zone, end } = calendar;
  const { first, last } = periodDays(period)!;
  let { start } = calendar;
  let classes = 0;
  for (let day = first; day <= last; day = addDays(day, 1)) {
    const midnight = startOfDay(addDays(day, 1), zone);
    classes += count({ start: startOfDay(day, zone), end: midnight });
    if (classes < CLASSES_A_SPAN && day < last) continue;
    const next = day < last ? Math.min(midnight, end) : end;
    if (start < next) yield { start, end: next };
    start = Math.max(start, next);
    classes = 0;
  }
}
