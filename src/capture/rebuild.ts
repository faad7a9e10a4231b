import { answered } from '../core/attendance/coverage-lapse.ts';
import type { Coverage } from '../core/attendance/coverage-state.ts';
import type { PresenceDecision } from '../core/attendance/decision.ts';
import type { RecordEvidence } from '../core/attendance/evidence.ts';
import { indexIdentities, type IdentityIndex } from '../core/attendance/identity/knowledge.ts';
import { normaliseName } from '../core/attendance/identity/names.ts';
import type { Unmatched } from '../core/attendance/identity/unmatched.ts';
import { classLogs, type ClassLogs } from '../core/attendance/logs.ts';
import { roomPresence, type ClassPresence } from '../core/attendance/room-presence.ts';
import type { Thresholds } from '../core/attendance/status.ts';
import { evidenceWindow, type RoomClass, type WindowMargins } from '../core/schedule/class.ts';
import { union, type Interval } from '../core/time/interval.ts';
import type { ClassStore, ScheduledClass } from '../ledger/attendance/class-store.ts';
import type { EvidenceStore, RecordedEvidence } from '../ledger/attendance/evidence-store.ts';
import type { IdentityStore } from '../ledger/attendance/identity-store.ts';
import type { LogStore } from '../ledger/attendance/log-store.ts';
import type { PresenceDecisions } from '../ledger/attendance/presence-decisions.ts';
import type { Session, SessionStore } from '../ledger/attendance/session-store.ts';
import type { Sighting, SightingStore } from '../ledger/attendance/sighting-store.ts';
import type { Database } from '../ledger/database.ts';

export interface Rebuilt {
  readonly logs: number;
  /** The logs are not what they were. */
  readonly logsChanged: boolean;
}

/** The presence in a class, derived once; its logs follow from it for any coverage. */
export interface DerivedPresence extends Pick<ClassPresence, 'contradicted' | 'doubted'> {
  /** So many accounts that nobody has answered for yet. */
  readonly unanswered: number;
  /** The calls of the class's own room that its window overlaps. */
  readonly evidence: RecordedEvidence;
  /** The logs and the review queue as they are when the evidence is that complete. */
  logs(coverage: Coverage): ClassLogs;
}

/** Makes attendance out of evidence, schedule, identities and decisions. */
export interface Attendance {
  /** Null: there is no such class, or it has no session yet. */
  presenceOf(classId: number): DerivedPresence | null;
  /** Stores what follows from a presence. Safe to repeat. */
  store(session: Pick<Session, 'id' | 'coverage'>, presence: DerivedPresence): Rebuilt;
  /** Derives and stores the logs and the review queue of a class for the coverage that it has. Safe to repeat. */
  rebuild(classId: number): Rebuilt;
  /** Rebuilds what follows from calls: the sessions of their rooms, and those that a call was linked to. @returns as below */
  rebuildCalls(calls: readonly Sighting[]): number[];
  /**
   * Rebuilds every session of a room that shares a call with the interval, or whose window overlaps it.
   *
   * @param except a class that was rebuilt already
   * @param coverageOf decides the coverage of a session whose logs change; by default it stays
   * @returns classes whose logs changed
   */
  rebuildRoom(roomId: number, within: Interval, except?: number, coverageOf?: (session: Session) => Coverage): number[];
  /** Whom a person has to name in a class. */
  waiting(classId: number): readonly Unmatched[];
  /** What a rebuild would store, without storing it: for `verify`. */
  derive(classId: number): ClassLogs;
}

export interface AttendanceDeps {
  readonly database: Pick<Database, 'write'>;
  readonly classStore: ClassStore;
  readonly sessionStore: SessionStore;
  readonly evidence: EvidenceStore;
  readonly identityStore: IdentityStore;
  readonly presenceDecisions: PresenceDecisions;
  readonly logStore: LogStore;
  readonly sightings: Pick<SightingStore, 'reach'>;
  readonly margins: WindowMargins;
  /** By the start of a class. They may be changed while running. */
  readonly thresholds: (start: number) => Thresholds;
}

