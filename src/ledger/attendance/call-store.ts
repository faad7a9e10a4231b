import { and, asc, eq, isNull, lt, min, or, sql } from 'drizzle-orm';

import type { Database } from '../database.ts';
import { callListings, keptCalls, otherCalls } from '../schema/calls.ts';
import { rooms } from '../schema/classes.ts';
import { conferenceRecords } from '../schema/evidence.ts';
import { held, oneOf, placeholdersBut } from '../select.ts';

/** When the calls of an organiser were last listed, and what came of it. */
export type CallListing = Readonly<typeof callListings.$inferSelect>;

/** A call of which only name, space and times are kept. Instants in epoch ms. */
export type OtherCall = Readonly<typeof otherCalls.$inferSelect>;

/** A call that is kept as evidence although no class led to it. */
export type KeptCall = Readonly<typeof keptCalls.$inferSelect>;

/** What the ledger holds of a call. */
export interface HeldCall {
  /** Null: it went on when it was last read. */
  readonly end: number | null;
  /** Google's time of the last read of everybody in it; null where classes read it. */
  readonly readAt: number | null;
}

/** Calls outside the windows of all classes. Transactions are the caller's. */
export interface CallStore {
  listing(organizerEmail: string): CallListing | null;
  /** By address. */
  listings(): CallListing[];
  saveListing(listing: CallListing): void;
  /** By name, of these names. */
  others(names: readonly string[]): Map<string, OtherCall>;
  noteOther(call: OtherCall): void;
  forgetOther(name: string): void;
  /**
   * When the first call began that was still going on, or whose room has become one of the school's since: these are
   * looked at again. Null: there is none.
   */
  oldestOpen(): number | null;
  /** Deletes other calls that were over before the instant. @returns how many */
  deleteOthersBefore(at: number): number;
  /** Null: it is no evidence. */
  held(record: string): HeldCall | null;
  kept(record: string): KeptCall | null;
  /** The account that calls of a space which is no room of the school were read as; null: none was kept. */
  readerOf(space: string): string | null;
  /** Makes it known that the evidence of a call was read; a room's code that is not known leaves what is known. */
  keep(call: KeptCall): void;
}

export function createCallStore({ orm }: Database): CallStore {
  const othersNamed = held(() => orm.select().from(otherCalls).where(oneOf(otherCalls.name, 'names')).prepare());
  const listingOf = held(() =>
    orm
      .select()
      .from(callListings)
      .where(eq(callListings.organizerEmail, sql.placeholder('email')))
      .prepare(),
  );
  const listed = held(() => orm.select().from(callListings).orderBy(asc(callListings.organizerEmail)).prepare());
  const savedListing = held(() => {
    const set = placeholdersBut(callListings);
    return orm
      .insert(callListings)
      .values(set)
      .onConflictDoUpdate({ target: callListings.organizerEmail, set })
      .prepare();
  });
  const notedOther = held(() => {
    const set = placeholdersBut(otherCalls);
    return orm.insert(otherCalls).values(set).onConflictDoUpdate({ target: otherCalls.name, set }).prepare();
  });
  const forgotten = held(() =>
    orm
      .delete(otherCalls)
      .where(eq(otherCalls.name, sql.placeholder('name')))
      .prepare(),
  );
  const oldest = held(() => {
    const ofSchool = orm.select({ space: rooms.space }).from(rooms).where(eq(rooms.space, otherCalls.space));
    return orm
      .select({ start: min(otherCalls.start) })
      .from(otherCalls)
      .where(or(isNull(otherCalls.end), sql`exists ${ofSchool}`))
      .prepare();
  });
  const deleted = held(() => {
    const at = sql.placeholder('at');
    return orm
      .delete(otherCalls)
      .where(or(lt(otherCalls.end, at), and(isNull(otherCalls.end), lt(otherCalls.lastSeenAt, at))))
      .prepare();
  });
  const heldOf = held(() =>
    orm
      .select({ end: conferenceRecords.end, readAt: keptCalls.readAt })
      .from(conferenceRecords)
      .leftJoin(keptCalls, eq(keptCalls.record, conferenceRecords.name))
      .where(eq(conferenceRecords.name, sql.placeholder('record')))
      .prepare(),
  );
  const keptOf = held(() =>
    orm
      .select()
      .from(keptCalls)
      .where(eq(keptCalls.record, sql.placeholder('record')))
      .prepare(),
  );
  const reader = held(() =>
    orm
      .select({ email: keptCalls.organizerEmail })
      .from(keptCalls)
      .innerJoin(conferenceRecords, eq(conferenceRecords.name, keptCalls.record))
      .where(eq(conferenceRecords.space, sql.placeholder('space')))
      .prepare(),
  );
  return {
    listing: (email) => listingOf().get({ email }) ?? null,
    listings: () => listed().all(),
    saveListing(listing) {
      savedListing().run(listing);
    },
    others: (names) =>
      new Map(
        othersNamed()
          .all({ names: JSON.stringify(names) })
          .map((call) => [call.name, call]),
      ),
    noteOther(call) {
      notedOther().run(call);
    },
    forgetOther(name) {
      forgotten().run({ name });
    },
    oldestOpen: () => oldest().get()?.start ?? null,
    deleteOthersBefore: (at) => deleted().run({ at }).changes,
    held: (record) => heldOf().get({ record }) ?? null,
    kept: (record) => keptOf().get({ record }) ?? null,
    readerOf: (space) => reader().get({ space })?.email ?? null,
    keep(call) {
      const set = { ...call, meetingCode: sql`coalesce(${call.meetingCode}, ${keptCalls.meetingCode})` };
      orm.insert(keptCalls).values(call).onConflictDoUpdate({ target: keptCalls.record, set }).run();
    },
  };
}
