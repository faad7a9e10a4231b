import { and, eq, isNull, sql } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { classes, rooms } from '../schema/classes.ts';
import { columnsBut, held } from '../select.ts';

export type Room = Readonly<Omit<typeof rooms.$inferSelect, 'retiredAt' | 'createdAt'>>;

export interface RoomStore {
  /** The room that answers to a code today. */
  byCode(code: string): Room | null;
  bySpace(space: string): Room | null;
  create(room: Pick<Room, 'meetingCode' | 'space' | 'meetLink' | 'ownerEmail'>): Room;
  update(id: number, changes: Partial<Omit<Room, 'id'>>): Room;
  /** The code belongs to another space now: the old room keeps its classes and stops answering to it. */
  retire(id: number): void;
  /** Two codes turned out to open one space: the classes of one room join the other's. */
  merge(from: number, into: number): void;
}

export const roomColumns = columnsBut(rooms, 'retiredAt', 'createdAt');

export function createRoomStore({ orm, write }: Database, clock: Now): RoomStore {
  const withCode = held(() =>
    orm
      .select(roomColumns)
      .from(rooms)
      .where(and(eq(rooms.meetingCode, sql.placeholder('code')), isNull(rooms.retiredAt)))
      .prepare(),
  );
  const ofSpace = held(() =>
    orm
      .select(roomColumns)
      .from(rooms)
      .where(eq(rooms.space, sql.placeholder('space')))
      .prepare(),
  );
  const retire = (id: number) => orm.update(rooms).set({ retiredAt: clock.now() }).where(eq(rooms.id, id)).run();

  return {
    byCode: (code) => withCode().get({ code }) ?? null,
    bySpace: (space) => ofSpace().get({ space }) ?? null,
    create: (room) =>
      write(() =>
        orm
          .insert(rooms)
          .values({ ...room, createdAt: clock.now() })
          .returning(roomColumns)
          .get(),
      ),
    update: (id, changes) =>
      write(() => orm.update(rooms).set(changes).where(eq(rooms.id, id)).returning(roomColumns).get()!),
    retire,
    merge(from, into) {
      write(() => {
        orm.update(classes).set({ roomId: into }).where(eq(classes.roomId, from)).run();
        retire(from);
      });
    },
  };
}
