import { collectClass, type ClassRecord } from '../../core/billing/collect.ts';
import { buildLines, type PeriodLines } from '../../core/billing/lines.ts';
import { policyOn, type PolicyVersion } from '../../core/billing/policy/policy.ts';
import type { RateRow } from '../../core/billing/policy/rates.ts';
import { addDays, localDate, periodDays, startOfDay } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS, HOUR_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';

/** Rules to compute with instead of those that hold. */
export interface OtherRules {
  readonly zone?: string;
  readonly policies?: readonly PolicyVersion[];
  readonly rates?: readonly RateRow[];
  /** Line ids of pay that its teacher disputes. Left out: no line is flagged for it. */
  readonly disputed?: ReadonlySet<string>;
}

/** The lines of charge and pay as the ledger gives them now. */
export interface LineQuery {
  /** Zone whose calendar gives the classes of a period their day. */
  zoneOf(period: string): string;
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
  readonly settings: Pick<SettingsStore, 'get'>;
  readonly clock: Clock;
  readonly timezone: string;
}

/** Days are computed together until they hold so many classes: some tens of milliseconds at a time. */
const CLASSES_A_SPAN = 150;
/** A class is at most 24 hours long, so anything that starts farther away cannot overlap. */
const REACH_MS = DAY_MS;

export function createLineQuery({ money, settings, clock, timezone }: LineQueryDeps): LineQuery {
  const { view, policy, rates } = money;

  const inputs = (rules: OtherRules, zone: string) => ({
    policies: rules.policies ?? policy.versions(),
    rates: rules.rates ?? rates.all(),
    familyOf: view.familyOf(),
    zone,
    ...(rules.disputed === undefined ? {} : { disputed: rules.disputed }),
  });
  const span = (first: string, last: string, shared: ReturnType<typeof inputs>): PeriodLines => {
    const { zone } = shared;
    const inside = { start: startOfDay(first, zone), end: startOfDay(addDays(last, 1), zone) };
    const starts = { start: inside.start - REACH_MS, end: inside.end + REACH_MS };
    const rules = { weakMatchesBill: settings.get('weakMatchesBill') ?? true, zone, now: clock.now() };
    const classes = touching(view.classes(starts), inside).map((record) => collectClass(record, rules));
    return buildLines({ ...shared, classes }, `${first}..${last}`);
  };
  const zoneOf = (period: string, policies = policy.versions()): string => {
    const days = periodDays(period);
    if (days === null) throw new RangeError(`not a period: ${period}`);
    return policyOn(policies, days.first).settings.period.zone ?? timezone;
  };

  return {
    zoneOf: (period) => zoneOf(period),
    async ofPeriod(period, rules = {}) {
      const shared = inputs(rules, rules.zone ?? zoneOf(period, [...(rules.policies ?? policy.versions())]));
      const charges: PeriodLines['charges'][number][] = [];
      const pay: PeriodLines['pay'][number][] = [];
      const blocked: PeriodLines['blocked'][number][] = [];
      for (const { first, last } of spansOf(period, shared.zone, view.count)) {
        const found = span(first, last, shared);
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
      const zone = rules.zone ?? zoneOf(localDate(start, timezone).slice(0, 7));
      const day = localDate(start, zone);
      const { charges, pay, blocked } = span(day, day, inputs(rules, zone));
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

/** Cuts a period into spans of whole days, each as short as holds `CLASSES_A_SPAN` classes. */
function* spansOf(
  period: string,
  zone: string,
  count: (starts: { readonly start: number; readonly end: number }) => number,
): Generator<{ readonly first: string; readonly last: string }> {
  const days = periodDays(period)!;
  let first = days.first;
  let classes = 0;
  for (let day = days.first; day <= days.last; day = addDays(day, 1)) {
    classes += count({ start: startOfDay(day, zone), end: startOfDay(addDays(day, 1), zone) });
    if (classes < CLASSES_A_SPAN && day < days.last) continue;
    yield { first, last: day };
    first = addDays(day, 1);
    classes = 0;
  }
}
