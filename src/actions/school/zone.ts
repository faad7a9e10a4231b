import { isZone, sameZone } from '../../core/time/calendar.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';
import { zoneChange, type ZoneChange, type ZoneChangeDeps } from '../../queries/school/zone-change.ts';
import type { Refused } from '../../refusal.ts';
import { audited, refuseField, type AuditedDeps, type By, type Saved } from '../action.ts';

export interface ChangeZoneDeps extends AuditedDeps, ZoneChangeDeps {
  readonly settings: Pick<SettingsStore, 'storedZone' | 'setZone'>;
}

/**
 * Moves the school to the calendar of another zone. Closed periods keep theirs.
 *
 * @returns what that does to the periods
 */
export function changeZone(deps: ChangeZoneDeps, zone: string, by: By): Saved<{ change: ZoneChange }> | Refused {
  return audited(deps, by, (note) => {
    if (!isZone(zone) || /^[+-]/.test(zone)) {
      refuseField('zone', 'is not an IANA time zone; use a name such as Europe/Lisbon');
    }
    const change = zoneChange(deps, zone);
    const stored = deps.settings.storedZone();
    if (stored === null || !sameZone(stored, zone)) {
      deps.settings.setZone(zone);
      note({ action: 'settings.zone', subject: 'settings', before: { zone: change.before }, after: { zone } });
    }
    return { kind: 'saved', change } as const;
  });
}
