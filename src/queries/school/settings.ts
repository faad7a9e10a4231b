import type { SchoolSettings, SettingName } from '../../core/school/settings.ts';
import { settingsOf, versionOf } from '../../core/school/versions.ts';
import type { Now } from '../../core/time/clock.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { SettingsStore, StoredSettings } from '../../ledger/school/settings-store.ts';

/** What a school has set about itself. */
export interface SettingsView {
  readonly zone: string;
  /** Who moved the school to it and when; null: the ledger was made with it. */
  readonly zoneChange: { readonly actor: string; readonly reason: string | null; readonly changedAt: number } | null;
  /** As they hold for a class that starts now. */
  readonly inForce: SchoolSettings;
  /** Every change, in the order they were made. */
  readonly versions: readonly StoredSettings[];
  /** The change that a setting has its value from, for a class that starts now; null: it is the default. */
  readonly origin: (setting: SettingName) => StoredSettings | null;
}

export function settingsView({
  settings,
  audit,
  timezone,
  clock,
}: {
  readonly settings: Pick<SettingsStore, 'versions'>;
  readonly audit: Pick<AuditLog, 'list'>;
  readonly timezone: () => string;
  readonly clock: Now;
}): SettingsView {
  const versions = settings.versions();
  const now = clock.now();
  const [moved] = audit.list({ action: 'settings.zone', limit: 1 }).items;
  return {
    zone: timezone(),
    zoneChange: moved === undefined ? null : { actor: moved.actor, reason: moved.reason, changedAt: moved.at },
    inForce: settingsOf(versions, Infinity, now),
    versions,
    origin: (setting) => versionOf(versions, setting, now),
  };
}
