import type { Coverage } from '../../src/core/attendance/coverage-state.ts';
import type { PresenceDecision } from '../../src/core/attendance/decision.ts';
import type { IdentityIndex } from '../../src/core/attendance/identity/knowledge.ts';
import type { Unmatched } from '../../src/core/attendance/identity/unmatched.ts';
import { classLogs, type DerivedLog } from '../../src/core/attendance/logs.ts';
import type { RoomEvidence } from '../../src/core/attendance/places.ts';
import { roomPresence } from '../../src/core/attendance/room-presence.ts';
import type { Thresholds } from '../../src/core/attendance/status.ts';
import type { WindowMargins } from '../../src/core/schedule/class.ts';

export interface DerivedRoom {
  readonly logs: readonly DerivedLog[];
  readonly unmatched: readonly Unmatched[];
  readonly contradicted: ReadonlySet<number>;
  readonly doubted: ReadonlySet<number>;
}

/** The logs of several classes of one room, each with its coverage. */
export function deriveRoom(
  evidence: RoomEvidence,
  targets: readonly { readonly classId: number; readonly coverage: Coverage }[],
  identities: IdentityIndex,
  decisions: readonly PresenceDecision[],
  { margins, thresholds }: { readonly margins: WindowMargins; readonly thresholds: Thresholds },
): DerivedRoom {
  const presences = roomPresence(evidence, identities, margins);
  const derived = targets.flatMap(({ classId, coverage }) => {
    const c = evidence.classes.find(({ id }) => id === classId);
    const presence = presences.get(classId);
    return c === undefined
      ? []
      : [classLogs({ class: c, coverage, presence, identities, decisions, explained: new Set(), thresholds })];
  });
  const ids = (flag: 'contradicted' | 'doubted') =>
    new Set([...presences].filter(([, presence]) => presence[flag]).map(([id]) => id));
  return {
    logs: derived.flatMap(({ logs }) => logs),
    unmatched: derived.flatMap(({ unmatched }) => unmatched),
    contradicted: ids('contradicted'),
    doubted: ids('doubted'),
  };
}
