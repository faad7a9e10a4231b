import { z } from 'zod';

import { isDate, isZone } from '../../time/calendar.ts';
import { parseAmount } from '../money/money.ts';
import { chargeBases, payBases, presetNames, presets, type PolicyVersion, type Settings } from './policy.ts';

const minutes = (most: number) => z.int().min(0).max(most);
const percent = z.int().min(0).max(100);
const amount = z
  .string()
  .refine((text) => !text.startsWith('-') && parseAmount(text, 'CLF') !== null, 'must be an amount such as "3.00"');
const none = z.literal('none').transform(() => null);
const day = z.string().refine(isDate, 'must be a day such as 2026-01-31');

const rounding = z.strictObject({
  increment: z.int().min(1).max(240),
  mode: z.enum(['nearest', 'up', 'down']),
  tolerance: minutes(240),
});

const attendedIf = z.union(
  [
    minutes(1440),
    z
      .string()
      .regex(/^(100|\d{1,2})%$/)
      .transform((text) => text as `${number}%`),
    z.strictObject({ seconds: z.int().min(0).max(86_400) }),
  ],
  'must be minutes, a share of the slot such as "50%", or {"seconds": n}',
);

const cancelTier = z.strictObject({
  noticeHours: z.int().min(0).max(8760),
  by: z.enum(['family', 'teacher', 'school']).nullable().default(null),
  chargePercent: percent,
  payPercent: percent,
  credit: z.boolean().default(false),
});

const discount = z.strictObject({
  basisPoints: z.int().min(0).max(10_000),
  studentEmail: z
    .string()
    .transform((email) => email.trim().toLowerCase())
    .nullable()
    .default(null),
  familyId: z.int().nullable().default(null),
});

const settings = z.strictObject({
  charge: z.strictObject({
    basis: z.enum(chargeBases),
    before: minutes(240),
    after: z.union([minutes(240), z.literal('approve')], 'must be minutes or "approve"'),
    forgive: z.strictObject({ late: minutes(240), early: minutes(240) }),
  }),
  bridge: z.int().min(0).max(3600),
  round: rounding,
  min: z.union([z.int().min(1).max(1440), z.null(), none], 'must be minutes or "none"'),
  max: z.union(
    [z.int().min(1).max(1440), z.literal('timetable'), z.null(), none],
    'must be minutes, "timetable" or "none"',
  ),
  attendedIf,
  noShow: z.strictObject({
    wait: minutes(1440),
    chargePercent: percent,
    payPercent: z.union([percent, z.literal('presence')], 'must be 0 to 100 or "presence"'),
    credit: z.boolean(),
  }),
  cancel: z.array(cancelTier).max(50),
  teacherFault: z.strictObject({ lateAfter: minutes(240), credit: z.boolean() }),
  pay: z.strictObject({
    basis: z.enum(payBases),
    percent: percent.nullable(),
    round: rounding.nullable(),
    min: z.union([z.int().min(1).max(1440), z.null(), none], 'must be minutes or "none"'),
    tiers: z.strictObject({ base: amount.nullable().default(null), extraHead: amount }).nullable(),
  }),
  group: z.strictObject({ charge: z.enum(['each', 'split']) }),
  discount: z.array(discount).max(1000),
  tax: z
    .strictObject({
      code: z.string().min(1).max(40).default('tax'),
      basisPoints: z.int().min(0).max(10_000),
      inclusive: z.boolean().default(false),
      per: z.enum(['line', 'statement']).default('line'),
    })
    .nullable(),
  period: z.strictObject({
    zone: z.string().refine(isZone, 'must be an IANA zone such as Europe/London').nullable(),
    acceptanceDays: z.int().min(0).max(365),
  }),
});

/** Names a setting as the API does, and says in a sentence what is wrong with it. */
interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Settings that are valid each by itself but contradict each other. */
function contradictions(s: Settings): Complaint[] {
  const found: Complaint[] = [];
  const complain = (path: string, message: string): void => void found.push({ path: path.split('.'), message });
  if (s.min !== null && typeof s.max === 'number' && s.min > s.max) {
    complain('min', `the minimum of ${s.min} minutes is above the maximum of ${s.max}`);
  }
  for (const [path, { increment, tolerance }] of [
    ['round', s.round] as const,
    ['pay.round', s.pay.round ?? s.round] as const,
  ]) {
    if (tolerance >= increment) {
      complain(
        `${path}.tolerance`,
        `a tolerance of ${tolerance} minutes leaves nothing of an increment of ${increment}`,
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
 * `{"charge.basis": "held"}`. Every fault is reported, with its path.
 */
export const policyVersion = z
  .looseObject({ valid_from: day, preset: z.enum(presetNames).default('actual_time') })
  .transform((input, context): PolicyVersion => {
    const { valid_from: validFrom, preset, ...changed } = input;
    const complain = ({ path, message }: Complaint): void => {
      context.issues.push({ code: 'custom', input, path: path.map(toSnake), message });
    };
    const parsed = settings.safeParse(withOwnRounding(merge(presets[preset], toCamelKeys(expandPaths(changed)))));
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        if (issue.code !== 'unrecognized_keys') complain(issue);
        else
          for (const key of issue.keys) complain({ path: [...issue.path, key], message: 'there is no such setting' });
      }
      return z.NEVER;
    }
    const found = contradictions(parsed.data);
    for (const contradiction of found) complain(contradiction);
    return found.length === 0 ? { validFrom, preset, settings: parsed.data } : z.NEVER;
  });

/**
 * A version as the ledger stores it: what `policyToJson` gave. Earlier versions of this program stored three settings of
 * the period that no bill ever followed; they are left out.
 */
export const storedPolicy = z.preprocess((stored) => {
  if (!isObject(stored) || !isObject(stored['period'])) return stored;
  const { kind: _kind, anchor: _anchor, close_deadline_days: _days, ...period } = stored['period'];
  return { ...stored, period };
}, policyVersion);

/** The whole policy as the API shows it; `policyVersion` reads it back. */
export function policyToJson({
  validFrom,
  preset,
  settings: all,
}: PolicyVersion): Record<string, unknown> & { valid_from: string; preset: string } {
  return { valid_from: validFrom, preset, ...(toSnakeKeys(all) as Record<string, unknown>) };
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

/** What `pay.round` leaves open is as in `round`. */
function withOwnRounding(merged: unknown): unknown {
  if (!isObject(merged) || !isObject(merged['pay']) || !isObject(merged['pay']['round'])) return merged;
  return { ...merged, pay: { ...merged['pay'], round: merge(merged['round'], merged['pay']['round']) } };
}

function toSnake(key: PropertyKey): PropertyKey {
  return typeof key === 'string' ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}

function toSnakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnakeKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toSnake(key), toSnakeKeys(inner)]));
}

function toCamelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      toCamelKeys(inner),
    ]),
  );
}
