import { z } from 'zod';

import { isRule, settingsChange, type SettingName, type SettingsChange } from '../../core/school/settings.ts';
import { settingsOf, type SettingsVersion } from '../../core/school/versions.ts';
import { A_DAY, isDate } from '../../core/time/calendar.ts';
import type { SettingsStore } from '../../ledger/school/settings-store.ts';
import { complaintsOf, invalid, type Complaint, type Refused } from '../../refusal.ts';
import { audited, type AuditedDeps, type By, type Saved } from '../action.ts';
import { same } from '../changes.ts';
import { rebuildJudgedAnew, type RebuildDeps, type RebuiltLogs } from './rebuild.ts';

export interface ChangeSettingsDeps extends AuditedDeps, RebuildDeps {
  readonly settings: SettingsStore;
}

const settingsInput = settingsChange.extend({
  valid_from: z.string(A_DAY).refine(isDate, A_DAY).nullish(),
});

/**
 * Changes settings of the school; what is left out stays. The rules of attendance hold for classes from a day on, or for
 * all that are in no closed period; what statements say about the school holds for those that are issued later.
 *
 * @param body `{valid_from?, …settings}`, named as the API has them; null: the default again
 */
export function changeSettings(
  deps: ChangeSettingsDeps,
  body: Readonly<Record<string, unknown>>,
  by: By,
): Saved<{ rebuilt: RebuiltLogs }> | Refused {
  const parsed = settingsInput.safeParse(body);
  if (!parsed.success) return invalid(complaintsOf(parsed.error.issues).map(aboutZone));
  const { valid_from: validFrom = null, ...wanted } = parsed.data;
  const names = Object.keys(wanted) as SettingName[];
  if (names.length === 0) {
    return invalid([{ path: '', message: 'must name a setting to change; GET /api/settings lists them' }]);
  }
  if (validFrom !== null && !names.some(isRule)) {
    const message = 'goes with a rule of attendance only: what statements say about the school holds from now on';
    return invalid([{ path: 'valid_from', message }]);
  }
  return audited(deps, by, (note) => {
    const versions = deps.settings.versions();
    const before = settingsOf(versions);
    const changes = Object.fromEntries(
      names
        .map((name) => [name, wanted[name]] as const)
        .filter(([name, value]) => !stays(versions, name, value, validFrom)),
    ) as SettingsChange;
    if (Object.keys(changes).length === 0) return { kind: 'saved', rebuilt: { classes: 0, job: null } } as const;
    const { id, effectiveAt } = deps.settings.add({ validFrom, changes, actor: by.actor, reason: by.reason ?? null });
    note({
      action: 'settings.change',
      subject: 'settings',
      before: Object.fromEntries(Object.keys(changes).map((name) => [name, before[name as SettingName]])),
      after: { version: id, valid_from: validFrom, ...changes },
    });
    const stale = { sinceVersion: versions.at(-1)?.id ?? 0, from: effectiveAt, to: null };
    return { kind: 'saved', rebuilt: rebuildJudgedAnew(deps, stale, by.actor) } as const;
  });
}

/** Whether a setting has the value already, for all that the change is about. */
function stays(
  versions: readonly SettingsVersion[],
  name: SettingName,
  value: SettingsChange[SettingName],
  validFrom: string | null,
): boolean {
  const last = versions.findLast(({ changes }) => name in changes);
  const wanted = settingsOf([{ id: 1, validFrom: null, effectiveAt: null, changes: { [name]: value } }])[name];
  if (!same(settingsOf(versions)[name], wanted)) return false;
  if (!isRule(name) || last === undefined || last.validFrom === null) return true;
  return validFrom !== null && last.validFrom <= validFrom;
}

function aboutZone(complaint: Complaint): Complaint {
  if (complaint.path !== 'zone') return complaint;
  const message = 'is changed by "rollbook settings zone NAME" only, which says what that does to the periods';
  return { path: 'zone', message };
}
