import type { meet_v2 } from 'googleapis/build/src/apis/meet/v2.js';

import { createRandom, hash, letters, meetingCode } from '../random.ts';
import {
  activeRecord,
  isParticipant,
  viewParticipants,
  viewRecord,
  viewRecords,
  viewSessions,
  type RecordView,
} from '../view.ts';
import { asksFor } from '../wire/field-mask.ts';
import { compileFilter, type FilterFields } from '../wire/filter.ts';
import { paginate } from '../wire/paging.ts';
import type { Account, EmulatedSpace, World } from '../world.ts';
import { notFound, ok, permissionDenied, type Reply } from './google-error.ts';
import { renderParticipant, renderRecord, renderSession, renderSpace, type InstantText } from './render.ts';
import { SCOPE } from './tokens.ts';

/** The calls the emulator knows, by the names of its log. */
export type MethodName =
  | 'token'
  | 'spaces.create'
  | 'spaces.get'
  | 'conferenceRecords.list'
  | 'conferenceRecords.get'
  | 'participants.list'
  | 'participants.get'
  | 'participantSessions.list'
  | 'participantSessions.get'
  | 'directory.users.get'
  | 'reports.activities.list';

/** One authenticated request, with all it may be answered from. */
export interface Call {
  readonly world: World;
  readonly now: number;
  readonly account: Account;
  readonly scopes: readonly string[];
  /** Decoded parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** See `PageRequest`. */
  readonly list: string;
  readonly shortPagesSeed: number | null;
  readonly seed: number;
  /** Instants as text. */
  readonly text: InstantText;
  /** Names of the spaces made through this API; a token with no more than the `created` scope sees only those. */
  readonly createdSpaces: Set<string>;
}

export interface Route {
  readonly method: MethodName;
  readonly verb: 'GET' | 'POST';
  readonly path: string;
  /** Any one of them is enough. */
  readonly scopes: readonly string[];
  /** Counts against the quota of reads. */
  readonly metered: boolean;
  handle(call: Call): Reply;
}

const READ_SCOPES: readonly string[] = [SCOPE.created, SCOPE.readonly];

/** Meet REST v2, as far as attendance needs it. */
export const MEET_ROUTES: readonly Route[] = [
  {
    method: 'spaces.create',
    verb: 'POST',
    path: '/v2/spaces',
    scopes: [SCOPE.created],
    metered: false,
    handle: createSpace,
  },
  read('spaces.get', '/v2/spaces/:space', getSpace, [...READ_SCOPES, SCOPE.settings]),
  read('conferenceRecords.list', '/v2/conferenceRecords', listRecords),
  read('conferenceRecords.get', '/v2/conferenceRecords/:record', getRecord),
  read('participants.list', '/v2/conferenceRecords/:record/participants', listParticipants),
  read('participants.get', '/v2/conferenceRecords/:record/participants/:participant', getParticipant),
  read(
    'participantSessions.list',
    '/v2/conferenceRecords/:record/participants/:participant/participantSessions',
    listSessions,
  ),
  read(
    'participantSessions.get',
    '/v2/conferenceRecords/:record/participants/:participant/participantSessions/:session',
    getSession,
  ),
];

function read(method: MethodName, path: string, handle: Route['handle'], scopes = READ_SCOPES): Route {
  return { method, verb: 'GET', path, scopes, metered: true, handle };
}

function createSpace({ world, account, seed, createdSpaces }: Call): Reply {
  const random = createRandom(hash(seed, `space ${world.spaces.length}`));
  let code = meetingCode(random);
  while (world.spaces.some((space) => space.meetingCode === code)) code = meetingCode(random);
  const name = `spaces/${letters(random, 12, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`;
  const space: EmulatedSpace = { name, meetingCode: code, ownerEmail: account.email };
  world.spaces.push(space);
  createdSpaces.add(name);
  return ok({ ...renderSpace(space), config: CONFIG } satisfies meet_v2.Schema$Space);
}

function getSpace(call: Call): Reply {
  const { world, now, account, params } = call;
  const key = params['space'] ?? '';
  const space = world.spaces.find(
    ({ name, meetingCode: code }) => name === `spaces/${key}` || code === key.toLowerCase(),
  );
  if (space === undefined) return notFound(`spaces/${key}`);
  if (!withinScopes(call, space.name)) return permissionDenied('MeetingSpace');
  const owner = owns(account, space);
  const active = activeRecord(world, space, now);
  const conferenceRecord =
    active !== null && (owner || isParticipant(active.record, account, now)) ? active.record.name : null;
  return ok({
    ...renderSpace(space),
    ...(owner && { config: CONFIG }),
    ...(conferenceRecord !== null && { activeConference: { conferenceRecord } }),
  } satisfies meet_v2.Schema$Space);
}

const CONFIG: meet_v2.Schema$SpaceConfig = { accessType: 'TRUSTED', entryPointAccess: 'ALL', moderation: 'OFF' };

