import { meet } from 'googleapis/build/src/apis/meet/index.js';
import type { meet_v2 } from 'googleapis/build/src/apis/meet/index.js';
import { z } from 'zod';

import { overlaps } from '../time/interval.ts';
import { SCOPES } from './auth.ts';
import { createCaller } from './caller.ts';
import type { AuthClient, CallerDeps, CallerStatus, CallOptions } from './caller.ts';
import { failure } from './failures.ts';
import type { Outcome } from './failures.ts';
import { participantResource, recordResource, sessionResource, spaceResource } from './resources.ts';
import type { ConferenceRecord, Participant, ParticipantSession, Space } from './resources.ts';

/** Reads Google Meet as an organiser. Every list is read to its end, or fails whole. */
export interface MeetClient {
  /** @param nameOrCode `spaces/{id}`, or a meeting code with its dashes */
  getSpace(organizer: string, nameOrCode: string, signal: AbortSignal): Promise<Outcome<Space>>;
  createSpace(organizer: string, signal: AbortSignal): Promise<Outcome<Space>>;
  /** Every record of the space that overlaps `[from, to)`. */
  listRecords(
    organizer: string,
    where: { readonly space: string; readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<Outcome<ConferenceRecord[]>>;
  getRecord(organizer: string, name: string, signal: AbortSignal): Promise<Outcome<ConferenceRecord>>;
  listParticipants(organizer: string, record: string, signal: AbortSignal): Promise<Outcome<Participant[]>>;
  listSessions(organizer: string, participant: string, signal: AbortSignal): Promise<Outcome<ParticipantSession[]>>;
  status(): CallerStatus;
}

type Api = meet_v2.Meet;
type Reply = { readonly data: unknown; readonly status: number; readonly headers: unknown };

/** Google's longest pages. */
const PAGE = { records: 100, participants: 250, sessions: 250 } as const;
/** A list longer than this is not a class but a loop. */
const MOST_PAGES = 400;
/** Records start at most this long before they are of interest: Meet ends calls after a day. */
const LONGEST_CALL_MS = 7 * 24 * 60 * 60_000;

export function createMeetClient(deps: CallerDeps): MeetClient {
  const caller = createCaller(deps);
  const apis = new WeakMap<AuthClient, Api>();
  const apiOf = (auth: AuthClient): Api => {
    const known = apis.get(auth);
    if (known !== undefined) return known;
    const made = meet({ version: 'v2', auth, ...(deps.apiRoot === null ? {} : { rootUrl: deps.apiRoot }) });
    apis.set(auth, made);
    return made;
  };

  const one = async <T>(
    organizer: string,
    schema: z.ZodType<T>,
    send: (api: Api, options: CallOptions) => Promise<Reply>,
    signal: AbortSignal,
    scopes: readonly string[] = SCOPES.read,
  ): Promise<Outcome<T>> => {
    const answer = await caller.call(organizer, scopes, (auth, options) => send(apiOf(auth), options), signal);
    if (answer.kind !== 'ok') return answer;
    const parsed = schema.safeParse(answer.value);
    return parsed.success ? { ...answer, value: parsed.data } : failure('not_an_api_reply');
  };

  /** Reads a list to its end; starts over once when Google no longer takes a page token. */
  const list = async <T extends { readonly name: string }>(
    organizer: string,
    key: string,
    schema: z.ZodType<T>,
    send: (api: Api, pageToken: string | undefined, options: CallOptions) => Promise<Reply>,
    signal: AbortSignal,
    startedOver = false,
  ): Promise<Outcome<T[]>> => {
    const page = z.object({ [key]: z.array(schema).optional(), nextPageToken: z.string().optional() });
    const items = new Map<string, T>();
    const tokens = new Set<string>();
    let pageToken: string | undefined;
    let readAt: number | null = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const answer = await caller.call(
        organizer,
        SCOPES.read,
        (auth, options) => send(apiOf(auth), pageToken, options),
        signal,
      );
      if (answer.kind !== 'ok') {
        const stale = answer.reason === 'bad_request' && pageToken !== undefined && !startedOver;
        return stale ? list(organizer, key, schema, send, signal, true) : answer;
      }
      // `{}` is an empty list; an object that has other keys and not this one is something else.
      const keys = Object.keys(answer.value);
      if (keys.length > 0 && !keys.includes(key) && !keys.includes('nextPageToken')) return failure('not_an_api_reply');
      const parsed = page.safeParse(answer.value);
      if (!parsed.success) return failure('not_an_api_reply');
      readAt ??= answer.readAt;
      for (const item of (parsed.data[key] as T[] | undefined) ?? []) items.set(item.name, item);
      const next = parsed.data['nextPageToken'] as string | undefined;
      if (next === undefined || next === '') return { kind: 'ok', value: [...items.values()], readAt };
      if (tokens.has(next)) return failure('not_an_api_reply');
      tokens.add(next);
      pageToken = next;
    }
    return failure('not_an_api_reply');
  };

  return {
    getSpace(organizer, nameOrCode, signal) {
      const name = nameOrCode.startsWith('spaces/') ? nameOrCode : `spaces/${nameOrCode}`;
      return one(organizer, spaceResource, (api, options) => api.spaces.get({ name }, options), signal);
    },
    createSpace(organizer, signal) {
      const send = (api: Api, options: CallOptions) => api.spaces.create({ requestBody: {} }, options);
      return one(organizer, spaceResource, send, signal, SCOPES.create);
    },
    getRecord(organizer, name, signal) {
      return one(organizer, recordResource, (api, options) => api.conferenceRecords.get({ name }, options), signal);
    },
    async listRecords(organizer, { space, from, to }, signal) {
      if (/["\\]/.test(space)) return failure('bad_request');
      const filter = [
        `space.name = "${space}"`,
        `start_time >= "${new Date(from - LONGEST_CALL_MS).toISOString()}"`,
        `start_time <= "${new Date(to).toISOString()}"`,
      ].join(' AND ');
      const found = await list(
        organizer,
        'conferenceRecords',
        recordResource,
        (api, pageToken, options) =>
          api.conferenceRecords.list(
            { filter, pageSize: PAGE.records, ...(pageToken === undefined ? {} : { pageToken }) },
            options,
          ),
        signal,
      );
      if (found.kind !== 'ok') return found;
      // The filter is a convenience of Google's, not a guarantee.
      const value = found.value.filter(
        (record) =>
          record.space === space &&
          overlaps(
            { start: record.start, end: record.end === null ? Infinity : Math.max(record.end, record.start + 1) },
            { start: from, end: to },
          ),
      );
      return { ...found, value };
    },
    listParticipants(organizer, record, signal) {
      return list(
        organizer,
        'participants',
        participantResource,
        (api, pageToken, options) =>
          api.conferenceRecords.participants.list(
            { parent: record, pageSize: PAGE.participants, ...(pageToken === undefined ? {} : { pageToken }) },
            options,
          ),
        signal,
      );
    },
    listSessions(organizer, participant, signal) {
      return list(
        organizer,
        'participantSessions',
        sessionResource,
        (api, pageToken, options) =>
          api.conferenceRecords.participants.participantSessions.list(
            { parent: participant, pageSize: PAGE.sessions, ...(pageToken === undefined ? {} : { pageToken }) },
            options,
          ),
        signal,
      );
    },
    status: () => caller.status(),
  };
}
