import { z } from 'zod';

import type { ChargeLine } from '../lesson/line.ts';
import type { Adjustment } from './adjustments.ts';

const named = z.looseObject({ family: z.string().nullish() });
const issued = z.looseObject({
  charges: z.array(named.extend({ studentEmail: z.string() })).default([]),
  adjustments: z.array(named.extend({ personEmail: z.string() })).default([]),
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
