import { z } from 'zod';

import type { Person } from '../../core/attendance/identity.ts';
import type { AttendanceStore } from '../../capture/rebuild.ts';
import type { AuditLog } from '../../ledger/school/audit-log.ts';
import type { ClassStore, ScheduledClass } from '../../ledger/attendance/class-store.ts';
import type { Database } from '../../ledger/database.ts';
import type { Decision } from '../../ledger/money/decision-store.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import type { SessionStore } from '../../ledger/attendance/session-store.ts';
import { evidenceWindow } from '../../core/schedule/class.ts';
import type { WindowMargins } from '../../core/schedule/class.ts';
import { localDate } from '../../core/time/calendar.ts';
import type { Clock } from '../../core/time/clock.ts';
import { overlaps } from '../../core/time/interval.ts';
import { invalid, invalidInput, refuse, refused, storedOrRefused } from '../action.ts';
import type { Refused } from '../action.ts';

const instant = z.iso
  .datetime({ offset: true, error: 'must be a time with an offset, such as 2026-01-16T16:00:00+01:00' })
  .transform((text) => Date.parse(text));
const email = z.email('must be an e-mail address').transform((text) => text.trim().toLowerCase());
const about = {
  class_id: z.int('must be the number of a class').min(1),
  reason: z
    .string('must say why: the reason is kept for good')
    .trim()
    .min(1, 'must say why: the reason is kept for good')
    .max(1000),
};
const interval = { ...about, user_email: email, start_time: instant, end_time: instant };

/** What may be decided for a class, by kind. */
const decisionInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add_interval'), ...interval }),
  z.strictObject({ kind: z.literal('remove_interval'), ...interval }),
  z.strictObject({
    kind: z.literal('set_status'),
    ...about,
    user_email: email,
    status: z.enum(['present', 'late', 'absent', 'excused']),
  }),
  z.strictObject({ kind: z.literal('excuse'), ...about, user_email: email }),
  z.strictObject({
    kind: z.literal('set_outcome'),
    ...about,
    user_email: email.nullish(),
    outcome: z.enum(['as_recorded', 'student_no_show', 'teacher_no_show', 'not_held', 'canceled']),
  }),
  z.strictObject({ kind: z.literal('approve_overrun'), ...about, minutes: z.int().min(0).max(240) }),
  z.strictObject({
    kind: z.literal('link_call'),
    ...about,
    record: z.string().regex(/^conferenceRecords\/[^/]+$/, 'must be the name of a call: conferenceRecords/…'),
  }),
  z.strictObject({
    kind: z.literal('substitute'),
    ...about,
    user_email: email,
    for: email.nullish(),
    confirmed: z.boolean().default(true),
  }),
]);
type DecisionInput = z.output<typeof decisionInput>;

export interface SavedDecision {
  readonly kind: 'saved';
  readonly decision: Decision;
  /** Classes whose logs are others now. */
  readonly rebuiltClassIds: readonly number[];
}

/** What people settle for a class, laid over the evidence. */
export interface Decisions {
  /** `{kind, class_id, reason, …}` as the API has it; see `decisionInput`. */
  decide(body: unknown, actor: string): SavedDecision | Refused;
  /** The logs are again what they would be without it. */
  undo(id: number, actor: string, reason: string): SavedDecision | Refused;
}

export interface DecisionDeps {
  readonly database: Pick<Database, 'write'>;
  readonly stores: MoneyStores;
  readonly people: PeopleStore;
  readonly classStore: ClassStore;
  readonly sessionStore: Pick<SessionStore, 'ensure'>;
  readonly attendance: Pick<AttendanceStore, 'rebuild' | 'rebuildRoom'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly margins: WindowMargins;
  readonly clock: Clock;
}

