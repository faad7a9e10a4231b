import { z } from 'zod';

import type { ChargeLine } from '../lesson/line.ts';
import type { Adjustment } from './adjustments.ts';

const named = z.looseObject({ family: z.string().nullish() });
const issued = z.looseObject({
  charges: z.array(named.extend({ studentEmail: z.string() })).default([]),
  adjustments: z.array(named.extend({ personEmail: z.string() })).default([]),
});

const counted = z.object({
  adjustments: z
    .array(
      z.object({
        side: z.string(),
        date: z.string(),
        subject: z.string(),
        personEmail: z.string(),
        currency: z.string(),
        ms: z.int(),
        amountMinor: z.int(),
      }),
    )
    .default([]),
});

/**
 * What an issued document calls the families, by their number in this ledger.
 *
 * @param document of any format
 * @param entries the charges and corrections that were issued with it
 */
export function familyNamesIn(document: string, entries: readonly (ChargeLine | Adjustment)[]): Map<number, string> {
  const { charges, adjustments } = issued.parse(JSON.parse(document));
  const byEmail = new Map<string, string>();
  for (const { family, personEmail } of adjustments) if (family) byEmail.set(personEmail, family);
  for (const { family, studentEmail } of charges) if (family) byEmail.set(studentEmail, family);
  const names = new Map<number, string>();
  for (const entry of entries) {
    if (entry.side !== 'charge' || entry.familyId === null) continue;
    const name = byEmail.get('adjustmentId' in entry ? entry.personEmail : entry.studentEmail);
    if (name !== undefined) names.set(entry.familyId, name);
  }
  return names;
}

/**
 * Which corrections were issued with a document. They are found by what they come to, since a document has no numbers of
 * one ledger; what was withdrawn or accepted since is not among them.
 *
 * @param candidates all that were ever posted in the period
 */
export function adjustmentsIn(document: string, candidates: readonly Adjustment[]): Adjustment[] {
  const keyOf = (one: z.output<typeof counted>['adjustments'][number]): string =>
    JSON.stringify([one.side, one.date, one.subject, one.personEmail, one.currency, one.ms, one.amountMinor]);
  const left = new Map<string, number>();
  for (const one of counted.parse(JSON.parse(document)).adjustments) {
    left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + 1);
  }
  return candidates.filter((candidate) => {
    const count = left.get(keyOf(candidate)) ?? 0;
    left.set(keyOf(candidate), count - 1);
    return count > 0;
  });
}
