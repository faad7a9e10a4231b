import { asc, isNull } from 'drizzle-orm';

import { settingsChange, type SettingsChange } from '../../core/school/settings.ts';
import type { FrozenRules, SettingsVersion } from '../../core/school/versions.ts';
import { isZone, periodBounds, startOfDay } from '../../core/time/calendar.ts';
import type { Now } from '../../core/time/clock.ts';
import type { Interval } from '../../core/time/interval.ts';
import { LedgerRefusedError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { periodCloses } from '../schema/money.ts';
import { settings, settingsVersions } from '../schema/school.ts';
import { held } from '../select.ts';

/** A change of the settings, with who made it. */
export interface StoredSettings extends SettingsVersion {
  readonly actor: string;
  readonly reason: string | null;
  readonly createdAt: number;
}

export interface NewSettings {
  readonly validFrom: string | null;
  readonly changes: SettingsChange;
  readonly actor: string;
  readonly reason: string | null;
}

/** What the school set about itself: the zone of its calendar, and versions of its rules and of its identity. */
export interface SettingsStore {
  /** In the order they were made. */
  versions(): StoredSettings[];
  /** The closes that stand, each with the last version of the settings that it knows. */
  frozen(): FrozenRules[];
  /** The audit log is the caller's, in the same transaction. */
  add(version: NewSettings): StoredSettings;
  /**
   * IANA zone of the school. Where the ledger holds none, which one of an earlier version may, it is that of the last
   * policy that names one, else that of the last close, else UTC.
   */
  zone(): string;
  /** Null: the ledger holds none. */
  storedZone(): string | null;
  /** The audit log is the caller's, in the same transaction. */
  setZone(zone: string): void;
}

const ZONE = 'zone';

export function createSettingsStore({ orm, sqlite }: Database, clock: Now): SettingsStore {
  const rows = held(() => orm.select().from(settingsVersions).orderBy(asc(settingsVersions.id)).prepare());
  const stored = held(() => sqlite.prepare<[], string>(`select value from settings where name = '${ZONE}'`).pluck());
  const inferred = held(() =>
    sqlite
      .prepare<[], string | null>(
        `select coalesce(
        (select json_extract(policy, '$.period.zone') from policy_versions
          where json_extract(policy, '$.period.zone') is not null order by id desc limit 1),
        (select zone from period_closes where reopened_at is null order by first_day desc limit 1))`,
      )
      .pluck(),
  );
  const closes = held(() =>
    orm
      .select({
        period: periodCloses.period,
        zone: periodCloses.zone,
        startsAt: periodCloses.startsAt,
        endsAt: periodCloses.endsAt,
        settingsVersion: periodCloses.settingsVersion,
      })
      .from(periodCloses)
      .where(isNull(periodCloses.reopenedAt))
      .prepare(),
  );
  const bounds = new Map<string, Interval>();
  /** Of a close of the first version, which has no instants: found out once, since this is asked for each class. */
  const boundsOf = (period: string, zoneThen: string): Interval => {
    const key = `${period} ${zoneThen}`;
    const found = bounds.get(key) ?? periodBounds(period, zoneThen);
    bounds.set(key, found);
    return found;
  };
  const show = (row: typeof settingsVersions.$inferSelect): StoredSettings => ({
    ...row,
    changes: settingsChange.parse(row.changes),
  });
  const storedZone = (): string | null => {
    const value = stored().get();
    if (value === undefined) return null;
    const zone = value.replace(/^"(.*)"$/, '$1');
    if (isZone(zone)) return zone;
    throw new LedgerRefusedError(
      'The zone that the ledger keeps was changed by hand and is none: "rollbook verify" says what it was.',
    );
  };
  const zone = (): string => storedZone() ?? inferred().get() ?? 'UTC';
  return {
    versions: () => rows().all().map(show),
    frozen: () =>
      closes()
        .all()
        .map(({ settingsVersion, startsAt, endsAt, period, zone }) => {
          if (startsAt !== null && endsAt !== null) return { startsAt, endsAt, settingsVersion };
          const { start, end } = boundsOf(period, zone);
          return { startsAt: startsAt ?? start, endsAt: endsAt ?? end, settingsVersion };
        }),
    add({ validFrom, ...version }) {
      const effectiveAt = validFrom === null ? null : startOfDay(validFrom, zone());
      const values = { ...version, validFrom, effectiveAt, createdAt: clock.now() };
      return show(orm.insert(settingsVersions).values(values).returning().get());
    },
    zone,
    storedZone,
    setZone(name) {
      const row = { value: name, updatedAt: clock.now() };
      orm
        .insert(settings)
        .values({ name: ZONE, ...row })
        .onConflictDoUpdate({ target: settings.name, set: row })
        .run();
    },
  };
}
