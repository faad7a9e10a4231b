import type { ConferenceRecord, Participant, ParticipantSession } from '../core/attendance/evidence.ts';
import { needsSessions } from '../core/attendance/needs-sessions.ts';
import type { Failure, Outcome } from '../google/call/failures.ts';
import { unbelievable } from '../google/call/listing.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { Observation, RecordedEvidence } from '../ledger/attendance/evidence-store.ts';
import type { Answers, EvidenceSource, RoomReading, RoomRequest } from './source.ts';

/** Of one read, in all its calls: more would fill the memory, and no class has them. */
const MOST_SESSIONS = 200_000;

/** Meet's own records, as its API lists them. */
export function createMeetSource(meet: MeetClient): EvidenceSource {
  return { read: (request, answers, signal) => readRoom(meet, request, answers, signal) };
}

async function readRoom(
  meet: MeetClient,
  request: RoomRequest,
  answers: Answers,
  signal: AbortSignal,
): Promise<RoomReading> {
  const reading = createReading(request);
  const { organizer, space, window, mode, over, recorded, background = false } = request;
  const way = { background };
  // A full read asks for everything, whatever is known.
  const known: RecordedEvidence = mode === 'look' ? recorded() : { records: [], participants: [] };
  const once = <T>(key: string, call: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const asked = `${organizer} ${key}`;
    const given = answers.get(asked) as Promise<Outcome<T>> | undefined;
    if (given !== undefined) return given;
    const answer = call();
    answers.set(asked, answer);
    return answer;
  };

  const readParticipants = async (record: string): Promise<readonly Participant[] | null> => {
    const answer = await once(record, () => meet.listParticipants(organizer, record, signal, way));
    if (answer.kind !== 'ok') return reading.failed(answer);
    reading.participants(record, answer.value, answer.readAt);
    return answer.value;
  };
  const readSessions = async (participant: string): Promise<void> => {
    const answer = reading.isTooMuch()
      ? unbelievable(`a call has more than ${MOST_SESSIONS} participant sessions`)
      : await once(participant, () => meet.listSessions(organizer, participant, signal, way));
    if (answer.kind !== 'ok') reading.failed(answer);
    else reading.sessions(participant, answer.value, answer.readAt);
  };
  const readChangedSessions = async (people: readonly Participant[]): Promise<void> => {
    const before = new Map(known.participants.map((participant) => [participant.name, participant]));
    const changed = people.filter(({ name, latestEnd }) => needsSessions(before.get(name), latestEnd));
    await sideBySide(changed, ({ name }) => readSessions(name));
  };

  const looked = new Set<string>();
  if (mode === 'look') {
    // A room holds one live call at a time: while somebody is in the known one, records need not be listed.
    const live = known.records.filter(({ end }) => end === null);
    for (const { name } of live) {
      const people = await readParticipants(name);
      if (people === null) continue;
      looked.add(name);
      await readChangedSessions(people);
      // After the slot that is not enough: Google may show somebody for hours in a call that has ended.
      if (!over && people.some(({ latestEnd }) => latestEnd === null)) return reading.done(known.records, false);
    }
  }

  const where = { space, from: window.start, to: window.end };
  const listed = await once(`${space} ${where.from} ${where.to}`, () =>
    meet.listRecords(organizer, where, signal, way),
  );
  if (listed.kind !== 'ok') {
    reading.failed(listed);
    return reading.done(recorded().records, false);
  }
  reading.records(listed.value, listed.readAt);
  await Promise.all(
    listed.value.map(async (record) => {
      const earlier = known.records.find(({ name }) => name === record.name);
      const unchanged = earlier !== undefined && earlier.end !== null && earlier.end === record.end;
      if (mode === 'look' && (looked.has(record.name) ? record.end === null : unchanged)) return;
      const people = await readParticipants(record.name);
      if (people === null) return;
      if (mode === 'full') await sideBySide(people, ({ name }) => readSessions(name));
      else await readChangedSessions(people);
    }),
  );
  return reading.done(listed.value, mode === 'full');
}

/** More calls of one read do not wait for the limiter at a time: answers that are not asked for take no memory. */
const SIDE_BY_SIDE = 16;

/** Does some work for every item, a few at a time, in their order. */
async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

/** Collects complete listings and failures. */
function createReading({ space, window }: RoomRequest) {
  const failures: Failure[] = [];
  const participants: Observation['participants'][number][] = [];
  const sessions: Observation['sessions'][number][] = [];
  let records: Observation['records'] = null;
  let readAt: number | null = null;
  let stays = 0;
  const seen = (at: number) => {
    readAt = readAt === null ? at : Math.min(readAt, at);
  };
  return {
    failed(failure: Failure): null {
      failures.push(failure);
      return null;
    },
    records(items: readonly ConferenceRecord[], at: number) {
      seen(at);
      records = { within: window, items, readAt: at };
    },
    participants(record: string, items: readonly Participant[], at: number) {
      seen(at);
      const earlier = participants.findIndex((listing) => listing.record === record);
      if (earlier !== -1) participants.splice(earlier, 1);
      participants.push({ record, items, readAt: at });
    },
    sessions(participant: string, items: readonly ParticipantSession[], at: number) {
      seen(at);
      sessions.push({ participant, items, readAt: at });
      stays += items.length;
    },
    isTooMuch: () => stays > MOST_SESSIONS,
    done(found: RoomReading['records'], full: boolean): RoomReading {
      const observations = [{ space, records, participants, sessions }];
      return { observations, failures, readAt, records: found, full: full && failures.length === 0 };
    },
  };
}
