import type { Account, EmulatedParticipant, EmulatedRecord, EmulatedSession, EmulatedSpace, World } from './world.ts';

/** Epoch ms, RFC 3339 text, or a time of the timeline's day in UTC: `9:58`, `09:58:30`, `09:58:30.250`. */
export type When = number | string;

/** Someone without an account. The object is the identity: two guests may bear one name. */
export interface Guest {
  readonly kind: 'anonymous' | 'phone';
  readonly displayName: string;
}

/** Someone who typed a name. */
export function guest(displayName: string): Guest {
  return { kind: 'anonymous', displayName };
}

/** Someone who dialled in, shown as a partly hidden number. */
export function phone(displayName: string): Guest {
  return { kind: 'phone', displayName };
}

export interface Call {
  readonly record: EmulatedRecord;
  /**
   * One stay on one device. Joining again makes another session of the same participant.
   *
   * @param to null: stays
   * @param device tells sessions apart to the reader; by default they are numbered
   * @returns the session, to which corrections can be added
   */
  joins(who: Account | Guest, from: When, to: When | null, device?: string): EmulatedSession;
}

export interface Room extends EmulatedSpace {
  /** A conference record. Null: it goes on. */
  call(from: When, to: When | null): Call;
}

/** Writes worlds in few lines. What it builds is in `world`, to be changed further by hand. */
export interface Timeline {
  readonly world: World;
  readonly at: (when: When) => number;
  /** An account in the directory, unless it says otherwise. The name is by default made from the e-mail. */
  account(email: string, name?: string, options?: Partial<Omit<Account, 'email' | 'name'>>): Account;
  room(owner: Account | string, meetingCode?: string): Room;
}

/**
 * @param day `2026-03-02`: the day that bare times belong to, in UTC
 */
export function createTimeline(day: string): Timeline {
  const world: World = { accounts: [], spaces: [], records: [] };

  function at(when: When): number {
    if (typeof when === 'number') return when;
    const bare = /^(\d{1,2}):(\d\d)(:\d\d(?:\.\d+)?)?$/.exec(when);
    const instant = Date.parse(
      bare === null ? when : `${day}T${bare[1]?.padStart(2, '0')}:${bare[2]}${bare[3] ?? ':00'}Z`,
    );
    if (Number.isNaN(instant)) throw new RangeError(`not a time: ${when}`);
    return instant;
  }

  return {
    world,
    at,
    account(email, name = nameOf(email), options = {}) {
      const id = `1${String(world.accounts.length + 1).padStart(20, '0')}`;
      const account: Account = { id, email, name, inDirectory: true, ...options };
      world.accounts.push(account);
      return account;
    },
    room(owner, meetingCode = `aaa-aaaa-${threeLetters(world.spaces.length)}`) {
      const space: EmulatedSpace = {
        name: `spaces/room${world.spaces.length + 1}`,
        meetingCode,
        ownerEmail: typeof owner === 'string' ? owner : owner.email,
      };
      world.spaces.push(space);
      return { ...space, call: (from, to) => addCall(world, space, at, from, to) };
    },
  };
}

function addCall(world: World, space: EmulatedSpace, at: (when: When) => number, from: When, to: When | null): Call {
  const record: EmulatedRecord = {
    name: `conferenceRecords/call${world.records.length + 1}`,
    space: space.name,
    start: at(from),
    end: to === null ? null : at(to),
    participants: [],
  };
  world.records.push(record);
  const participants = new Map<Account | Guest, EmulatedParticipant>();

  function participantOf(who: Account | Guest): EmulatedParticipant {
    const known = participants.get(who);
    if (known !== undefined) return known;
    const signedIn = 'email' in who;
    const participant: EmulatedParticipant = {
      name: `${record.name}/participants/${signedIn ? who.id : `guest${participants.size + 1}`}`,
      user: signedIn ? { kind: 'signedin', id: who.id, displayName: who.name } : { ...who },
      sessions: [],
    };
    participants.set(who, participant);
    record.participants.push(participant);
    return participant;
  }

  return {
    record,
    joins(who, start, end, device) {
      const participant = participantOf(who);
      const number = participant.sessions.length + 1;
      const session: EmulatedSession = {
        name: `${participant.name}/participantSessions/${device === undefined ? number : `${device}-${number}`}`,
        start: at(start),
        end: end === null ? null : at(end),
      };
      participant.sessions.push(session);
      return session;
    },
  };
}

/** `nora.smith@school.test` → `Nora Smith` */
function nameOf(email: string): string {
  return email
    .replace(/@.*/, '')
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function threeLetters(index: number): string {
  const letter = (place: number) => String.fromCharCode(97 + (Math.floor(index / 26 ** place) % 26));
  return letter(2) + letter(1) + letter(0);
}
