import { DAY_MS } from '../core/time/duration.ts';
import type { Account, EmulatedParticipant, EmulatedRecord, EmulatedSession, EmulatedSpace, World } from './world.ts';

/** What is visible of a record at an instant. */
export interface RecordView {
  readonly record: EmulatedRecord;
  readonly start: number;
  /** Null: live, as far as Google says. */
  readonly end: number | null;
  readonly expireAt: number | null;
}

export interface ParticipantView {
  readonly participant: EmulatedParticipant;
  readonly earliest: number;
  /** Null while one of the sessions is open. */
  readonly latest: number | null;
}

export interface SessionView {
  readonly session: EmulatedSession;
  readonly start: number;
  readonly end: number | null;
}

const RETENTION_MS = 30 * DAY_MS;

/** The record as of `now`; null before it appears and after it expired. */
export function viewRecord(record: EmulatedRecord, now: number): RecordView | null {
  const { start, end } = record;
  const expireAt = record.expireAt ?? (end === null ? null : end + RETENTION_MS);
  if (now < Math.max(start, record.visibleFrom ?? start)) return null;
  if (expireAt !== null && now >= expireAt) return null;
  const ended = end !== null && now >= Math.max(end, record.endVisibleAt ?? end);
  return { record, start, end: ended ? end : null, expireAt: ended ? expireAt : null };
}

/** The session as of `now`, corrections included; null before it appears and after it vanished. */
export function viewSession(session: EmulatedSession, now: number): SessionView | null {
  if (now < (session.visibleFrom ?? session.start) || now >= (session.vanishesAt ?? Infinity)) return null;
  let { start, end } = session;
  for (const correction of session.corrections ?? []) {
    if (correction.at > now) break;
    start = correction.start ?? start;
    if (correction.end !== undefined) end = correction.end;
  }
  return { session, start, end: end !== null && end <= now ? end : null };
}

/** Newest first, as every list of Meet is; names break ties so that pages are stable. */
export function viewSessions(participant: EmulatedParticipant, now: number): SessionView[] {
  return participant.sessions
    .map((session) => viewSession(session, now))
    .filter((view) => view !== null)
    .sort((a, b) => b.start - a.start || compare(a.session.name, b.session.name));
}

/** The participant as of `now`; null while none of the sessions is visible. */
export function viewParticipant(participant: EmulatedParticipant, now: number): ParticipantView | null {
  const sessions = viewSessions(participant, now);
  const first = sessions.at(-1);
  if (first === undefined) return null;
  let latest: number | null = -Infinity;
  for (const { end } of sessions) latest = end === null || latest === null ? null : Math.max(latest, end);
  return { participant, earliest: first.start, latest };
}

export function viewParticipants(record: EmulatedRecord, now: number): ParticipantView[] {
  return record.participants
    .map((participant) => viewParticipant(participant, now))
    .filter((view) => view !== null)
    .sort((a, b) => b.earliest - a.earliest || compare(a.participant.name, b.participant.name));
}

export function viewRecords(world: World, now: number): RecordView[] {
  return world.records
    .map((record) => viewRecord(record, now))
    .filter((view) => view !== null)
    .sort((a, b) => b.start - a.start || compare(a.record.name, b.record.name));
}

/** The call that is going on in a space, if any. */
export function activeRecord(world: World, space: EmulatedSpace, now: number): RecordView | null {
  return viewRecords(world, now).find(({ record, end }) => record.space === space.name && end === null) ?? null;
}

/** Whether the account was seen in the call so far: participants may read what owners may. */
export function isParticipant(record: EmulatedRecord, account: Account, now: number): boolean {
  return record.participants.some(
    (participant) =>
      participant.user.kind === 'signedin' &&
      participant.user.id === account.id &&
      viewParticipant(participant, now) !== null,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
