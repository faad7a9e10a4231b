import type { ClassInput } from '../../../src/actions/classes/class-input.ts';
import type { SavedClass } from '../../../src/actions/classes/class-verb.ts';
import type { Refused } from '../../../src/refusal.ts';

export const by = { actor: 'office' };
export const { signal } = new AbortController();
export const at = (text: string) => Date.parse(text);

export const algebra: ClassInput = {
  teacherEmail: 'ana@school.example',
  studentEmails: ['ben@home.example'],
  subject: 'Algebra',
  start: at('2026-01-16T15:00:00Z'),
  durationMinutes: 30,
  room: { code: 'abc-defg-hij' },
  organizerEmail: null,
  seriesId: null,
};

export function booked(outcome: SavedClass | { kind: 'refused'; message: string }): SavedClass {
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome;
}

export function why(outcome: SavedClass | Refused): string {
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
}
