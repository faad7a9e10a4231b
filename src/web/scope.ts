import { maskedNames, openNames } from '../render/json/mask.ts';
import type { Mask } from '../render/json/mask.ts';
import type { Caller } from './deps.ts';
import { forbidden } from './http/problem.ts';

/** Of whom somebody may see something: of everybody, of one person (its number), or of nobody. */
export type Whose = 'all' | 'nobody' | number;

/** What a caller sees on the routes that `access.ts` opens to them. */
export interface Scope {
  /** The teacher whose classes and attendance are shown. */
  readonly classesOf: Whose;
  /** The teacher whose pay is shown. */
  readonly payOf: Whose;
  /** What families are asked for: rates, charges, totals. */
  readonly charges: boolean;
  /** Whether names and addresses are shown or hidden. */
  readonly names: Mask;
}

const nothing: Scope = { classesOf: 'nobody', payOf: 'nobody', charges: false, names: maskedNames };

/** What each role sees. Who is not decided about sees nothing. */
export function scopeOf({ role, personId }: Pick<Caller, 'role' | 'personId'>): Scope {
  switch (role) {
    case 'admin':
      return { classesOf: 'all', payOf: 'all', charges: true, names: openNames };
    case 'teacher': {
      const own = personId ?? 'nobody';
      return { classesOf: own, payOf: own, charges: false, names: openNames };
    }
    case 'operator':
      return { ...nothing, classesOf: 'all' };
    default:
      role satisfies never;
      return nothing;
  }
}

/** Whether something of a person's is inside. */
export function includes(whose: Whose, personId: number): boolean {
  return whose === 'all' || whose === personId;
}

/**
 * The person that a list is narrowed to.
 *
 * @returns undefined: to nobody in particular, everything is shown
 * @throws a problem when the caller sees nobody's
 */
export function onlyOf(whose: Whose): number | undefined {
  if (whose === 'nobody') throw noTeacher();
  return whose === 'all' ? undefined : whose;
}

/**
 * The teacher who acts for themselves.
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
