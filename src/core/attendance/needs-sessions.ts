import type { ParticipantEvidence } from './evidence.ts';

/**
 * Whether a participant's sessions must be listed while the call is live, or follow from the first join and last leave
 * alone. Someone who came and stayed, or came and left, needs no second call; who left and came back does.
 *
 * @param recorded the participant before the new answer
 */
export function needsSessions(recorded: ParticipantEvidence | undefined, latest: number | null): boolean {
  if (recorded === undefined) return false;
  const cameBack = recorded.latest !== null && (latest === null || latest > recorded.latest);
  if (recorded.sessionsReadAt === null) return cameBack;
  const open = recorded.sessions.filter(({ end, missing }) => end === null && !missing);
  if (latest === null) return open.length === 0 || cameBack;
  if (open.length > 0) return open.length > 1 || cameBack;
  return recorded.sessions.every(({ end }) => end !== null && end < latest);
}
