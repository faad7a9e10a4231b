import { union } from '../../core/time/interval.ts';
import type { Room } from '../timeline.ts';
import type { Visit } from './lessons.ts';

/**
 * Turns the visits to a room into calls, as Meet does: a call lasts as long as anybody is there, however many classes
 * that takes in, and the next to come opens another one.
 */
export function writeCalls(room: Room, visits: readonly Visit[]): void {
  const ordered = visits.toSorted((a, b) => a.start - b.start);
  for (const { start, end } of union(ordered)) {
    const call = room.call(start, end);
    for (const visit of ordered.filter((stay) => stay.start >= start && stay.end <= end)) {
      const session = call.joins(visit.who, visit.start, visit.end, visit.device);
      if (visit.corrections !== undefined) session.corrections = visit.corrections;
    }
  }
}
