import { HOUR_MS } from '../../time/duration.ts';
import { currencyDigits } from './currencies.ts';

/** An exact number, `numerator / denominator`. The denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The nearest whole number, halves away from zero: 7.5 is 8 and −7.5 is −8, so a credit undoes its charge.
 *
 * @throws {RangeError} beyond what a number holds exactly
 */
export function round({ numerator, denominator }: Fraction): number {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return toNumber(numerator < 0n ? -rounded : rounded);
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`amount too large: ${value}`);
  return number;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What a span of time costs at a rate an hour: exact, not yet rounded. */
export function priceOf(ms: number, minorPerHour: number): Fraction {
  return { numerator: BigInt(ms) * BigInt(minorPerHour), denominator: BigInt(HOUR_MS) };
}

/** A part of an amount in ten-thousandths, rounded: `share(1003, 750)` is 7.5 % of 10.03. */
export function share(minor: number, basisPoints: number): number {
  return round({ numerator: BigInt(minor) * BigInt(basisPoints), denominator: 10_000n });
}

/** The tax that an amount already contains: 20 % in 60.00 are 10.00. */
export function taxIncluded(minor: number, basisPoints: number): number {
  return minor - round({ numerator: BigInt(minor) * 10_000n, denominator: BigInt(10_000 + basisPoints) });
}

/**
 * Splits a whole amount by weight. The parts add up to it exactly: each gets the part rounded towards zero, and what is
 * left goes in single units to the largest remainders, the earlier of two equal ones first.
 *
 * @param minor any sign
 * @param weights not negative; all zero counts as all equal
 */
export function split(minor: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return [];
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total === 0n)
    return split(
      minor,
      weights.map(() => 1),
    );
  const sign = minor < 0 ? -1n : 1n;
  const size = sign * BigInt(minor);
  const parts = weights.map((weight, index) => {
    const exact = size * BigInt(weight);
    return { index, whole: exact / total, remainder: exact % total };
  });
  const given = parts.reduce((sum, { whole }) => sum + whole, 0n);
  const larger = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  const extra = new Set(larger.slice(0, Number(size - given)).map(({ index }) => index));
  return parts.map(({ index, whole }) => toNumber(sign * (extra.has(index) ? whole + 1n : whole)));
}

/** A share in ten-thousandths as percent: 750 is `7.50`. */
export function formatPercent(basisPoints: number): string {
  return `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}`;
}

/**
 * Decimal text to minor units: `42.00` EUR is 4200.
 *
 * @returns null where the text is no plain decimal, has more decimals than the currency, or is too large
 */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const digits = currencyDigits(currency);
  const [, sign, whole = '', decimals = ''] = match;
  // More decimals than the currency has are fine while they are zeros: "3500.00" JPY.
  if (/[1-9]/.test(decimals.slice(digits))) return null;
  const minor = Number(whole + decimals.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(minor)) return null;
  return sign === '-' && minor !== 0 ? -minor : minor;
}

/**
 * The largest amount that can be entered, in minor units. With it 300,000 lines of a whole day each come to a total that is
 * exact, since numbers are exact up to 2^53.
 */
const MOST_MINOR = 1_000_000_000;

/** Why a text is no amount from 0 on, in words that follow the name of its field; null when it is one. */
export function amountFault(text: string, currency: string): string | null {
  const minor = parseAmount(text, currency);
  if (minor !== null && minor > MOST_MINOR) return `is too large: at most ${formatAmount(MOST_MINOR, currency)}`;
  if (minor !== null) return minor < 0 ? 'must not be negative' : null;
  if (text.startsWith('-')) return 'must not be negative';
  const digits = currencyDigits(currency);
  const example = digits === 0 ? '"42"' : `"42.${'0'.repeat(digits)}"`;
  // With a shorter number before the point it would be an amount.
  if (/^\d+(\.\d+)?$/.test(text) && parseAmount(text.replace(/^\d+/, '0'), currency) !== null) return 'is too large';
  if (text.includes(',')) return `must have no comma: write it with a decimal point, such as ${example}`;
  if (digits === 0) return `must be a whole amount such as ${example}: ${currency} has no minor digits`;
  if (/^\d+\.\d+$/.test(text)) return `has too many decimals: ${currency} has ${digits}, such as ${example}`;
  return `must be an amount in ${currency} such as ${example}`;
}

/** Minor units as decimal text in the currency's digits: 4200 EUR is `42.00`, 2917 JPY is `2917`. */
export function formatAmount(minor: number, currency: string): string {
  const digits = currencyDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`;
}
