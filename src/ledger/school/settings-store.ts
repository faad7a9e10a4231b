import { eq } from 'drizzle-orm';
import { z } from 'zod';

import type { Database } from '../database.ts';
import { settings } from '../schema/school.ts';

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
}

/** @throws {z.ZodError} from `get` for a value that the setting cannot hold */
export function createSettingsStore({ orm }: Database): SettingsStore {
  return {
    get<Name extends SettingName>(name: Name) {
      const row = orm.select().from(settings).where(eq(settings.name, name)).get();
      return row === undefined ? null : (settingSchemas[name].parse(row.value) as SettingValue<Name>);
    },
  };
}
