/**
 * Evidence: what Google said, in our types. Instants in epoch ms, beside their text where Google's fraction is finer;
 * names are Google's resource names.
 */

/** A conference record as Google lists it. */
export interface ConferenceRecord {
  readonly name: string;
  readonly space: string;
  readonly start: number;
  readonly startText: string;
  readonly end: number | null;
  readonly endText: string | null;
  readonly expireAt: number | null;
}

/** A participant as Google lists it. */
export interface Participant {
  readonly name: string;
  readonly kind: 'signedin' | 'anonymous' | 'phone';
  /** Without `users/`. */
  readonly userId: string | null;
  readonly displayName: string;
  readonly earliestStart: number;
  readonly latestEnd: number | null;
}

/** A participant session as Google lists it. */
export type ParticipantSession = Omit<ConferenceRecord, 'space' | 'expireAt'>;

/** A conference record as the ledger holds it. */
export interface RecordEvidence {
  readonly name: string;
  readonly start: number;
  /** Null: the call was live when last read. */
  readonly end: number | null;
  readonly lastSeenAt: number;
  /** Classes that a person linked the call to. */
  readonly classIds?: readonly number[];
  /** Classes of its own room that a linked call counts for behind those; none where it was linked to one of the room. */
  readonly ofRoom?: readonly number[];
}

export interface SessionEvidence {
  readonly name: string;
  readonly start: number;
  readonly end: number | null;
  /** Google's time of the last read that returned it. */
  readonly lastSeenAt: number;
  /** Google stopped returning it. */
  readonly missing: boolean;
}

export interface ParticipantEvidence {
  readonly name: string;
  readonly record: string;
  readonly kind: 'signedin' | 'anonymous' | 'phone';
  readonly userId: string | null;
  readonly displayName: string;
  readonly earliest: number;
  readonly latest: number | null;
  readonly lastSeenAt: number;
  readonly missing: boolean;
  /** Google's time of the last complete listing of the sessions; null when they were never listed. */
  readonly sessionsReadAt: number | null;
  readonly sessions: readonly SessionEvidence[];
}
