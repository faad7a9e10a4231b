import { expect, test } from 'vitest';

import { unbilledText } from '../../src/cli/screen/unbilled.ts';
import { showUnbilled } from '../../src/render/json/report.ts';

const span = { start: Date.parse('2026-01-01T00:00:00Z'), end: Date.parse('2026-02-01T00:00:00Z') };
const start = Date.parse('2026-01-16T16:05:00Z');
const MINUTE = 60_000;

test('a meeting on no bill is told with who met, when, how long, which class it was, and what to send', () => {
  const found = {
    kind: 'other_room',
    space: 'spaces/personal',
    meetCode: 'abc-defg-hij',
    organizerEmail: 'tess@example.com',
    records: ['conferenceRecords/r1'],
    start,
    end: start + 55 * MINUTE,
    togetherMs: 55 * MINUTE,
    people: [
      { personId: 11, email: 'tess@example.com', name: 'Tess', role: 'teacher', presentMs: 60 * MINUTE },
      { personId: null, email: null, name: 'iPad\u001b[2J', role: 'unknown', presentMs: 55 * MINUTE },
    ],
    confidence: 'likely',
    suggestion: { action: 'link_call', classId: 5, text: 'Link the call to the class.' },
    closedPeriod: null,
  } as const;
  const meeting = showUnbilled(found);
  expect(unbilledText([meeting], span, 'Europe/Berlin').split('\n')).toEqual([
    '2026-01-16 17:05–18:00 Europe/Berlin, 55 min together, likely',
    expect.stringMatching(/^ {2}Tess \(teacher, 60 min\), iPad.* \(unknown, 55 min\)$/),
    '  in abc-defg-hij (spaces/personal): conferenceRecords/r1',
    '  Link the call to the class.',
    '  → rollbook decide link_call --class 5 --call conferenceRecords/r1 --reason "held in another room"',
    '',
    'Meetings from 2026-01-01 to 2026-02-01: 1. Nothing is billed before you follow a suggestion.',
  ]);
  const closed = showUnbilled({ ...found, closedPeriod: '2026-01' });
  expect(unbilledText([closed], span, 'Etc/UTC').split('\n').slice(3, 5)).toEqual([
    '  Link the call to the class. 2026-01 is closed and stays as it was issued: the difference is proposed as a correction.',
    '  → rollbook decide link_call --class 5 --call conferenceRecords/r1 --reason "held in another room" --as adjustment',
  ]);
  const unbooked = showUnbilled({ ...found, suggestion: { action: 'create_class', classId: null, text: 'Enter it.' } });
  expect(unbilledText([unbooked], span, 'Etc/UTC')).toContain(
    '  → rollbook class schedule --teacher tess@example.com --student "<e-mail of the student>" --subject "<what was taught>"' +
      ' --start 2026-01-16T16:05:00Z --minutes 55 --code abc-defg-hij --organizer tess@example.com\n',
  );
  const text = 'If it was held, reinstate it: POST /api/classes/5/reinstate.';
  const canceled = showUnbilled({ ...found, suggestion: { action: 'reinstate_class', classId: 5, text } });
  expect(unbilledText([canceled], span, 'Etc/UTC').split('\n').slice(3, 5)).toEqual([
    '  If it was held, reinstate it: "rollbook class reinstate 5".',
    '  → rollbook class reinstate 5 --reason "held although it was canceled"',
  ]);
  expect(unbilledText([meeting], span, 'Etc/UTC')).not.toContain('\u001b');
  expect(unbilledText([], span, 'Etc/UTC')).toBe(
    'Nothing looks like a lesson that is on no bill, from 2026-01-01 to 2026-01-31.',
  );
});
