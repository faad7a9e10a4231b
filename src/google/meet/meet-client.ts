import { meet } from 'googleapis/build/src/apis/meet/index.js';

import type { ConferenceRecord, Participant, ParticipantSession } from '../../core/attendance/evidence.ts';
import { SCOPES } from '../auth.ts';
import { createCaller, type Call, type CallerDeps, type CallerStatus } from '../call/caller.ts';
import { failure, type Outcome } from '../call/failures.ts';
import { listing, unbelievable } from '../call/listing.ts';
import { UNIVERSE } from '../call/transport.ts';
import { participantResource, recordResource, sessionResource, spaceResource, type Space } from './resources.ts';

/** How a read is made. */
export interface Way {
  /** It can wait: it is made while nothing else is asked, with at most half of the quota. */
  readonly background: boolean;
}

/**
 * Reads Google Meet as an organiser. Every list is read to its end, or fails whole.
 * A signal that fires makes any of these throw its reason.
 */
export interface MeetClient {
  /** Whether there are credentials for the account; nothing is asked. */
  mayAskAs(organizer: string): boolean;
  /** @param nameOrCode `spaces/{id}`, or a meeting code with its dashes */
  getSpace(organizer: string, nameOrCode: string, signal: AbortSignal, way?: Way): Promise<Outcome<Space>>;
  /** Not repeated when it is unclear whether Google made one: a failure may leave an unused space behind. */
  createSpace(organizer: string, signal: AbortSignal): Promise<Outcome<Space>>;
  /**
   * Every record of the space that overlaps `[from, to)`. A record without length, or whose end lies before its start,
   * is taken for the instant of its start.
   */
  listRecords(
    organizer: string,
    where: { readonly space: string; readonly from: number; readonly to: number },
    signal: AbortSignal,
    way?: Way,
  ): Promise<Outcome<ConferenceRecord[]>>;
  /** Every record of the organiser's that began in `[from, to)`, in whatever space. */
  listCalls(
    organizer: string,
    where: { readonly from: number; readonly to: number },
    signal: AbortSignal,
    way?: Way,
  ): Promise<Outcome<ConferenceRecord[]>>;
  /** @param record `conferenceRecords/{id}` */
  listParticipants(organizer: string, record: string, signal: AbortSignal, way?: Way): Promise<Outcome<Participant[]>>;
  /** @param participant `conferenceRecords/{id}/participants/{id}` */
  listSessions(
    organizer: string,
    participant: string,
    signal: AbortSignal,
    way?: Way,
  ): Promise<Outcome<ParticipantSession[]>>;
  /** Of the reads. */
  status(): CallerStatus;
}

/** What Rollbook allows itself: 80 % of Google's 6000 reads a minute a project and 600 a user. */
export const READS = { perMinute: 4800, perUserPerMinute: 480, concurrency: 24, perUserConcurrency: 8 } as const;
/** 80 % of 100 and 10: making spaces is a quota of its own. */
const CREATIONS = { perMinute: 80, perUserPerMinute: 8, concurrency: 4, perUserConcurrency: 1 } as const;

/** Google's longest pages. */
const PAGE_SIZE = { records: 100, participants: 250, sessions: 250 } as const;

const ID = String.raw`(?!\.{1,2}(?:/|$))[^/"\\\s\p{Cc}\p{Cs}]+`;
const spaceName = new RegExp(`^spaces/${ID}$`, 'u');
const recordName = new RegExp(`^conferenceRecords/${ID}$`, 'u');
const participantName = new RegExp(`^conferenceRecords/${ID}/participants/${ID}$`, 'u');

/** In characters. Google's own names and times are far shorter. */
const LONGEST_TEXT = 1000;

/** What Google would never say of something that was listed below `parent`. */
function faultBelow(parent: string, collection: string): (item: { readonly name: string }) => string | null {
  const prefix = `${parent}/${collection}/`;
  return (item) => {
    if (!item.name.startsWith(prefix) || item.name.length === prefix.length) {
      return 'Google’s answer is about another call than the one that was asked for';
    }
    return tooLong(item);
  };
}

function tooLong(item: object): string | null {
  const found = Object.values(item).some((value) => typeof value === 'string' && value.length > LONGEST_TEXT);
  return found ? `Google’s answer has a name of more than ${LONGEST_TEXT} characters` : null;
}

