import { z } from '@hono/zod-openapi';

import { settingNames, type SchoolSettings } from '../../core/school/settings.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import type { SettingsView } from '../../queries/school/settings.ts';
import type { ZoneChange } from '../../queries/school/zone-change.ts';
import { anything, instant } from './fields.ts';

const settingsFields = {
  late_after_minutes: z.int(),
  attended_if: z.union([z.int(), z.string(), z.object({ seconds: z.int() })]).openapi({
    description: 'Minutes, a share of the slot such as `50%`, or `{"seconds": n}`.',
  }),
  weak_matches_bill: z.boolean(),
  school_name: z.string().nullable(),
  address: z.string().nullable(),
  logo: z.string().nullable().openapi({ description: 'A data URL of a PNG or JPEG.' }),
  tax_number: z.string().nullable(),
  payment_details: z.string().nullable(),
  due_days: z.int().nullable(),
  account_code: z.string().nullable(),
  tax_type: z.string().nullable(),
  pay_account_code: z.string().nullable(),
  pay_tax_type: z.string().nullable(),
};

export const settingsSchema = z
  .object({
    zone: z.string(),
    zone_change: z
      .object({ actor: z.string(), reason: z.string().nullable(), changed_time: instant })
      .nullable()
      .openapi({ description: 'Who moved the school to this zone; null: its ledger was made with it.' }),
    ...settingsFields,
    version: z.int().openapi({ description: 'Of the last change; 0: there was none.' }),
    versions: z.array(
      z.object({
        version: z.int(),
        valid_from: z.string().nullable(),
        changes: anything,
        actor: z.string(),
        reason: z.string().nullable(),
        created_time: instant,
      }),
    ),
  })
  .openapi('Settings', { description: 'Every setting as it holds now; see the table in docs/settings.md.' });

/** In the order of the table in the docs. */
export function showInForce(settings: SchoolSettings): SchoolSettings {
  return Object.fromEntries(settingNames.map((name) => [name, settings[name]])) as unknown as SchoolSettings;
}

export function showSettings({ zone, zoneChange, inForce, versions }: SettingsView): z.input<typeof settingsSchema> {
  return {
    zone,
    zone_change:
      zoneChange === null
        ? null
        : { actor: zoneChange.actor, reason: zoneChange.reason, changed_time: formatInstant(zoneChange.changedAt) },
    ...showInForce(inForce),
    version: versions.at(-1)?.id ?? 0,
    versions: versions.map(({ id, validFrom, changes, actor, reason, createdAt }) => ({
      version: id,
      valid_from: validFrom,
      changes,
      actor,
      reason,
      created_time: formatInstant(createdAt),
    })),
  };
}

export function showZoneChange({ before, after, closed, otherDay, otherMonth }: ZoneChange) {
  return { before, zone: after, closed, classes_of_another_day: otherDay, classes_of_another_month: otherMonth };
}
