import { z } from 'zod';

import type { Interval } from '../time/interval.ts';

const someone = z.int();
const nobody = z.null();
const interval = z.object({ start: z.int(), end: z.int() });

export const decidedStatuses = ['present', 'late', 'absent', 'excused'] as const;
/**
 * `as_recorded` takes the presence as it stands: it reinstates a class that was held although canceled, and settles one
 * whose evidence has expired.
 */
export const decidedOutcomes = ['as_recorded', 'student_no_show', 'teacher_no_show', 'not_held', 'canceled'] as const;

/**
 * What a person settled for a class, as the ledger stores it: the kind, whom it is about and the details. Instants in
 * epoch ms. All kinds are listed here.
 */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add_interval'), personId: someone, payload: z.object({ interval }) }),
  z.object({ kind: z.literal('remove_interval'), personId: someone, payload: z.object({ interval }) }),
  z.object({
    kind: z.literal('set_status'),
    personId: someone,
    payload: z.object({ status: z.enum(decidedStatuses) }),
  }),
  z.object({ kind: z.literal('excuse'), personId: someone, payload: z.object({}) }),
  z.object({
    kind: z.literal('set_outcome'),
    /** A student; null: it holds for the whole class. */
    personId: someone.nullable(),
    payload: z.object({ outcome: z.enum(decidedOutcomes) }),
  }),
  /** The minutes behind the timetable that are billed and paid. */
  z.object({ kind: z.literal('approve_overrun'), personId: nobody, payload: z.object({ minutes: z.int() }) }),
  /** The call counts for this class and others that it is linked to, and where all are of other rooms for those of its own behind them. */
  z.object({ kind: z.literal('link_call'), personId: nobody, payload: z.object({ record: z.string() }) }),
  z.object({
    kind: z.literal('substitute'),
    personId: someone,
    /** `confirmed` false: a visitor, no substitute. `for`: the teacher of the roster who was replaced. */
    payload: z.object({ confirmed: z.boolean().default(true), for: z.int().nullable().default(null) }),
  }),
]);

export type Decision = z.output<typeof decisionSchema>;
export type DecisionKind = Decision['kind'];
export type DecisionOf<Kind extends DecisionKind> = Extract<Decision, { kind: Kind }>;
export const decisionKinds: readonly DecisionKind[] = decisionSchema.options.map(({ shape }) => shape.kind.value);

/** What a decision changes of somebody's presence or status. */
export type PresenceChange =
  | { readonly kind: 'add_interval' | 'remove_interval'; readonly interval: Interval }
  | { readonly kind: 'set_status'; readonly status: DecisionOf<'set_status'>['payload']['status'] }
  | { readonly kind: 'excuse' };

export type PresenceDecision = PresenceChange & { readonly classId: number; readonly personId: number };

/** What a decision on a class changes of presence or status; null: nothing. */
export function presenceDecision(classId: number, decision: Decision): PresenceDecision | null {
  const { kind, personId, payload } = decision;
  switch (kind) {
    case 'add_interval':
    case 'remove_interval':
      return { classId, kind, personId, interval: payload.interval };
    case 'set_status':
      return { classId, kind, personId, status: payload.status };
    case 'excuse':
      return { classId, kind, personId };
    case 'set_outcome':
    case 'approve_overrun':
    case 'link_call':
    case 'substitute':
      return null;
    default:
      return kind satisfies never;
  }
}
