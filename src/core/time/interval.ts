/** A half-open span of time `[start, end)` in epoch milliseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * Joins overlapping and touching intervals. Empty and reversed ones contain no instant and are left out.
 *
 * @param intervals in any order; left unchanged
 * @returns ascending and disjoint, with a gap between neighbours
 */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: { start: number; end: number }[] = [];
  for (const next of intervals.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && next.start <= last.end) last.end = Math.max(last.end, next.end);
    else joined.push({ start: next.start, end: next.end });
  }
  return joined;
}

/**
 * The instants that both sets contain.
 *
 * @param a ascending and disjoint, as `union` returns them
 * @param b ascending and disjoint
 */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i]!;
    const right = b[j]!;
    const start = Math.max(left.start, right.start);
    const end = Math.min(left.end, right.end);
    if (start < end) common.push({ start, end });
    if (left.end < right.end) i += 1;
    else j += 1;
  }
  return common;
}

/** The instants of `a` that `b` does not contain. Both ascending and disjoint. */
export function difference(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  for (const { start, end } of a) {
    let from = start;
    for (const hole of b) {
      if (hole.end <= from) continue;
      if (hole.start >= end) break;
      if (hole.start > from) left.push({ start: from, end: hole.start });
      from = Math.max(from, hole.end);
    }
    if (from < end) left.push({ start: from, end });
  }
  return left;
}

/** The part of `intervals` inside `[start, end)`. */
export function clip(intervals: readonly Interval[], { start, end }: Interval): Interval[] {
  return intervals
    .map((interval) => ({ start: Math.max(interval.start, start), end: Math.min(interval.end, end) }))
    .filter((interval) => interval.start < interval.end);
}

/**
 * Fills every gap of at most `longestGapMs` between neighbours.
 *
 * @param intervals ascending and disjoint
 */
export function bridge(intervals: readonly Interval[], longestGapMs: number): Interval[] {
  const bridged: { start: number; end: number }[] = [];
  for (const next of intervals) {
    const last = bridged.at(-1);
    if (last !== undefined && next.start - last.end <= longestGapMs) last.end = Math.max(last.end, next.end);
    else bridged.push({ start: next.start, end: next.end });
  }
  return bridged;
}

/** Length of a disjoint set in milliseconds. */
export function totalMs(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { start, end }) => sum + (end - start), 0);
}

/** Whether the two share an instant. Touching is not overlapping. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}
