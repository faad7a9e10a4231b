import { admin } from 'googleapis/build/src/apis/admin/index.js';
import { z } from 'zod';

import { mended } from '../../text.ts';
import { SCOPES } from '../auth.ts';
import { createCaller, type CallerDeps } from '../call/caller.ts';
import { failure, type Outcome } from '../call/failures.ts';
import { UNIVERSE } from '../call/transport.ts';

/** Google's own are far shorter. */
const text = z.string().max(1000);

/** @see https://developers.google.com/workspace/admin/directory/reference/rest/v1/users */
const directoryUser = z
  .object({ primaryEmail: text.min(3), name: z.object({ fullName: text.nullish() }).nullish() })
  .transform(({ primaryEmail, name }) => ({
    email: mended(primaryEmail.toLowerCase()),
    name: typeof name?.fullName === 'string' ? mended(name.fullName) : null,
  }));

/** Who an account is. It has a caller of its own: a missing Directory scope must not stop the reads of Meet. */
export interface Directory {
  /**
   * @param userId as in `users/{id}`, without `users/`
   * @returns null where the organisation has no such user, or where the grant of an account was given without the Directory
   */
  lookUp(
    organizer: string,
    userId: string,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly email: string; readonly name: string | null } | null>>;
}

/** 80 % of 2400 a minute and user. */
const LIMITS = { perMinute: 1920, perUserPerMinute: 1920, concurrency: 8, perUserConcurrency: 4 } as const;

export function createDirectory(deps: Omit<CallerDeps, 'usage'>): Directory {
  const caller = createCaller(deps, { scopes: SCOPES.directory, limits: LIMITS, repeatable: true });
  const api = admin({
    version: 'directory_v1',
    universeDomain: UNIVERSE,
    ...(deps.apiRoot === null ? {} : { rootUrl: deps.apiRoot }),
  });
  // The public view: any user of the domain may ask for it, not only an administrator.
  const view = { viewType: 'domain_public', fields: 'primaryEmail,name/fullName' } as const;
  return {
    async lookUp(organizer, userId, signal) {
      if (!/^[\w@+-][\w.@+-]*$/.test(userId)) return failure('bad_request');
      const answer = await caller.call({
        organizer,
        signal,
        send: (auth, options) => api.users.get({ auth, userKey: userId, ...view }, options),
        read: (body) => directoryUser.safeParse(body).data ?? null,
      });
      if (answer.kind === 'ok') return answer;
      // "rollbook auth" asks for the Directory only when told to: without it there is nobody to ask, and that is no outage.
      const withoutDirectory = deps.credentials.kind === 'authorized_user' && answer.reason === 'scope_missing';
      if (answer.reason !== 'not_found' && !withoutDirectory) return answer;
      return { kind: 'ok', value: null, readAt: deps.clock.now() };
    },
  };
}
