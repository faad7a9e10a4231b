import type { Logger } from 'pino';
import type { z } from 'zod';

import { judgedAnew, type JudgedAnewDeps } from '../capture/judged-anew.ts';
import type { MonitorSummary } from '../capture/monitor.ts';
import { createPerOrganizer } from '../capture/organizers.ts';
import type { Attendance } from '../capture/rebuild.ts';
import type { Reader, ReadOptions, ReadSummary } from '../capture/record.ts';
import { createAnswers } from '../capture/source.ts';
import type { IdentityScope } from '../core/attendance/identity/knowledge.ts';
import type { Clock } from '../core/time/clock.ts';
import type { ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import type { Job } from '../ledger/machine/job-store.ts';
import { logChanges } from './log-changes.ts';
import {
  PAYLOADS,
  type classesReadSchema,
  type classReadSchema,
  type JobKind,
  type reviewAnsweredSchema,
} from './payloads.ts';
import type { JobControl, JobHandler } from './queue.ts';

export interface JobKindDeps extends JudgedAnewDeps {
  readonly reader: Reader;
  readonly classStore: ClassStore;
  readonly sessionStore: Pick<SessionStore, 'ensure' | 'judged'>;
  readonly logStore: Pick<LogStore, 'list'>;
  readonly monitor: () => MonitorSummary;
  /** Calls without a class are a part of the past too. */
  readonly listCalls: (signal: AbortSignal, options: { readonly everybody: boolean }) => Promise<object>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Pick<Database, 'write' | 'whenFree'>;
  readonly attendance: Pick<Attendance, 'rebuild'>;
  /** Answers one review item for a job. */
  readonly answerReview: (
    id: number,
    wish: { readonly answer: ReviewPayload['answer']; readonly userEmail?: string; readonly scope?: IdentityScope },
    by: { readonly actor: string; readonly reason: string; readonly jobId: number },
  ) =>
    | {
        readonly kind: 'answered';
        readonly rebuiltClassIds: readonly number[];
        readonly absences: readonly { readonly classId: number; readonly userEmail: string }[];
      }
    | { readonly kind: 'refused'; readonly code: string; readonly message: string };
}

type ReviewPayload = z.infer<typeof PAYLOADS.answer_review>;

/** Rebuilt in one transaction: some tens of milliseconds. */
const REBUILT_AT_ONCE = 20;

/** A job as a command runs it too, without a row. */
type WorkingJob = Pick<Job, 'payload'> & Partial<Pick<Job, 'id'>>;

/**
 * What each kind of job does. A manual read, of one class, of all that are on or of all since an instant,
 * reads everything, whatever was read before.
 */
export function createJobKinds(deps: JobKindDeps): Record<JobKind, JobHandler<WorkingJob>> {
  const { classStore, sessionStore, logStore, monitor, listCalls, clock, log } = deps;

  /** Reads a class and compares its logs with what they were. */
  const read = async (classId: number, options: Pick<ReadOptions, 'answers' | 'signal'>): Promise<ComparedRead> => {
    const before = logStore.list({ classId });
    const summary = await deps.reader.read(classId, { mode: 'full', ...options });
    return { ...summary, changes: logChanges(before, logStore.list({ classId })) };
  };

  const readAll = async (
    classes: readonly ScheduledClass[],
    control: JobControl,
    { listsChanges }: { readonly listsChanges: boolean },
  ): Promise<z.infer<typeof classesReadSchema>> => {
    const { signal } = control;
    const answers = createAnswers();
    const changesOf = new Map<number, ComparedRead['changes']>();
    let done = 0;
    control.progress(0, classes.length);
    const items = classes.map((c) => ({ session: sessionStore.ensure(c.id), organizer: c.organizerEmail }));
    const result = await createPerOrganizer(clock).run(
      items,
      {
        read: async ({ classId }) => {
          const { changes, ...summary } = await read(classId, { answers, signal });
          changesOf.set(classId, changes);
          return summary;
        },
        onDone: () => control.progress((done += 1), classes.length),
        onError: ({ classId }, err) => log.error({ class_id: classId, err }, 'class not read'),
      },
      signal,
    );
    return {
      classes: classes.length,
      skipped: result.skipped,
      failed: result.failed,
      results: result.read.map((summary) =>
        asResult({ ...summary, changes: changesOf.get(summary.classId) ?? [] }, { listsChanges }),
      ),
    };
  };

  return {
    sync_class: {
      async run({ payload }, control) {
        const { class_id: classId } = PAYLOADS.sync_class.parse(payload);
        control.progress(0, 1);
        const compared = await read(classId, { answers: createAnswers(), signal: control.signal });
        control.progress(1, 1);
        return asResult(compared, { listsChanges: true });
      },
    },
    answer_review: {
      async run({ id: jobId, payload }, control) {
        if (jobId === undefined) throw new Error('answers to reviews are undone by the number of their job');
        const { ids, answer, user_email: userEmail, scope, actor, reason } = PAYLOADS.answer_review.parse(payload);
        const wish = { answer, ...(userEmail === null ? {} : { userEmail }), ...(scope === null ? {} : { scope }) };
        const answered: number[] = [];
        const skipped: z.infer<typeof reviewAnsweredSchema>['skipped'] = [];
        const rebuilt = new Set<number>();
        const absent = new Map<string, z.infer<typeof reviewAnsweredSchema>['absent'][number]>();
        for (const [done, id] of ids.entries()) {
          await deps.database.whenFree(clock, control.signal);
          control.signal.throwIfAborted();
          control.progress(done, ids.length);
          const outcome = deps.answerReview(id, wish, { actor, reason, jobId });
          if (outcome.kind === 'refused') skipped.push({ id, code: outcome.code, message: outcome.message });
          else {
            answered.push(id);
            for (const classId of outcome.rebuiltClassIds) rebuilt.add(classId);
            for (const { classId, userEmail: user_email } of outcome.absences) {
              absent.set(`${classId} ${user_email}`, { class_id: classId, user_email });
            }
          }
          await clock.yield();
        }
        control.progress(ids.length, ids.length);
        const result: z.infer<typeof reviewAnsweredSchema> = {
          answered,
          skipped,
          rebuilt_class_ids: [...rebuilt].sort((a, b) => a - b),
          absent: [...absent.values()],
        };
        return result;
      },
    },
    sync_active: {
      run: (_job, control) => {
        monitor();
        const now = clock.now();
        // A canceled class whose slot is on is read, too.
        const canceled = classStore.all({ status: 'canceled', from: now, to: now }).filter(({ begun }) => begun);
        return readAll([...classStore.all({ status: 'active' }), ...canceled], control, { listsChanges: true });
      },
    },
    rebuild_logs: {
      async run({ payload }, control) {
        const { since_version: sinceVersion, from, to } = PAYLOADS.rebuild_logs.parse(payload);
        const classIds = judgedAnew(deps, { sinceVersion, from, to });
        for (let done = 0; done < classIds.length; done += REBUILT_AT_ONCE) {
          await deps.database.whenFree(clock, control.signal);
          control.signal.throwIfAborted();
          control.progress(done, classIds.length);
          deps.database.write(() => {
            for (const classId of classIds.slice(done, done + REBUILT_AT_ONCE)) deps.attendance.rebuild(classId);
          });
          await clock.yield();
        }
        control.progress(classIds.length, classIds.length);
        return { classes: classIds.length };
      },
    },
    backfill: {
      async run({ payload }, control) {
        const { since } = PAYLOADS.backfill.parse(payload);
        monitor();
        const classes = classStore.all({ from: since, to: clock.now() }).filter(({ begun }) => begun);
        const read = await readAll(classes, control, { listsChanges: false });
        await listCalls(control.signal, { everybody: true });
        return read;
      },
    },
  };
}

/** What came of reading a class, with whose logs are others now. */
type ComparedRead = ReadSummary & { readonly changes: ReturnType<typeof logChanges> };

function asResult(
  { classId, sessionId, coverage, ...read }: ComparedRead,
  { listsChanges }: { readonly listsChanges: boolean },
): z.infer<typeof classReadSchema> {
  const { records, participants, logs, changes, error } = read;
  const found = { class_id: classId, session_id: sessionId, coverage, records, participants, logs };
  return { ...found, changed: changes.length > 0, ...(listsChanges ? { changes } : {}), error };
}
