import { localDate, monthOf } from '../../core/time/calendar.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';

/** What a move of the school to another zone does. */
export interface ZoneChange {
  readonly before: string;
  readonly after: string;
  /** Closed periods, each with the zone that it keeps. */
  readonly closed: readonly { readonly period: string; readonly zone: string }[];
  /** Classes in no closed period that are of another day, and of another month, from now on. */
  readonly otherDay: number;
  readonly otherMonth: number;
}

export interface ZoneChangeDeps {
  /** IANA zone of the school as it is. */
  readonly timezone: () => string;
  readonly money: Pick<MoneyStores, 'periods'>;
  readonly classStore: Pick<ClassStore, 'starts'>;
}

export function zoneChange({ timezone, money, classStore }: ZoneChangeDeps, zone: string): ZoneChange {
  const before = timezone();
  const standing = money.periods.standing();
  const open = classStore
    .starts()
    .filter((start) => !standing.some(({ startsAt, endsAt }) => startsAt <= start && start < endsAt));
  const moved = open
    .map((start) => ({ was: localDate(start, before), is: localDate(start, zone) }))
    .filter(({ was, is }) => was !== is);
  return {
    before,
    after: zone,
    closed: standing.map(({ period, zone: kept }) => ({ period, zone: kept })),
    otherDay: moved.length,
    otherMonth: moved.filter(({ was, is }) => monthOf(was) !== monthOf(is)).length,
  };
}
