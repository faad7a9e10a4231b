/** Evidence as the core sees it: what Google said, in our types. Instants in epoch ms, names are Google's resource names. */

export interface RecordEvidence {
  readonly name: string;
  readonly start: number;
  /** Null: the call was live when last read. */
  readonly end: number | null;
  readonly lastSeenAt: number;
  /** The one class that the call counts for, in whichever room it was: a person linked it. */
  readonly classId?: number;
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
