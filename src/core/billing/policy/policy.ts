import { z } from 'zod';

import { attendedIf } from '../../schedule/attended-if.ts';
import { CANCELERS } from '../../schedule/class.ts';
import { parseAmount } from '../money/money.ts';

/** The rules of charge and pay as data. What each setting means is written in docs/money.md. */

const minutes = (most: number) => z.int().min(0).max(most);
const percent = z.int().min(0).max(100);
const basisPoints = z.int().min(0).max(10_000);
const amount = z
  .string()
  .refine((text) => !text.startsWith('-') && parseAmount(text, 'CLF') !== null, 'must be an amount such as "3.00"')
  // Its currency, and so its digits, are those of the rate that it belongs to. Larger totals would not be exact.
  .refine((text) => Number(text) <= 10_000_000 || Number.isNaN(Number(text)), 'is too large: at most 10000000.00');
const none = z.literal('none').transform(() => null);
const minimum = z.union([z.int().min(1).max(1440), z.null(), none], 'must be minutes or "none"');

/** To whole increments of minutes. With `up`, a remainder of at most `tolerance` minutes rounds down. */
const rounding = z.strictObject({
  increment: z.int().min(1).max(240),
  mode: z.enum(['nearest', 'up', 'down']),
  tolerance: minutes(240),
});

const cancelTier = z.strictObject({
  /** For cancellations so many hours before the start, or earlier. Of the tiers that fit, the longest notice holds. */
  noticeHours: z.int().min(0).max(8760),
  /** Null: whoever canceled. A tier that names who canceled is preferred to one that does not. */
  by: z.enum(CANCELERS).nullable().default(null),
  chargePercent: percent,
  payPercent: percent,
  credit: z.boolean().default(false),
});

/** A part off the price in ten-thousandths. The narrowest scope holds: student, family, everybody. */
const discount = z.strictObject({
  basisPoints,
  studentEmail: z
    .string()
    .transform((email) => email.trim().toLowerCase())
    .nullable()
    .default(null),
  familyId: z.int().nullable().default(null),
});

const tax = z.strictObject({
  code: z.string().min(1).max(40).default('tax'),
  basisPoints,
  /** The price already contains it. */
  inclusive: z.boolean().default(false),
  per: z.enum(['line', 'statement']).default('line'),
});

/** Times are whole minutes unless the name or comment says otherwise; percents are whole. */
export const settingsSchema = z.strictObject({
  charge: z.strictObject({
    basis: z.enum(['overlap', 'held', 'actual', 'scheduled']),
    before: minutes(240),
    /** `approve`: time after the slot counts only as far as an overrun was approved. */
    after: z.union([minutes(240), z.literal('approve')], 'must be minutes or "approve"'),
    forgive: z.strictObject({ late: minutes(240), early: minutes(240) }),
  }),
  /** Seconds. */
  bridge: z.int().min(0).max(3600),
  round: rounding,
  min: minimum,
  /** `timetable`: the slot and its approved overrun. Null: no cap. */
  max: z.union(
    [z.int().min(1).max(1440), z.literal('timetable'), z.null(), none],
    'must be minutes, "timetable" or "none"',
  ),
  attendedIf,
  noShow: z.strictObject({
    wait: minutes(1440),
    chargePercent: percent,
    /** Of the timetable; `presence` pays the minutes that the teacher was there, as in any class. */
    payPercent: z.union([percent, z.literal('presence')], 'must be 0 to 100 or "presence"'),
    credit: z.boolean(),
  }),
  cancel: z.array(cancelTier).max(50).readonly(),
  teacherFault: z.strictObject({
    /** A teacher who begins more than this into the slot is late. */
    lateAfter: minutes(240),
    credit: z.boolean(),
  }),
  pay: z.strictObject({
    basis: z.enum(['held', 'overlap', 'scheduled', 'charged', 'percent', 'flat']),
    /** Of the charge, for the basis `percent`. */
    percent: percent.nullable(),
    /** Null: as charges are rounded. */
    round: rounding.nullable(),
    min: minimum,
    /** Decimal amounts an hour in the currency of the pay rate. A null base is the pay rate itself. */
    tiers: z.strictObject({ base: amount.nullable().default(null), extraHead: amount }).nullable(),
  }),
  group: z.strictObject({ charge: z.enum(['each', 'split']) }),
  discount: z.array(discount).max(1000).readonly(),
  tax: tax.nullable(),
  period: z.strictObject({ acceptanceDays: z.int().min(0).max(365) }),
});

