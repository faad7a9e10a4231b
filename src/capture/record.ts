import { reopened } from '../core/attendance/coverage-lapse.ts';
import { isFinal, type SessionFlag } from '../core/attendance/coverage-state.ts';
import type { CoverageRules } from '../core/attendance/coverage-waits.ts';
import { nextCoverage, readMode, soundnessOf, type ReadOutcome } from '../core/attendance/coverage.ts';
import { sameWithin } from '../core/attendance/window-evidence.ts';
import { evidenceWindow, type WindowMargins } from '../core/schedule/class.ts';
import type { Clock } from '../core/time/clock.ts';
import { HOUR_MS } from '../core/time/duration.ts';
import { overlaps, type Interval } from '../core/time/interval.ts';
import { FAILURES, isRefusal, type Failure } from '../google/call/failures.ts';
import type { ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { EvidenceStore, RecordedEvidence } from '../ledger/attendance/evidence-store.ts';
import type { PresenceDecisions } from '../ledger/attendance/presence-decisions.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';
import type { Database } from '../ledger/database.ts';
import { lookUpAccounts, type AccountDeps } from './accounts.ts';
import type { Attendance } from './rebuild.ts';
import type { RoomResolver } from './rooms.ts';
import { saveCoverage } from './save-coverage.ts';
import { participantsOf, type Answers, type EvidenceSource, type RoomReading } from './source.ts';

export interface ReaderDeps extends AccountDeps {
  readonly source: EvidenceSource;
  readonly rooms: RoomResolver;
  readonly database: Database;
  readonly clock: Clock;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly evidence: EvidenceStore;
  readonly presenceDecisions: Pick<PresenceDecisions, 'linksOf'>;
  readonly attendance: Attendance;
  readonly margins: WindowMargins;
  readonly coverageRules: CoverageRules;
  readonly now: () => number;
  readonly random: () => number;
}

export interface ReadOptions {
  /** `auto` looks while the class runs or settles and reads everything when the answer can be final. */
  readonly mode: 'look' | 'full' | 'auto';
  readonly answers: Answers;
  readonly signal: AbortSignal;
}

export interface ReadSummary {
  readonly classId: number;
  readonly sessionId: number;
  readonly coverage: Session['coverage'];
  readonly records: number;
  readonly participants: number;
  readonly logs: number;
  readonly error: string | null;
  /** The whole organiser cannot be read now: its other classes need not be tried in this pass. */
  readonly organizerDown: boolean;
}

export interface Reader {
  /** Reads a class once and stores what was seen. Two callers at a time get one read. Never throws for Google's failures. */
  read(classId: number, options: ReadOptions): Promise<ReadSummary>;
}

export function createReader(deps: ReaderDeps): Reader {
  const reading = new Map<number, Promise<ReadSummary>>();
  return {
    read(classId, options) {
      const underway = reading.get(classId);
      if (underway !== undefined) return underway;
      const started = readClass(deps, classId, options).finally(() => reading.delete(classId));
      reading.set(classId, started);
      return started;
    },
  };
}

async function readClass(deps: ReaderDeps, classId: number, options: ReadOptions): Promise<ReadSummary> {
  const { classStore, sessionStore, rooms, margins, database, clock } = deps;
  const { mode, answers, signal } = options;
  await database.whenFree(clock, signal);
  const c = classStore.get(classId);
  if (c === null) throw new Error(`class ${classId} does not exist`);
  const session = sessionStore.ensure(classId);

  const room = await rooms.resolve(c, signal);
  if (room.kind === 'failure') {
    await database.whenFree(clock, signal);
    return conclude(deps, c, session, { found: null, failures: [room], owned: false });
  }

  const window = evidenceWindow(c, margins);
  const recorded = (): RecordedEvidence => deps.evidence.load(room.space, window);
  const now = deps.now();
  const chosen =
    mode === 'auto' ? readMode(session, { slot: c, windowEnd: window.end }, deps.coverageRules, now) : mode;
  const found = await deps.source.read(
    { organizer: c.organizerEmail, space: room.space, window, mode: chosen, over: now >= c.end, recorded },
    answers,
    signal,
  );
  signal.throwIfAborted();
  // Only when the owner of the room asks does an empty list prove that there was no call.
  const empty = found.failures.length === 0 && found.records.length === 0 && found.full;
  const owned = empty ? await rooms.confirmOwner(c, signal) : true;
  await lookUpAccounts(deps, c.organizerEmail, found, signal);
  const reading = { found, failures: found.failures, owned };
  await database.whenFree(clock, signal);
  return conclude(deps, classStore.get(classId) ?? c, sessionStore.ensure(classId), reading);
}

/** What is stored of a read. */
interface Reading {
  /** Null: the room is not known, so nothing was read. */
  readonly found: RoomReading | null;
  readonly failures: readonly Failure[];
  /** The reading account is known to own the room. */
  readonly owned: boolean;
}

/** Stores the reading, the logs and the coverage of a session, as it was before, in one transaction. */
function conclude(deps: ReaderDeps, c: ScheduledClass, before: Session, reading: Reading): ReadSummary {
  const { found, failures, owned } = reading;
  const { database, evidence, attendance, margins, coverageRules, random, log } = deps;
  const window = evidenceWindow(c, margins);
  const { state, logs, logHelp } = database.write(() => {
    const earlier = evidence.timesOf((found?.records ?? []).map(({ name }) => name));
    const { space } = c.room;
    const held = found !== null && space !== null && outlasts(found, window) ? evidence.load(space, window) : null;
    const recorded = found !== null && found.observations.map((seen) => evidence.record(seen)).includes(true);
    const presence = attendance.presenceOf(c.id);
    if (presence === null) throw new Error(`class ${c.id} has no session`);
    // While a call goes on behind the window, what happens there is no change for this class.
    const evidenceChanged = held === null ? recorded : !sameWithin(window, held, presence.evidence);
    const outcome = outcomeOf(found, failures, {
      records: found === null ? [] : inWindow(found, presence.evidence, window),
      evidenceChanged,
      owned,
      unanswered: presence.unanswered,
      evidence: soundnessOf({ ...presence, evidenceChanged }, { doubted: before.flags.includes('doubted') }),
    });
    const now = deps.now();
    const state = nextCoverage(before, outcome, {
      slot: c,
      windowEnd: window.end,
      rules: coverageRules,
      now,
      jitter: random(),
    });
    const logHelp = saveCoverage(deps, before, state, now, {
      ...(outcome.kind === 'read' ? { lastReadAt: outcome.readAt } : {}),
      flags: flagsOf(c, before, { found, window, doubted: presence.doubted }),
    });
    const stored = attendance.store({ id: before.id, coverage: state.coverage }, presence);
    // What was seen for the first or for the last time shows in the logs of others too, although it changes no evidence.
    if (found !== null)
      rebuildNeighbours(deps, c, found, { touched: [window, ...earlier], isNew: recorded || evidenceChanged });
    return { state, logs: stored.logs, logHelp };
  });

  const facts = { class_id: c.id, session_id: before.id, coverage: state.coverage };
  if (isFinal(state.coverage) && !isFinal(before.coverage)) log.info(facts, 'class captured');
  logHelp();
  return {
    classId: c.id,
    sessionId: before.id,
    coverage: state.coverage,
    records: found?.records.length ?? 0,
    participants: found === null ? 0 : participantsOf(found).length,
    logs,
    error: state.lastError,
    organizerDown: failures.some(({ reason }) => FAILURES[reason].of === 'account'),
  };
}

/** The calls of the window: those that were listed, and those that Google listed earlier but no longer lists. */
function inWindow(found: RoomReading, recorded: RecordedEvidence, window: Interval): RoomReading['records'] {
  const listed = found.records.filter(({ start, end }) => overlaps({ start, end: end ?? Infinity }, window));
  const names = new Set(found.records.map(({ name }) => name));
  const vanished = recorded.records
    .filter(({ name }) => !names.has(name))
    .map(({ name, start, end, lastSeenAt }) => ({ name, start, end: end ?? lastSeenAt }));
  return [...listed, ...vanished];
}

type Facts = Omit<Extract<ReadOutcome, { kind: 'read' }>, 'kind' | 'readAt' | 'full'>;

function outcomeOf(found: RoomReading | null, failures: readonly Failure[], facts: Facts): ReadOutcome {
  const { evidenceChanged } = facts;
  const worst = failures.find(isRefusal) ?? failures[0];
  if (worst !== undefined) {
    const { message, reason } = worst;
    if (isRefusal(worst)) return { kind: 'no_access', message, evidenceChanged };
    const retryAfterMs = Math.max(0, ...failures.map((failure) => failure.retryAfterMs ?? 0));
    return { kind: 'partial', message, evidenceChanged, retryAfterMs, asked: reason !== 'circuit_open' };
  }
  const message = 'Google was not asked';
  if (found === null || found.readAt === null) return { kind: 'partial', message, evidenceChanged };
  const { readAt, full } = found;
  return { ...facts, kind: 'read', readAt, full };
}

/** A call that was read behind the window, and goes on or ended behind it. */
function outlasts({ readAt, records }: RoomReading, window: Interval): boolean {
  return readAt !== null && readAt >= window.end && records.some(({ end }) => end === null || end > window.end);
}

/** A session whose call is still open this long after the end of the slot is flagged, or behind the window if that ends earlier. */
const STILL_OPEN_MS = HOUR_MS;

function flagsOf(
  c: ScheduledClass,
  before: Session,
  { found, window, doubted }: { found: RoomReading | null; window: Interval; doubted: boolean },
): SessionFlag[] {
  const flags: SessionFlag[] = doubted ? ['doubted'] : [];
  if (c.room.changedToSpace !== null) flags.push('room_changed');
  const wasOpen = before.flags.includes('call_still_open');
  const isOpen =
    found !== null &&
    found.records.some(({ end }) => end === null) &&
    (found.readAt ?? 0) >= Math.min(c.end + STILL_OPEN_MS, window.end);
  // A class that became final while the call was open keeps the flag: when people left is known no better later.
  const stays = wasOpen && (found === null || (isFinal(before.coverage) && outlasts(found, window)));
  if (isOpen || stays) flags.push('call_still_open');
  return flags;
}

/** What becomes of a session whose logs change by evidence that was not read for it: what was final is read again. */
export function reopening({
  sessionStore,
  coverageRules,
  now,
}: Pick<ReaderDeps, 'sessionStore' | 'coverageRules' | 'now'>): (session: Session) => Session['coverage'] {
  return (session) => {
    const state = isFinal(session.coverage) ? reopened(session, coverageRules, now()) : session;
    if (state !== session) sessionStore.save(session.id, state, {});
    return state.coverage;
  };
}

/**
 * What was read may belong to other classes of the room: their logs follow at once, and what was final is read again. So do
 * those of a class that a person linked one of the calls to.
 *
 * @param touched the window that was read, and where the calls were before: Google may move them
 * @param isNew the evidence changed
 */
function rebuildNeighbours(
  { attendance, presenceDecisions, ...deps }: ReaderDeps,
  c: ScheduledClass,
  { records }: RoomReading,
  { touched, isNew }: { readonly touched: readonly Interval[]; readonly isNew: boolean },
): void {
  const reach = [...touched, ...records.map(({ start, end }) => ({ start, end: end ?? start }))].reduce(
    (sum, { start, end }) => ({ start: Math.min(sum.start, start), end: Math.max(sum.end, end) }),
  );
  attendance.rebuildRoom(c.room.id, reach, c.id, isNew ? reopening(deps) : undefined);
  const linked = new Set(records.flatMap(({ name }) => presenceDecisions.linksOf(name)));
  for (const classId of linked) if (classId !== c.id) attendance.rebuild(classId);
}
