import { counted } from '../../counted.ts';
import { clockText, HOUR_MS } from '../../time/duration.ts';
import { overlaps, type Interval } from '../../time/interval.ts';
import type { TiersUsed } from '../lesson/line.ts';
import { formatAmount, parseAmount, type Fraction } from '../money/money.ts';
import type { Settings } from '../policy/policy.ts';
import type { RateRow } from '../policy/rates.ts';
import type { PaidTime } from './pay-basis.ts';

/** A price by `pay.tiers`, not yet rounded, with what it is added up from. */
export interface TieredPrice {
  readonly price: Fraction;
  readonly used: TiersUsed;
  /** The sentence of the step `price`. */
  readonly text: string;
}

/**
 * The price of paid time by the hour: the base, and a surcharge for each further student by the time that each was
 * there. Where no lesson is paid for, nobody is there, and it is the base alone.
 *
 * @returns null without tiers, or with a rate per lesson
 */
export function tieredPrice({ pay: { tiers } }: Settings, rate: RateRow, time: PaidTime): TieredPrice | null {
  if (tiers === null || rate.unit !== 'hour') return null;
  const { currency } = rate;
  const ownBase = tiers.base === null ? null : parseAmount(tiers.base, currency);
  const base = ownBase ?? rate.amountMinor;
  const extraHead = parseAmount(tiers.extraHead, currency) ?? 0;
  const heads = time.heads.length === 0 ? [] : timeByHeads(time.paid, time.heads);
  const countedMs = heads.reduce((sum, { ms }) => sum + ms, 0);
  const extraMs = heads.reduce((sum, one) => sum + Math.max(0, one.heads - 1) * one.ms, 0);
  const money = (minor: number): string => `${formatAmount(minor, currency)} ${currency}`;
  const from = ownBase === null ? `rate ${rate.id}` : '"base" of "pay.tiers"';
  return {
    price: priceOf({ base, extraHead, billedMs: time.billedMs, countedMs, extraMs }),
    used: { base: formatAmount(base, currency), extraHead: formatAmount(extraHead, currency), heads },
    text: [
      `${clockText(time.billedMs)} min at ${money(base)} an hour (${from})`,
      ...(extraMs === 0
        ? []
        : [`, and ${extraText(time.billedMs, countedMs, extraMs)} at ${money(extraHead)} an hour`]),
      '.',
      ...(heads.length === 0 ? [] : [` ${headsText(heads)}.`]),
    ].join(''),
  };
}

/** In a line that is raised or rounded, the time of further students is so in the same proportion. */
function extraText(billedMs: number, countedMs: number, extraMs: number): string {
  const text = `${clockText(extraMs)} min of further students`;
  return billedMs === countedMs ? text : `${text}, times ${clockText(billedMs)} / ${clockText(countedMs)},`;
}

function headsText(heads: TiersUsed['heads']): string {
  const texts = heads.map((one) => `${clockText(one.ms)} min with ${counted(one.heads, 'student')}`);
  return `There were ${texts.join(', ')}`;
}

interface Parts {
  readonly base: number;
  readonly extraHead: number;
  readonly billedMs: number;
  readonly countedMs: number;
  readonly extraMs: number;
}

function priceOf({ base, extraHead, billedMs, countedMs, extraMs }: Parts): Fraction {
  if (countedMs === 0) return { numerator: BigInt(base) * BigInt(billedMs), denominator: BigInt(HOUR_MS) };
  return {
    numerator: (BigInt(base) * BigInt(countedMs) + BigInt(extraHead) * BigInt(extraMs)) * BigInt(billedMs),
    denominator: BigInt(HOUR_MS) * BigInt(countedMs),
  };
}

/** How much of the time that counts each number of students was there, the smallest number first. */
function timeByHeads(paid: readonly Interval[], students: readonly (readonly Interval[])[]): TiersUsed['heads'] {
  const edges = [...paid, ...students.flat()].flatMap(({ start, end }) => [start, end]).toSorted((a, b) => a - b);
  const found = new Map<number, number>();
  edges.slice(1).forEach((end, i) => {
    const piece = { start: edges[i]!, end };
    if (piece.start === end || !paid.some((interval) => overlaps(interval, piece))) return;
    const heads = students.filter((own) => own.some((interval) => overlaps(interval, piece))).length;
    found.set(heads, (found.get(heads) ?? 0) + end - piece.start);
  });
  return [...found].toSorted(([a], [b]) => a - b).map(([heads, ms]) => ({ heads, ms }));
}
