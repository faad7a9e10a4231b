import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { held } from '../select.ts';

/** A call that somebody was seen in, `[start, end)` in epoch ms; until it was last read while it has no end. */
export interface Sighting extends Interval {
  /** The room of its space; null: of no class. */
  readonly roomId: number | null;
  /** A class that a person linked the call to; a call that was linked to several is sighted for each. */
  readonly linkedTo: number | null;
}

/** Who was seen where: the classes whose logs follow from what is known of somebody. */
export interface SightingStore {
  /** Calls in which one of the accounts was: by its id, or by the address that the Directory gives it. */
  ofAccounts(who: { readonly accounts: readonly string[]; readonly emails: readonly string[] }): Sighting[];
  /** Calls in which somebody without an account showed a name that fits. */
  ofNames(fits: (displayName: string) => boolean): Sighting[];
  ofParticipants(names: readonly string[]): Sighting[];
  /** Classes that have a log of the person. */
  classesWithLogOf(personId: number): number[];
  /** From the first to the last instant of the calls in a room that overlap an interval, and of the interval. */
  reach(roomId: number, within: Interval): Interval;
}

export function createSightingStore({ sqlite }: Database): SightingStore {
  const calls = (which: string) =>
    held(() =>
      sqlite.prepare<[string], Sighting>(
        `select distinct rm.id as roomId, r.start_at as start, coalesce(r.end_at, r.last_seen_at) as "end",
         d.class_id as linkedTo
       from participants p join conference_records r on r.name = p.record left join rooms rm on rm.space = r.space
       left join decisions d on d.kind = 'link_call' and d.undone_at is null and d.payload ->> 'record' = r.name
       where ${which}`,
      ),
    );
  const among = (column: string) => `${column} in (select value from json_each(?))`;
  const byAccount = calls(among('p.user_id'));
  const byEmail = calls(
    `p.user_id in (select d.user_id from directory_users d where ${among('d.email')} and d.email is not null)`,
  );
  const byName = calls(`p.user_id is null and ${among('p.display_name')}`);
  const byParticipant = calls(among('p.name'));
  const names = held(() =>
    sqlite.prepare<[], string>('select distinct display_name from participants where user_id is null').pluck(),
  );
  const withLog = held(() =>
    sqlite
      .prepare<[number], number>(
        `select distinct s.class_id from attendance_logs l join sessions s on s.id = l.session_id where l.person_id = ?`,
      )
      .pluck(),
  );
  const overlapping = held(() =>
    sqlite.prepare<[number, number, number], { start: number | null; end: number | null }>(
      `select min(r.start_at) as start, max(coalesce(r.end_at, r.last_seen_at)) as "end"
     from rooms rm join conference_records r on r.space = rm.space
     where rm.id = ? and r.start_at < ? and coalesce(r.end_at, r.last_seen_at) > ?`,
    ),
  );

  return {
    ofAccounts: ({ accounts, emails }) => [
      ...(accounts.length === 0 ? [] : byAccount().all(JSON.stringify(accounts))),
      ...(emails.length === 0 ? [] : byEmail().all(JSON.stringify(emails.map((email) => email.toLowerCase())))),
    ],
    // SQLite does not know the normal form of names, so each name that was shown is compared by the caller.
    ofNames: (fits) => byName().all(JSON.stringify(names().all().filter(fits))),
    ofParticipants: (participants) => byParticipant().all(JSON.stringify(participants)),
    classesWithLogOf: (personId) => withLog().all(personId),
    reach(roomId, { start, end }) {
      const found = overlapping().get(roomId, end, start);
      return { start: Math.min(start, found?.start ?? start), end: Math.max(end, found?.end ?? end) };
    },
  };
}
