import type { ConferenceRecord, Participant } from '../../core/attendance/evidence.ts';
import { metForLesson, attendeesOf, type CallEvidence } from '../../core/attendance/identity/attendees.ts';
import type { RoomClass, WindowMargins } from '../../core/schedule/class.ts';
import { failure, type Failure } from '../../google/call/failures.ts';
import type { MeetClient } from '../../google/meet/meet-client.ts';
import type { Observation } from '../../ledger/attendance/evidence-store.ts';
import { createAnswers, type EvidenceSource, type RoomReading } from '../source.ts';
import { askDirectory, identitiesOf, type DirectoryAnswers, type Known, type KnownDeps } from './known.ts';

export interface LookDeps extends KnownDeps {
  readonly meet: MeetClient;
  readonly source: EvidenceSource;
  readonly margins: WindowMargins;
}

/** Everything of a call, read to its end, and who its unknown accounts are. */
export interface WholeCall {
  readonly kind: 'whole';
  readonly reading: RoomReading;
  readonly accounts: DirectoryAnswers['found'];
}

/** Nobody met whom the school knows. */
interface NobodysCall {
  readonly kind: 'other';
}

const BACKGROUND = { background: true } as const;

/** Reads everybody in a call. A failure leaves nothing. */
export async function readWhole(
  { source }: Pick<LookDeps, 'source'>,
  organizer: string,
  { space, start, end }: Pick<ConferenceRecord, 'space' | 'start' | 'end'>,
  now: number,
  signal: AbortSignal,
): Promise<RoomReading | Failure> {
  const window = { start, end: Math.max(end ?? now, start + 1) };
  const reading = await source.read(
    {
      organizer,
      space,
      window,
      mode: 'full',
      over: true,
      recorded: () => ({ records: [], participants: [] }),
      ...BACKGROUND,
    },
    createAnswers(),
    signal,
  );
  return reading.failures[0] ?? (reading.full ? reading : failure('unavailable'));
}

/**
 * Whether a teacher and a student whom the school knows met in a call of a room that is none of the school's. Who was in
 * it is read, and kept only if they did. Nothing is decided from a read or a Directory that failed.
 *
 * @param around classes that the call may have been held for
 */
export async function lookAtCall(
  deps: LookDeps,
  { organizer, call, around, known, now }: CallToLookAt,
  signal: AbortSignal,
): Promise<WholeCall | NobodysCall | Failure> {
  const { meet, margins } = deps;
  const listed = await meet.listParticipants(organizer, call.name, signal, BACKGROUND);
  if (listed.kind !== 'ok') return listed;
  const answers = await askDirectory(deps, organizer, listed.value, signal);
  const met = (evidence: CallEvidence): boolean => {
    const index = identitiesOf(deps, evidence.participants, known, answers);
    const attendees = attendeesOf(evidence, around, index, known.holders, margins);
    return metForLesson(attendees, (id) => index.knowledge.people.get(id)?.role);
  };
  const nobody = answers.failure ?? ({ kind: 'other' } as const);
  // First joins and last leaves first: where even these do not overlap, nobody's sessions need to be read.
  const outline = evidenceOf(call, { items: listed.value, readAt: listed.readAt }, []);
  if (!met(outline)) return nobody;
  const reading = await readWhole(deps, organizer, call, now, signal);
  if ('kind' in reading) return reading;
  const [seen] = reading.observations;
  const people = seen?.participants.find(({ record }) => record === call.name);
  if (seen === undefined || people === undefined) return failure('not_found');
  if (!met(evidenceOf(call, people, seen.sessions))) return nobody;
  return { kind: 'whole', reading, accounts: answers.found };
}

interface CallToLookAt {
  readonly organizer: string;
  readonly call: ConferenceRecord;
  readonly around: readonly RoomClass[];
  readonly known: Known;
  /** Google's time. */
  readonly now: number;
}

/** A call as it was just read, in the form in which the ledger would hold it. */
function evidenceOf(
  { name, start, end }: ConferenceRecord,
  { items, readAt }: { readonly items: readonly Participant[]; readonly readAt: number },
  sessions: Observation['sessions'],
): CallEvidence {
  const staysOf = new Map(sessions.map((listing) => [listing.participant, listing]));
  return {
    record: { name, start, end, lastSeenAt: readAt },
    participants: items.map(({ earliestStart, latestEnd, ...participant }) => {
      const stays = staysOf.get(participant.name);
      return {
        ...participant,
        record: name,
        earliest: earliestStart,
        latest: latestEnd,
        lastSeenAt: readAt,
        missing: false,
        sessionsReadAt: stays?.readAt ?? null,
        sessions: (stays?.items ?? []).map((stay) => ({
          name: stay.name,
          start: stay.start,
          end: stay.end,
          lastSeenAt: stays?.readAt ?? readAt,
          missing: false,
        })),
      };
    }),
  };
}
