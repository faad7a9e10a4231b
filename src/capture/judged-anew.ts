import { rulesByStart, sameThresholds } from '../core/school/versions.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { SettingsStore } from '../ledger/school/settings-store.ts';

export interface JudgedAnewDeps {
  readonly sessionStore: Pick<SessionStore, 'judged'>;
  readonly settings: Pick<SettingsStore, 'versions' | 'frozen'>;
}

/** Classes whose logs may be stale, because the rules of attendance were others when they were made. */
export interface Stale {
  /** The last version of the settings that the logs know. */
  readonly sinceVersion: number;
  /** Only classes that start in `[from, to)`, epoch ms; null: all of them. */
  readonly from: number | null;
  readonly to: number | null;
}

/**
 * The classes, oldest first, in which somebody may be late or absent now and was not, or the other way round. Those of
 * closed periods keep the rules that they were closed with.
 */
export function judgedAnew({ sessionStore, settings }: JudgedAnewDeps, stale: Stale): number[] {
  const versions = settings.versions();
  const frozen = settings.frozen();
  const now = rulesByStart(versions, () => frozen);
  const then = rulesByStart(
    versions.filter(({ id }) => id <= stale.sinceVersion),
    () => frozen,
  );
  return sessionStore
    .judged(stale)
    .filter(({ start }) => !sameThresholds(then(start), now(start)))
    .map(({ classId }) => classId);
}
