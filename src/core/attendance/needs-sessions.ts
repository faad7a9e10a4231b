import type { ParticipantEvidence } from './evidence.ts';

/**
 * Whether a participant's sessions must be listed while the call is live, or follow from the first join and last leave
 * alone. Someone who came and stayed, or came and left, needs no second call; who left and came back does.
 *
 * @param held what the ledger holds, before the new answer
 */
export function needsSessions(held: ParticipantEvidence | undefined, latest: number | null): boolean {
  if (held === undefined) return false;
  const cameBack = held.latest !== null && (latest === null || latest > held.latest);
  if (held.sessionsReadAt === null) return cameBack;
  const open = held.sessions.filter(({ end, missing }) => end === null && !missing);
  if (latest === null) return open.length === 0 || cameBack;
  if (open.length > 0) return open.length > 1 || cameBack;
  return held.sessions.every(({ end }) => end !== null && end < latest);
}
