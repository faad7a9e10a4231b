import { MINUTE_MS, SECOND_MS } from '../../time/duration.ts';

/** The rules of charge and pay as data. What each setting means is written in docs/money.md. */

export const chargeBases = ['overlap', 'held', 'actual', 'scheduled'] as const;
export type ChargeBasis = (typeof chargeBases)[number];

export const payBases = ['held', 'overlap', 'scheduled', 'charged', 'percent', 'flat'] as const;
export type PayBasis = (typeof payBases)[number];

export const presetNames = ['actual_time', 'standard_tutoring', 'slot_held', 'timetable'] as const;
export type PresetName = (typeof presetNames)[number];

/** To whole increments of minutes. With `up`, a remainder of at most `tolerance` minutes rounds down. */
export interface Rounding {
  readonly increment: number;
  readonly mode: 'nearest' | 'up' | 'down';
  readonly tolerance: number;
}

/** Presence in the slot that makes somebody attended: minutes, seconds, or a share of the slot such as `50%`. */
export type AttendedIf = number | `${number}%` | { readonly seconds: number };

export interface CancelTier {
  /** The tier holds from this many hours before the start; the longest that was kept wins. */
  readonly noticeHours: number;
  /** Null: whoever cancelled. A tier that names who cancelled goes before those that do not. */
  readonly by: 'family' | 'teacher' | 'school' | null;
  readonly chargePercent: number;
  readonly payPercent: number;
  readonly credit: boolean;
}

/** A part off the price in ten-thousandths. The nearest scope wins: student, family, everybody. */
export interface Discount {
  readonly basisPoints: number;
  readonly studentEmail: string | null;
  readonly familyId: number | null;
}

export interface Tax {
  readonly code: string;
  readonly basisPoints: number;
  /** The price already contains it. */
  readonly inclusive: boolean;
  readonly per: 'line' | 'statement';
}

/** Times are whole minutes unless the name or comment says otherwise; percents are whole. */
export interface Settings {
  readonly charge: {
    readonly basis: ChargeBasis;
    readonly before: number;
    /** `approve`: time behind the slot counts only as far as an overrun was approved. */
    readonly after: number | 'approve';
    readonly forgive: { readonly late: number; readonly early: number };
  };
  /** Seconds. */
  readonly bridge: number;
  readonly round: Rounding;
  readonly min: number | null;
  /** `timetable`: the slot and its approved overrun. Null: no cap. */
  readonly max: number | 'timetable' | null;
  readonly attendedIf: AttendedIf;
  readonly noShow: {
    readonly wait: number;
    readonly chargePercent: number;
    /** Of the timetable; `presence` pays the minutes that the teacher was there, as in any class. */
    readonly payPercent: number | 'presence';
    readonly credit: boolean;
  };
  readonly cancel: readonly CancelTier[];
  readonly teacherFault: {
    /** A teacher who begins more than this into the slot is late. */
    readonly lateAfter: number;
    readonly credit: boolean;
  };
  readonly pay: {
    readonly basis: PayBasis;
    /** Of the charge, for the basis `percent`. */
    readonly percent: number | null;
    /** Null: as charges are rounded. */
    readonly round: Rounding | null;
    readonly min: number | null;
    /** Decimal amounts an hour in the currency of the pay rate. A null base is the pay rate itself. */
    readonly tiers: { readonly base: string | null; readonly extraHead: string } | null;
  };
  readonly group: { readonly charge: 'each' | 'split' };
  readonly discount: readonly Discount[];
  readonly tax: Tax | null;
  readonly period: {
    /** Null: the zone of the organisation. */
    readonly zone: string | null;
    readonly acceptanceDays: number;
  };
}

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
  period: { zone: null, acceptanceDays: 3 },
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

/** What holds until somebody decides otherwise. */
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

/** A whole number of milliseconds that presence must reach, and never nothing. */
export function attendedFromMs(attendedIf: AttendedIf, slotMs: number): number {
  const wanted =
    typeof attendedIf === 'number'
      ? attendedIf * MINUTE_MS
      : typeof attendedIf === 'string'
        ? Math.ceil((Number(attendedIf.slice(0, -1)) * slotMs) / 100)
        : attendedIf.seconds * SECOND_MS;
  // Who is there for the whole of a short class has attended it.
  return Math.max(1, Math.min(wanted, slotMs));
}

/** The discount of a student in ten-thousandths, 0 for none. */
export function discountOf(discounts: readonly Discount[], studentEmail: string, familyId: number | null): number {
  const found =
    discounts.find((discount) => discount.studentEmail === studentEmail) ??
    discounts.find(
      (discount) => discount.studentEmail === null && discount.familyId !== null && discount.familyId === familyId,
    ) ??
    discounts.find((discount) => discount.studentEmail === null && discount.familyId === null);
  return found?.basisPoints ?? 0;
}
