import { sameZone } from '../../core/time/calendar.ts';
import { ConfigError } from '../../errors.ts';
import type { Database } from '../database.ts';
import type { AuditLog } from './audit-log.ts';
import type { SettingsStore } from './settings-store.ts';

export interface ZoneWish {
  /** ROLLBOOK_TIMEZONE; null: not set. */
  readonly wanted: string | null;
  /** Keep the zone that a ledger of an earlier version follows, although the environment names none. */
  readonly keep: boolean;
  /** The environment may name another zone than the ledger: somebody is about to change it, or to ask about it. */
  readonly mayDiffer: boolean;
}

/**
 * Makes sure that the ledger holds its zone. A ledger in which nothing was entered takes that of the environment, or UTC.
 * One of an earlier version takes that of the environment, or keeps the one that it follows when a daemon begins to work.
 *
 * @returns the zone as it is whenever it is asked for
 * @throws {ConfigError} the environment names another zone than the ledger
 */
export function settleZone(
  database: Database,
  settings: SettingsStore,
  audit: Pick<AuditLog, 'append' | 'head'>,
  wish: ZoneWish,
): () => string {
  settle(database, settings, audit, wish);
  return () => settings.storedZone() ?? wish.wanted ?? settings.zone();
}

function settle(
  { sqlite, write }: Database,
  settings: SettingsStore,
  audit: Pick<AuditLog, 'append' | 'head'>,
  { wanted, keep, mayDiffer }: ZoneWish,
): void {
  // Whoever only looks at the ledger may find a zone in it that cannot be read.
  if (mayDiffer) return;
  const kept = settings.storedZone();
  if (kept !== null) {
    if (wanted === null || sameZone(wanted, kept)) return;
    throw new ConfigError(
      `These settings of the environment (or .env) need your attention:\n- ROLLBOOK_TIMEZONE: is ${wanted}, but the ledger keeps the calendar of ${kept}; leave it out, or set it to ${kept}. To move the school to the other zone: rollbook settings zone ${wanted}`,
    );
  }
  if (sqlite.readonly) return;
  const isNew =
    sqlite
      .prepare('select not exists (select 1 from classes) and not exists (select 1 from audit_log)')
      .pluck()
      .get() === 1;
  if (wanted === null && !isNew && !keep) return;
  write(() => {
    if (settings.storedZone() !== null) return;
    const zone = wanted ?? settings.zone();
    settings.setZone(zone);
    // The first entry of a log tells of everything that stands.
    if (audit.head().count === 0) return;
    audit.append({ actor: 'rollbook', action: 'settings.zone', subject: 'settings', after: { zone } });
  });
}