export function createDecisions(deps: DecisionDeps): Decisions {
  const { database, stores, people, classStore, sessionStore, attendance, audit, margins, clock } = deps;

  const classOf = (classId: number): ScheduledClass =>
    classStore.get(classId) ?? refuse(invalid([{ path: 'class_id', message: `there is no class ${classId}` }]));

  const personOf = (path: string, address: string): Person =>
    people.byEmail(address) ?? refuse(invalid([{ path, message: `${address} is not a person of the school` }]));

  /** Closed means closed: what people settle later needs a reopening, what Google adds later corrects by itself. */
  const refuseClosed = ({ id, start }: ScheduledClass): void => {
    const closed = stores.periods.standing().find(({ firstDay, lastDay, zone }) => {
      const day = localDate(start, zone);
      return firstDay <= day && day <= lastDay;
    });
    if (closed === undefined) return;
    const message = `class ${id} is in ${closed.period}, which is closed: reopen the period first. Evidence that arrives late needs no decision: it becomes an adjustment by itself`;
    refuse(refused('period_closed', message));
  };

  const rebuild = (c: ScheduledClass, { kind, payload }: Pick<Decision, 'kind' | 'payload'>): number[] => {
    if (c.status === 'scheduled') return [];
    sessionStore.ensure(c.id);
    const touched = new Set<number>();
    if (attendance.rebuild(c.id).changed) touched.add(c.id);
    const call = kind === 'link_call' ? stores.decisions.call(String(payload['record'])) : null;
    const from = call === null ? null : classStore.roomBySpace(call.space);
    // The call counts for one class only: those of its own room lose it, or have it back.
    if (call !== null && from !== null) for (const id of attendance.rebuildRoom(from.id, call)) touched.add(id);
    return [...touched].sort((a, b) => a - b);
  };

  /** The person and the details as the ledger keeps them. */
  const detailsOf = (input: DecisionInput, c: ScheduledClass) => {
    switch (input.kind) {
      case 'add_interval':
      case 'remove_interval':
        refuseBadInterval(input, c, clock.now());
        return {
          personId: personOf('user_email', input.user_email).id,
          payload: { interval: { start: input.start_time, end: input.end_time } },
        };
      case 'set_status':
        return { personId: rostered(c, input.user_email), payload: { status: input.status } };
      case 'excuse':
        return { personId: rostered(c, input.user_email), payload: {} };
      case 'set_outcome': {
        const student = input.user_email ?? null;
        return {
          personId: student === null ? null : rostered(c, student, 'student'),
          payload: { outcome: input.outcome },
        };
      }
      case 'approve_overrun':
        return { personId: null, payload: { minutes: input.minutes } };
      case 'link_call':
        refuseBadCall(input.record, c);
        return { personId: null, payload: { record: input.record } };
      case 'substitute': {
        const stand = input.for ?? null;
        const substitute = personOf('user_email', input.user_email);
        if (c.roster.some(({ personId, role }) => personId === substitute.id && role === 'teacher')) {
          refuse(invalid([{ path: 'user_email', message: `${input.user_email} teaches this class already` }]));
        }
        return {
          personId: substitute.id,
          payload: {
            confirmed: input.confirmed,
            for: stand === null ? null : rostered(c, stand, 'teacher', 'for'),
          },
        };
      }
      default:
        return input satisfies never;
    }
  };

  const rostered = (c: ScheduledClass, address: string, role?: 'student' | 'teacher', path = 'user_email'): number => {
    const { id } = personOf(path, address);
    if (c.roster.some((entry) => entry.personId === id && (role === undefined || entry.role === role))) return id;
    const where = role === undefined ? 'on the roster' : `a ${role}`;
    return refuse(invalid([{ path, message: `${address} is not ${where} of class ${c.id}` }]));
  };

  const refuseBadCall = (record: string, c: ScheduledClass): void => {
    const call = stores.decisions.call(record);
    const complain = (message: string): never => refuse(invalid([{ path: 'record', message }]));
    if (call === null)
      return complain('is not a call that was read from Google; /api/reports/unbilled lists stray ones');
    if (!overlaps(call, evidenceWindow(c, margins))) return complain('did not take place around this class');
    const linked = stores.decisions.linkOf(record);
    if (linked !== null) {
      refuse(refused('already_settled', `the call counts for class ${linked} already: undo that decision first`));
    }
  };

  return {
    decide(body, actor) {
      const parsed = decisionInput.safeParse(body);
      if (!parsed.success) return invalidInput(parsed.error);
      const input = parsed.data;
      return storedOrRefused(database.write, () => {
        const c = classOf(input.class_id);
        refuseClosed(c);
        const details = detailsOf(input, c);
        const { kind, reason } = input;
        const decision = stores.decisions.create({ kind, classId: c.id, ...details, actor, reason });
        audit.append({ actor, reason, action: `decision.${kind}`, subject: `class:${c.id}`, after: decision });
        return { kind: 'saved', decision, rebuiltClassIds: rebuild(c, decision) } as const;
      });
    },

    undo: (id, actor, reason) =>
      storedOrRefused(database.write, () => {
        const before = stores.decisions.get(id) ?? refuse(refused('not_found', `there is no decision ${id}`));
        if (before.undoneAt !== null) refuse(refused('already_settled', `decision ${id} was undone before`));
        const c = before.classId === null ? null : classStore.get(before.classId);
        if (c !== null) refuseClosed(c);
        const decision = stores.decisions.undo(id, actor, reason);
        const subject = c === null ? `decision:${id}` : `class:${c.id}`;
        audit.append({ actor, reason, action: 'decision.undo', subject, before, after: decision });
        return { kind: 'saved', decision, rebuiltClassIds: c === null ? [] : rebuild(c, decision) } as const;
      }),
  };
}

function refuseBadInterval(
  { start_time: start, end_time: end }: { readonly start_time: number; readonly end_time: number },
  c: ScheduledClass,
  now: number,
): void {
  const complain = (path: string, message: string): never => refuse(invalid([{ path, message }]));
  if (end <= start) complain('end_time', 'must lie behind start_time');
  if (end > now) complain('end_time', 'lies in the future: nobody was there yet');
  if (!overlaps({ start, end }, { start: c.start - DAY_MS, end: c.end + DAY_MS })) {
    complain('start_time', `lies more than a day away from class ${c.id}`);
  }
}

const DAY_MS = 24 * 60 * 60_000;
