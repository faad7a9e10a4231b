import { fresh } from '../../core/attendance/coverage-state.ts';
import { KEPT_MS } from '../../core/attendance/coverage-waits.ts';
import { emailsOf, statusAt } from '../../core/schedule/class.ts';
import { formatInstant } from '../../core/time/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { ScheduledClass } from '../../ledger/attendance/class-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { showClassFacts } from '../../render/json/class.ts';
import { refuseField, stop, type By } from '../action.ts';
import { given, type Changes } from '../changes.ts';
import { closedPeriodsOf, proposedInstead, type ByAs } from '../closed-period.ts';
import { checkClass, type CheckedClass, type ClassInput } from './class-input.ts';
import {
  changeSchedule,
  doubleBookings,
  ensureSession,
  noClass,
  refuseClash,
  savedClass,
  type SavedClass,
  type ScheduleDeps,
} from './class-verb.ts';
import { findSpace, roomFor } from './room-finder.ts';
import { rosterOf } from './roster.ts';

/** A move on shorter notice than this is judged like a late cancellation. */
const NOTICE_MS = DAY_MS;

/** What is left out stays as it is. A class of a closed period, or that moves to one, is changed as an adjustment only. */
export async function changeClass(
  deps: ScheduleDeps,
  id: number,
  changes: Changes<ClassInput>,
  by: ByAs,
  signal: AbortSignal,
): Promise<SavedClass | Refused> {
  const { classStore, attendance, clock } = deps;
  const current = classStore.get(id);
  if (current === null) return noClass(id);
  const wanted = checkChanges(current, changes, clock.now());
  if (wanted.kind === 'refused') return wanted;
  const space = movesRoom(current, wanted.room, clock.now()) ? await findSpace(deps, wanted, signal) : null;
  if (space?.kind === 'refused') return space;
  return changeSchedule(deps, by, (telling) => {
    const { note, touch } = telling;
    // Again: while Google was asked, the class may have begun or been changed.
    const before = classStore.get(id)!;
    const now = clock.now();
    const checked = checkChanges(before, changes, now);
    if (checked.kind === 'refused') stop(checked);
    const { subject, organizerEmail, seriesId, start, end } = checked;
    const closed = closedPeriodsOf(deps, id, [before.start, start], by);
    refuseWithoutReason(before, checked, by, now);
    const room = space === null ? before.room : roomFor(deps, space, touch);
    const moved = before.start !== start || before.end !== end || before.room.id !== room.id;
    if (moved) refuseClash(deps, room.id, checked, id);
    const changesRoster = changes.teacherEmail !== undefined || changes.studentEmails !== undefined;
    const changed = changesRoster ? rosterOf(deps, checked, telling) : { createdPeople: [], warnings: [] };
    const { createdPeople, warnings: doubts, ...roster } = changed;
    // Students leave the roster first: a person is on it once, and a student may become the teacher.
    if (changesRoster) classStore.update(id, { studentIds: [] });
    const onShortNotice = before.start !== start && before.noticeStart === null && before.start - now < NOTICE_MS;
    const notice = onShortNotice ? { noticeStart: before.start } : {};
    const booking = { roomId: room.id, subject, organizerEmail, seriesId, start, end };
    const after = classStore.update(id, { ...booking, ...roster, ...notice });
    const warnings = [...checked.warnings, ...doubts, ...(space?.warnings ?? []), ...closed.map(proposedInstead)];
    if (moved) {
      ensureSession(deps, id);
      warnings.push(...readAgain(deps, before, checked, now));
      touch(before.room.id, before);
    }
    if (moved || changesRoster) warnings.push(...doubleBookings(deps, id));
    touch(room.id, checked);
    attendance.rebuild(id);
    const facts = { before: showClassFacts(before), after: showClassFacts(after) };
    note({ action: 'class.change', subject: `class:${id}`, ...facts });
    return savedClass(deps, id, createdPeople, warnings);
  });
}

/** Once a class has begun, its minutes are money: who taught it and when it was is changed for a reason only. */
function refuseWithoutReason(before: ScheduledClass, { teacherEmail, start, end }: CheckedClass, by: By, now: number) {
  const sameTeacher = emailsOf(before, 'teacher')[0] === teacherEmail;
  const same = sameTeacher && before.start === start && before.end === end;
  if (same || (now < before.start && now < start)) return;
  if ((by.reason ?? '').trim() === '') {
    refuseField(
      'reason',
      `is missing: say why, since class ${before.id} has begun, and its teacher and its time make what it costs`,
    );
  }
}

/** The evidence of a class that ended was read for the old slot: it is read again while Google keeps its records. */
function readAgain({ sessionStore }: ScheduleDeps, before: ScheduledClass, after: Interval, now: number): string[] {
  const session = sessionStore.ofClass(before.id);
  if (session === null || before.end > now) return [];
  if (after.end <= now - KEPT_MS) {
    return [
      `Google has deleted the records of that day: the logs follow from what was read before ${formatInstant(now)}`,
    ];
  }
  sessionStore.save(session.id, fresh, { alarmedAt: null });
  return [];
}

/** A past class keeps its room, even where the code opens another one today. */
function movesRoom({ room, end }: ScheduledClass, wanted: CheckedClass['room'], now: number): boolean {
  return wanted !== 'kept' && (wanted === 'new_space' || wanted.code !== room.meetingCode || end > now);
}

function checkChanges(c: ScheduledClass, changes: Changes<ClassInput>, now: number): CheckedClass | Refused {
  if (c.status === 'canceled') {
    return refused(
      'class_canceled',
      `class ${c.id} is canceled and stays as it was: reinstate it first, or schedule a new class`,
    );
  }
  const input: Parameters<typeof checkClass>[0] = {
    teacherEmail: emailsOf(c, 'teacher')[0] ?? '',
    studentEmails: emailsOf(c, 'student'),
    subject: c.subject,
    start: c.start,
    durationMinutes: (c.end - c.start) / MINUTE_MS,
    room: 'kept',
    organizerEmail: null,
    seriesId: c.seriesId,
    ...given(changes),
  };
  const checked = checkClass(input, { now, organizer: c.organizerEmail, keepsStart: input.start === c.start });
  if (checked.kind === 'refused') return checked;
  if (checked.start !== c.start && statusAt({ ...c, canceled: false }, now) === 'active') {
    return refused(
      'class_is_live',
      `class ${c.id} is on, so its start cannot be moved: end it early with a shorter duration and schedule the rest as a new class`,
    );
  }
  return checked;
}
