import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js';
import type { admin_reports_v1 } from 'googleapis/build/src/apis/admin/reports_v1.js';

import { SECOND_MS } from '../../core/time/duration.ts';
import { viewParticipants, viewSessions } from '../view.ts';
import { paginate } from '../wire/paging.ts';
import { parseTimestamp } from '../wire/timestamp.ts';
import type { EmulatedParticipant, EmulatedSpace } from '../world.ts';
import { legacyFailure, ok, type Reply } from './google-error.ts';
import type { Call, Route } from './meet-routes.ts';
import { SCOPE } from './tokens.ts';

const CUSTOMER = 'C0emulated';

/** The calls to the Admin SDK in use: who is behind an id, and the audit log of calls. */
export const ADMIN_ROUTES: readonly Route[] = [
  {
    method: 'directory.users.get',
    verb: 'GET',
    path: '/admin/directory/v1/users/:user',
    scopes: [SCOPE.directory],
    metered: false,
    handle: getUser,
  },
  {
    method: 'reports.activities.list',
    verb: 'GET',
    path: '/admin/reports/v1/activity/users/all/applications/meet',
    scopes: [SCOPE.reports],
    metered: false,
    handle: listActivities,
  },
];

function getUser({ world, params }: Call): Reply {
  const key = (params['user'] ?? '').toLowerCase();
  const account = world.accounts.find(
    ({ id, email, inDirectory }) => inDirectory && (id === key || email.toLowerCase() === key),
  );
  if (account === undefined) return legacyFailure(404, 'Resource Not Found: userKey', 'notFound');
  const [givenName = '', ...familyNames] = account.name.split(' ');
  return ok({
    kind: 'admin#directory#user',
    id: account.id,
    primaryEmail: account.email,
    name: { fullName: account.name, givenName, familyName: familyNames.join(' ') },
    suspended: false,
    customerId: CUSTOMER,
  } satisfies admin_directory_v1.Schema$User);
}

/** `call_ended`: one row a device, written when it left. Rows outlive the conference records, by months. */
function listActivities(call: Call): Reply {
  const { world, now, query } = call;
  const from = parseTimestamp(query['startTime'] ?? '') ?? -Infinity;
  const to = parseTimestamp(query['endTime'] ?? '') ?? Infinity;
  const spaces = new Map(world.spaces.map((space) => [space.name, space]));
  const rows = world.records
    .flatMap((record) =>
      viewParticipants(record, now).flatMap(({ participant }) =>
        viewSessions(participant, now).flatMap(({ session, start, end }) =>
          end === null || end < from || end > to
            ? []
            : [{ id: session.name, conference: record.name, space: spaces.get(record.space), participant, start, end }],
        ),
      ),
    )
    .sort((a, b) => b.end - a.end);
  const sizes = { byDefault: 1000, max: 1000 };
  const { maxResults: size, pageToken: token } = query;
  const { items, nextPageToken } = paginate(rows, { list: call.list, size, token, sizes, shortPagesSeed: null });
  return ok({
    kind: 'admin#reports#activities',
    ...(items.length > 0 && { items: items.map((row) => renderActivity(call, row)) }),
    ...(nextPageToken !== undefined && { nextPageToken }),
  } satisfies admin_reports_v1.Schema$Activities);
}

interface EndedCall {
  readonly id: string;
  readonly conference: string;
  readonly space: EmulatedSpace | undefined;
  readonly participant: EmulatedParticipant;
  readonly start: number;
  readonly end: number;
}

function renderActivity({ world }: Call, row: EndedCall): admin_reports_v1.Schema$Activity {
  const { user } = row.participant;
  const account = user.kind === 'signedin' ? world.accounts.find(({ id }) => id === user.id) : undefined;
  const who = account?.inDirectory === true ? account : undefined;
  return {
    kind: 'admin#reports#activity',
    id: {
      time: new Date(row.end).toISOString(),
      uniqueQualifier: row.id.replaceAll(/[^0-9A-Za-z]/g, '').slice(-18),
      applicationName: 'meet',
      customerId: CUSTOMER,
    },
    actor:
      who === undefined
        ? { callerType: 'KEY', key: 'HANGOUTS_EXTERNAL_OR_ANONYMOUS' }
        : { callerType: 'USER', email: who.email, profileId: who.id },
    events: [
      {
        type: 'call',
        name: 'call_ended',
        parameters: [
          { name: 'meeting_code', value: row.space?.meetingCode.replaceAll('-', '').toUpperCase() ?? '' },
          { name: 'conference_id', value: row.conference.replace('conferenceRecords/', '') },
          { name: 'endpoint_id', value: row.id.split('/').at(-1) ?? '' },
          { name: 'organizer_email', value: row.space?.ownerEmail ?? '' },
          { name: 'display_name', value: user.displayName },
          { name: 'is_external', boolValue: who === undefined },
          { name: 'device_type', value: user.kind === 'phone' ? 'pstn_in' : 'web' },
          ...(who === undefined
            ? []
            : [
                { name: 'identifier', value: who.email },
                { name: 'identifier_type', value: 'email_address' },
              ]),
          { name: 'start_timestamp_seconds', intValue: String(Math.floor(row.start / SECOND_MS)) },
          { name: 'duration_seconds', intValue: String(Math.floor((row.end - row.start) / SECOND_MS)) },
        ],
      },
    ],
  };
}
