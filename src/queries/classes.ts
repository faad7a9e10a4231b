import type { ClassFilter, ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';

/** A class, and how much of its evidence is known: null until it has begun. */
export interface ClassView {
  readonly class: ScheduledClass;
  readonly session: Session | null;
}

export interface ClassDeps {
  readonly classStore: Pick<ClassStore, 'get' | 'list'>;
  readonly sessionStore: Pick<SessionStore, 'ofClass'>;
}

export function classOf({ classStore, sessionStore }: ClassDeps, id: number): ClassView | null {
  const found = classStore.get(id);
  return found === null ? null : { class: found, session: sessionStore.ofClass(id) };
}

/** In order of their start. */
export function classesOf({ classStore, sessionStore }: ClassDeps, filter: ClassFilter): ClassView[] {
  return classStore.list(filter).map((found) => ({ class: found, session: sessionStore.ofClass(found.id) }));
}
