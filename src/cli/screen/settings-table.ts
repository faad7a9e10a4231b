import { settingNames, type SettingName } from '../../core/school/settings.ts';
import type { SettingsView } from '../../queries/school/settings.ts';
import { localTime } from '../arguments.ts';
import type { Terminal } from './terminal.ts';

interface Origin {
  readonly from: string;
  readonly by: string | null;
  readonly at: number | null;
}

/** Every setting of the school, its value, and since when and by whom it is that; below it the rules that begin later. */
export function settingsTable(view: SettingsView, terminal: Terminal): string {
  const { zone, inForce } = view;
  const rows = settingNames.map((name) => ({ name, value: shown(name, inForce[name]), ...originOf(name, view) }));
  const settings = terminal.table(
    [
      { title: 'setting', value: ({ name }) => name },
      { title: 'value', value: ({ value }) => value },
      { title: 'from', value: ({ from }) => from },
      { title: 'set by', value: ({ by }) => by },
      { title: 'when', value: ({ at }) => (at === null ? null : localTime(at, zone)) },
    ],
    [{ name: 'zone', value: zone, ...zoneOrigin(view) }, ...rows],
  );
  return [settings, ...laterRules(view)].join('\n');
}

function zoneOrigin({ zoneChange }: SettingsView): Origin {
  if (zoneChange === null) return { from: 'the start of the ledger', by: null, at: null };
  return { from: 'a change', by: zoneChange.actor, at: zoneChange.changedAt };
}

function originOf(name: SettingName, { origin }: SettingsView): Origin {
  const version = origin(name);
  if (version === null) return { from: 'default', by: null, at: null };
  return { from: version.validFrom ?? `version ${version.id}`, by: version.actor, at: version.createdAt };
}

function laterRules({ versions, origin }: SettingsView): string[] {
  return settingNames.flatMap((name) => {
    const last = versions.findLast(({ changes }) => name in changes);
    if (last === undefined || last.validFrom === null || last.id === origin(name)?.id) return [];
    const value = shown(name, last.changes[name]) ?? 'the default';
    return [`${name} is ${value} for classes from ${last.validFrom} on (version ${last.id}, by ${last.actor}).`];
  });
}

/** As `settings set` takes it. */
function shown(name: SettingName, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (name === 'logo') return 'a picture';
  if (typeof value === 'object' && 'seconds' in value) return `${String(value.seconds)}s`;
  return typeof value === 'string' ? value.replaceAll('\n', ', ') : JSON.stringify(value);
}
