import type { SchoolSettings } from '../../core/school/settings.ts';
import { settingsOf } from '../../core/school/versions.ts';
import type { Now } from '../../core/time/clock.ts';
import type { SettingsStore, StoredSettings } from '../../ledger/school/settings-store.ts';

/** What a school has set about itself. */
export interface SettingsView {
  readonly zone: string;
  /** As they hold for a class that starts now. */
  readonly inForce: SchoolSettings;
  /** Every change, in the order they were made. */
  readonly versions: readonly StoredSettings[];
}

export function settingsView({
  settings,
  timezone,
  clock,
}: {
  readonly settings: Pick<SettingsStore, 'versions'>;
  readonly timezone: () => string;
  readonly clock: Now;
}): SettingsView {
  const versions = settings.versions();
  return { zone: timezone(), inForce: settingsOf(versions, Infinity, clock.now()), versions };
}
