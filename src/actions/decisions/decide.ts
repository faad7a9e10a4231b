import { z } from 'zod';

import {
  decidedOutcomes,
  decidedStatuses,
  decisionKinds,
  type Decision,
  type DecisionKind,
} from '../../core/attendance/decision.ts';
import { saysMissing } from '../../core/missing.ts';
import { DAY_MS } from '../../core/time/duration.ts';
import { overlaps } from '../../core/time/interval.ts';
import type { ScheduledClass } from '../../ledger/attendance/class-store.ts';
import { invalidInput, refused, type Refused } from '../../refusal.ts';
import { audited, refuseField, stop, type By } from '../action.ts';
import { CHANGED_AS, closedPeriodsOf } from '../closed-period.ts';
import { rebuildAfter, type DecisionDeps, type SavedDecision } from './decided-class.ts';

const instant = z.iso
  .datetime({ offset: true, ...saysMissing('must be a time with an offset, such as 2026-01-16T16:00:00+01:00') })
  .transform((text) => Date.parse(text));
const emailOr = (message: string) => z.email(saysMissing(message)).transform((text) => text.toLowerCase());
const email = emailOr('must be an e-mail address');
const WHY = 'is missing: say why';
const about = {
  class_id: z.int(saysMissing('must be the number of a class')).min(1),
  reason: z.string(WHY).trim().min(1, WHY).max(1000),
  as: z.enum(CHANGED_AS).optional(),
};
const interval = { user_email: email, start_time: instant, end_time: instant };

/** What each kind asks for, beside the class and the reason. */
const fields = {
  add_interval: interval,
  remove_interval: interval,
  set_status: { user_email: email, status: z.enum(decidedStatuses) },
  excuse: { user_email: email },
  set_outcome: { user_email: email.nullish(), outcome: z.enum(decidedOutcomes) },
  approve_overrun: { minutes: z.int().min(0).max(240) },
  link_call: {
    record: z.string().regex(/^conferenceRecords\/[^/]+$/, 'must be the name of a call: conferenceRecords/…'),
  },
  substitute: {
    user_email: email,
    for: emailOr('must be the e-mail address of the teacher who was replaced').nullish(),
    confirmed: z.boolean().default(true),
  },
} satisfies Record<DecisionKind, z.ZodRawShape>;

type DecisionInput = {
  [Kind in DecisionKind]: { kind: Kind } & z.output<z.ZodObject<typeof about>> &
    z.output<z.ZodObject<(typeof fields)[Kind]>>;
}[DecisionKind];

const [first, ...others] = decisionKinds.map((kind) =>
  z.strictObject({ kind: z.literal(kind), ...about, ...fields[kind] }),
);
// A union that is made from a table has no type of its own: it follows from the table, as above.
const decisionInput = z.discriminatedUnion('kind', [first!, ...others]) as unknown as z.ZodType<DecisionInput>;

/**
 * Settles something for a class. It is laid over the evidence, which stays as it is.
 *
 * @param body `{kind, class_id, reason, …}` as the API has it, with the `fields` of the kind. The reason is that of the body
 */
export function decide(deps: DecisionDeps, body: unknown, { actor }: By): SavedDecision | Refused {
  const { money, classStore } = deps;
  const parsed = decisionInput.safeParse(body);
  if (!parsed.success) return invalidInput(parsed.error);
  const input = parsed.data;
  return audited(deps, { actor, reason: parsed.data.reason }, (note) => {
    const { class_id: classId, reason, as } = input;
    const c = classStore.get(classId) ?? refuseField('class_id', `there is no class ${classId}`);
    const [corrects = null] = closedPeriodsOf(deps, classId, [c.start], { actor, reason, as });
    const decided = toDecision(deps, input, c);
    refuseRepeated(deps, classId, decided);
    const decision = money.decisions.create({ ...decided, classId, actor, reason });
    note({ action: `decision.${decision.kind}`, subject: `class:${classId}`, after: decision });
    return { kind: 'saved', decision, rebuiltClassIds: rebuildAfter(deps, c, decision), corrects };
  });
}

/** The decision as the ledger keeps it. Refuses what does not fit the class. */
function toDecision(deps: DecisionDeps, input: DecisionInput, c: ScheduledClass): Decision {
  const { kind } = input;
  switch (kind) {
    case 'add_interval':
    case 'remove_interval': {
      refuseBadInterval(input, c, deps.clock.now());
      const interval = { start: input.start_time, end: input.end_time };
      return { kind, personId: personOf(deps, 'user_email', input.user_email), payload: { interval } };
    }
    case 'set_status':
      refuseAhead(deps, c, 'status', input.status);
      return { kind, personId: rostered(deps, c, input.user_email), payload: { status: input.status } };
    case 'excuse':
      return { kind, personId: rostered(deps, c, input.user_email), payload: {} };
    case 'set_outcome': {
      refuseAhead(deps, c, 'outcome', input.outcome);
      const student = input.user_email ?? null;
      const personId = student === null ? null : rostered(deps, c, student, { role: 'student' });
      return { kind, personId, payload: { outcome: input.outcome } };
    }
    case 'approve_overrun':
      return { kind, personId: null, payload: { minutes: input.minutes } };
    case 'link_call':
      refuseBadCall(deps, input.record, c);
      return { kind, personId: null, payload: { record: input.record } };
    case 'substitute': {
      const absent = input.for ?? null;
      const personId = personOf(deps, 'user_email', input.user_email);
      const own = c.roster.find((entry) => entry.personId === personId);
      if (own?.role === 'teacher') refuseField('user_email', `${input.user_email} teaches this class already`);
      if (input.confirmed && (own !== undefined || deps.people.byEmail(input.user_email)?.role === 'student')) {
        refuseField('user_email', `${input.user_email} is a student: only somebody else stands in for a teacher`);
      }
      const replaced = absent === null ? null : rostered(deps, c, absent, { role: 'teacher', path: 'for' });
      if (input.confirmed) refuseRival(deps, c, personId, replaced);
      return { kind, personId, payload: { confirmed: input.confirmed, for: replaced } };
    }
    default:
      return kind satisfies never;
  }
}