const NOTHING: RecordedEvidence = { records: [], participants: [] };

export function createAttendance(deps: AttendanceDeps): Attendance {
  const { database, classStore, sessionStore, evidence, identityStore, presenceDecisions, logStore, margins } = deps;
  const { sightings } = deps;
  const { write } = database;

  const classesNear = (roomId: number, { start, end }: Interval): RoomClass[] =>
    classStore.inRoom(roomId, start - margins.afterMs, end + margins.beforeMs);

  /**
   * Of a call that a person linked to classes: which, and the classes of its room that keep their people. Who linked it to a
   * class of its own room has said which of them it was.
   */
  const withLinks = (record: RecordEvidence, roomId: number | null): RecordEvidence => {
    const classIds = presenceDecisions.linksOf(record.name);
    if (classIds.length === 0) return record;
    const isOfRoom = roomId === null || classIds.some((id) => classStore.get(id)?.room.id === roomId);
    const span = { start: record.start, end: record.end ?? record.lastSeenAt };
    return { ...record, classIds, ofRoom: isOfRoom ? [] : classesNear(roomId, span).map(({ id }) => id) };
  };

  /** The evidence of a class: the calls of its room and those that a person linked to it. */
  const countedFor = (c: ScheduledClass, found: RecordedEvidence): RecordedEvidence => {
    const kept = new Set(found.records.map(({ name }) => name));
    const linked = presenceDecisions
      .callsLinkedTo(c.id)
      .filter(({ name }) => !kept.has(name))
      .map(({ name, space, roomId, start, end }) => {
        const { records, participants } = evidence.load(space, { start, end: Math.max(end, start + 1) });
        return {
          records: records.filter((record) => record.name === name).map((record) => withLinks(record, roomId)),
          participants: participants.filter(({ record }) => record === name),
        };
      });
    return {
      records: [
        ...found.records.map((record) => withLinks(record, c.room.id)),
        ...linked.flatMap(({ records }) => records),
      ],
      participants: [...found.participants, ...linked.flatMap(({ participants }) => participants)],
    };
  };

  /** The classes of other rooms that share a call with this one by a link: a minute of it counts for one of them. */
  const elsewhereOf = ({ records }: RecordedEvidence, inRoom: readonly RoomClass[]): RoomClass[] =>
    [...new Set(records.flatMap(({ classIds = [], ofRoom = [] }) => [...classIds, ...ofRoom]))]
      .filter((id) => !inRoom.some((c) => c.id === id))
      .flatMap((id) => classStore.get(id) ?? [])
      .map((c) => ({ ...c, canceled: c.status === 'canceled' }));

  const identitiesOf = (
    { participants }: Pick<RecordedEvidence, 'participants'>,
    inRoom: readonly RoomClass[],
    decisions: readonly PresenceDecision[],
  ): IdentityIndex =>
    indexIdentities(
      identityStore.knowledgeOf({
        accounts: [...new Set(participants.flatMap(({ userId }) => (userId === null ? [] : [userId])))],
        labels: participants.flatMap(({ name, displayName }) => [name, normaliseName(displayName)]),
        personIds: [
          ...inRoom.flatMap(({ roster }) => roster.map(({ personId }) => personId)),
          ...decisions.map(({ personId }) => personId),
        ],
      }),
    );

  const presenceOf = (classId: number): DerivedPresence | null => {
    const scheduled = classStore.get(classId);
    if (scheduled === null || sessionStore.ofClass(classId) === null) return null;
    const { space, id: roomId } = scheduled.room;
    const window = evidenceWindow(scheduled, margins);
    const ofRoom = space === null ? NOTHING : evidence.load(space, window);
    const found = countedFor(scheduled, ofRoom);
    const reach = reachOf(found.records, window);
    const inRoom = classesNear(roomId, reach);
    const c = inRoom.find(({ id }) => id === classId);
    if (c === undefined) return null;
    const decisions = presenceDecisions.ofClass(classId);
    const explained = presenceDecisions.explained(classId);
    const elsewhere = elsewhereOf(found, inRoom);
    const identities = identitiesOf(found, [...inRoom, ...elsewhere], decisions);
    const presence = roomPresence({ classes: inRoom, elsewhere, ...found }, identities, margins).get(classId);
    return {
      contradicted: presence?.contradicted === true,
      doubted: presence?.doubted === true,
      unanswered: presence?.unanswered.size ?? 0,
      evidence: ofRoom,
      logs: (coverage) =>
        classLogs({
          class: c,
          coverage,
          presence,
          identities,
          decisions,
          explained,
          thresholds: deps.thresholds(c.start),
        }),
    };
  };

  const derive = (classId: number): ClassLogs => {
    const session = sessionStore.ofClass(classId);
    const presence = session === null ? null : presenceOf(classId);
    return session === null || presence === null ? { logs: [], unmatched: [] } : presence.logs(session.coverage);
  };

  const store: Attendance['store'] = ({ id, coverage }, presence) =>
    write(() => {
      const { logs, unmatched } = presence.logs(coverage);
      logStore.replaceReview(id, unmatched);
      return { logs: logs.length, logsChanged: logStore.replace(id, logs) };
    });

  const rebuild = (classId: number, coverageOf?: (session: Session) => Coverage): Rebuilt =>
    write(() => {
      const session = sessionStore.ofClass(classId);
      const presence = presenceOf(classId);
      if (session === null || presence === null) return { logs: 0, logsChanged: false };
      const rebuilt = store(session, presence);
      const due = presence.unanswered === 0 ? answered(session) : session;
      if (due !== session) sessionStore.save(session.id, due, {});
      const coverage = rebuilt.logsChanged && coverageOf !== undefined ? coverageOf(session) : session.coverage;
      // The statuses depend on the coverage, so the logs are stored again when it changes.
      if (coverage !== session.coverage) store({ id: session.id, coverage }, presence);
      return rebuilt;
    });

  const rebuildRoom: Attendance['rebuildRoom'] = (roomId, within, except, coverageOf) => {
    // Somebody in a call is compared with everybody on the rosters of the classes that they touch in it.
    const reach = sightings.reach(roomId, within);
    const touched = classesNear(roomId, reach).map(({ id }) => id);
    const classIds = new Set([
      ...touched,
      ...touched.flatMap((id) => presenceDecisions.linkedBeside(id, margins)),
      ...presenceDecisions.linkedFrom(roomId, reach),
    ]);
    return write(() => [...classIds].filter((id) => id !== except && rebuild(id, coverageOf).logsChanged));
  };

  return {
    presenceOf,
    store,
    rebuild: (classId) => rebuild(classId),
    rebuildRoom,
    rebuildCalls: (calls) =>
      write(() => {
        const linked = new Set(calls.flatMap(({ linkedTo }) => linkedTo ?? []));
        const changed = new Set([...linked].filter((classId) => rebuild(classId).logsChanged));
        const inRooms = calls.filter(({ roomId }) => roomId !== null);
        for (const [roomId, same] of Map.groupBy(inRooms, (call) => call.roomId!)) {
          // A call of no length has been somewhere, too.
          const spans = union(same.map(({ start, end }) => ({ start, end: Math.max(end, start + 1) })));
          for (const span of spans) for (const classId of rebuildRoom(roomId, span)) changed.add(classId);
        }
        return [...changed].sort((a, b) => a - b);
      }),
    waiting: (classId) => derive(classId).unmatched,
    derive,
  };
}

function reachOf(records: readonly RecordEvidence[], window: Interval): Interval {
  return records.reduce(
    (reach, { start, end, lastSeenAt }) => ({
      start: Math.min(reach.start, start),
      end: Math.max(reach.end, end ?? lastSeenAt),
    }),
    window,
  );
}
