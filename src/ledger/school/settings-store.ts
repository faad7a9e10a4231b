import { eq } from 'drizzle-orm';
import { z } from 'zod';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { settings } from '../schema/capture.ts';

/** The business settings that are not versions of the policy, and what each may hold. */
export const settingSchemas = {
  /** Who is late and who was there. In ms. */
  thresholds: z.strictObject({ lateAfterMs: z.int().min(0), attendedIfMs: z.int().min(0) }),
  /** Whether an exact and unique full name, the weakest match, is enough for a bill. */
  weakMatchesBill: z.boolean(),
};

export type SettingName = keyof typeof settingSchemas;
export type SettingValue<Name extends SettingName> = z.output<(typeof settingSchemas)[Name]>;

export interface SettingsStore {
  /** Null when nobody set it: the default is the reader's. */
  get<Name extends SettingName>(name: Name): SettingValue<Name> | null;
  /** The audit log is the caller's, in the same transaction. */
  set<Name extends SettingName>(name: Name, value: SettingValue<Name>): void;
  /** Back to the default. */
  clear(name: SettingName): void;
}

/** @throws {z.ZodError} from `get` and `set` for a value that the setting cannot hold */
export function createSettingsStore({ orm }: Database, clock: Now): SettingsStore {
  return {
    get<Name extends SettingName>(name: Name) {
      const row = orm.select().from(settings).where(eq(settings.name, name)).get();
      return row === undefined ? null : (settingSchemas[name].parse(row.value) as SettingValue<Name>);
    },
    set(name, value) {
      const changes = { value: settingSchemas[name].parse(value), updatedAt: clock.now() };
      orm
        .insert(settings)
        .values({ name, ...changes })
        .onConflictDoUpdate({ target: settings.name, set: changes })
        .run();
    },
    clear(name) {
      orm.delete(settings).where(eq(settings.name, name)).run();
    },
  };
}