/** One teacher is stood in for by one substitute: two would both be paid for the same hour. */
function refuseRival({ money }: DecisionDeps, c: ScheduledClass, personId: number, replaced: number | null): void {
  const alone = c.roster.filter(({ role }) => role === 'teacher').length === 1;
  const others = money.decisions
    .list({ classId: c.id, kind: 'substitute', standing: true })
    .flatMap((decision) => (decision.kind === 'substitute' && decision.personId !== personId ? [decision] : []));
  // Of two decisions on one person the last one holds.
  const last = new Map(others.map((decision) => [decision.personId, decision]));
  const rival = [...last.values()].find(({ payload }) => payload.confirmed && (alone || payload.for === replaced));
  if (rival === undefined) return;
  const message = `${rival.userEmail ?? 'somebody else'} stands in for that teacher by decision ${rival.id}: undo that decision first`;
  stop(refused('already_settled', message));
}

function personOf({ people }: DecisionDeps, path: string, address: string): number {
  return people.byEmail(address)?.id ?? refuseField(path, `${address} is not a person of the school`);
}

function rostered(
  deps: DecisionDeps,
  c: ScheduledClass,
  address: string,
  { role, path = 'user_email' }: { readonly role?: 'student' | 'teacher'; readonly path?: string } = {},
): number {
  const id = personOf(deps, path, address);
  if (c.roster.some((entry) => entry.personId === id && (role === undefined || entry.role === role))) return id;
  const where = role === undefined ? 'on the roster' : `a ${role}`;
  return refuseField(path, `${address} is not ${where} of class ${c.id}`);
}

/** What can be said of a class only once it has begun. */
const NEEDS_BEGUN: ReadonlySet<string> = new Set(['present', 'late', 'student_no_show', 'teacher_no_show']);

function refuseAhead({ clock }: DecisionDeps, c: ScheduledClass, field: 'status' | 'outcome', value: string): void {
  if (NEEDS_BEGUN.has(value) && clock.now() < c.start) {
    refuseField(field, `cannot be ${value}: class ${c.id} has not begun`);
  }
}

/** The same decision twice would have to be undone twice. */
function refuseRepeated({ money }: DecisionDeps, classId: number, decided: Decision): void {
  const matter = matterOf(decided);
  const last = money.decisions.list({ classId, standing: true }).findLast((other) => matterOf(other) === matter);
  if (last !== undefined && contentOf(last) === contentOf(decided)) {
    const message = `decision ${last.id} of class ${classId} says the same and stands: there is nothing to add`;
    stop(refused('already_settled', message));
  }
}

/** What a decision is about: of two on one matter the last one holds. */
function matterOf({ kind, personId }: Decision): string {
  const shared: Partial<Record<DecisionKind, string>> = {
    excuse: 'status',
    set_status: 'status',
    add_interval: 'interval',
    remove_interval: 'interval',
  };
  return `${shared[kind] ?? kind} ${personId}`;
}

function contentOf({ kind, payload }: Decision): string {
  return JSON.stringify(kind === 'excuse' ? ['set_status', { status: 'excused' }] : [kind, payload]);
}

function refuseBadCall({ money }: DecisionDeps, record: string, c: ScheduledClass): void {
  if (money.decisions.call(record) === null) {
    const message =
      'is not a call that is kept: those in rooms of the school are, and those in which a known teacher and a known student met; GET /api/reports/unbilled names the ones without a class';
    refuseField('record', message);
  }
  if (money.decisions.linksOf(record).includes(c.id)) {
    stop(refused('already_settled', `the call counts for class ${c.id} already: there is nothing to add`));
  }
}

function refuseBadInterval(
  { start_time: start, end_time: end }: { readonly start_time: number; readonly end_time: number },
  c: ScheduledClass,
  now: number,
): void {
  if (end <= start) refuseField('end_time', 'must lie behind start_time');
  if (end > now) refuseField('end_time', 'lies in the future: nobody was there yet');
  if (!overlaps({ start, end }, { start: c.start - DAY_MS, end: c.end + DAY_MS })) {
    refuseField('start_time', `lies more than a day away from class ${c.id}`);
  }
}
