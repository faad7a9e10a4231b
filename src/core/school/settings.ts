import { z } from 'zod';

import { attendedIf } from '../schedule/attended-if.ts';

/** A picture of at most so many bytes is kept in the ledger and drawn on every statement. */
const LOGO_BYTES = 100_000;
const LOGO_CHARACTERS = Math.ceil(LOGO_BYTES / 3) * 4;
/** What PNG and JPEG files begin with, in base64. */
const LOGO_BEGINNING = /^data:image\/(?:png;base64,iVBORw0KGgo|jpeg;base64,\/9j\/)[A-Za-z0-9+/]+={0,2}$/;

const words = (most: number) =>
  z
    .string()
    .transform((text) => text.replaceAll(/\r\n?/g, '\n').trim())
    .refine((text) => text !== '', 'must not be empty; null takes it away')
    .refine((text) => text.length <= most, `must have at most ${most} characters`)
    // oxlint-disable-next-line no-control-regex
    .refine((text) => !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text), 'must hold no control characters');
const line = (most: number) => words(most).refine((text) => !text.includes('\n'), 'must be one line');

const rules = {
  /** Whoever joins more than this into the slot is late. */
  late_after_minutes: z.int().min(0).max(240),
  /** Less presence in the slot than this is absent. */
  attended_if: attendedIf,
  /** Whether an exact and unique full name, the weakest match, is enough for a bill. */
  weak_matches_bill: z.boolean(),
};

const identity = {
  school_name: line(120),
  address: words(500),
  /** A data URL of a PNG or JPEG. */
  logo: z
    .string()
    .refine((text) => LOGO_BEGINNING.test(text), 'must be a PNG or JPEG as a data URL (data:image/png;base64,…)')
    .refine((text) => text.length <= LOGO_CHARACTERS, `must be a picture of at most ${LOGO_BYTES / 1000} kB`),
  tax_number: line(60),
  payment_details: words(1000),
  /** Days from the issue of a statement until it is due. */
  due_days: z.int().min(0).max(365),
  /** What accounting programs call the account of the income and the kind of tax. */
  account_code: line(20),
  tax_type: line(60),
  /** The same of what teachers are paid, which is an expense. */
  pay_account_code: line(20),
  pay_tax_type: line(60),
};

const shape = { ...rules, ...identity };

/** The settings of a school, named as the API has them. Null: not set. */
export type SchoolSettings = {
  readonly [Name in keyof typeof rules]: z.output<(typeof rules)[Name]>;
} & { readonly [Name in keyof typeof identity]: z.output<(typeof identity)[Name]> | null };

export type SettingName = keyof SchoolSettings;

export const settingNames = Object.keys(shape) as readonly SettingName[];

/** What holds where nobody has set anything. */
export const defaultSettings: SchoolSettings = {
  late_after_minutes: 5,
  attended_if: { seconds: 1 },
  weak_matches_bill: true,
  school_name: null,
  address: null,
  logo: null,
  tax_number: null,
  payment_details: null,
  due_days: null,
  account_code: null,
  tax_type: null,
  pay_account_code: null,
  pay_tax_type: null,
};

/** Some settings as the API takes them and the ledger keeps them. Null: the default again. */
export const settingsChange = z
  .strictObject({
    late_after_minutes: rules.late_after_minutes.nullable(),
    attended_if: rules.attended_if.nullable(),
    weak_matches_bill: rules.weak_matches_bill.nullable(),
    school_name: identity.school_name.nullable(),
    address: identity.address.nullable(),
    logo: identity.logo.nullable(),
    tax_number: identity.tax_number.nullable(),
    payment_details: identity.payment_details.nullable(),
    due_days: identity.due_days.nullable(),
    account_code: identity.account_code.nullable(),
    tax_type: identity.tax_type.nullable(),
    pay_account_code: identity.pay_account_code.nullable(),
    pay_tax_type: identity.pay_tax_type.nullable(),
  })
  .partial();

export type SettingsChange = Readonly<z.output<typeof settingsChange>>;

/** Whether a setting is a rule, which holds for classes from a day on; the others hold for what is issued later. */
export function isRule(name: string): name is keyof typeof rules {
  return Object.hasOwn(rules, name);
}
