import { z } from 'zod';

import type { ConferenceRecord, Participant, ParticipantSession } from '../../core/attendance/evidence.ts';
import { mended, textFault } from '../../text.ts';

/** RFC 3339 with 0 to 9 fractional digits and any offset → epoch ms (cut, not rounded) beside the text itself. */
const instant = z.string().transform((text, context) => {
  try {
    return { at: Temporal.Instant.from(text).epochMilliseconds, text };
  } catch {
    context.addIssue('is not an RFC 3339 instant');
    return z.NEVER;
  }
});

/** A resource name, by which evidence is kept. One that is no text would be kept as another one: it makes the answer unreadable. */
const resourceName = z.string().refine((name) => textFault(name) === null, 'is no text');

/** What somebody calls themselves, or a code. What of it is no text is replaced, so that the evidence is not lost for it. */
const label = z.string().transform(mended);

/** A Meet space. */
export interface Space {
  /** `spaces/{id}` */
  readonly name: string;
  readonly meetingCode: string | null;
  readonly meetingUri: string | null;
  /** Google shows `config` to the owner of a space only. */
  readonly ownedByReader: boolean;
}

/** @see https://developers.google.com/workspace/meet/api/reference/rest/v2/spaces */
export const spaceResource = z
  .object({
    name: resourceName.startsWith('spaces/'),
    meetingCode: label.nullish(),
    meetingUri: label.nullish(),
    config: z.looseObject({}).nullish(),
  })
  .transform(({ name, meetingCode, meetingUri, config }): Space => ({
    name,
    meetingCode: meetingCode ?? null,
    meetingUri: meetingUri ?? null,
    ownedByReader: config !== null && config !== undefined,
  }));

/** @see https://developers.google.com/workspace/meet/api/reference/rest/v2/conferenceRecords */
export const recordResource = z
  .object({
    name: resourceName.startsWith('conferenceRecords/'),
    space: resourceName.startsWith('spaces/'),
    startTime: instant,
    endTime: instant.nullish(),
    expireTime: instant.nullish(),
  })
  .transform(({ name, space, startTime, endTime, expireTime }): ConferenceRecord => ({
    name,
    space,
    start: startTime.at,
    startText: startTime.text,
    end: endTime?.at ?? null,
    endText: endTime?.text ?? null,
    expireAt: expireTime?.at ?? null,
  }));

const named = z.object({ displayName: label.default('') }).nullish();

/**
 * Exactly one kind of user; a kind that Google adds later reads as anonymous.
 * @see https://developers.google.com/workspace/meet/api/reference/rest/v2/conferenceRecords.participants
 */
export const participantResource = z
  .object({
    name: resourceName.min(1),
    earliestStartTime: instant,
    latestEndTime: instant.nullish(),
    signedinUser: z.object({ user: label.pipe(z.string().min(1)), displayName: label.default('') }).nullish(),
    anonymousUser: named,
    phoneUser: named,
  })
  .transform(({ name, earliestStartTime, latestEndTime, signedinUser, anonymousUser, phoneUser }): Participant => ({
    name,
    kind: signedinUser ? 'signedin' : phoneUser ? 'phone' : 'anonymous',
    userId: signedinUser?.user.replace(/^users\//, '') ?? null,
    displayName: (signedinUser ?? phoneUser ?? anonymousUser)?.displayName ?? '',
    earliestStart: earliestStartTime.at,
    latestEnd: latestEndTime?.at ?? null,
  }));

/**
 * Google leaves `endTime` out while the device is in the call.
 * @see https://developers.google.com/workspace/meet/api/reference/rest/v2/conferenceRecords.participants.participantSessions
 */
export const sessionResource = z
  .object({ name: resourceName.includes('/participantSessions/'), startTime: instant, endTime: instant.nullish() })
  .transform(({ name, startTime, endTime }): ParticipantSession => ({
    name,
    start: startTime.at,
    startText: startTime.text,
    end: endTime?.at ?? null,
    endText: endTime?.text ?? null,
  }));
