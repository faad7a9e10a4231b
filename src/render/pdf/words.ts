import { counted } from '../../core/counted.ts';

/** Decimal text with a comma at every thousand: `1,234.50`. */
export function grouped(amount: string): string {
  const [whole = '', decimals] = amount.split('.');
  const spaced = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

/** A count with its noun and a comma at every thousand: `1,234 entries`. */
export function countedInThousands(...count: Parameters<typeof counted>): string {
  return counted(...count).replace(/^\d+/, grouped);
}

/** Minutes with two decimals at most, and none that is a zero. */
export function minutesText(minutes: number): string {
  return grouped(String(Math.round(minutes * 100) / 100));
}
