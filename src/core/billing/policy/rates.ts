import { z } from 'zod';

import { saysMissing } from '../../missing.ts';
import { isCurrency } from '../money/currencies.ts';
import { amountFault, parseAmount } from '../money/money.ts';
import { day } from './day.ts';

/** What a rate is for. Where a field is absent or null, the rate holds for all of them. */
export interface RateScope {
  readonly classId?: number | null;
  readonly studentEmail?: string | null;
  readonly teacherEmail?: string | null;
  readonly subject?: string | null;
  readonly seriesId?: string | null;
}

/** A price: minor units of the currency an hour or a lesson. */
export interface RateRow {
  readonly id: number;
  readonly kind: 'charge' | 'pay';
  readonly amountMinor: number;
  readonly currency: string;
  readonly unit: 'hour' | 'lesson';
  /** First and last day, both included, of the classes it prices, by their local start. Null: no end. */
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly scope: RateScope;
}

/** What is to be priced. */
export interface RateQuestion {
  readonly classId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  /** In roster order: the first who has a rate of a scope decides. */
  readonly teacherEmails: readonly string[];
  readonly studentEmail: string | null;
  /** Local start date of the class. */
  readonly date: string;
}

type Part = keyof RateScope;

// The first scope that has a rate decides. Families and teachers are told this order, in docs/money.md.
const CHARGE_SCOPES: readonly (readonly Part[])[] = [
  ['classId'],
  ['studentEmail', 'teacherEmail', 'subject'],
  ['studentEmail', 'subject'],
  ['studentEmail'],
  ['seriesId'],
  ['teacherEmail', 'subject'],
  ['subject'],
  [],
];
const PAY_SCOPES: readonly (readonly Part[])[] = [
  ['classId'],
  ['teacherEmail', 'subject'],
  ['teacherEmail'],
  ['subject'],
  [],
];
/** The parts of a scope by the names of the API. */
const API_NAMES = {
  classId: 'class_id',
  studentEmail: 'student_email',
  teacherEmail: 'teacher_email',
  subject: 'subject',
  seriesId: 'series_id',
} as const satisfies Record<Part, string>;
const PARTS = Object.keys(API_NAMES) as Part[];

function scopesOf(kind: RateRow['kind']): readonly (readonly Part[])[] {
  return kind === 'charge' ? CHARGE_SCOPES : PAY_SCOPES;
}

/** The same text for words that differ in case or in the white space around only. */
export function normal(value: string | number): string {
  return String(value).normalize('NFKC').trim().toLowerCase();
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** The same text for two scopes that mean the same. Case and white space around do not count. */
function scopeKey(scope: RateScope): string {
  return JSON.stringify(PARTS.flatMap((part) => (isSet(scope[part]) ? [[part, normal(scope[part])]] : [])));
}

/** Rates by scope, indexed once for many look-ups. */
export interface RateBook {
  /**
   * The row that prices a class: of the first scope that has a row valid on the day.
   *
   * @returns null where no row matches: the line is blocked, not free
   */
  resolve(kind: RateRow['kind'], question: RateQuestion): RateRow | null;
}

/** @param rows of two that are valid on a day for the same scope, the earlier in the list holds */
export function rateBook(rows: readonly RateRow[]): RateBook {
  const keyed = Map.groupBy(rows, ({ kind, scope }) => `${kind} ${scopeKey(scope)}`);
  return {
    resolve(kind, question) {
      const { classId, seriesId, subject, studentEmail, date } = question;
      for (const parts of scopesOf(kind)) {
        for (const teacherEmail of parts.includes('teacherEmail') ? question.teacherEmails : [null]) {
          const asked = { classId, seriesId, subject, studentEmail, teacherEmail };
          if (!parts.every((part) => isSet(asked[part]))) continue;
          const scope = Object.fromEntries(parts.map((part) => [part, asked[part]])) as RateScope;
          const row = keyed.get(`${kind} ${scopeKey(scope)}`)?.find((candidate) => isValidOn(candidate, date));
          if (row !== undefined) return row;
        }
      }
      return null;
    },
  };
}

function isValidOn({ validFrom, validTo }: RateRow, date: string): boolean {
  return validFrom <= date && (validTo === null || date <= validTo);
}

/**
 * The row of the same kind and scope that shares a day with a rate: two equally specific rates are refused at save.
 *
 * @param except the row that the rate replaces
 */
export function overlappingRate(
  rows: readonly RateRow[],
  rate: Omit<RateRow, 'id'>,
  except: number | null = null,
): RateRow | null {
  return (
    rows.find(
      (other) =>
        other.id !== except &&
        other.kind === rate.kind &&
        scopeKey(other.scope) === scopeKey(rate.scope) &&
        other.validFrom <= (rate.validTo ?? '9999-12-31') &&
        rate.validFrom <= (other.validTo ?? '9999-12-31'),
    ) ?? null
  );
}

const A_CURRENCY = 'must be an ISO 4217 code such as EUR';
const email = z.string().transform((text) => text.trim().toLowerCase());

/** `{kind, amount: "42.00", currency, unit, valid_from, valid_to?, scope}` of the API as a row without its id. */
export const rateInput = z
  .object({
    kind: z.enum(['charge', 'pay']),
    amount: z.string(saysMissing('must be an amount such as "42.00"')),
    currency: z.string(saysMissing(A_CURRENCY)).refine(isCurrency, A_CURRENCY),
    unit: z.enum(['hour', 'lesson']).default('hour'),
    valid_from: day,
    valid_to: day.nullish(),
    scope: z
      .strictObject({
        class_id: z.int().nullish(),
        student_email: email.nullish(),
        teacher_email: email.nullish(),
        subject: z.string().trim().min(1).nullish(),
        series_id: z.string().min(1).nullish(),
      })
      .default({}),
  })
  .transform((input, context): Omit<RateRow, 'id'> => {
    const complain = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', input, path: [path], message });
    };
    const { kind, currency, unit, valid_from: validFrom, valid_to: validTo = null } = input;
    const fault = amountFault(input.amount, currency);
    const scope: RateScope = Object.fromEntries(PARTS.map((part) => [part, input.scope[API_NAMES[part]] ?? null]));
    if (fault !== null) complain('amount', fault);
    if (validTo !== null && validTo < validFrom) complain('valid_to', 'must not be before the first day');
    const asked = PARTS.filter((part) => scope[part] !== null);
    if (!scopesOf(kind).some((parts) => parts.length === asked.length && parts.every((part) => asked.includes(part)))) {
      complain('scope', `no ${kind} rate is looked up by this combination: ${scopeNames(kind)}`);
    }
    return { kind, amountMinor: parseAmount(input.amount, currency) ?? 0, currency, unit, validFrom, validTo, scope };
  });

function scopeNames(kind: RateRow['kind']): string {
  return scopesOf(kind)
    .map((parts) => (parts.length === 0 ? 'empty' : parts.map((part) => API_NAMES[part]).join(' + ')))
    .join(', ');
}