export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type Rounding = Readonly<z.output<typeof rounding>>;
export type CancelTier = Readonly<z.output<typeof cancelTier>>;
export type Tax = Readonly<z.output<typeof tax>>;
export type ChargeBasis = Settings['charge']['basis'];

/** The presets, by the names that the API has for them. */
export const presetNames = ['actual_time', 'standard_tutoring', 'slot_held', 'timetable'] as const;
type PresetName = (typeof presetNames)[number];

/** The policy from a day on, until the next version. */
export interface PolicyVersion {
  /** `YYYY-MM-DD`, the local start date of the first classes it governs. */
  readonly validFrom: string;
  readonly preset: PresetName;
  readonly settings: Settings;
}

const standardTutoring: Settings = {
  charge: { basis: 'overlap', before: 0, after: 'approve', forgive: { late: 5, early: 5 } },
  bridge: 120,
  round: { increment: 1, mode: 'nearest', tolerance: 0 },
  min: null,
  max: 'timetable',
  attendedIf: 10,
  noShow: { wait: 15, chargePercent: 100, payPercent: 100, credit: false },
  cancel: [
    { noticeHours: 24, by: null, chargePercent: 0, payPercent: 0, credit: false },
    { noticeHours: 0, by: null, chargePercent: 50, payPercent: 50, credit: false },
  ],
  teacherFault: { lateAfter: 5, credit: true },
  pay: { basis: 'held', percent: null, round: null, min: null, tiers: null },
  group: { charge: 'each' },
  discount: [],
  tax: null,
  period: { acceptanceDays: 3 },
};

/** Starting points: each setting of a preset can be changed alone. */
export const presets: Readonly<Record<PresetName, Settings>> = {
  actual_time: {
    ...standardTutoring,
    charge: { ...standardTutoring.charge, forgive: { late: 0, early: 0 } },
    bridge: 0,
    attendedIf: 0,
    noShow: { wait: 15, chargePercent: 0, payPercent: 'presence', credit: false },
    cancel: [],
  },
  standard_tutoring: standardTutoring,
  slot_held: { ...standardTutoring, charge: { ...standardTutoring.charge, basis: 'held' } },
  timetable: {
    ...standardTutoring,
    charge: { ...standardTutoring.charge, basis: 'scheduled', forgive: { late: 0, early: 0 } },
    bridge: 0,
    pay: { ...standardTutoring.pay, basis: 'scheduled' },
  },
};

/** The policy of a ledger in which nobody has set one. */
export const defaultPolicy: PolicyVersion = {
  validFrom: '0001-01-01',
  preset: 'actual_time',
  settings: presets.actual_time,
};

/**
 * The version that governs classes of a day: the one that began last. Before the first of them the default holds.
 *
 * @param date local start date of the class, `YYYY-MM-DD`
 */
export function policyOn(versions: readonly PolicyVersion[], date: string): PolicyVersion {
  return versions.reduce(
    (best, version) => (version.validFrom <= date && version.validFrom >= best.validFrom ? version : best),
    defaultPolicy,
  );
}

/** The versions that govern the days of a period: the one in force on the first day, and those that begin within. */
export function policiesOf(
  versions: readonly PolicyVersion[],
  { first, last }: { readonly first: string; readonly last: string },
): PolicyVersion[] {
  const starts = versions.map(({ validFrom }) => validFrom).filter((day) => first < day && day <= last);
  return [first, ...[...new Set(starts)].sort()].map((day) => policyOn(versions, day));
}

/** The discount of a student in ten-thousandths, 0 for none. */
export function discountOf(discounts: Settings['discount'], studentEmail: string, familyId: number | null): number {
  const found =
    discounts.find((discount) => discount.studentEmail === studentEmail) ??
    discounts.find(
      (discount) => discount.studentEmail === null && discount.familyId !== null && discount.familyId === familyId,
    ) ??
    discounts.find((discount) => discount.studentEmail === null && discount.familyId === null);
  return found?.basisPoints ?? 0;
}
