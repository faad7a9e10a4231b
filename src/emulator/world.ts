/**
 * What happened and what will happen: the data that an emulator answers from. Plain data, all instants in epoch ms.
 * It holds the whole truth, the future included; what a caller may see of it at an instant is for `view.ts` to say.
 */
export interface World {
  accounts: Account[];
  spaces: EmulatedSpace[];
  records: EmulatedRecord[];
}

export interface Account {
  /** The Google id: `users/{id}` in Meet, `id` in the Directory. */
  id: string;
  email: string;
  name: string;
  /** False: a consumer account, or one of another organisation. The Directory answers 404. */
  inDirectory: boolean;
  /** True: no tokens are issued and those issued before are refused. */
  revoked?: boolean;
}

export interface EmulatedSpace {
  /** `spaces/…` */
  name: string;
  /** `abc-defg-hij` */
  meetingCode: string;
  ownerEmail: string;
}

export interface EmulatedRecord {
  /** `conferenceRecords/…` */
  name: string;
  /** The name of its space. */
  space: string;
  start: number;
  /** Null: the call goes on for ever. */
  end: number | null;
  /** When `endTime` appears; by default at once. */
  endVisibleAt?: number;
  /** When the record appears in lists; by default at its start. */
  visibleFrom?: number;
  /** When the record is deleted; by default 30 days after its end. */
  expireAt?: number;
  participants: EmulatedParticipant[];
}

export type EmulatedUser =
  | { kind: 'signedin'; id: string; displayName: string }
  | { kind: 'anonymous'; displayName: string }
  | { kind: 'phone'; displayName: string };

export interface EmulatedParticipant {
  /** `conferenceRecords/…/participants/…` */
  name: string;
  user: EmulatedUser;
  sessions: EmulatedSession[];
}

export interface EmulatedSession {
  /** `conferenceRecords/…/participants/…/participantSessions/…` */
  name: string;
  start: number;
  /** Null: stays until the world is changed. An end before the start is served as it stands. */
  end: number | null;
  /** Values that replace the ones above from an instant on, oldest first. */
  corrections?: SessionCorrection[];
  /** When Google stops returning it. */
  vanishesAt?: number;
  /** When it appears; by default at its start. */
  visibleFrom?: number;
}

export interface SessionCorrection {
  at: number;
  start?: number;
  end?: number | null;
}
