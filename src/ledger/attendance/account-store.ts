import { and, eq, isNull } from 'drizzle-orm';

import { DAY_MS } from '../../core/time/duration.ts';
import type { Database } from '../database.ts';
import { directoryUsers } from '../schema/evidence.ts';
import { held, oneOf } from '../select.ts';

interface OwedAccount {
  readonly userId: string;
  readonly space: string;
  readonly recordStart: number;
  /** While the call goes on: when it was seen last. */
  readonly recordEnd: number;
}

/** For so long a refusal may be an outage. From then on nobody is behind the account, as far as the Directory says. */
const REFUSED_FOR_MS = DAY_MS;

/** Google accounts that were seen in calls, and what the Directory said of them. */
export interface AccountStore {
  /**
   * Accounts that the Directory has not answered for yet, those first; and accounts that it did not know when it was
   * asked before `askedBefore`, of calls that ended since `recentFrom` or to be asked about again. Each comes with the
   * newest record that holds it. Google's time.
   */
  toLookUp(
    when: { readonly now: number; readonly recentFrom: number; readonly askedBefore: number },
    limit: number,
  ): OwedAccount[];
  /** E-mail address by account id, of those that the Directory has answered for; null: not of the organisation. */
  emails(userIds: readonly string[]): Map<string, string | null>;
  record(userId: string, found: { email: string; name: string | null } | null, fetchedAt: number): void;
  /** The Directory refused to answer. After a day of that the account counts as answered for, and is asked about still. */
  recordRefusal(userId: string, at: number): void;
  /** People were entered: who was not known before is asked about once more. */
  askAgain(): void;
}

export function createAccountStore({ sqlite, orm }: Database): AccountStore {
  // The accounts come first, and of calls the recent ones, which the cross joins make SQLite do: a ledger has far more calls
  // than accounts that are asked about.
  const toAsk = held(() =>
    sqlite.prepare<{ now: number; recentFrom: number; askedBefore: number; limit: number }, OwedAccount>(
      `with owed as (
       select distinct user_id from participants
       where user_id is not null and user_id not in (select user_id from directory_users)
       union
       select user_id from directory_users where refused_since_at is not null or (email is null and ask_again)
       union
       select d.user_id from conference_records r cross join participants p on p.record = r.name
       join directory_users d on d.user_id = p.user_id
       where coalesce(r.end_at, r.last_seen_at) >= @recentFrom and d.email is null)
     select p.user_id as userId, r.space as space, max(r.start_at) as recordStart,
       coalesce(r.end_at, r.last_seen_at) as recordEnd
     from owed left join directory_users d on d.user_id = owed.user_id
     cross join participants p on p.user_id = owed.user_id join conference_records r on r.name = p.record
     where d.user_id is null or d.refused_since_at is not null or (
       d.email is null and (d.ask_again or coalesce(r.end_at, r.last_seen_at) >= @recentFrom)
       -- A clock that was wrong may have left a time that lies ahead.
       and (d.fetched_at < @askedBefore or d.fetched_at > @now))
     group by p.user_id
     order by d.user_id is not null and d.refused_since_at is null, max(r.start_at) desc limit @limit`,
    ),
  );
  const answeredAmong = held(() =>
    orm
      .select({ userId: directoryUsers.userId, email: directoryUsers.email })
      .from(directoryUsers)
      .where(and(oneOf(directoryUsers.userId, 'accounts'), isNull(directoryUsers.refusedSinceAt)))
      .prepare(),
  );
  return {
    toLookUp: (when, limit) => toAsk().all({ ...when, limit }),

    emails(userIds) {
      const rows = answeredAmong().all({ accounts: JSON.stringify(userIds) });
      return new Map(rows.map(({ userId, email }) => [userId, email]));
    },

    record(userId, found, fetchedAt) {
      const answered = { fetchedAt, refusedSinceAt: null, askAgain: false };
      const values = { email: found?.email.toLowerCase() ?? null, name: found?.name ?? null, ...answered };
      orm
        .insert(directoryUsers)
        .values({ userId, ...values })
        // An account that is deleted later keeps the address it had.
        .onConflictDoUpdate({ target: directoryUsers.userId, set: found === null ? answered : values })
        .run();
    },

    recordRefusal(userId, at) {
      const mine = eq(directoryUsers.userId, userId);
      const known = orm.select().from(directoryUsers).where(mine).get();
      const since = known?.refusedSinceAt ?? null;
      const lasts = since !== null && at - since >= REFUSED_FOR_MS;
      if (known === undefined) {
        const values = { userId, email: null, fetchedAt: at, refusedSinceAt: at, askAgain: true };
        orm.insert(directoryUsers).values(values).run();
      } else {
        const refusedSinceAt = since === null || lasts ? null : Math.min(since, at);
        orm.update(directoryUsers).set({ fetchedAt: at, refusedSinceAt }).where(mine).run();
      }
    },

    askAgain() {
      // As if it was asked long ago, so that the next pass asks.
      orm.update(directoryUsers).set({ askAgain: true, fetchedAt: 0 }).where(isNull(directoryUsers.email)).run();
    },
  };
}
