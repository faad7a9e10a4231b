import { MINUTE_MS } from '../time/duration.ts';
import type { Interval } from '../time/interval.ts';
import type { ParticipantEvidence, RecordEvidence, SessionEvidence } from './evidence.ts';

/**
 * What closed an interval: the session's own end, the end of the record, the last read that still saw the person, or a
 * decision. `cut` marks the boundary of the class or of its window: the person was there for longer.
 */
export type ClosedBy = 'session' | 'record' | 'last_seen' | 'decision' | 'cut';

/** A stretch of somebody's presence. */
export interface PresenceInterval extends Interval {
  readonly closedBy: ClosedBy;
  /** Still in the call when last read; `end` is that read. */
  readonly open?: boolean;
}

/** What one session adds to a presence. */
export interface Span extends PresenceInterval {
  readonly open: boolean;
  /** Resource name of the session (or of the participant, while its sessions are not read). */
  readonly evidence: string;
}

export type PresenceFlag = 'zero_length' | 'reversed' | 'ends_in_future' | 'before_call' | 'vanished' | 'no_sessions';

/** Something odd about a session, and where that session lies: only the class it belongs to is concerned. */
export interface FlaggedSession {
  readonly flag: PresenceFlag;
  readonly at: Interval;
}

export interface ParticipantPresence {
  /** One span a session, in any order, overlapping where two devices were used. Never empty or reversed. */
  readonly spans: readonly Span[];
  readonly flags: readonly FlaggedSession[];
  /** Where evidence that contradicts itself lies: a class it touches is not final. */
  readonly contradictions: readonly Interval[];
  /** Where sessions do not agree with their call or their participant: believed only when a second read says the same. */
  readonly doubts: readonly Interval[];
  /** Where the sessions lie, those without presence too. */
  readonly touches: readonly Interval[];
}

/** Google's clock and ours may disagree by this much before an end counts as lying in the future. */
const TOLERANCE_MS = MINUTE_MS;

/** `Date` headers of two answers given at once may be this far apart, in either order. */
const HEADER_SKEW_MS = 5_000;

/**
 * When a participant was in the call, one span a session.
 *
 * An open session is closed by the first that applies: the end of the record, or the last read that still saw it.
 * While the sessions were not read, the participant's first join and last leave stand for one session.
 */
export function participantPresence(participant: ParticipantEvidence, record: RecordEvidence): ParticipantPresence {
  const spans: Span[] = [];
  const flags: FlaggedSession[] = [];
  const contradictions: Interval[] = [];
  const touches: Interval[] = [];
  const doubts = doubtsOf(participant, record);
  const sessions = participant.sessionsReadAt === null ? [presumedSession(participant)] : participant.sessions;

  if (sessions.length === 0) {
    const seen = around(participant.earliest, participant.latest ?? participant.lastSeenAt);
    flags.push({ flag: 'no_sessions', at: seen });
    contradictions.push(seen);
    touches.push(seen);
  }
  for (const session of sessions) {
    const closed = close(session, participant, record);
    const at = around(session.start, closed.end);
    touches.push(at);
    if (session.missing || participant.missing) flags.push({ flag: 'vanished', at });
    if (session.start < record.start - TOLERANCE_MS) flags.push({ flag: 'before_call', at });
    if (closed.end === session.start && session.end !== null) flags.push({ flag: 'zero_length', at });
    if (closed.end < session.start) {
      flags.push({ flag: 'reversed', at });
      contradictions.push(at);
    }
    if (closed.inFuture) {
      flags.push({ flag: 'ends_in_future', at });
      contradictions.push(around(session.start, session.end ?? session.start));
    }
    if (closed.end > session.start) {
      spans.push({
        start: session.start,
        end: closed.end,
        closedBy: closed.by,
        open: closed.open,
        evidence: session.name,
      });
    } else if (closed.open) {
      // Someone who joined within the second of the read is in the call all the same.
      spans.push({
        start: session.start,
        end: session.start + 1,
        closedBy: closed.by,
        open: true,
        evidence: session.name,
      });
    }
  }
  return { spans, flags, contradictions, doubts, touches };
}

interface Closing {
  readonly end: number;
  readonly by: ClosedBy;
  readonly open: boolean;
  readonly inFuture: boolean;
}

