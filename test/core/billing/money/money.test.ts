import { code as isoCurrency, codes } from 'currency-codes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { currencyDigits, isCurrency } from '../../../../src/core/billing/money/currencies.ts';
import {
  amountFault,
  formatAmount,
  parseAmount,
  priceOf,
  round,
  share,
  split,
  taxIncluded,
} from '../../../../src/core/billing/money/money.ts';

const MINUTE = 60_000;
/** AAA to ZZZ. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
const threeLetters = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));

describe('currencies', () => {
  test('every currency has the digits of the ISO list', () => {
    const newer = ['XCG']; // joined the list after the package's edition
    for (const currency of threeLetters.filter(isCurrency)) {
      if (newer.includes(currency)) continue;
      expect([currency, currencyDigits(currency)]).toEqual([currency, isoCurrency(currency)?.digits]);
    }
  });

  test('only funds, metals, test codes and withdrawn codes of the ISO list are missing', () => {
    expect(codes().filter((code) => !isCurrency(code))).toEqual(
      'BOV CHE CHW COU CUC MXV USN XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' '),
    );
    expect([isCurrency('eur'), isCurrency('EURO'), isCurrency('')]).toEqual([false, false, false]);
  });
});

describe('decimal text', () => {
  test('amounts are read and written in the digits of their currency', () => {
    expect(parseAmount('42.00', 'EUR')).toBe(4200);
    expect(parseAmount('42', 'EUR')).toBe(4200);
    expect(parseAmount('42.5', 'EUR')).toBe(4250);
    expect(parseAmount('3500', 'JPY')).toBe(3500);
    expect(parseAmount('3500.00', 'JPY')).toBe(3500);
    expect(parseAmount('12.500', 'KWD')).toBe(12_500);
    expect(parseAmount('-0.00', 'EUR')).toBe(0);
    expect(formatAmount(-5, 'EUR')).toBe('-0.05');
    expect(formatAmount(0, 'JPY')).toBe('0');
    expect(formatAmount(10_417, 'KWD')).toBe('10.417');
    expect(formatAmount(1, 'CLF')).toBe('0.0001');
  });

  test('what is not exact is refused', () => {
    for (const text of ['', '.5', '1.', '1,50', '1e3', '+1', ' 1', '42.001', 'NaN', '9'.repeat(16)]) {
      expect(parseAmount(text, 'EUR')).toBeNull();
    }
    expect(parseAmount('0.5', 'JPY')).toBeNull();
  });

  test.each([
    ['42.00', 'EUR', null],
    ['-0.00', 'EUR', null],
    ['-5', 'EUR', 'must not be negative'],
    ['12.345', 'EUR', 'has too many decimals: EUR has 2, such as "42.00"'],
    ['12,50', 'EUR', 'must have no comma: write it with a decimal point, such as "42.00"'],
    ['99999999999999999999.00', 'EUR', 'is too large'],
    ['90071992547409.91', 'EUR', 'is too large: at most 10000000.00'],
    ['10000000.01', 'EUR', 'is too large: at most 10000000.00'],
    ['99999999999999999999', 'JPY', 'is too large'],
    ['1.5', 'JPY', 'must be a whole amount such as "42": JPY has no minor digits'],
    ['1.2345', 'KWD', 'has too many decimals: KWD has 3, such as "42.000"'],
    ['ten', 'EUR', 'must be an amount in EUR such as "42.00"'],
  ])('of %s %s it is said what is wrong', (text, currency, fault) => {
    expect(amountFault(text, currency)).toBe(fault);
  });

  test('writing and reading give the same amount back', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'), (minor, currency) => {
        expect(parseAmount(formatAmount(minor, currency), currency)).toBe(minor);
      }),
    );
  });
});

describe('rounding', () => {
  test('E125 halves go away from zero, so that a charge and its full credit come to nothing', () => {
    expect(round({ numerator: 15n, denominator: 2n })).toBe(8);
    expect(round({ numerator: -15n, denominator: 2n })).toBe(-8);
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 3_600_000 }), (numerator, denominator) => {
        const fraction = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
        expect(round(fraction) + round({ ...fraction, numerator: -fraction.numerator })).toBe(0);
      }),
    );
  });

  test('a rounded number is never more than half a unit away', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(1n, 10n ** 7n), (numerator, denominator) => {
        const off = BigInt(round({ numerator, denominator })) * denominator - numerator;
        expect(2n * (off < 0n ? -off : off) <= denominator).toBe(true);
      }),
    );
  });

  test('amounts that a number cannot hold are refused, not approximated', () => {
    expect(() => round({ numerator: 2n ** 60n, denominator: 1n })).toThrow('amount too large');
  });

  test('E132 20 minutes at 42.00 are 14.00', () => {
    expect(round(priceOf(20 * MINUTE, 4200))).toBe(1400);
  });

  test('X14 50 minutes at ¥3,500 are ¥2,917, at KWD 12.500 they are KWD 10.417', () => {
    expect(formatAmount(round(priceOf(50 * MINUTE, 3500)), 'JPY')).toBe('2917');
    expect(formatAmount(round(priceOf(50 * MINUTE, 12_500)), 'KWD')).toBe('10.417');
  });

  test('E134 two quarters of an hour at 27.50 are rounded each', () => {
    const line = round(priceOf(15 * MINUTE, 2750));
    expect(line).toBe(688);
    expect(formatAmount(line + line, 'EUR')).toBe('13.76');
  });
});

describe('parts', () => {
  test('X9 E135 100.00 over three are 33.34, 33.33 and 33.33, and its credit mirrors them', () => {
    expect(split(10_000, [1, 1, 1])).toEqual([3334, 3333, 3333]);
    expect(split(-10_000, [1, 1, 1])).toEqual([-3334, -3333, -3333]);
  });

  test('the largest remainder is served first', () => {
    expect(split(10, [1, 5, 1])).toEqual([2, 7, 1]);
    expect(split(5, [0, 0])).toEqual([3, 2]);
    expect(split(5, [])).toEqual([]);
  });

  test('parts add up exactly and none is a whole unit off', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer(), weights, (minor, parts) => {
        const given = split(minor, parts);
        expect(given.reduce((sum, part) => sum + part, 0)).toBe(minor);
        const total = parts.reduce((sum, part) => sum + part, 0);
        if (total === 0) return;
        for (const [i, part] of given.entries()) expect(Math.abs(part * total - minor * parts[i]!)).toBeLessThan(total);
      }),
    );
  });

  test('X11 7.5 % of 10.03 are 0.75 a line, 2.26 on three lines; 20 % in 60.00 are 10.00', () => {
    expect(share(1003, 750) * 3).toBe(225);
    expect(share(3 * 1003, 750)).toBe(226);
    expect(taxIncluded(6000, 2000)).toBe(1000);
  });

  test('tax inside an amount and tax on the rest agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 5000 }), (gross, basisPoints) => {
        const net = gross - taxIncluded(gross, basisPoints);
        expect(Math.abs(share(net, basisPoints) - (gross - net))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
