import type { Participant } from '../core/attendance/evidence.ts';
import type { Interval } from '../core/time/interval.ts';
import type { Failure, Outcome } from '../google/call/failures.ts';
import type { Observation, RecordedEvidence } from '../ledger/attendance/evidence-store.ts';

/** Answers of one pass, so that classes that share a call read it once. */
export type Answers = Map<string, Promise<Outcome<unknown>>>;

export function createAnswers(): Answers {
  return new Map();
}

export interface RoomReading {
  /** Only complete listings, of each source that was asked; what failed is not in them. */
  readonly observations: readonly Observation[];
  readonly failures: readonly Failure[];
  /** Google's time of the first answer; null when nothing was answered. */
  readonly readAt: number | null;
  /** Every record that overlaps the window, as far as they are known. */
  readonly records: readonly { readonly name: string; readonly start: number; readonly end: number | null }[];
  /** All sessions of all participants were listed. */
  readonly full: boolean;
}

export interface RoomRequest {
  readonly organizer: string;
  readonly space: string;
  readonly window: Interval;
  /** `look`: who is there, with as few calls as possible. `full`: every record, participant and session. */
  readonly mode: 'look' | 'full';
  /** The slot is over: from now on it is worth an extra call to Google to learn whether the call has ended. */
  readonly over: boolean;
  /** Loads what the ledger holds for the window: a source that reads everything anyway does without it. */
  readonly recorded: () => RecordedEvidence;
  /** It can wait for whatever else is asked. */
  readonly background?: boolean;
}

/**
 * Something that can be asked what happened in a room. To add another one (an audit log, an attendance sheet), write a
 * client in a folder of its own, implement this interface, and name it in `capture.ts`.
 */
export interface EvidenceSource {
  /**
   * Reads the evidence of one window of one room. Writes nothing, and never throws for the source's failures: `failures`
   * and `full` say how complete the answer is.
   *
   * @param answers those of the pass, so that classes that share a call ask once
   * @throws the reason of the signal
   */
  read(request: RoomRequest, answers: Answers, signal: AbortSignal): Promise<RoomReading>;
}

/** Who was seen, in every source and call. */
export function participantsOf({ observations }: Pick<RoomReading, 'observations'>): readonly Participant[] {
  return observations.flatMap(({ participants }) => participants.flatMap(({ items }) => items));
}

/** Asks several sources as one. The answer is full when each of them answered fully, and as old as the oldest. */
export function joined(sources: readonly EvidenceSource[]): EvidenceSource {
  return {
    async read(request, answers, signal) {
      const readings = await Promise.all(sources.map((source) => source.read(request, answers, signal)));
      const times = readings.flatMap(({ readAt }) => readAt ?? []);
      return {
        observations: readings.flatMap(({ observations }) => observations),
        failures: readings.flatMap(({ failures }) => failures),
        readAt: times.length === 0 ? null : Math.min(...times),
        records: readings.flatMap(({ records }) => records),
        full: readings.every(({ full }) => full),
      };
    },
  };
}
