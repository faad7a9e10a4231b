import type { Logger } from 'pino';

import type { Clock } from '../core/time/clock.ts';
import { loadCredentials, noCredentials } from './auth.ts';
import type { Timing } from './call/caller.ts';
import type { UsageStore } from './call/limiter.ts';
import type { Network } from './call/network.ts';
import { createDirectory } from './directory/directory.ts';
import { createGoogleClock, type GoogleClock } from './google-clock.ts';
import { createMeetClient, type MeetClient } from './meet/meet-client.ts';

export interface GoogleDeps {
  /** Null: every call answers that there are no credentials. */
  readonly credentialsFile: string | null;
  /** Null: Google itself. */
  readonly apiRoot: string | null;
  readonly network: Network;
  readonly usage: UsageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly timing: Partial<Timing>;
  /** Instead of a client of the network. */
  readonly meet?: MeetClient | undefined;
}

/** Everything that is asked of Google, and its time. @throws {ConfigError} when the credentials cannot be used */
export function openGoogle({ credentialsFile, meet, ...given }: GoogleDeps) {
  const googleClock = createGoogleClock(given.clock, given.log);
  const deps = { ...given, googleClock, network: dated(given.network, googleClock) };
  const credentials = credentialsFile === null ? noCredentials() : loadCredentials(credentialsFile);
  const client = meet ?? createMeetClient({ credentials, ...deps });
  return {
    credentials: credentials.kind,
    meet: client,
    directory: createDirectory({ credentials, ...deps }),
    googleClock,
  };
}

/** A network that notes the time of every answer of Google's, also of refusals. Pages of a proxy are no JSON. */
function dated(network: Network, googleClock: GoogleClock): Network {
  return async (request) => {
    const answer = await network(request);
    const date = Date.parse(answer.headers.get('date') ?? '');
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    if (isJson && !Number.isNaN(date)) googleClock.saw(date);
    return answer;
  };
}
