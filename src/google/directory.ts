import { admin } from 'googleapis/build/src/apis/admin/index.js';

import { SCOPES } from './auth.ts';
import { createCaller } from './caller.ts';
import type { CallerDeps } from './caller.ts';
import { failure } from './failures.ts';
import type { Outcome } from './failures.ts';
import { directoryUser } from './resources.ts';

/** Who an account is. Apart from the Meet client: a missing Directory scope must not stop attendance. */
export interface Directory {
  /** @returns null where the organisation has no such user */
  lookUp(
    organizer: string,
    userId: string,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly email: string; readonly name: string | null } | null>>;
}

/** 80 % of 2400 a minute and user. */
const LIMITS = { perMinute: 1920, perUserPerMinute: 1920, concurrency: 8, perUserConcurrency: 4 } as const;

export function createDirectory(deps: Omit<CallerDeps, 'limits' | 'usage'>): Directory {
  const caller = createCaller({ ...deps, limits: LIMITS });
  return {
    async lookUp(organizer, userId, signal) {
      const answer = await caller.call(
        organizer,
        SCOPES.directory,
        (auth, options) => {
          const api = admin({
            version: 'directory_v1',
            auth,
            ...(deps.apiRoot === null ? {} : { rootUrl: deps.apiRoot }),
          });
          // Not an administrator's view: any user of the domain may ask for the public fields.
          const what = { userKey: userId, viewType: 'domain_public', fields: 'primaryEmail,name/fullName' };
          return api.users.get(what, options);
        },
        signal,
      );
      if (answer.kind !== 'ok')
        return answer.reason === 'not_found' ? { kind: 'ok', value: null, readAt: deps.clock.now() } : answer;
      const parsed = directoryUser.safeParse(answer.value);
      return parsed.success ? { ...answer, value: parsed.data } : failure('not_an_api_reply');
    },
  };
}
