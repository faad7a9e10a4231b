import { overlaps } from '../../time/interval.ts';
import type { ParticipantEvidence } from '../evidence.ts';
import type { ParticipantPresence } from '../presence.ts';
import { normaliseName } from './names.ts';

/** Guests without an account whose name another guest carries at the same time. */
export function sharedLabels(
  present: readonly { participant: ParticipantEvidence; presence: ParticipantPresence }[],
): Set<string> {
  const shared = new Set<string>();
  const guests = present.filter(({ participant }) => participant.userId === null);
  for (const same of Map.groupBy(
    guests,
    ({ participant }) => `${participant.kind}:${normaliseName(participant.displayName)}`,
  ).values()) {
    for (const [i, a] of same.entries()) {
      for (const b of same.slice(i + 1)) {
        if (!a.presence.spans.some((x) => b.presence.spans.some((y) => overlaps(x, y)))) continue;
        shared.add(a.participant.name);
        shared.add(b.participant.name);
      }
    }
  }
  return shared;
}