function close(session: SessionEvidence, participant: ParticipantEvidence, record: RecordEvidence): Closing {
  const stillSeen = participant.latest === null && !participant.missing && !session.missing;
  const lastSeen = stillSeen ? Math.max(session.lastSeenAt, participant.lastSeenAt) : session.lastSeenAt;
  if (session.end !== null) {
    const inFuture = session.end > session.lastSeenAt + TOLERANCE_MS;
    // An end that has not come yet proves presence only up to the read.
    return inFuture
      ? { end: Math.min(session.end, session.lastSeenAt), by: 'last_seen', open: false, inFuture }
      : { end: session.end, by: 'session', open: false, inFuture };
  }
  // A later read listed participants without sessions: the last leave of a participant closes the session still open.
  const leftSince =
    participant.latest !== null &&
    !session.missing &&
    participant.lastSeenAt > session.lastSeenAt + HEADER_SKEW_MS &&
    participant.latest >= session.start;
  if (leftSince) {
    return { end: participant.latest, by: 'session', open: false, inFuture: false };
  }
  if (record.end !== null) return { end: record.end, by: 'record', open: false, inFuture: false };
  return {
    // Google's `Date` has whole seconds: the read may seem to lie before a join that it saw.
    end: Math.max(session.start, lastSeen),
    by: 'last_seen',
    open: !session.missing && !participant.missing,
    inFuture: false,
  };
}

/** Call, participants and sessions each have start and end. Where they differ, Google may be changing them just now. */
function doubtsOf(participant: ParticipantEvidence, record: RecordEvidence): Interval[] {
  const { sessions, sessionsReadAt, earliest, latest, missing } = participant;
  if (sessionsReadAt === null || record.end === null || missing) return [];
  const listed = sessions.filter((session) => !session.missing);
  if (listed.length === 0) return [];
  const first = Math.min(...listed.map(({ start }) => start));
  const last = Math.max(...listed.map(({ end }) => end ?? -Infinity));
  const apart = (a: number, b: number) => Math.abs(a - b) > TOLERANCE_MS;
  const atOdds =
    last > record.end + TOLERANCE_MS ||
    apart(first, earliest) ||
    (latest !== null && listed.every(({ end }) => end !== null) && apart(last, latest));
  return atOdds ? [around(Math.min(first, earliest), Math.max(last, latest ?? last, record.end))] : [];
}

function presumedSession(participant: ParticipantEvidence): SessionEvidence {
  const { name, earliest, latest, lastSeenAt, missing } = participant;
  return { name, start: earliest, end: latest, lastSeenAt, missing };
}

/** The instants between two, whichever comes first; one instant when they are the same. */
function around(a: number, b: number): Interval {
  return a === b ? { start: a, end: a + 1 } : { start: Math.min(a, b), end: Math.max(a, b) };
}

/**
 * Joins spans into disjoint intervals, each closed by what closed its last span.
 *
 * @returns ascending, with a gap between neighbours
 */
export function mergeSpans(spans: readonly PresenceInterval[]): PresenceInterval[] {
  const merged: { start: number; end: number; closedBy: ClosedBy; open: boolean }[] = [];
  const ordered = spans.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { start, end, closedBy, open = false } of ordered) {
    const last = merged.at(-1);
    if (last === undefined || start > last.end) {
      merged.push({ start, end, closedBy, open });
      continue;
    }
    const decides = end > last.end || (end === last.end && rank(closedBy) < rank(last.closedBy));
    if (decides) {
      last.end = Math.max(last.end, end);
      last.closedBy = closedBy;
    }
    last.open ||= open;
  }
  return merged;
}

const ORDER: readonly ClosedBy[] = ['session', 'record', 'last_seen', 'decision', 'cut'];

function rank(closedBy: ClosedBy): number {
  return ORDER.indexOf(closedBy);
}

/** The largest number of spans that share an instant: how many devices were in the call at once. */
export function devicesAtOnce(spans: readonly Interval[]): number {
  const edges = spans.flatMap(({ start, end }) => [
    { at: start, step: 1 },
    { at: end, step: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.step - b.step);
  let now = 0;
  let most = 0;
  for (const { step } of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}