export function createMeetClient(deps: CallerDeps): MeetClient {
  const reads = createCaller(deps, { scopes: SCOPES.read, limits: READS, repeatable: true });
  // Spaces are made by a caller of their own: its missing scope or full quota must not stop the reads.
  const creations = createCaller(
    { ...deps, usage: undefined },
    { scopes: SCOPES.create, limits: CREATIONS, repeatable: false },
  );
  const api = meet({
    version: 'v2',
    universeDomain: UNIVERSE,
    ...(deps.apiRoot === null ? {} : { rootUrl: deps.apiRoot }),
  });

  const read = (body: unknown) => spaceResource.safeParse(body).data ?? null;

  const recordsThat = (
    filter: string,
    asked: { readonly organizer: string; readonly signal: AbortSignal } & Partial<Way>,
  ): Promise<Outcome<ConferenceRecord[]>> =>
    listing(reads, {
      ...asked,
      key: 'conferenceRecords',
      item: recordResource,
      fault: tooLong,
      send: (auth, pageToken, options) =>
        api.conferenceRecords.list({ auth, filter, pageSize: PAGE_SIZE.records, ...pageToken }, options),
    });

  return {
    mayAskAs: (organizer) => deps.credentials.client(organizer, SCOPES.create) !== null,
    async getSpace(organizer, nameOrCode, signal, way) {
      // People write codes in upper or lower case. An id must stay as it is.
      const name = nameOrCode.startsWith('spaces/') ? nameOrCode : `spaces/${nameOrCode.toLowerCase()}`;
      if (!spaceName.test(name)) return failure('bad_request');
      const send: Call<Space>['send'] = (auth, options) => api.spaces.get({ auth, name }, options);
      const found = await reads.call({ organizer, signal, send, read, ...way });
      // A space that was asked for by its id has no other.
      const isAnother = found.kind === 'ok' && name === nameOrCode && found.value.name !== name;
      return isAnother ? unbelievable('Google’s answer is about another room than the one that was asked for') : found;
    },
    async createSpace(organizer, signal) {
      const send: Call<Space>['send'] = (auth, options) => api.spaces.create({ auth, requestBody: {} }, options);
      return creations.call({ organizer, signal, send, read });
    },
    async listRecords(organizer, { space, from, to }, signal, way) {
      if (!spaceName.test(space) || !(from < to)) return failure('bad_request');
      // No lower bound. `start_time` would lose a call that began long before, `end_time` one that still goes on, and
      // stopping at the first old record would trust an order that Google promises but does not have to keep. A space
      // holds a month of records at most, so that a page or two more are all it costs.
      const filter = `space.name = "${space}" AND start_time <= "${new Date(to).toISOString()}"`;
      const found = await recordsThat(filter, { organizer, signal, ...way });
      if (found.kind !== 'ok') return found;
      // Google may return more than the filter asked for.
      const value = found.value.filter(
        ({ start, end, ...record }) =>
          record.space === space && start < to && (end === null || Math.max(end, start + 1) > from),
      );
      return { ...found, value };
    },
    async listCalls(organizer, { from, to }, signal, way) {
      if (!(from < to)) return failure('bad_request');
      const filter = `start_time >= "${new Date(from).toISOString()}" AND start_time < "${new Date(to).toISOString()}"`;
      const found = await recordsThat(filter, { organizer, signal, ...way });
      if (found.kind !== 'ok') return found;
      return { ...found, value: found.value.filter(({ start }) => from <= start && start < to) };
    },
    async listParticipants(organizer, record, signal, way) {
      if (!recordName.test(record)) return failure('bad_request');
      return listing(reads, {
        organizer,
        signal,
        ...way,
        key: 'participants',
        item: participantResource,
        fault: faultBelow(record, 'participants'),
        send: (auth, pageToken, options) =>
          api.conferenceRecords.participants.list(
            { auth, parent: record, pageSize: PAGE_SIZE.participants, ...pageToken },
            options,
          ),
      });
    },
    async listSessions(organizer, participant, signal, way) {
      if (!participantName.test(participant)) return failure('bad_request');
      return listing(reads, {
        organizer,
        signal,
        ...way,
        key: 'participantSessions',
        item: sessionResource,
        fault: faultBelow(participant, 'participantSessions'),
        send: (auth, pageToken, options) =>
          api.conferenceRecords.participants.participantSessions.list(
            { auth, parent: participant, pageSize: PAGE_SIZE.sessions, ...pageToken },
            options,
          ),
      });
    },
    status: () => reads.status(),
  };
}
