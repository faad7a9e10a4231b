import { evidenceWindow, type RoomClass, type WindowMargins } from '../schedule/class.ts';
import type { Interval } from '../time/interval.ts';

/** From `start` to `end` presence in the room belongs to the class. */
export interface Assignment extends Interval {
  readonly classId: number;
}

/**
 * To which of the candidate classes each instant in their room belongs.
 *
 * When the windows of several classes contain the instant, it belongs to the class whose slot contains it. When no slot
 * does, it belongs to the class that starts next: after the end of A, and once the window of B has begun, people wait
 * for B. When no class starts later, it belongs to the class that ended last. A canceled class gets only what lies in
 * the window of no other one.
 *
 * @param candidates classes of one room, in any order
 * @param first those that a person linked the call to: of slots at the same time theirs goes first
 * @returns ascending and disjoint; an instant outside every window belongs to none
 */
export function assignments(
  candidates: readonly RoomClass[],
  margins: WindowMargins,
  first: ReadonlySet<number> = new Set(),
): Assignment[] {
  const classes = [...candidates].sort((a, b) => a.start - b.start || a.id - b.id);
  const windows = new Map(classes.map((c) => [c.id, evidenceWindow(c, margins)]));
  const edges = new Set<number>();
  for (const c of classes) {
    const window = windows.get(c.id)!;
    for (const edge of [window.start, c.start, c.end, window.end]) edges.add(edge);
  }
  const ordered = [...edges].sort((a, b) => a - b);
  const assigned: { classId: number; start: number; end: number }[] = [];
  for (const [i, start] of ordered.entries()) {
    const end = ordered[i + 1];
    if (end === undefined) break;
    const open = classes.filter((c) => {
      const window = windows.get(c.id)!;
      return window.start <= start && start < window.end;
    });
    const chosen = choose(open, start, first);
    if (chosen === undefined) continue;
    const last = assigned.at(-1);
    if (last?.classId === chosen.id && last.end === start) last.end = end;
    else assigned.push({ classId: chosen.id, start, end });
  }
  return assigned;
}

function choose(open: readonly RoomClass[], at: number, first: ReadonlySet<number>): RoomClass | undefined {
  const linked = standingOf(open.filter(({ id }) => first.has(id)));
  const others = standingOf(open.filter(({ id }) => !first.has(id)));
  return onAt(linked, at) ?? onAt(others, at) ?? nearest(standingOf(open), at);
}

/** The classes that are not canceled; where there are none, those that are. */
function standingOf(open: readonly RoomClass[]): readonly RoomClass[] {
  const standing = open.filter(({ canceled }) => !canceled);
  return standing.length > 0 ? standing : open;
}

function onAt(candidates: readonly RoomClass[], at: number): RoomClass | undefined {
  return candidates.find((c) => c.start <= at && at < c.end);
}

function nearest(candidates: readonly RoomClass[], at: number): RoomClass | undefined {
  return (
    candidates.find((c) => c.start > at) ??
    candidates.reduce<RoomClass | undefined>(
      (last, c) => (last === undefined || c.end > last.end ? c : last),
      undefined,
    )
  );
}
