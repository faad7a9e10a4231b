import type { Coverage, SessionFlag } from '../attendance/coverage-state.ts';
import type { Decision } from '../attendance/decision.ts';
import type { LogFlag } from '../attendance/logs.ts';
import { statusAt, type RosterRole } from '../schedule/class.ts';
import { localDate } from '../time/calendar.ts';
import { clip, difference, union, type Interval } from '../time/interval.ts';
import type { BilledClass, OutcomeDecision, PersonPresence } from './lesson/billed-class.ts';
import { normal } from './policy/rates.ts';

/** A class with everything the ledger holds of it that money may follow from. Instants in epoch ms. */
export interface ClassRecord {
  readonly classId: number;
  readonly seriesId: string | null;
  readonly subject: string;
  readonly start: number;
  readonly end: number;
  readonly noticeStart: number | null;
  /** Null: there is no session yet. */
  readonly coverage: Coverage | null;
  readonly canceledAt: number | null;
  readonly canceledBy: BilledClass['canceledBy'];
  readonly flags: readonly SessionFlag[];
  /** Teachers first, each in roster order. */
  readonly roster: readonly {
    readonly personId: number;
    readonly role: RosterRole;
    readonly email: string;
    readonly name: string | null;
  }[];
  /** Logs of people; unmatched participants are left out. */
  readonly logs: readonly PersonLog[];
  /** Of a canceled class: the logs that its people have in the classes of its room which stand around it. */
  readonly beside: readonly BesideLog[];
  /** Those that stand, oldest first. */
  readonly decisions: readonly Decision[];
  /** Unmatched participants about whom nobody has decided yet. */
  readonly openReviews: number;
  /** Of the students on the roster. */
  readonly enrolments: readonly EnrolmentDates[];
}

/** The attendance log of a person for the class; the intervals in epoch ms. */
export interface PersonLog {
  readonly personId: number;
  readonly email: string;
  readonly name: string | null;
  readonly confidence: 'strong' | 'medium' | 'weak' | null;
  readonly intervals: readonly Interval[];
  readonly evidence: readonly string[];
  readonly flags: readonly LogFlag[];
}

/** What somebody has in a class beside a canceled one; `start` and `end` are the slot of that class. */
export interface BesideLog extends Interval, Pick<PersonLog, 'personId' | 'confidence' | 'intervals' | 'evidence'> {}

/** From when to when, days included, a student takes a series or a subject. */
export interface EnrolmentDates {
  readonly personId: number;
  readonly seriesId: string | null;
  readonly subject: string | null;
  readonly from: string;
  readonly to: string | null;
}

