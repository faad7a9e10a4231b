import type { Thresholds } from '../attendance/status.ts';
import { MINUTE_MS } from '../time/duration.ts';
import { defaultSettings, isRule, type SchoolSettings, type SettingsChange } from './settings.ts';

/** A change of the settings. */
export interface SettingsVersion {
  /** 1 and up, in the order they were made. */
  readonly id: number;
  /** The first day of the classes that its rules hold for; null: of all classes in no closed period. */
  readonly validFrom: string | null;
  /** The beginning of that day, epoch ms. */
  readonly effectiveAt: number | null;
  /** Only what was changed. */
  readonly changes: SettingsChange;
}

/** A closed period keeps the rules that it was closed with. */
export interface FrozenRules {
  /** Instants, `[startsAt, endsAt)`. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** The last version that it knows; 0: none. */
  readonly settingsVersion: number;
}

/** The rules that decide about the attendance of a class. */
export interface AttendanceRules extends Thresholds {
  /** Whether the weakest match, an exact and unique full name, is enough for a bill. */
  readonly weakMatchesBill: boolean;
}

/**
 * The settings as the versions leave them: of two that change the same, the later made holds.
 *
 * @param versions in the order they were made
 * @param upTo the last version that counts; left out: all of them
 * @param start of a class, for its rules; left out: the newest rules, from whatever day on
 */
export function settingsOf(versions: readonly SettingsVersion[], upTo = Infinity, start?: number): SchoolSettings {
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const { id, effectiveAt, changes } of versions) {
    if (id > upTo) continue;
    for (const [name, value] of Object.entries(changes)) {
      if (beginsLater(name, effectiveAt, start)) continue;
      settings[name] = value ?? defaultSettings[name as keyof SchoolSettings];
    }
  }
  return settings as unknown as SchoolSettings;
}

/** The version that a setting has its value from, for a class of that start; null: none changed it. */
export function versionOf<Version extends SettingsVersion>(
  versions: readonly Version[],
  setting: string,
  start: number,
): Version | null {
  const found = versions.findLast(
    ({ changes, effectiveAt }) => setting in changes && !beginsLater(setting, effectiveAt, start),
  );
  return found ?? null;
}

/** Whether a change of the setting holds only for classes that start later. */
function beginsLater(setting: string, effectiveAt: number | null, start: number | undefined): boolean {
  return isRule(setting) && start !== undefined && effectiveAt !== null && start < effectiveAt;
}

/** The rules of a class by its start, epoch ms. A class of a closed period keeps those that it was closed with. */
export function rulesByStart(
  versions: readonly SettingsVersion[],
  frozen: () => readonly FrozenRules[],
): (start: number) => AttendanceRules {
  const made = versions.filter(({ changes }) => Object.keys(changes).some(isRule));
  const defaults = rulesIn(defaultSettings);
  if (made.length === 0) return () => defaults;
  const closes = frozen();
  return (start) => {
    const closed = closes.find(({ startsAt, endsAt }) => startsAt <= start && start < endsAt);
    return rulesIn(settingsOf(made, closed?.settingsVersion, start));
  };
}

function rulesIn(settings: SchoolSettings): AttendanceRules {
  const { late_after_minutes: late, attended_if: attendedIf, weak_matches_bill: weakMatchesBill } = settings;
  return { lateAfterMs: late * MINUTE_MS, attendedIf, weakMatchesBill };
}

/** Whether two rules may give one presence another status. */
export function sameThresholds(a: Thresholds, b: Thresholds): boolean {
  return a.lateAfterMs === b.lateAfterMs && JSON.stringify(a.attendedIf) === JSON.stringify(b.attendedIf);
}
