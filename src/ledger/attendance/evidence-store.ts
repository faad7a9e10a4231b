import { and, asc, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';

import type {
  ConferenceRecord,
  Participant,
  ParticipantEvidence,
  ParticipantSession,
  RecordEvidence,
} from '../../core/attendance/evidence.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { conferenceRecords, participants, participantSessions } from '../schema/evidence.ts';
import { columnsBut, held, oneOf } from '../select.ts';

/** Complete answers of Google: if any page of a listing failed, the whole listing is left out. `readAt` is Google's time. */
export interface Observation {
  readonly space: string;
  /** Records of the space that overlap `within`; null when they were not listed in this read. */
  readonly records: ({ readonly within: Interval } & Answer<ConferenceRecord>) | null;
  readonly participants: readonly ({ readonly record: string } & Answer<Participant>)[];
  readonly sessions: readonly ({ readonly participant: string } & Answer<ParticipantSession>)[];
}

interface Answer<Item> {
  readonly items: readonly Item[];
  readonly readAt: number;
}

export interface RecordedEvidence {
  readonly records: readonly RecordEvidence[];
  readonly participants: readonly ParticipantEvidence[];
}

/** A call with everybody who was in it. */
export interface CallRow {
  readonly space: string;
  readonly record: RecordEvidence;
  readonly participants: readonly ParticipantEvidence[];
}

export interface EvidenceStore {
  /**
   * Stores what was observed: new rows, changed values with the old ones kept, `last_seen`. Nothing is ever deleted;
   * what a complete listing no longer holds is marked.
   *
   * @returns whether the evidence differs from what the ledger held
   */
  record(observation: Observation): boolean;
  /** When calls took place, as far as they are known. */
  timesOf(records: readonly string[]): Interval[];
  /** Calls in any space that overlap the interval, by start and name. */
  during(within: Interval): CallRow[];
  /** Records of a space that overlap the interval, with everybody in them. */
  load(space: string, within: Interval): RecordedEvidence;
}

/** A row as it is before an answer is stored. */
interface SeenRow {
  readonly name: string;
  readonly last_seen_at: number;
  readonly missing_since_at: number | null;
  readonly [column: string]: unknown;
}

/** A complete listing of Google. */
interface Listing<Item> extends Answer<Item> {
  /** The space, record or participant that everything listed belongs to. */
  readonly owner: string;
  /** Rows that the listing would hold; left out: all that the ledger holds of the owner. */
  readonly known?: readonly SeenRow[];
}

export function createEvidenceStore({ sqlite, orm, write }: Database): EvidenceStore {
  const change = held(() =>
    sqlite.prepare(
      'insert into evidence_changes (resource, field, old_value, new_value, read_at) values (?, ?, ?, ?, ?)',
    ),
  );
  // Two classes of one room can be read at once, so the earlier answer may be stored last.
  const isOlder = (row: SeenRow, readAt: number) => Math.max(row.last_seen_at, row.missing_since_at ?? 0) > readAt;

  /**
   * Stores complete listings in a table.
   *
   * @param columns column → field of an item
   * @param compared columns whose changes are kept; all of them when left out
   * @returns a function that stores one listing and says whether it differs from what the ledger held
   */
  const recorder = <Item extends { readonly name: string }>(
    table: string,
    owner: string,
    columns: Readonly<Record<string, keyof Item & string>>,
    compared: readonly string[] = Object.keys(columns),
  ) => {
    const names = Object.keys(columns);
    const parameters = Object.values(columns).map((field) => `@${field}`);
    const before = sqlite.prepare<[string], SeenRow>(`select * from ${table} where name = ?`);
    const insert = sqlite.prepare(
      `insert into ${table} (name, ${owner}, ${names.join(', ')}, first_seen_at, last_seen_at)
       values (@name, @owner, ${parameters.join(', ')}, @readAt, @readAt)`,
    );
    // An answer that does not say when the record expires leaves what is known.
    const kept = names.map((name, i) =>
      name === 'expire_at' ? 'expire_at = coalesce(@expireAt, expire_at)' : `${name} = ${parameters[i]}`,
    );
    const update = sqlite.prepare(
      `update ${table} set ${kept.join(', ')}, last_seen_at = max(last_seen_at, @readAt), missing_since_at = null
       where name = @name`,
    );
    const miss = sqlite.prepare(`update ${table} set missing_since_at = ? where name = ?`);
    const ownedBy = sqlite.prepare<[string], SeenRow>(
      `select name, last_seen_at, missing_since_at from ${table} where ${owner} = ?`,
    );

    return (listing: Listing<Item>): boolean => {
      const { items, readAt, known = ownedBy.all(listing.owner) } = listing;
      let changed = false;
      const note = (resource: string, field: string, old: unknown, value: unknown) => {
        changed = true;
        change().run(resource, field, asText(old), asText(value), readAt);
      };
      for (const item of items) {
        const old = before.get(item.name);
        if (old === undefined) {
          insert.run({ ...item, owner: listing.owner, readAt });
          changed = true;
          continue;
        }
        if (isOlder(old, readAt)) continue;
        for (const column of compared) {
          const value = item[columns[column]!];
          if (old[column] !== value) note(item.name, column.replace(/_(at|text)$/, ''), old[column], value);
        }
        if (old.missing_since_at !== null) note(item.name, 'missing', 'true', null);
        update.run({ ...item, readAt });
      }
      const listed = new Set(items.map(({ name }) => name));
      for (const row of known) {
        if (listed.has(row.name) || row.missing_since_at !== null || isOlder(row, readAt)) continue;
        miss.run(readAt, row.name);
        note(row.name, 'missing', null, 'true');
      }
      return changed;
    };
  };

  const times = { start_at: 'start', start_text: 'startText', end_at: 'end', end_text: 'endText' } as const;
  // The text holds more digits than the milliseconds.
  const texts = ['start_text', 'end_text'];
  const recordRecords = recorder<ConferenceRecord>(
    'conference_records',
    'space',
    { ...times, expire_at: 'expireAt' },
    texts,
  );
  const recordParticipants = recorder<Participant>('participants', 'record', {
    kind: 'kind',
    user_id: 'userId',
    display_name: 'displayName',
    earliest_at: 'earliestStart',
    latest_at: 'latestEnd',
  });
  const recordSessions = recorder<ParticipantSession>('participant_sessions', 'participant', times, texts);

  const recordsOf = held(() =>
    sqlite.prepare<[string, number, number, number], SeenRow>(
      `select name, last_seen_at, missing_since_at from conference_records
     where space = ? and start_at < ? and (end_at is null or end_at > ?) and last_seen_at < ?`,
    ),
  );
  const timesOf = held(() =>
    sqlite.prepare<[string], Interval>(
      'select start_at as start, coalesce(end_at, last_seen_at) as "end" from conference_records where name = ?',
    ),
  );
  const callOf = held(() =>
    sqlite.prepare<[string], { readonly sessions_read_at: number | null; readonly end_at: number | null }>(
      `select p.sessions_read_at, r.end_at
     from participants p join conference_records r on r.name = p.record where p.name = ?`,
    ),
  );
  const sessionsRead = held(() =>
    sqlite.prepare('update participants set sessions_read_at = max(coalesce(sessions_read_at, 0), ?) where name = ?'),
  );
  const recordColumns = {
    name: conferenceRecords.name,
    start: conferenceRecords.start,
    end: conferenceRecords.end,
    lastSeenAt: conferenceRecords.lastSeenAt,
  };
  const overlapping = held(() =>
    orm
      .select(recordColumns)
      .from(conferenceRecords)
      .where(
        and(
          eq(conferenceRecords.space, sql.placeholder('space')),
          lt(conferenceRecords.start, sql.placeholder('end')),
          or(isNull(conferenceRecords.end), gt(conferenceRecords.end, sql.placeholder('start'))),
        ),
      )
      .orderBy(asc(conferenceRecords.start), asc(conferenceRecords.name))
      .prepare(),
  );
  const overlappingAnywhere = held(() =>
    orm
      .select({ ...recordColumns, space: conferenceRecords.space })
      .from(conferenceRecords)
      .where(
        and(
          lt(conferenceRecords.start, sql.placeholder('end')),
          gt(sql`coalesce(${conferenceRecords.end}, ${conferenceRecords.lastSeenAt})`, sql.placeholder('start')),
        ),
      )
      .orderBy(asc(conferenceRecords.start), asc(conferenceRecords.name))
      .prepare(),
  );
  const peopleOf = held(() =>
    orm
      .select({
        ...columnsBut(participants, 'firstSeenAt', 'missingSinceAt'),
        missing: isNotNull(participants.missingSinceAt).mapWith(Boolean),
      })
      .from(participants)
      .where(oneOf(participants.record, 'records'))
      .orderBy(asc(participants.name))
      .prepare(),
  );
  const staysOf = held(() =>
    orm
      .select({
        participant: participantSessions.participant,
        name: participantSessions.name,
        start: participantSessions.start,
        end: participantSessions.end,
        lastSeenAt: participantSessions.lastSeenAt,
        missing: isNotNull(participantSessions.missingSinceAt).mapWith(Boolean),
      })
      .from(participantSessions)
      .innerJoin(participants, eq(participants.name, participantSessions.participant))
      .where(oneOf(participants.record, 'records'))
      .orderBy(asc(participantSessions.start), asc(participantSessions.name))
      .prepare(),
  );

  const participantsIn = (records: readonly string[]): ParticipantEvidence[] => {
    if (records.length === 0) return [];
    const names = { records: JSON.stringify(records) };
    const people = peopleOf().all(names);
    const sessionsBy = Map.groupBy(staysOf().all(names), ({ participant }) => participant);
    return people.map((person) => ({ ...person, sessions: sessionsBy.get(person.name) ?? [] }));
  };

  return {
    record({ space, records, participants: people, sessions }) {
      return write(() => {
        let changed = false;
        if (records !== null) {
          const { items, within, readAt } = records;
          const known = recordsOf().all(space, within.end, within.start, readAt);
          changed = recordRecords({ owner: space, items, known, readAt });
        }
        for (const { record, items, readAt } of people) {
          const differs = recordParticipants({ owner: record, items, readAt });
          changed ||= differs;
        }
        for (const { participant, items, readAt } of sessions) {
          const call = callOf().get(participant);
          if (call === undefined) continue;
          const differs = recordSessions({ owner: participant, items, readAt });
          sessionsRead().run(readAt, participant);
          // The first listing after the end only confirms what the participant said; a later one that differs is a change.
          const again = call.sessions_read_at !== null && call.end_at !== null && call.sessions_read_at >= call.end_at;
          changed ||= differs && again;
        }
        return changed;
      });
    },

    timesOf: (records) =>
      records.flatMap((name) => {
        const known = timesOf().get(name);
        return known === undefined ? [] : [known];
      }),

    during(within) {
      const found = overlappingAnywhere().all({ ...within });
      const people = Map.groupBy(participantsIn(found.map(({ name }) => name)), ({ record }) => record);
      return found.map(({ space, ...record }) => ({ space, record, participants: people.get(record.name) ?? [] }));
    },

    load(space, within) {
      const records = overlapping().all({ space, ...within });
      return { records, participants: participantsIn(records.map(({ name }) => name)) };
    },
  };
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value as string | number);
}
