import { clockText } from '../../time/duration.ts';
import { formatPercent, priceOf, share, taxIncluded, type Fraction } from '../money/money.ts';
import type { Tax } from '../policy/policy.ts';
import type { RateRow } from '../policy/rates.ts';
import type { Step } from './line.ts';

/** What a line counts before it has a price. */
export interface Quantity {
  readonly billedMs: number;
  /** Of a price per lesson. */
  readonly lessonPercent: number;
  readonly steps: readonly Step[];
}

/** Rate times quantity, not yet rounded. Flat rates ignore minutes. */
export function priceOfQuantity(rate: RateRow, { billedMs, lessonPercent }: Quantity): Fraction {
  return rate.unit === 'hour'
    ? priceOf(billedMs, rate.amountMinor)
    : { numerator: BigInt(rate.amountMinor) * BigInt(lessonPercent), denominator: 100n };
}

/** The sentence of the step `price`. @param sharers how many students share the price */
export function priceText(
  rate: RateRow,
  { billedMs, lessonPercent }: Quantity,
  money: (minor: number) => string,
  sharers = 1,
): string {
  const sum =
    rate.unit === 'hour'
      ? `${clockText(billedMs)} min at ${money(rate.amountMinor)} an hour`
      : `${lessonPercent} % of ${money(rate.amountMinor)} a lesson`;
  return `${sum}${sharers === 1 ? '' : `, split over ${sharers}`} (rate ${rate.id}).`;
}

/** The tax of an amount: on top of it, or already inside. */
export function taxOn(minor: number, { basisPoints, inclusive }: Tax): number {
  return inclusive ? taxIncluded(minor, basisPoints) : share(minor, basisPoints);
}

/** An amount without its tax, its tax, and both together, in minor units. */
export interface Taxed {
  /** Null: the tax is inside and only known for the whole statement. */
  readonly netMinor: number | null;
  readonly taxMinor: number;
  /** Null: the tax comes on top and is only known for the whole statement. */
  readonly grossMinor: number | null;
}

/** @param amountMinor what is charged: it contains an inclusive tax */
export function taxed({
  amountMinor,
  tax,
  taxMinor,
}: {
  readonly amountMinor: number;
  readonly tax: Tax | null;
  readonly taxMinor: number;
}): Taxed {
  const isInside = tax?.inclusive === true;
  if (tax?.per === 'statement') {
    return { netMinor: isInside ? null : amountMinor, taxMinor, grossMinor: isInside ? amountMinor : null };
  }
  return isInside
    ? { netMinor: amountMinor - taxMinor, taxMinor, grossMinor: amountMinor }
    : { netMinor: amountMinor, taxMinor, grossMinor: amountMinor + taxMinor };
}

/** The sentence of the step `tax`. @param amount the tax as text with its currency */
export function taxText(tax: Tax | null, amount: string): string {
  if (tax === null) return 'No tax.';
  const rate = `${tax.code} ${formatPercent(tax.basisPoints)} %`;
  if (tax.per === 'statement') return `${rate}, reckoned on the statement.`;
  return tax.inclusive ? `${rate}: the amount contains ${amount}.` : `${rate}: ${amount} on top.`;
}
