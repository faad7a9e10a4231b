import { knowledgeWanted, nameHolders, attendeesOf } from '../../core/attendance/identity/attendees.ts';
import { indexIdentities } from '../../core/attendance/identity/knowledge.ts';
import type { PlannedClass, SchoolPerson, SeenCall } from '../../core/reports/meetings.ts';
import { findUnbilled, type UnbilledCandidate } from '../../core/reports/unbilled.ts';
import { evidenceWindow, type RoomClass, type WindowMargins } from '../../core/schedule/class.ts';
import type { Clock } from '../../core/time/clock.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import { difference, overlaps, union, type Interval } from '../../core/time/interval.ts';
import type { CallStore } from '../../ledger/attendance/call-store.ts';
import type { ClassStore, ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { CallRow, EvidenceStore } from '../../ledger/attendance/evidence-store.ts';
import type { IdentityStore } from '../../ledger/attendance/identity-store.ts';
import type { RoomStore } from '../../ledger/attendance/room-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { invalid } from '../../refusal.ts';

/** Shorter meetings are no lessons. */
const MIN_TOGETHER_MS = 10 * MINUTE_MS;
/** Calls are listed several times a day: one that was on at the last look, longer ago than this, is over. */
const SEEN_ON_MS = DAY_MS;
/** Who left a call that is on so long ago has met. */
const LEFT_MS = 30 * MINUTE_MS;
/** All meetings of the span are held at once. */
const LONGEST_MS = 62 * DAY_MS;

export interface UnbilledDeps {
  readonly money: Pick<MoneyStores, 'reports' | 'decisions' | 'periods'>;
  readonly classStore: Pick<ClassStore, 'all'>;
  readonly people: Pick<PeopleStore, 'get' | 'list'>;
  readonly evidence: Pick<EvidenceStore, 'during'>;
  readonly identityStore: Pick<IdentityStore, 'knowledgeOf'>;
  readonly calls: Pick<CallStore, 'kept'>;
  readonly roomStore: Pick<RoomStore, 'bySpace'>;
  readonly margins: WindowMargins;
  readonly clock: Clock;
}

/** A meeting, and the closed period that its lines would be of: what is done about it makes a correction. Null: it is open. */
export type UnbilledMeeting = UnbilledCandidate & { readonly closedPeriod: string | null };

/**
 * Meetings of a span that look like lessons and are on no bill, among all calls that the ledger keeps. Refused: the span
 * is longer than 62 days.
 */
export function unbilledMeetings(deps: UnbilledDeps, span: Interval) {
  const { money, classStore, people, evidence, margins, clock } = deps;
  if (span.end - span.start > LONGEST_MS) {
    return invalid([{ path: 'to', message: 'must not lie more than 62 days behind from' }]);
  }
  const kept = evidence.during(span);
  const scheduled = classStore.all({ from: span.start - DAY_MS, to: span.end + DAY_MS });
  const calls = seenCalls(deps, kept, scheduled).map((call) => withoutLinked(deps, call, scheduled));
  const classes = scheduled.map(({ id, subject, room, start, end, status, canceledAt, roster }): PlannedClass => {
    const canceled = status === 'canceled';
    const settledUntil = canceled && isConfirmed(money, id) ? Number.MAX_SAFE_INTEGER : canceledAt;
    return { classId: id, subject, space: room.space, start, end, canceled, settledUntil, roster };
  });
  const ids = new Set([
    ...calls.flatMap(({ participants }) => participants.flatMap(({ personId }) => personId ?? [])),
    ...classes.flatMap(({ roster }) => roster.map(({ personId }) => personId)),
  ]);
  const known = [...ids].flatMap((id): [number, SchoolPerson][] => {
    const person = people.get(id);
    return person === null ? [] : [[id, person]];
  });
  const met = findUnbilled({
    calls,
    classes,
    people: new Map(known),
    knownSpaces: money.reports.spaces(),
    margins,
    minTogetherMs: MIN_TOGETHER_MS,
  });
  const ended = met.filter((meeting) => !goesOn(meeting, kept, clock.now()));
  const meetings = ended.map((meeting): UnbilledMeeting => {
    const c = classes.find(({ classId }) => classId === meeting.suggestion.classId);
    return { ...meeting, closedPeriod: money.periods.standingAt((c ?? meeting).start)?.period ?? null };
  });
  return { kind: 'unbilled', meetings } as const;
}

/** Whether people were still together in a call that is on: how long the lesson was is known once it has ended. */
function goesOn({ records, end }: UnbilledCandidate, kept: readonly CallRow[], now: number): boolean {
  return kept.some(
    ({ record }) =>
      records.includes(record.name) &&
      record.end === null &&
      now - record.lastSeenAt < SEEN_ON_MS &&
      record.lastSeenAt - end < LEFT_MS,
  );
}

/** Whether a person has decided what became of a canceled class. */
function isConfirmed({ decisions }: Pick<MoneyStores, 'decisions'>, classId: number): boolean {
  return decisions.list({ classId, kind: 'set_outcome', standing: true }).length > 0;
}

/**
 * A call without the time that counts for the classes that it was linked to: their windows, but for the slots of other
 * classes of whoever was there.
 */
function withoutLinked(
  { money, margins }: UnbilledDeps,
  call: SeenCall,
  scheduled: readonly ScheduledClass[],
): SeenCall {
  const linkedTo = money.decisions.linksOf(call.record);
  if (linkedTo.length === 0) return call;
  const linked = scheduled.filter(({ id }) => linkedTo.includes(id));
  const windows = union(linked.map((c) => evidenceWindow(c, margins)));
  const others = scheduled.filter(({ id, status }) => !linkedTo.includes(id) && status !== 'canceled');
  const there = new Set(call.participants.map(({ personId }) => personId));
  /** For somebody of a linked class only the own other classes matter, for anybody else those of all students there. */
  const slotsFor = (person: number | null): ScheduledClass[] =>
    linked.some(({ roster }) => roster.some(({ personId }) => personId === person))
      ? others.filter(({ roster }) => roster.some(({ personId }) => personId === person))
      : others.filter(({ roster }) => roster.some(({ role, personId }) => role === 'student' && there.has(personId)));
  return {
    ...call,
    participants: call.participants
      .map((seen) => ({
        ...seen,
        intervals: difference(seen.intervals, difference(windows, union(slotsFor(seen.personId)))),
      }))
      .filter(({ intervals }) => intervals.length > 0),
  };
}

/** Who was in each call, by the rules that hold for classes. */
function seenCalls(
  { people, identityStore, calls, roomStore, margins }: UnbilledDeps,
  kept: readonly CallRow[],
  scheduled: readonly ScheduledClass[],
): SeenCall[] {
  const holders = nameHolders(people.list({ after: 0, limit: Number.MAX_SAFE_INTEGER }));
  const wanted = knowledgeWanted(
    kept.flatMap(({ participants }) => participants),
    holders,
  );
  const rosters = scheduled.flatMap(({ roster }) => roster.map(({ personId }) => personId));
  const index = indexIdentities(identityStore.knowledgeOf({ ...wanted, personIds: [...wanted.personIds, ...rosters] }));
  const aroundOf = classesAround(scheduled, margins);
  return kept.map(({ space, record, participants }) => {
    const around = aroundOf({ start: record.start, end: record.end ?? record.lastSeenAt });
    const attendees = attendeesOf({ record, participants }, around, index, holders, margins);
    const expected = new Set(around.flatMap(({ roster }) => roster.map(({ personId }) => personId)));
    const own = calls.kept(record.name);
    const room = roomStore.bySpace(space);
    return {
      record: record.name,
      space,
      meetCode: room?.meetingCode ?? own?.meetingCode ?? null,
      organizerEmail: own?.organizerEmail ?? room?.ownerEmail ?? null,
      participants: attendees.map(({ personIds, displayName, intervals }) => ({
        // Of siblings at one account it is the one who is expected.
        personId: personIds.find((id) => expected.has(id)) ?? personIds[0] ?? null,
        displayName,
        intervals,
      })),
    };
  });
}

/** @returns the classes, canceled ones left out, whose window an interval overlaps */
function classesAround(
  scheduled: readonly ScheduledClass[],
  margins: WindowMargins,
): (within: Interval) => RoomClass[] {
  const classes = scheduled
    .filter(({ status }) => status !== 'canceled')
    .map((c): RoomClass => ({ ...c, canceled: false }));
  const dayOf = (at: number): number => Math.floor(at / DAY_MS);
  const byDay = Map.groupBy(classes, ({ start }) => dayOf(start));
  const longestMs = Math.max(0, ...classes.map(({ start, end }) => end - start)) + margins.afterMs;
  return (within) => {
    const found: RoomClass[] = [];
    for (let day = dayOf(within.start - longestMs); day <= dayOf(within.end + margins.beforeMs); day += 1) {
      found.push(...(byDay.get(day) ?? []).filter((c) => overlaps(within, evidenceWindow(c, margins))));
    }
    return found;
  };
}
