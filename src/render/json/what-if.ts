import { z } from '@hono/zod-openapi';

import { formatAmount } from '../../core/billing/money/money.ts';
import type { PartyDelta } from '../../core/billing/what-if.ts';
import { localDate } from '../../core/time/calendar.ts';
import { longDate } from '../../core/time/date-words.ts';
import type { WhatIfOfPeriod } from '../../queries/reports/what-if.ts';

const deltaSchema = z.object({
  party: z
    .union([z.int(), z.string()])
    .openapi({ description: 'A family by its number, a student without one or a teacher by e-mail.' }),
  name: z.string().openapi({ description: 'Of the family, student or teacher; the e-mail where none is known.' }),
  currency: z.string(),
  before_minor: z.int().openapi({ description: 'As it was issued; of an open period as it is now.' }),
  now_minor: z.int().openapi({ description: 'As it is now by the rules that hold.' }),
  after_minor: z.int().openapi({ description: 'As it is now by the other rules.' }),
  delta_minor: z.int().openapi({ description: '`after_minor` less `before_minor`: drift and effect together.' }),
  delta: z.string(),
  drift_minor: z.int().openapi({ description: 'What has changed since the close, without the other rules.' }),
  drift: z.string(),
  effect_minor: z.int().openapi({ description: 'What the other rules alone do.' }),
  effect: z.string(),
  corrected_minor: z.int().openapi({ description: 'How much of the drift accepted corrections brought already.' }),
  changed_lines: z.array(z.string()).openapi({ description: 'Those that differ from before.' }),
  drifted_lines: z.array(z.string()).openapi({ description: 'Those that have changed since the close.' }),
});

export const whatIfSchema = z.object({
  period: z.string(),
  basis: z.enum(['issued', 'draft']).openapi({ description: 'What the other rules are set against.' }),
  basis_text: z.string(),
  version: z.int().nullable().openapi({ description: 'Of the close that is the basis.' }),
  document_id: z.string().nullable(),
  families: z.array(deltaSchema),
  teachers: z.array(deltaSchema),
  newly_blocked: z.array(z.string()),
  unblocked: z.array(z.string()),
});

export function showWhatIf(found: WhatIfOfPeriod) {
  const { period, issued, newlyBlocked, unblocked } = found;
  return {
    period,
    basis: issued === null ? ('draft' as const) : ('issued' as const),
    basis_text: basisText(found),
    version: issued?.version ?? null,
    document_id: issued?.documentId ?? null,
    families: found.families.map(showDelta),
    teachers: found.teachers.map(showDelta),
    newly_blocked: newlyBlocked,
    unblocked,
  };
}

function basisText({ period, issued }: WhatIfOfPeriod): string {
  if (issued === null) return `${period} is open: the other rules are set against its lines as they are now.`;
  const { version, closedAt, zone } = issued;
  const day = longDate(localDate(closedAt, zone));
  return `${period} is closed: the other rules are set against version ${version}, issued on ${day}, without corrections of other periods on its statements. The drift is what has changed since by the rules that hold, the effect what the other rules do.`;
}

function showDelta(delta: PartyDelta): z.infer<typeof deltaSchema> {
  return {
    party: delta.party,
    name: delta.name ?? String(delta.party),
    currency: delta.currency,
    before_minor: delta.beforeMinor,
    now_minor: delta.nowMinor,
    after_minor: delta.afterMinor,
    delta_minor: delta.deltaMinor,
    delta: delta.delta,
    drift_minor: delta.driftMinor,
    drift: formatAmount(delta.driftMinor, delta.currency),
    effect_minor: delta.effectMinor,
    effect: formatAmount(delta.effectMinor, delta.currency),
    corrected_minor: delta.correctedMinor,
    changed_lines: [...delta.changedLines],
    drifted_lines: [...delta.driftedLines],
  };
}
