import type { meet_v2 } from 'googleapis/build/src/apis/meet/v2.js';

import type { ParticipantView, RecordView, SessionView } from '../view.ts';
import type { EmulatedSpace, EmulatedUser } from '../world.ts';

/** Google may add fields at any time; a reader must ignore one that it does not know. */
const unannounced = { emulatedExtra: { ignored: true } };

/** Writes an instant as text. */
export type InstantText = (instant: number) => string;

// What is absent is left out of a resource, never null.

export function renderSpace({ name, meetingCode }: EmulatedSpace): meet_v2.Schema$Space {
  return { name, meetingUri: `https://meet.google.com/${meetingCode}`, meetingCode };
}

export function renderRecord(
  { record, start, end, expireAt }: RecordView,
  text: InstantText,
): meet_v2.Schema$ConferenceRecord {
  return {
    name: record.name,
    startTime: text(start),
    ...(end !== null && { endTime: text(end) }),
    ...(expireAt !== null && { expireTime: text(expireAt) }),
    space: record.space,
    ...unannounced,
  };
}

export function renderParticipant(
  { participant, earliest, latest }: ParticipantView,
  text: InstantText,
): meet_v2.Schema$Participant {
  return {
    name: participant.name,
    earliestStartTime: text(earliest),
    ...(latest !== null && { latestEndTime: text(latest) }),
    ...renderUser(participant.user),
    ...unannounced,
  };
}

export function renderSession(
  { session, start, end }: SessionView,
  text: InstantText,
): meet_v2.Schema$ParticipantSession {
  return { name: session.name, startTime: text(start), ...(end !== null && { endTime: text(end) }), ...unannounced };
}

function renderUser(
  user: EmulatedUser,
): Pick<meet_v2.Schema$Participant, 'signedinUser' | 'anonymousUser' | 'phoneUser'> {
  const { displayName } = user;
  switch (user.kind) {
    case 'signedin':
      return { signedinUser: { user: `users/${user.id}`, displayName } };
    case 'anonymous':
      return { anonymousUser: { displayName } };
    case 'phone':
      return { phoneUser: { displayName } };
    default:
      return user satisfies never;
  }
}
