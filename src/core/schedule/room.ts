/** A room of the ledger, as far as it matters for what a meeting code means. */
export interface KnownRoom {
  readonly space: string | null;
  /** Another space that the code was seen to open. */
  readonly changedToSpace: string | null;
}

/** What Google says a code opens. */
export interface FoundSpace {
  readonly space: string;
  readonly meetLink: string | null;
  /** The account that asked, where it owns the space. */
  readonly ownerEmail: string | null;
}

/** What is noted on a room. What is left out stays as it is. */
export interface RoomFacts {
  readonly space?: string;
  readonly meetLink?: string | null;
  readonly ownerEmail?: string;
  readonly changedToSpace?: string | null;
}

export interface RoomPlan<Room> {
  /** The room to use; null: a new one is made for the code. */
  readonly room: Room | null;
  /** The classes of this room join the room to use: two codes open one space. */
  readonly merged: Room | null;
  /** This room keeps its classes and stops answering to the code. */
  readonly retired: Room | null;
  /** Null where Google did not answer. */
  readonly facts: RoomFacts | null;
}

/**
 * What a meeting code means.
 *
 * A code is only a label, which Google may give to another space later. Then a class that is read keeps the room that
 * holds its evidence, and a class that is booked goes to the new space: the old room is retired.
 *
 * @param byCode the room that answers to the code today; of a class that is read, its room
 * @param found what the code opens today; null where Google did not answer
 * @param bySpace the room that has the space which was found
 */
export function planRoom<Room extends KnownRoom>(
  purpose: 'booking' | 'reading',
  { byCode, found, bySpace }: { byCode: Room | null; found: FoundSpace | null; bySpace: Room | null },
): RoomPlan<Room> {
  const unchanged = { room: byCode, merged: null, retired: null, facts: null };
  if (found === null) {
    const isStale = byCode !== null && byCode.changedToSpace !== null && purpose === 'booking';
    return isStale ? { ...unchanged, room: null, retired: byCode } : unchanged;
  }
  const { space, meetLink, ownerEmail } = found;
  const owner = ownerEmail === null ? {} : { ownerEmail };
  if (byCode?.space === space) return { ...unchanged, facts: { ...owner, changedToSpace: null } };
  const target = { ...unchanged, room: bySpace, facts: bySpace === null ? { space, meetLink, ...owner } : owner };
  if (byCode === null) return target;
  if (byCode.space === null) return bySpace === null ? { ...target, room: byCode } : { ...target, merged: byCode };
  if (purpose === 'reading') return { ...unchanged, facts: { changedToSpace: space } };
  return { ...target, retired: byCode };
}
