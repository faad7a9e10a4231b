import type { Coverage } from '../../src/core/attendance/coverage-state.ts';
import type { PresenceDecision } from '../../src/core/attendance/decision.ts';
import type { ParticipantEvidence, RecordEvidence, SessionEvidence } from '../../src/core/attendance/evidence.ts';
import {
  type IdentityRule,
  type IgnoreRule,
  type Person,
  type PersonRole,
  type Reach,
  indexIdentities,
} from '../../src/core/attendance/identity/knowledge.ts';
import type { Unmatched } from '../../src/core/attendance/identity/unmatched.ts';
import type { DerivedLog } from '../../src/core/attendance/logs.ts';
import type { Thresholds } from '../../src/core/attendance/status.ts';
import type { RoomClass, WindowMargins } from '../../src/core/schedule/class.ts';
import { rulesByStart } from '../../src/core/school/versions.ts';
import { clip, intersection, totalMs, type Interval } from '../../src/core/time/interval.ts';
import { deriveRoom, type DerivedRoom } from './derive.ts';

/** Where a school has set nothing. */
export const defaultThresholds: Thresholds = rulesByStart([], () => [])(0);

/** Friday 16 January 2026, when London keeps UTC: `16:04`, `16:30:05`, `16:30:05.250`; `24:10` is ten past the next midnight. */
export function at(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return Date.UTC(2026, 0, 16) + Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

/** The inverse of `at`, as short as it is exact. */
export function clockTime(instant: number): string {
  const [, hours, minutes, seconds, ms] = /T(\d\d):(\d\d):(\d\d)\.(\d\d\d)/.exec(new Date(instant).toISOString())!;
  return `${hours}:${minutes}${ms !== '000' ? `:${seconds}.${ms}` : seconds !== '00' ? `:${seconds}` : ''}`;
}

export function span(from: string, to: string): Interval {
  return { start: at(from), end: at(to) };
}

const CAST = {
  tess: { id: 1, name: 'Tess Teacher', role: 'teacher' },
  theo: { id: 2, name: 'Theo Teacher', role: 'teacher' },
  ana: { id: 11, name: 'Ana Silva', role: 'student' },
  ben: { id: 12, name: 'Ben Okri', role: 'student' },
  leo: { id: 13, name: 'Leo Marsh', role: 'student' },
  mia: { id: 14, name: 'Mia Stone', role: 'student' },
  tom: { id: 15, name: 'Tom Stone', role: 'student' },
  sam: { id: 16, name: 'Sam Lee', role: 'student' },
  otherSam: { id: 17, name: 'sam  LEE', role: 'student' },
  samTheFather: { id: 18, name: 'Sam Lee', role: 'teacher' },
  paula: { id: 21, name: 'Paula Marsh', role: 'other' },
  adam: { id: 31, name: 'Adam Admin', role: 'admin' },
} as const satisfies Record<string, { id: number; name: string; role: PersonRole }>;

export type Who = keyof typeof CAST;

export function idOf(who: Who): number {
  return CAST[who].id;
}

export function accountOf(who: Who): string {
  return `10${CAST[who].id}`;
}

export interface Klass extends RoomClass {
  readonly coverage: Coverage;
}

interface KlassDetails {
  readonly teacher?: Who | readonly Who[];
  readonly series?: string;
  readonly canceled?: boolean;
  readonly coverage?: Coverage;
}

let classes = 0;

/** A class of the room; taught by Tess unless another is named. */
export function klass(
  from: string,
  to: string,
  students: Who | readonly Who[],
  { teacher = 'tess', series, canceled = false, coverage = 'complete' }: KlassDetails = {},
): Klass {
  classes += 1;
  const all = (who: Who | readonly Who[], role: 'teacher' | 'student') =>
    (typeof who === 'string' ? [who] : who).map((one) => ({ personId: idOf(one), role }));
  return {
    id: classes,
    seriesId: series ?? null,
    subject: `Class ${classes}`,
    ...span(from, to),
    canceled,
    roster: [...all(teacher, 'teacher'), ...all(students, 'student')],
    coverage,
  };
}

/** `16:00-17:00`; `16:00-` has no end. */
export type Stay = string;

interface Joining {
  readonly kind: ParticipantEvidence['kind'];
  readonly userId: string | null;
  readonly displayName: string;
  readonly stays: readonly Stay[];
}

/** Somebody of the cast, signed in with the own account; every stay is a participant session. */
export function joins(who: Who, ...stays: readonly Stay[]): Joining {
  return { kind: 'signedin', userId: accountOf(who), displayName: `${who}'s screen`, stays };
}

export function joinsAs(account: string, displayName: string, ...stays: readonly Stay[]): Joining {
  return { kind: 'signedin', userId: account, displayName, stays };
}

export function guest(displayName: string, ...stays: readonly Stay[]): Joining {
  return { kind: 'anonymous', userId: null, displayName, stays };
}

export function phone(displayName: string, ...stays: readonly Stay[]): Joining {
  return { kind: 'phone', userId: null, displayName, stays };
}

export interface Call {
  readonly record: RecordEvidence;
  readonly participants: readonly ParticipantEvidence[];
}

let calls = 0;

/** A conference record, `15:55-18:05` or still open `15:55-`, last read at `readAt` (20:00, long behind everything). */
export function call(stay: Stay, joinings: readonly Joining[], readAt = '20:00'): Call {
  calls += 1;
  const name = `conferenceRecords/${String(calls).padStart(8, '0')}`;
  const { start, end } = bounds(stay);
  const lastSeenAt = at(readAt);
  const participants = joinings.map(({ stays, ...who }, i) => {
    const participant = `${name}/participants/${who.userId ?? `p${i}`}`;
    const sessions = stays.map((one, k): SessionEvidence => ({
      name: `${participant}/participantSessions/${k}`,
      ...bounds(one),
      lastSeenAt,
      missing: false,
    }));
    const ends = sessions.map((session) => session.end);
    return {
      name: participant,
      record: name,
      ...who,
      earliest: Math.min(...sessions.map((session) => session.start), Infinity),
      latest: ends.includes(null) ? null : Math.max(...ends.map((one) => one ?? 0), 0),
      lastSeenAt,
      missing: false,
      sessionsReadAt: lastSeenAt,
      sessions,
    };
  });
  return { record: { name, start, end, lastSeenAt }, participants };
}

function bounds(stay: Stay): { start: number; end: number | null } {
  const [from = '', to = ''] = stay.split('-');
  return { start: at(from), end: to === '' ? null : at(to) };
}

export interface Facts {
  readonly rules?: readonly IdentityRule[];
  readonly ignored?: readonly IgnoreRule[];
  readonly decisions?: readonly PresenceDecision[];
  readonly directory?: ReadonlyMap<string, string | null>;
  /** Whose account nobody knows. */
  readonly withoutAccount?: readonly Who[];
  /** Accounts that stand for somebody else, or for one more. */
  readonly accounts?: Partial<Record<Who, string>>;
  readonly margins?: WindowMargins;
  readonly thresholds?: Thresholds;
}

export const MARGINS: WindowMargins = { beforeMs: 30 * 60_000, afterMs: 60 * 60_000 };

export interface Room extends DerivedRoom {
  /** The log of somebody of the cast, or of the participant that shows `name`. */
  readonly log: (klass: Klass, who: Who | { readonly name: string }) => DerivedLog | undefined;
  /** `['15:58-17:00']`: the log's intervals. */
  readonly times: (klass: Klass, who: Who | { readonly name: string }) => string[];
  /** Minutes within the slot. */
  readonly slotMinutes: (klass: Klass, who: Who) => number;
  /** Minutes within the slot in which both were there. */
  readonly togetherMinutes: (klass: Klass, a: Who, b: Who) => number;
  /** What waits in the review queue, by the name shown. */
  readonly queue: (klass: Klass) => Unmatched[];
}

export function people({ withoutAccount = [], accounts = {} }: Facts = {}): Map<number, Person> {
  return new Map(
    (Object.keys(CAST) as Who[]).map((who) => [
      CAST[who].id,
      {
        ...CAST[who],
        email: `${who.toLowerCase()}@school.example`,
        googleUserId: withoutAccount.includes(who) ? null : (accounts[who] ?? accountOf(who)),
      },
    ]),
  );
}

/** Derives the logs of all classes of a room from all its calls. */
export function room(klasses: readonly Klass[], theCalls: readonly Call[], facts: Facts = {}): Room {
  const { rules = [], ignored = [], decisions = [], directory = new Map<string, string | null>() } = facts;
  const participants = theCalls.flatMap((one) => one.participants);
  const derived = deriveRoom(
    { classes: klasses, records: theCalls.map(({ record }) => record), participants },
    klasses.map(({ id, coverage }) => ({ classId: id, coverage })),
    indexIdentities({ people: people(facts), directory, rules, ignored }),
    decisions,
    { margins: facts.margins ?? MARGINS, thresholds: facts.thresholds ?? defaultThresholds },
  );
  const nameOf = new Map(participants.map(({ name, displayName }) => [name, displayName]));
  const log: Room['log'] = ({ id }, who) =>
    derived.logs.find(
      ({ classId, personId, participant }) =>
        classId === id &&
        (typeof who === 'string'
          ? personId === idOf(who)
          : participant !== null && nameOf.get(participant) === who.name),
    );
  const inSlot = (k: Klass, who: Who) => clip(log(k, who)?.intervals ?? [], k);
  return {
    ...derived,
    log,
    times: (k, who) => (log(k, who)?.intervals ?? []).map(({ start, end }) => `${clockTime(start)}-${clockTime(end)}`),
    slotMinutes: (k, who) => totalMs(inSlot(k, who)) / 60_000,
    togetherMinutes: (k, a, b) => totalMs(intersection(inSlot(k, a), inSlot(k, b))) / 60_000,
    queue: ({ id }) => derived.unmatched.filter(({ classId }) => classId === id),
  };
}

type Where = { readonly klass: Klass } | { readonly series: string } | 'call' | 'everywhere';

function reachOf(where: Where): Reach {
  if (typeof where === 'string') return { scope: where, classId: null, seriesId: null };
  return 'klass' in where
    ? { scope: 'class', classId: where.klass.id, seriesId: null }
    : { scope: 'series', classId: null, seriesId: where.series };
}

/** "That is who", learned from a review. */
export function alias(
  kind: IdentityRule['kind'],
  value: string,
  who: Who,
  where: Where = 'everywhere',
  verdict: IdentityRule['verdict'] = 'is',
): IdentityRule {
  return { kind, value, personId: idOf(who), verdict, ...reachOf(where) };
}

/** "That is a bot", learned from a review. */
export function nobody(kind: IgnoreRule['kind'], value: string, where: Where = 'everywhere'): IgnoreRule {
  return { kind, value, ...reachOf(where) };
}