export interface CollectRules {
  /** Whether the weakest match, an exact and unique full name, is enough for a bill. */
  readonly weakMatchesBill: boolean;
  readonly zone: string;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * The first step of billing: what the ledger holds of a class, as `buildLines` takes it.
 *
 * A class that is over and was never read counts as one without evidence, which blocks its lines.
 */
export function collectClass(record: ClassRecord, rules: CollectRules): BilledClass {
  const { classId, seriesId, subject, start, end, coverage, canceledAt, canceledBy } = record;
  const logs = new Map(record.logs.map((log) => [log.personId, log]));
  const date = localDate(start, rules.zone);
  const settled = settledBy(record.decisions);
  const presenceOf = (person: { personId: number; email: string; name: string | null }): PersonPresence => {
    const log = logs.get(person.personId);
    const decided = settled.statuses.get(person.personId);
    const beside = besideOf(record, person.personId, rules);
    return {
      personId: person.personId,
      email: person.email,
      name: person.name,
      confirmed: log?.confidence !== 'weak' || rules.weakMatchesBill,
      intervals: log?.intervals.map((interval) => ({ start: interval.start, end: interval.end })) ?? [],
      evidence: [...new Set([...(log?.evidence ?? []), ...beside.evidence])],
      ...(beside.intervals.length === 0 ? {} : { beside: beside.intervals }),
      ...(decided === undefined ? {} : { status: decided }),
    };
  };
  const ofRole = (role: RosterRole) => record.roster.filter((entry) => entry.role === role);
  const teachers = ofRole('teacher').map(presenceOf);
  return {
    classId,
    seriesId,
    subject,
    start,
    end,
    status: statusAt({ start, end, canceled: canceledAt !== null }, rules.now),
    coverage: coverage ?? 'pending',
    canceledAt,
    canceledBy,
    noticeForStart: record.noticeStart,
    approvedOverrunMinutes: settled.overrunMinutes ?? 0,
    overrunDecided: settled.overrunMinutes !== null,
    teachers: [...teachers, ...substitutesOf(record, teachers, settled.substitutes, presenceOf)],
    students: ofRole('student').map((student) => ({
      ...presenceOf(student),
      enrolled: isEnrolled(record.enrolments, student.personId, record, date),
    })),
    decisions: settled.outcomes,
    hasLinkedCall: record.decisions.some(({ kind }) => kind === 'link_call'),
    openReviews: record.openReviews,
    guestMayBeStudent: record.logs.some(({ flags }) => flags.includes('possible_student')),
    flags: record.flags,
  };
}

/**
 * When somebody was in the room in the slot of a canceled class, while the minutes belong to a class that stands beside
 * it. What lies in the slot of that class was a lesson of its own.
 */
function besideOf(
  { beside, start, end }: Pick<ClassRecord, 'beside' | 'start' | 'end'>,
  personId: number,
  { weakMatchesBill }: Pick<CollectRules, 'weakMatchesBill'>,
): Pick<BesideLog, 'intervals' | 'evidence'> {
  const seen = beside
    .filter((log) => log.personId === personId && (log.confidence !== 'weak' || weakMatchesBill))
    .map((log) => ({ log, intervals: clip(difference(union(log.intervals), [log]), { start, end }) }))
    .filter(({ intervals }) => intervals.length > 0);
  return {
    intervals: union(seen.flatMap(({ intervals }) => intervals)),
    evidence: seen.flatMap(({ log }) => log.evidence),
  };
}

/**
 * Whether a student takes a class. If there are dates for the series, those for the subject do not count. Without any
 * dates the roster is enough.
 */
export function isEnrolled(
  enrolments: readonly EnrolmentDates[],
  personId: number,
  { seriesId, subject }: { readonly seriesId: string | null; readonly subject: string },
  date: string,
): boolean {
  const own = enrolments.filter((enrolment) => enrolment.personId === personId);
  const ofSeries = own.filter((enrolment) => seriesId !== null && enrolment.seriesId === seriesId);
  const ofSubject = own.filter(
    (enrolment) => enrolment.subject !== null && normal(enrolment.subject) === normal(subject),
  );
  const asked = ofSeries.length > 0 ? ofSeries : ofSubject;
  return asked.length === 0 || asked.some(({ from, to }) => from <= date && (to === null || date <= to));
}

/** What people settled for a class. The last decision on one matter holds. */
interface Settled {
  readonly statuses: Map<number, 'present' | 'absent' | 'excused'>;
  /** Whether somebody who is not on the roster taught. */
  readonly substitutes: Map<number, boolean>;
  /** In order: which of them holds for whom is decided where the class is classified. */
  readonly outcomes: OutcomeDecision[];
  /** Null: nobody decided about one. */
  overrunMinutes: number | null;
}

/** @param decisions oldest first */
function settledBy(decisions: readonly Decision[]): Settled {
  const settled: Settled = { statuses: new Map(), substitutes: new Map(), outcomes: [], overrunMinutes: null };
  for (const { kind, personId, payload } of decisions) {
    switch (kind) {
      case 'set_status':
        // A person who was late was present.
        settled.statuses.set(personId, payload.status === 'late' ? 'present' : payload.status);
        break;
      case 'excuse':
        settled.statuses.set(personId, 'excused');
        break;
      case 'set_outcome':
        settled.outcomes.push({ studentId: personId, outcome: payload.outcome });
        break;
      case 'approve_overrun':
        settled.overrunMinutes = payload.minutes;
        break;
      case 'substitute':
        settled.substitutes.set(personId, payload.confirmed);
        break;
      case 'add_interval':
      case 'remove_interval':
      case 'link_call':
        // The attendance logs follow from these already.
        break;
      default:
        kind satisfies never;
    }
  }
  return settled;
}

/**
 * Teachers who are not on the roster: those whom a person named, and those who were in a class that no teacher of the
 * roster came to, until a person decides about them.
 */
function substitutesOf(
  { logs, roster }: ClassRecord,
  teachers: readonly PersonPresence[],
  decided: ReadonlyMap<number, boolean>,
  presenceOf: (log: PersonLog) => PersonPresence,
): PersonPresence[] {
  const onRoster = new Set(roster.filter(({ role }) => role === 'teacher').map(({ personId }) => personId));
  const taught = teachers.some(({ intervals }) => intervals.length > 0);
  return logs.flatMap((log): PersonPresence[] => {
    if (onRoster.has(log.personId)) return [];
    const confirmed = decided.get(log.personId);
    if (confirmed !== undefined) return confirmed ? [{ ...presenceOf(log), confirmed, substitute: true }] : [];
    const possible = !taught && log.flags.includes('possible_substitute');
    return possible ? [{ ...presenceOf(log), confirmed: false, substitute: true }] : [];
  });
}
