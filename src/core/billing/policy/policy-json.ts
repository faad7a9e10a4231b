import { z } from 'zod';

import { counted } from '../../counted.ts';
import { day } from './day.ts';
import { presetNames, presets, settingsSchema, type PolicyVersion, type Settings } from './policy.ts';

/** Names a setting as the API does, and says in a sentence what is wrong with it. */
interface SettingFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const NO_SETTING = 'there is no such setting';
const ZONE_IS_OF_THE_LEDGER =
  'the zone is that of the ledger, for all policies: rollbook settings zone NAME changes it';

/** Settings that are valid each by itself but contradict each other. */
function contradictions(s: Settings): SettingFault[] {
  const found: SettingFault[] = [];
  const complain = (path: string, message: string): void => void found.push({ path: path.split('.'), message });
  if (s.min !== null && typeof s.max === 'number' && s.min > s.max) {
    complain('min', `the minimum of ${counted(s.min, 'minute')} is above the maximum of ${s.max}`);
  }
  for (const [path, { increment, tolerance }] of [
    ['round', s.round] as const,
    ['pay.round', s.pay.round ?? s.round] as const,
  ]) {
    if (tolerance >= increment) {
      complain(
        `${path}.tolerance`,
        `a tolerance of ${counted(tolerance, 'minute')} leaves nothing of an increment of ${increment}`,
      );
    }
  }
  if (s.pay.basis === 'percent' && s.pay.percent === null) {
    complain('pay.percent', 'pay by percent needs pay.percent: the share of the charge that the teacher gets');
  }
  if (s.pay.basis !== 'percent' && s.pay.percent !== null) {
    complain('pay.percent', `pay.percent goes with the pay basis "percent", not with "${s.pay.basis}"`);
  }
  if (s.pay.tiers !== null && (s.pay.basis === 'percent' || s.pay.basis === 'flat')) {
    complain('pay.tiers', `tiers are paid by the hour, the pay basis "${s.pay.basis}" is not`);
  }
  const tiers = new Set<string>();
  for (const [i, { noticeHours, by }] of s.cancel.entries()) {
    const key = `${by ?? 'anybody'} ${noticeHours}`;
    if (tiers.has(key))
      found.push({ path: ['cancel', i], message: `two tiers for ${by ?? 'anybody'} and ${noticeHours} h of notice` });
    tiers.add(key);
  }
  const scopes = new Set<string>();
  for (const [i, { studentEmail, familyId }] of s.discount.entries()) {
    const key = studentEmail ?? String(familyId);
    if (studentEmail !== null && familyId !== null) {
      found.push({ path: ['discount', i], message: 'a discount is for a student or for a family, not for both' });
    }
    if (scopes.has(key)) found.push({ path: ['discount', i], message: 'two discounts for the same student or family' });
    scopes.add(key);
  }
  return found;
}

/** A sentence for each setting that is allowed but has no effect, or less than one expects. */
export function policyWarnings({ settings: s }: PolicyVersion): string[] {
  const warnings: string[] = [];
  if (s.charge.basis === 'actual') {
    warnings.push('charge.basis "actual" bills the minutes that a student waits for a late teacher');
  }
  if (s.max === 'timetable' && (s.charge.before > 0 || (typeof s.charge.after === 'number' && s.charge.after > 0))) {
    warnings.push('minutes outside the slot make up for missed ones only: max "timetable" caps the total at the slot');
  }
  if (s.round.tolerance > 0 && s.round.mode !== 'up') {
    warnings.push('round.tolerance has an effect with the mode "up" only');
  }
  if (s.cancel.length > 0 && !s.cancel.some(({ noticeHours, by }) => noticeHours === 0 && by === null)) {
    warnings.push('a cancellation later than every cancel tier is charged nothing: add a tier with notice_hours 0');
  }
  return warnings;
}

/**
 * The API's form of a policy version: `{valid_from, preset, …settings changed}` in snake case. Objects are merged over
 * the preset, lists and values replace. A setting may also be named by its path, as the policy table does:
 * `{"charge.basis": "held"}`. Everything that is wrong is reported, with its path.
 */
export const policyVersion = z
  .looseObject({ valid_from: day, preset: z.enum(presetNames).default('actual_time') })
  .transform((input, context): PolicyVersion => {
    const { valid_from: validFrom, preset, ...changed } = input;
    const complain = ({ path, message }: SettingFault): void => {
      context.issues.push({ code: 'custom', input, path: path.map(toSnake), message });
    };
    const parsed = settingsSchema.safeParse(
      withOwnRounding(merge(presets[preset], withKeys(expandPaths(changed), toCamel))),
    );
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        if (issue.code !== 'unrecognized_keys') complain(issue);
        else
          for (const key of issue.keys) {
            const message = `${issue.path.join('.')}.${key}` === 'period.zone' ? ZONE_IS_OF_THE_LEDGER : NO_SETTING;
            complain({ path: [...issue.path, key], message });
          }
      }
      return z.NEVER;
    }
    const found = contradictions(parsed.data);
    for (const contradiction of found) complain(contradiction);
    return found.length === 0 ? { validFrom, preset, settings: parsed.data } : z.NEVER;
  });

/**
 * A version as the ledger stores it: what `policyToJson` gave. Earlier versions of this program stored three settings of
 * the period that no bill ever followed, and its zone, which is the ledger's; they are left out.
 */
export const storedPolicy = z.preprocess((stored) => {
  if (!isObject(stored) || !isObject(stored['period'])) return stored;
  const { kind: _kind, anchor: _anchor, close_deadline_days: _days, zone: _zone, ...period } = stored['period'];
  return { ...stored, period };
}, policyVersion);

/** The whole policy as the API shows it; `policyVersion` reads it back. */
export function policyToJson(version: PolicyVersion): Record<string, unknown> & { valid_from: string; preset: string } {
  const { validFrom, preset, settings } = version;
  return { valid_from: validFrom, preset, ...(withKeys(settings, toSnake) as Record<string, unknown>) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{"charge.basis": x}` → `{charge: {basis: x}}`. */
function expandPaths(changed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let expanded: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(changed)) {
    const nested = path
      .split('.')
      .reduceRight<unknown>((inner, key) => ({ [key]: inner }), isObject(value) ? expandPaths(value) : value);
    expanded = merge(expanded, nested) as Record<string, unknown>;
  }
  return expanded;
}

function merge(base: unknown, changed: unknown): unknown {
  if (!isObject(base) || !isObject(changed)) return changed;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changed)) merged[key] = key in merged ? merge(merged[key], value) : value;
  return merged;
}

/** What `pay.round` leaves out is taken from `round`. */
function withOwnRounding(merged: unknown): unknown {
  if (!isObject(merged) || !isObject(merged['pay']) || !isObject(merged['pay']['round'])) return merged;
  return { ...merged, pay: { ...merged['pay'], round: merge(merged['round'], merged['pay']['round']) } };
}

/** The same JSON with the keys of its objects, at any depth, renamed. */
function withKeys(value: unknown, rename: (key: string) => PropertyKey): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, rename));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), withKeys(inner, rename)]));
}

function toSnake(key: PropertyKey): PropertyKey {
  return typeof key === 'string' ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}

function toCamel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
