import type { ClassInput } from '../../../src/actions/classes/class-input.ts';
import type { Booked } from '../../../src/actions/classes/schedule-change.ts';
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
  meetCode: 'abc-defg-hij',
  organizerEmail: null,
  seriesId: null,
};

export function booked(outcome: Booked | { kind: 'refused'; message: string }): Booked {
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome;
}

export function why(outcome: Booked | Refused): string {
  return outcome.kind === 'refused' ? outcome.code : 'booked';
}
