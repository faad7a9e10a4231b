import { settingNames, type SettingName } from '../../core/school/settings.ts';
import type { SettingsView } from '../../queries/school/settings.ts';
import type { Terminal } from './terminal.ts';

/** Every setting of the school, its value and where it comes from. */
export function settingsTable({ zone, inForce, versions }: SettingsView, terminal: Terminal): string {
  const rows = settingNames.map((name) => ({ name, value: shown(name, inForce[name]), ...originOf(name, versions) }));
  return terminal.table(
    [
      { title: 'setting', value: ({ name }) => name },
      { title: 'value', value: ({ value }) => value },
      { title: 'from', value: ({ from }) => from },
      { title: 'by', value: ({ by }) => by },
    ],
    [{ name: 'zone', value: zone, from: 'ledger', by: null }, ...rows],
  );
}

function originOf(
  name: SettingName,
  versions: SettingsView['versions'],
): { readonly from: string; readonly by: string | null } {
  const last = versions.findLast(({ changes }) => name in changes);
  if (last === undefined) return { from: 'default', by: null };
  return { from: last.validFrom ?? `version ${last.id}`, by: last.actor };
}

function shown(name: SettingName, value: unknown): string | null {
  if (value === null) return null;
  if (name === 'logo') return 'a picture';
  return typeof value === 'string' ? value.replaceAll('\n', ', ') : JSON.stringify(value);
}
