import { meet } from 'googleapis/build/src/apis/meet/index.js';

import type { ConferenceRecord, Participant, ParticipantSession } from '../../core/attendance/evidence.ts';
import { SCOPES } from '../auth.ts';
import { createCaller, type Call, type CallerDeps, type CallerStatus } from '../call/caller.ts';
import { failure, type Outcome } from '../call/failures.ts';
import { listing } from '../call/listing.ts';
import { UNIVERSE } from '../call/transport.ts';
import { participantResource, recordResource, sessionResource, spaceResource, type Space } from './resources.ts';

/**
 * Reads Google Meet as an organiser. Every list is read to its end, or fails whole.
 * A signal that fires makes any of these throw its reason.
 */
export interface MeetClient {
  /** @param nameOrCode `spaces/{id}`, or a meeting code with its dashes */
  getSpace(organizer: string, nameOrCode: string, signal: AbortSignal): Promise<Outcome<Space>>;
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
  ): Promise<Outcome<ConferenceRecord[]>>;
  /** @param record `conferenceRecords/{id}` */
  listParticipants(organizer: string, record: string, signal: AbortSignal): Promise<Outcome<Participant[]>>;
  /** @param participant `conferenceRecords/{id}/participants/{id}` */
  listSessions(organizer: string, participant: string, signal: AbortSignal): Promise<Outcome<ParticipantSession[]>>;
  /** Of the reads. */
  status(): CallerStatus;
}

/** What Rollbook allows itself: 80 % of Google's 6000 reads a minute a project and 600 a user. */
export const READS = { perMinute: 4800, perUserPerMinute: 480, concurrency: 24, perUserConcurrency: 8 } as const;
/** 80 % of 100 and 10: making spaces is a quota of its own. */
const CREATIONS = { perMinute: 80, perUserPerMinute: 8, concurrency: 4, perUserConcurrency: 1 } as const;

/** Google's longest pages. */
const PAGE_SIZE = { records: 100, participants: 250, sessions: 250 } as const;

const ID = String.raw`(?!\.{1,2}(?:/|$))[^/"\\\s\p{Cc}]+`;
const spaceName = new RegExp(`^spaces/${ID}$`, 'u');
const recordName = new RegExp(`^conferenceRecords/${ID}$`, 'u');
const participantName = new RegExp(`^conferenceRecords/${ID}/participants/${ID}$`, 'u');

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

  return {
    async getSpace(organizer, nameOrCode, signal) {
      // People write codes in upper or lower case. An id must stay as it is.
      const name = nameOrCode.startsWith('spaces/') ? nameOrCode : `spaces/${nameOrCode.toLowerCase()}`;
      if (!spaceName.test(name)) return failure('bad_request');
      const send: Call<Space>['send'] = (auth, options) => api.spaces.get({ auth, name }, options);
      return reads.call({ organizer, signal, send, read });
    },
    async createSpace(organizer, signal) {
      const send: Call<Space>['send'] = (auth, options) => api.spaces.create({ auth, requestBody: {} }, options);
      return creations.call({ organizer, signal, send, read });
    },
    async listRecords(organizer, { space, from, to }, signal) {
      if (!spaceName.test(space) || !(from < to)) return failure('bad_request');
      // No lower bound. `start_time` would lose a call that began long before, `end_time` one that still goes on, and
      // stopping at the first old record would trust an order that Google promises but does not have to keep. A space
      // holds a month of records at most, so that a page or two more are all it costs.
      const filter = `space.name = "${space}" AND start_time <= "${new Date(to).toISOString()}"`;
      const found = await listing(reads, {
        organizer,
        signal,
        key: 'conferenceRecords',
        item: recordResource,
        send: (auth, pageToken, options) =>
          api.conferenceRecords.list({ auth, filter, pageSize: PAGE_SIZE.records, ...pageToken }, options),
      });
      if (found.kind !== 'ok') return found;
      // Google may return more than the filter asked for.
      const value = found.value.filter(
        ({ start, end, ...record }) =>
          record.space === space && start < to && (end === null || Math.max(end, start + 1) > from),
      );
      return { ...found, value };
    },
    async listParticipants(organizer, record, signal) {
      if (!recordName.test(record)) return failure('bad_request');
      return listing(reads, {
        organizer,
        signal,
        key: 'participants',
        item: participantResource,
        send: (auth, pageToken, options) =>
          api.conferenceRecords.participants.list(
            { auth, parent: record, pageSize: PAGE_SIZE.participants, ...pageToken },
            options,
          ),
      });
    },
    async listSessions(organizer, participant, signal) {
      if (!participantName.test(participant)) return failure('bad_request');
      return listing(reads, {
        organizer,
        signal,
        key: 'participantSessions',
        item: sessionResource,
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
