import type { Attendance } from '../../capture/rebuild.ts';
import type { Decision } from '../../core/attendance/decision.ts';
import type { Now } from '../../core/time/clock.ts';
import type { ClassStore, ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { RoomStore } from '../../ledger/attendance/room-store.ts';
import type { SessionStore } from '../../ledger/attendance/session-store.ts';
import type { StoredDecision } from '../../ledger/money/decision-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { AuditedDeps } from '../action.ts';

export interface DecisionDeps extends AuditedDeps {
  readonly money: Pick<MoneyStores, 'decisions' | 'periods'>;
  readonly people: Pick<PeopleStore, 'byEmail'>;
  readonly classStore: Pick<ClassStore, 'get'>;
  readonly roomStore: Pick<RoomStore, 'bySpace'>;
  readonly sessionStore: Pick<SessionStore, 'ensure'>;
  readonly attendance: Pick<Attendance, 'rebuild' | 'rebuildRoom'>;
  readonly clock: Now;
}

export interface SavedDecision {
  readonly kind: 'saved';
  readonly decision: StoredDecision;
  /** Classes whose logs changed. */
  readonly rebuiltClassIds: readonly number[];
  /** The closed period whose lines it changes by a correction; null: the class is in an open one. */
  readonly corrects: string | null;
}

/**
 * Derives the logs again that follow from a decision, made or undone.
 *
 * @returns the classes whose logs changed, ascending
 */
export function rebuildAfter(deps: DecisionDeps, c: ScheduledClass, { kind, payload }: Decision): number[] {
  const { money, roomStore, sessionStore, attendance } = deps;
  // A class that has not begun has no logs yet.
  if (c.begun) sessionStore.ensure(c.id);
  const touched = new Set<number>();
  const rebuild = (id: number): void => {
    if (attendance.rebuild(id).logsChanged) touched.add(id);
  };
  rebuild(c.id);
  if (kind === 'link_call') {
    const call = money.decisions.call(payload.record);
    const room = call === null ? null : roomStore.bySpace(call.space);
    // A linked call is shared by the classes that it is linked to, and those of its own room lose it, share it or have it back.
    for (const id of money.decisions.linksOf(payload.record)) if (id !== c.id) rebuild(id);
    if (call !== null && room !== null) for (const id of attendance.rebuildRoom(room.id, call)) touched.add(id);
  }
  return [...touched].sort((a, b) => a - b);
}
