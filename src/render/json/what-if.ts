import { z } from '@hono/zod-openapi';

import type { PartyDelta } from '../../core/billing/what-if.ts';
import type { WhatIfAnswer } from '../../queries/reports/what-if.ts';

const deltaSchema = z.object({
  party: z
    .union([z.int(), z.string()])
    .openapi({ description: 'A family by its number, a student without one or a teacher by e-mail.' }),
  name: z.string().openapi({ description: 'Of the family, student or teacher; the e-mail where none is known.' }),
  currency: z.string(),
  before_minor: z.int(),
  after_minor: z.int(),
  delta_minor: z.int(),
  delta: z.string(),
  changed_lines: z.array(z.string()),
});

export const whatIfSchema = z.object({
  period: z.string(),
  families: z.array(deltaSchema),
  teachers: z.array(deltaSchema),
  newly_blocked: z.array(z.string()),
  unblocked: z.array(z.string()),
});

export function showWhatIf({ period, newlyBlocked, unblocked, ...parties }: WhatIfAnswer['periods'][number]) {
  const [families, teachers] = [parties.families.map(showDelta), parties.teachers.map(showDelta)];
  return { period, families, teachers, newly_blocked: newlyBlocked, unblocked };
}

function showDelta(delta: PartyDelta): z.infer<typeof deltaSchema> {
  return {
    party: delta.party,
    name: delta.name ?? String(delta.party),
    currency: delta.currency,
    before_minor: delta.beforeMinor,
    after_minor: delta.afterMinor,
    delta_minor: delta.deltaMinor,
    delta: delta.delta,
    changed_lines: [...delta.changedLines],
  };
}
