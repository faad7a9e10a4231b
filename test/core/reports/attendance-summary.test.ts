import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { AttendanceStatus } from '../../../src/core/attendance/status.ts';
import { attendanceSummary, type SummarisedLog } from '../../../src/core/reports/attendance-summary.ts';

function at(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function log(classId: number, day: string, status: AttendanceStatus, ...times: readonly string[]): SummarisedLog {
  return {
    classId,
    personId: 3,
    email: 'ana@example.com',
    name: 'Ana',
    status,
    classStart: at(`${day}T16:00:00Z`),
    intervals: times.map((text) => {
      const [from, to] = text.split('-');
      return { start: at(`${day}T${from}Z`), end: at(`${day}T${to}Z`) };
    }),
  };
}

const january = [
  log(1, '2026-01-05', 'present', '16:00-16:30', '16:31-17:00'),
  log(2, '2026-01-12', 'late', '16:10-17:00'),
  log(3, '2026-01-19', 'absent'),
  log(4, '2026-01-26', 'excused'),
  log(5, '2026-01-27', 'pending', '16:00-16:05'),
  log(6, '2026-01-28', 'guest', '16:00-16:01'),
];

describe('attendance of a month', () => {
  test('counts each class once, as what it was', () => {
    expect(attendanceSummary(january, 'UTC')).toEqual([
      {
        personId: 3,
        email: 'ana@example.com',
        name: 'Ana',
        month: '2026-01',
        expected: 5,
        present: 1,
        late: 1,
        absent: 1,
        excused: 1,
        pending: 1,
        visited: 1,
        minutes: 115,
      },
    ]);
  });

  test('counts a minute in two rooms once', () => {
    const twice = [log(1, '2026-01-05', 'present', '16:00-16:40'), log(2, '2026-01-05', 'present', '16:20-17:00')];

    expect(attendanceSummary(twice, 'UTC')[0]).toMatchObject({ present: 2, minutes: 60 });
  });

  test('belongs to the month that the clocks of the organisation show', () => {
    const late = { ...log(1, '2026-01-31', 'absent'), classStart: at('2026-01-31T23:30:00Z') };

    expect(attendanceSummary([late], 'Europe/Paris').map(({ month }) => month)).toEqual(['2026-02']);
    expect(attendanceSummary([late], 'Europe/London').map(({ month }) => month)).toEqual(['2026-01']);
  });

  test('is the same in any order and with every log given twice', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(january, { minLength: january.length }), (logs) => {
        expect(attendanceSummary([...logs, ...january], 'UTC')).toEqual(attendanceSummary(january, 'UTC'));
      }),
    );
  });
});
