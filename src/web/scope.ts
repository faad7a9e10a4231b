import { maskedNames, openNames, type Mask } from '../render/json/mask.ts';
import type { Caller } from './deps.ts';
import { forbidden } from './http/problem.ts';

/** Whose data somebody may see: everybody's, or that of these people (by number); of none, nobody's. */
export type Whose = 'all' | readonly number[];

/** What a caller sees on the routes that `access.ts` opens to them. */
export interface Scope {
  /** The teachers whose classes and attendance are shown. */
  readonly classesOf: Whose;
  /** The teachers whose pay is shown. */
  readonly payOf: Whose;
  /** What families are asked for: rates, charges, totals. */
  readonly charges: boolean;
  /** Whether lists may be narrowed to a person. */
  readonly byPerson: boolean;
  /** Whether names, addresses and what people wrote are shown or hidden. */
  readonly names: Mask;
}

const nothing: Scope = { classesOf: [], payOf: [], charges: false, byPerson: false, names: maskedNames };

/** What each role sees. An unknown role sees nothing. */
export function scopeOf({ role, personId }: Pick<Caller, 'role' | 'personId'>): Scope {
  switch (role) {
    case 'admin':
      return { classesOf: 'all', payOf: 'all', charges: true, byPerson: true, names: openNames };
    case 'teacher': {
      const own = personId === null ? [] : [personId];
      return { classesOf: own, payOf: own, charges: false, byPerson: true, names: openNames };
    }
    case 'operator':
      return { ...nothing, classesOf: 'all' };
    default:
      role satisfies never;
      return nothing;
  }
}

/**
 * Whether the data of a person may be seen. Data that belongs to nobody (null) is shown only to
 * callers who may see everybody's.
 */
export function includes(whose: Whose, personId: number | null): boolean {
  return whose === 'all' || (personId !== null && whose.includes(personId));
}

/**
 * Refuses to narrow a list to somebody whose data is not shown. Somebody who is not known is refused in the same words.
 *
 * @param isShown whether the data of the person that the filter names is shown
 * @throws a problem that names the filter
 */
export function mayFilter({ byPerson }: Pick<Scope, 'byPerson'>, filter: string, isShown: boolean): void {
  if (!byPerson)
    throw forbidden(`${filter} narrows a list to a person, which takes a token of role admin; leave it out`);
  if (!isShown) throw forbidden(`${filter} names somebody else; leave it out, or use a token of role admin`);
}

/**
 * The people that a list is narrowed to.
 *
 * @returns undefined when everybody is shown
 * @throws a problem when nobody may be shown
 */
export function onlyOf(whose: Whose): readonly number[] | undefined {
  if (whose === 'all') return undefined;
  if (whose.length === 0) throw noTeacher();
  return whose;
}

/**
 * The teacher who sends the request.
 *
 * @throws a problem when the token is of no teacher in particular
 */
export function teacherOf({ personId }: Pick<Caller, 'personId'>): number {
  if (personId === null) throw noTeacher();
  return personId;
}

function noTeacher() {
  return forbidden('this token belongs to no teacher; use the token of the teacher whose pay it is');
}
