import { clip, type Interval } from '../time/interval.ts';
import type { ParticipantEvidence, RecordEvidence } from './evidence.ts';
import { participantPresence } from './presence.ts';

/** Records with everybody in them, as the ledger holds them. */
interface Evidence {
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

/** Whether two states of evidence say the same of who was there inside a window; what lies behind it may differ. */
export function sameWithin(window: Interval, before: Evidence, after: Evidence): boolean {
  const [told, tells] = [before, after].map((evidence) => JSON.stringify(seenWithin(window, evidence)));
  return told === tells;
}

function seenWithin(window: Interval, { records, participants }: Evidence): unknown[] {
  const byName = new Map(records.map((record) => [record.name, record]));
  const seen = participants.flatMap((participant) => {
    const record = byName.get(participant.record);
    if (record === undefined) return [];
    const { name, kind, userId, displayName } = participant;
    const { spans, contradictions, doubts, flags } = participantPresence(participant, record);
    const parts = [
      clip(spans, window),
      clip(contradictions, window),
      clip(doubts, window),
      flags.flatMap(({ flag, at }) => clip([at], window).map(({ start, end }) => ({ flag, start, end }))),
    ].map((intervals) => intervals.map((interval) => JSON.stringify(interval)).sort());
    return parts.every((part) => part.length === 0) ? [] : [{ name, kind, userId, displayName, parts }];
  });
  return seen.sort((a, b) => (a.name < b.name ? -1 : 1));
}
