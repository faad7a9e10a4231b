import { inArray } from 'drizzle-orm';

import type { Database } from '../database.ts';
import { directoryUsers } from '../schema/evidence.ts';

interface OwedAccount {
  readonly userId: string;
  readonly space: string;
  readonly recordStart: number;
  readonly recordEnd: number | null;
}

/** Google accounts that were seen in calls, and what the Directory said of them. */
export interface AccountStore {
  /**
   * Accounts that the Directory has not answered for yet, and accounts in records since `recentFrom` that it did not
   * know when it was asked before `askedBefore`. Each comes with the newest record that holds it.
   */
  toLookUp(recentFrom: number, askedBefore: number, limit: number): OwedAccount[];
  /** E-mail address by account id, of those that the Directory was asked about; null: not of the organisation. */
  emails(userIds: readonly string[]): Map<string, string | null>;
  record(userId: string, found: { email: string; name: string | null } | null, fetchedAt: number): void;
}

export function createAccountStore({ sqlite, orm }: Database): AccountStore {
  return {
    toLookUp: (recentFrom, askedBefore, limit) =>
      sqlite
        .prepare<[number, number, number], OwedAccount>(
          `select p.user_id as userId, r.space as space, max(r.start_at) as recordStart, r.end_at as recordEnd
           from participants p join conference_records r on r.name = p.record
           left join directory_users d on d.user_id = p.user_id
           where p.user_id is not null
             and (d.user_id is null or (d.email is null and r.start_at >= ? and d.fetched_at < ?))
           group by p.user_id order by max(r.start_at) desc limit ?`,
        )
        .all(recentFrom, askedBefore, limit),

    emails(userIds) {
      const rows = orm
        .select({ userId: directoryUsers.userId, email: directoryUsers.email })
        .from(directoryUsers)
        .where(inArray(directoryUsers.userId, [...userIds]))
        .all();
      return new Map(rows.map(({ userId, email }) => [userId, email]));
    },

    record(userId, found, fetchedAt) {
      const values = { email: found?.email.toLowerCase() ?? null, name: found?.name ?? null, fetchedAt };
      orm
        .insert(directoryUsers)
        .values({ userId, ...values })
        // An account that is deleted later keeps the address it had.
        .onConflictDoUpdate({ target: directoryUsers.userId, set: found === null ? { fetchedAt } : values })
        .run();
    },
  };
}