function listRecords(call: Call): Reply {
  const { world, now, account, query } = call;
  const spaces = new Map(
    world.spaces
      .filter((space) => owns(account, space) && withinScopes(call, space.name))
      .map((space) => [space.name, space]),
  );
  const fieldsOf = ({ record, start, end }: RecordView): FilterFields => ({
    'space.name': record.space,
    'space.meeting_code': spaces.get(record.space)?.meetingCode ?? '',
    start_time: start,
    end_time: end,
  });
  const sample = { 'space.name': '', 'space.meeting_code': '', start_time: 0, end_time: 0 };
  const wanted = compileFilter(query['filter'], sample);
  const records = viewRecords(world, now).filter((view) => spaces.has(view.record.space) && wanted(fieldsOf(view)));
  const { items, nextPageToken } = cut(call, records, 25, 100);
  return ok({
    ...(items.length > 0 && { conferenceRecords: items.map((view) => renderRecord(view, call.text)) }),
    ...(nextPageToken !== undefined && { nextPageToken }),
  } satisfies meet_v2.Schema$ListConferenceRecordsResponse);
}

function getRecord(call: Call): Reply {
  return withRecord(call, (view) => ok(renderRecord(view, call.text)));
}

function listParticipants(call: Call): Reply {
  return withRecord(call, ({ record }) => {
    const wanted = compileFilter(call.query['filter'], { earliest_start_time: 0, latest_end_time: 0 });
    const participants = viewParticipants(record, call.now).filter(({ earliest, latest }) =>
      wanted({ earliest_start_time: earliest, latest_end_time: latest }),
    );
    const { items, nextPageToken } = cut(call, participants, 100, 250);
    return ok({
      ...(items.length > 0 && { participants: items.map((view) => renderParticipant(view, call.text)) }),
      ...(nextPageToken !== undefined && { nextPageToken }),
      ...(asksFor(call.query['fields'], 'totalSize') && { totalSize: participants.length }),
    } satisfies meet_v2.Schema$ListParticipantsResponse);
  });
}

function getParticipant(call: Call): Reply {
  return withRecord(call, ({ record }) => {
    const name = `${record.name}/participants/${call.params['participant']}`;
    const found = viewParticipants(record, call.now).find(({ participant }) => participant.name === name);
    return found === undefined ? notFound(name) : ok(renderParticipant(found, call.text));
  });
}

function listSessions(call: Call): Reply {
  return withRecord(call, ({ record }) => {
    const name = `${record.name}/participants/${call.params['participant']}`;
    const participant = record.participants.find((candidate) => candidate.name === name);
    const sessions = participant === undefined ? [] : viewSessions(participant, call.now);
    if (sessions.length === 0) return notFound(name);
    const wanted = compileFilter(call.query['filter'], { start_time: 0, end_time: 0 });
    const matching = sessions.filter(({ start, end }) => wanted({ start_time: start, end_time: end }));
    const { items, nextPageToken } = cut(call, matching, 100, 250);
    return ok({
      ...(items.length > 0 && { participantSessions: items.map((view) => renderSession(view, call.text)) }),
      ...(nextPageToken !== undefined && { nextPageToken }),
    } satisfies meet_v2.Schema$ListParticipantSessionsResponse);
  });
}

function getSession(call: Call): Reply {
  return withRecord(call, ({ record }) => {
    const { participant: id, session } = call.params;
    const name = `${record.name}/participants/${id}/participantSessions/${session}`;
    const found = record.participants
      .flatMap((participant) => viewSessions(participant, call.now))
      .find((view) => view.session.name === name);
    return found === undefined ? notFound(name) : ok(renderSession(found, call.text));
  });
}

/** Owners read a call, and so do its participants; nobody else, not even an admin. */
function withRecord(call: Call, answer: (view: RecordView) => Reply): Reply {
  const { world, now, account, params } = call;
  const name = `conferenceRecords/${params['record']}`;
  const record = world.records.find((candidate) => candidate.name === name);
  const view = record === undefined ? null : viewRecord(record, now);
  if (view === null) return notFound(name);
  const space = world.spaces.find((candidate) => candidate.name === view.record.space);
  const allowed = (space !== undefined && owns(account, space)) || isParticipant(view.record, account, now);
  return allowed && withinScopes(call, view.record.space) ? answer(view) : permissionDenied('ConferenceRecord');
}

function owns(account: Account, space: EmulatedSpace): boolean {
  return account.email.toLowerCase() === space.ownerEmail.toLowerCase();
}

function withinScopes({ scopes, createdSpaces }: Call, space: string): boolean {
  return scopes.includes(SCOPE.readonly) || scopes.includes(SCOPE.settings) || createdSpaces.has(space);
}

function cut<T>(call: Call, all: readonly T[], byDefault: number, max: number) {
  const { list, query, shortPagesSeed } = call;
  return paginate(all, {
    list,
    size: query['pageSize'],
    token: query['pageToken'],
    sizes: { byDefault, max },
    shortPagesSeed,
  });
}
