import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';

import type {
  ConferenceRecord,
  Participant,
  ParticipantEvidence,
  ParticipantSession,
  RecordEvidence,
} from '../../core/attendance/evidence.ts';
import type { Interval } from '../../core/time/interval.ts';
import { oneOf } from '../database.ts';
import type { Database } from '../database.ts';
import {
  conferenceRecords,
  directoryUsers,
  evidenceChanges,
  participants,
  participantSessions,
} from '../schema/capture.ts';

/** Complete answers of Google: if any page of a listing failed, the whole listing is left out. `readAt` is Google's time. */
export interface Observation {
  readonly space: string;
  /** Records of the space that overlap `within`; null when they were not listed in this read. */
  readonly records: {
    readonly within: Interval;
    readonly items: readonly ConferenceRecord[];
    readonly readAt: number;
  } | null;
  readonly participants: readonly {
    readonly record: string;
    readonly items: readonly Participant[];
    readonly readAt: number;
  }[];
  readonly sessions: readonly {
    readonly participant: string;
    readonly items: readonly ParticipantSession[];
    readonly readAt: number;
  }[];
}

export interface RecordedEvidence {
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

export interface EvidenceStore {
  /**
   * Stores what was observed: new rows, changed values with the old ones kept, `last_seen`. Nothing is ever deleted;
   * what a complete listing no longer holds is marked.
   *
   * @returns names of the records whose evidence is not what the ledger held
   */
  record(observation: Observation): Set<string>;
  /** Records of a space that overlap the interval, with everybody in them. */
  load(space: string, within: Interval): RecordedEvidence;
  /**
   * Accounts nobody could look up yet, and those of records since `recentFrom` that were unknown when last asked before
   * `askedBefore`, with a record that holds them.
   */
  accountsToLookUp(
    recentFrom: number,
    askedBefore: number,
    limit: number,
  ): { userId: string; space: string; recordStart: number; recordEnd: number | null }[];
  directory(userIds?: readonly string[]): Map<string, string | null>;
  recordDirectory(userId: string, found: { email: string; name: string | null } | null, fetchedAt: number): void;
  /** Old and new values of one resource, oldest first. */
  history(resource: string): { field: string; oldValue: string | null; newValue: string | null; readAt: number }[];
}

export function createEvidenceStore({ sqlite, orm, write }: Database): EvidenceStore {
  // Prepared once, because they run for every row of every read.
  const oldRecord = sqlite.prepare('select * from conference_records where name = ?');
  const insertRecord = sqlite.prepare(
    `insert into conference_records (name, space, start_at, start_text, end_at, end_text, expire_at, first_seen_at, last_seen_at)
     values (@name, @space, @start, @startText, @end, @endText, @expireAt, @readAt, @readAt)`,
  );
  const updateRecord = sqlite.prepare(
    `update conference_records set start_at = @start, start_text = @startText, end_at = @end, end_text = @endText,
     expire_at = coalesce(@expireAt, expire_at), last_seen_at = max(last_seen_at, @readAt), missing_since_at = null where name = @name`,
  );
  const oldParticipant = sqlite.prepare('select * from participants where name = ?');
  const insertParticipant = sqlite.prepare(
    `insert into participants (name, record, kind, user_id, display_name, earliest_at, latest_at, first_seen_at, last_seen_at)
     values (@name, @record, @kind, @userId, @displayName, @earliestStart, @latestEnd, @readAt, @readAt)`,
  );
  const updateParticipant = sqlite.prepare(
    `update participants set kind = @kind, user_id = @userId, display_name = @displayName, earliest_at = @earliestStart,
     latest_at = @latestEnd, last_seen_at = max(last_seen_at, @readAt), missing_since_at = null where name = @name`,
  );
  const oldSession = sqlite.prepare('select * from participant_sessions where name = ?');
  const insertSession = sqlite.prepare(
    `insert into participant_sessions (name, participant, start_at, start_text, end_at, end_text, first_seen_at, last_seen_at)
     values (@name, @participant, @start, @startText, @end, @endText, @readAt, @readAt)`,
  );
  const updateSession = sqlite.prepare(
    `update participant_sessions set start_at = @start, start_text = @startText, end_at = @end, end_text = @endText,
     last_seen_at = max(last_seen_at, @readAt), missing_since_at = null where name = @name`,
  );
  const sessionsRead = sqlite.prepare(
    'update participants set sessions_read_at = max(coalesce(sessions_read_at, 0), ?) where name = ?',
  );
  const participantsOf = sqlite.prepare(
    'select name, last_seen_at, missing_since_at from participants where record = ?',
  );
  const sessionsOf = sqlite.prepare(
    'select name, last_seen_at, missing_since_at from participant_sessions where participant = ?',
  );
  const missParticipant = sqlite.prepare('update participants set missing_since_at = ? where name = ?');
  const missSession = sqlite.prepare('update participant_sessions set missing_since_at = ? where name = ?');
  const recordOf = sqlite.prepare(
    'select p.record, p.sessions_read_at, r.end_at from participants p join conference_records r on r.name = p.record where p.name = ?',
  );
  const change = sqlite.prepare(
    'insert into evidence_changes (resource, field, old_value, new_value, read_at) values (?, ?, ?, ?, ?)',
  );

  const recordsOf = orm
    .select()
    .from(conferenceRecords)
    .where(
      and(
        eq(conferenceRecords.space, sql.placeholder('space')),
        lt(conferenceRecords.startAt, sql.placeholder('end')),
        or(isNull(conferenceRecords.endAt), gt(conferenceRecords.endAt, sql.placeholder('start'))),
      ),
    )
    .orderBy(asc(conferenceRecords.startAt), asc(conferenceRecords.name))
    .prepare();
  const peopleOf = orm
    .select()
    .from(participants)
    .where(oneOf(participants.record, 'records'))
    .orderBy(asc(participants.name))
    .prepare();
  const staysOf = orm
    .select({ session: participantSessions })
    .from(participantSessions)
    .innerJoin(participants, eq(participants.name, participantSessions.participant))
    .where(oneOf(participants.record, 'records'))
    .orderBy(asc(participantSessions.startAt), asc(participantSessions.name))
    .prepare();

  /** Notes what differs; an older answer replayed later changes nothing. */
  const differs = (
    resource: string,
    old: Record<string, unknown>,
    fields: Record<string, readonly [unknown, unknown]>,
    readAt: number,
  ): boolean => {
    let changed = false;
    for (const [field, [before, after]] of Object.entries(fields)) {
      if (before === after) continue;
      changed = true;
      change.run(resource, field, asText(before), asText(after), readAt);
    }
    if (old['missing_since_at'] !== null) {
      changed = true;
      change.run(resource, 'missing', 'true', null, readAt);
    }
    return changed;
  };

  // Two classes of one room can be read at once, so the earlier answer may be stored last.
  const isOlder = (old: Record<string, unknown>, readAt: number) =>
    Math.max(Number(old['last_seen_at']), Number(old['missing_since_at'])) > readAt;

  const vanish = (
    rows: readonly unknown[],
    listed: ReadonlySet<string>,
    mark: { run(readAt: number, name: string): unknown },
    readAt: number,
  ): boolean => {
    let changed = false;
    for (const row of rows as { name: string; last_seen_at: number; missing_since_at: number | null }[]) {
      if (listed.has(row.name) || row.missing_since_at !== null || isOlder(row, readAt)) continue;
      mark.run(readAt, row.name);
      change.run(row.name, 'missing', null, 'true', readAt);
      changed = true;
    }
    return changed;
  };

  const recordRecords = (
    { within, items, readAt }: NonNullable<Observation['records']>,
    space: string,
    changed: Set<string>,
  ) => {
    for (const item of items) {
      const old = oldRecord.get(item.name) as Record<string, unknown> | undefined;
      if (old === undefined) {
        insertRecord.run({ ...item, readAt });
        changed.add(item.name);
        continue;
      }
      if (isOlder(old, readAt)) continue;
      const fields = {
        start: [old['start_text'], item.startText],
        end: [old['end_text'], item.endText],
      } as const;
      if (differs(item.name, old, fields, readAt)) changed.add(item.name);
      updateRecord.run({ ...item, readAt });
    }
    const listed = new Set(items.map(({ name }) => name));
    for (const row of recordsOf.all({ space, ...within })) {
      if (listed.has(row.name) || row.missingSinceAt !== null || row.lastSeenAt >= readAt) continue;
      orm.update(conferenceRecords).set({ missingSinceAt: readAt }).where(eq(conferenceRecords.name, row.name)).run();
      change.run(row.name, 'missing', null, 'true', readAt);
      changed.add(row.name);
    }
  };

  const recordParticipants = ({ record, items, readAt }: Observation['participants'][number], changed: Set<string>) => {
    for (const item of items) {
      const old = oldParticipant.get(item.name) as Record<string, unknown> | undefined;
      if (old === undefined) {
        insertParticipant.run({ ...item, record, readAt });
        changed.add(record);
        continue;
      }
      if (isOlder(old, readAt)) continue;
      const fields = {
        kind: [old['kind'], item.kind],
        user_id: [old['user_id'], item.userId],
        display_name: [old['display_name'], item.displayName],
        earliest: [old['earliest_at'], item.earliestStart],
        latest: [old['latest_at'], item.latestEnd],
      } as const;
      if (differs(item.name, old, fields, readAt)) changed.add(record);
      updateParticipant.run({ ...item, readAt });
    }
    if (vanish(participantsOf.all(record), new Set(items.map(({ name }) => name)), missParticipant, readAt))
      changed.add(record);
  };

  const recordSessions = ({ participant, items, readAt }: Observation['sessions'][number], changed: Set<string>) => {
    const holder = recordOf.get(participant) as
      | { record: string; sessions_read_at: number | null; end_at: number | null }
      | undefined;
    if (holder === undefined) return;
    // The first listing after the end normally repeats what the participant said; only a difference is a change.
    const again =
      holder.sessions_read_at !== null && holder.end_at !== null && holder.sessions_read_at >= holder.end_at;
    for (const item of items) {
      const old = oldSession.get(item.name) as Record<string, unknown> | undefined;
      if (old === undefined) {
        insertSession.run({ ...item, participant, readAt });
        if (again) changed.add(holder.record);
        continue;
      }
      if (isOlder(old, readAt)) continue;
      const fields = { start: [old['start_text'], item.startText], end: [old['end_text'], item.endText] } as const;
      if (differs(item.name, old, fields, readAt) && again) changed.add(holder.record);
      updateSession.run({ ...item, readAt });
    }
    if (vanish(sessionsOf.all(participant), new Set(items.map(({ name }) => name)), missSession, readAt) && again) {
      changed.add(holder.record);
    }
    sessionsRead.run(readAt, participant);
  };

  return {
    record({ space, records, participants: people, sessions }) {
      return write(() => {
        const changed = new Set<string>();
        if (records !== null) recordRecords(records, space, changed);
        for (const listing of people) recordParticipants(listing, changed);
        for (const listing of sessions) recordSessions(listing, changed);
        return changed;
      });
    },

    load(space, within) {
      const records = recordsOf.all({ space, ...within });
      if (records.length === 0) return { records: [], participants: [] };
      const names = { records: JSON.stringify(records.map(({ name }) => name)) };
      const people = peopleOf.all(names);
      const sessionRows = staysOf.all(names);
      const byParticipant = Map.groupBy(sessionRows, ({ session }) => session.participant);
      return {
        records: records.map(({ name, startAt, endAt, lastSeenAt }) => ({
          name,
          start: startAt,
          end: endAt,
          lastSeenAt,
        })),
        participants: people.map((row) => ({
          name: row.name,
          record: row.record,
          kind: row.kind,
          userId: row.userId,
          displayName: row.displayName,
          earliest: row.earliestAt,
          latest: row.latestAt,
          lastSeenAt: row.lastSeenAt,
          missing: row.missingSinceAt !== null,
          sessionsReadAt: row.sessionsReadAt,
          sessions: (byParticipant.get(row.name) ?? []).map(({ session }) => ({
            name: session.name,
            start: session.startAt,
            end: session.endAt,
            lastSeenAt: session.lastSeenAt,
            missing: session.missingSinceAt !== null,
          })),
        })),
      };
    },

    accountsToLookUp(recentFrom, askedBefore, limit) {
      return sqlite
        .prepare(
          `select p.user_id as userId, r.space as space, max(r.start_at) as recordStart, r.end_at as recordEnd
           from participants p join conference_records r on r.name = p.record
           left join directory_users d on d.user_id = p.user_id
           where p.user_id is not null
             and (d.user_id is null or (d.email is null and r.start_at >= ? and d.fetched_at < ?))
           group by p.user_id order by max(r.start_at) desc limit ?`,
        )
        .all(recentFrom, askedBefore, limit) as {
        userId: string;
        space: string;
        recordStart: number;
        recordEnd: number | null;
      }[];
    },

    directory(userIds) {
      const rows = orm
        .select({ userId: directoryUsers.userId, email: directoryUsers.email })
        .from(directoryUsers)
        .where(userIds === undefined ? undefined : inArray(directoryUsers.userId, [...userIds]))
        .all();
      return new Map(rows.map(({ userId, email }) => [userId, email]));
    },

    recordDirectory(userId, found, fetchedAt) {
      const values = { email: found?.email.toLowerCase() ?? null, name: found?.name ?? null, fetchedAt };
      orm
        .insert(directoryUsers)
        .values({ userId, ...values })
        // An account that is deleted later keeps the address it had.
        .onConflictDoUpdate({ target: directoryUsers.userId, set: found === null ? { fetchedAt } : values })
        .run();
    },

    history(resource) {
      return orm
        .select({
          field: evidenceChanges.field,
          oldValue: evidenceChanges.oldValue,
          newValue: evidenceChanges.newValue,
          readAt: evidenceChanges.readAt,
        })
        .from(evidenceChanges)
        .where(eq(evidenceChanges.resource, resource))
        .orderBy(asc(evidenceChanges.id))
        .all();
    },
  };
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value as string | number);
}
