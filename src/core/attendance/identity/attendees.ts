import { evidenceWindow, type RoomClass, type WindowMargins } from '../../schedule/class.ts';
import { intersection, overlaps, union, type Interval } from '../../time/interval.ts';
import type { ParticipantEvidence, RecordEvidence } from '../evidence.ts';
import { participantPresence } from '../presence.ts';
import { identify } from './identity.ts';
import type { IdentityIndex, Person } from './knowledge.ts';
import { normaliseName } from './names.ts';
import { isIgnored, rulesFor } from './rules.ts';
import { sharedLabels } from './shared-labels.ts';

/** A call by itself, whatever classes there are. */
export interface CallEvidence {
  readonly record: RecordEvidence;
  readonly participants: readonly ParticipantEvidence[];
}

/** A participant of a call, and who it is as far as anybody knows. */
export interface Attendee {
  /** `conferenceRecords/…/participants/…` */
  readonly participant: string;
  /** Several where one account stands for siblings; empty: nobody knows. */
  readonly personIds: readonly number[];
  readonly displayName: string;
  readonly intervals: readonly Interval[];
}

/** Numbers of people by the normalised form of their name. */
export type NameHolders = ReadonlyMap<string, readonly number[]>;

export function nameHolders(people: readonly Pick<Person, 'id' | 'name'>[]): NameHolders {
  const named = people.filter(({ name }) => name !== null && name.trim() !== '');
  const byName = Map.groupBy(named, ({ name }) => normaliseName(name!));
  return new Map([...byName].map(([name, same]) => [name, same.map(({ id }) => id)]));
}

/** What has to be known to say who these participants are. */
export function knowledgeWanted(
  participants: readonly Pick<ParticipantEvidence, 'name' | 'userId' | 'displayName'>[],
  holders: NameHolders,
): { accounts: string[]; labels: string[]; personIds: number[] } {
  return {
    accounts: [...new Set(participants.flatMap(({ userId }) => (userId === null ? [] : [userId])))],
    labels: participants.flatMap(({ name, displayName }) => [name, normaliseName(displayName)]),
    personIds: [...new Set(participants.flatMap(({ displayName }) => holders.get(normaliseName(displayName)) ?? []))],
  };
}

/**
 * Who was in a call that no class leads to. The rules are those of a class to which everybody of the school belongs: an
 * account, the Directory, an alias for everywhere, or a full name that only one person of the school has. Aliases of the
 * classes around, and of their series, are used too.
 *
 * @param around classes that the call may have been held for
 * @param index of all that `knowledgeWanted` names
 * @returns everybody who was there but for those on the ignore list
 */
export function attendeesOf(
  { record, participants }: CallEvidence,
  around: readonly RoomClass[],
  index: IdentityIndex,
  holders: NameHolders,
  margins: WindowMargins,
): Attendee[] {
  const present = participants.map((participant) => ({
    participant,
    presence: participantPresence(participant, record),
  }));
  const shared = sharedLabels(present);
  const seen = present.flatMap(({ participant, presence }) => {
    const intervals = union(presence.spans.map(({ start, end }) => ({ start, end })));
    const school = schoolClass(candidates(participant, index, holders));
    const isShared = shared.has(participant.name);
    if (intervals.length === 0 || isIgnored(participant, school, index, isShared)) return [];
    const { byClass, guests } = identify(participant, [school], index, isShared);
    const personIds = (byClass.get(school.id) ?? guests.get(school.id))?.personIds ?? [];
    return [{ participant, intervals, isShared, personIds }];
  });
  // A label that was learned in a class says something only where a teacher of that class is.
  const there = new Set(seen.flatMap(({ personIds }) => personIds));
  const taught = around.filter(({ roster }) =>
    roster.some(({ role, personId }) => role === 'teacher' && there.has(personId)),
  );
  return seen.map(({ participant, intervals, isShared, personIds }) => {
    const { name, displayName } = participant;
    const touched = taught.filter((c) => intervals.some((at) => overlaps(at, evidenceWindow(c, margins))));
    if (personIds.length > 0 || touched.length === 0) return { participant: name, personIds, displayName, intervals };
    const [found] = identify(participant, touched, index, isShared).byClass.values();
    return { participant: name, personIds: found?.personIds ?? [], displayName, intervals };
  });
}

/** Whether somebody known as a teacher and somebody known as a student were there at the same time. */
export function metForLesson(
  attendees: readonly Attendee[],
  roleOf: (personId: number) => Person['role'] | undefined,
): boolean {
  const ofRole = (role: Person['role']): Interval[] =>
    union(
      attendees
        .filter(({ personIds }) => personIds.some((id) => roleOf(id) === role))
        .flatMap(({ intervals }) => intervals),
    );
  return intersection(ofRole('teacher'), ofRole('student')).length > 0;
}

/** A class to which all of them belong. Its number is that of no class. */
function schoolClass(personIds: readonly number[]): RoomClass {
  return {
    id: 0,
    seriesId: null,
    subject: '',
    start: 0,
    end: 0,
    canceled: false,
    roster: personIds.map((personId) => ({ personId, role: 'student' })),
  };
}

/** Every teacher and student whom the participant may be. */
function candidates(participant: ParticipantEvidence, index: IdentityIndex, holders: NameHolders): readonly number[] {
  const { userId, displayName } = participant;
  const { byAccount, byEmail, knowledge } = index;
  const email = userId === null ? null : (knowledge.directory.get(userId)?.toLowerCase() ?? null);
  const found = [
    ...(userId === null ? [] : (byAccount.get(userId) ?? [])),
    ...(email === null ? [] : [byEmail.get(email) ?? []]).flat(),
    ...rulesFor(participant, index).map(({ personId }) => personId),
    ...(holders.get(normaliseName(displayName)) ?? []),
  ];
  return [...new Set(found)].filter((id) => {
    const role = knowledge.people.get(id)?.role;
    return role === 'teacher' || role === 'student';
  });
}
