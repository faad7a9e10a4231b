import type { Interval } from '../../core/time/interval.ts';
import type { showUnbilled } from '../../render/json/report.ts';
import { printable } from '../../text.ts';
import { localTime } from '../arguments.ts';
import { inCommands } from '../words.ts';

type Shown = ReturnType<typeof showUnbilled>;

/** Meetings without a line: who met, when and for how long, what it looks like, and what to type or to send to the API. */
export function unbilledText(meetings: readonly Shown[], span: Interval, zone: string): string {
  const day = (at: number) => localTime(at, zone).slice(0, 10);
  const within = `from ${day(span.start)} to ${day(span.end - 1)}`;
  if (meetings.length === 0) return `Nothing looks like a lesson that is on no bill, ${within}.`;
  const blocks = meetings.map((meeting) => {
    const start = localTime(Date.parse(meeting.start_time), zone);
    const end = localTime(Date.parse(meeting.end_time), zone).slice(11);
    const who = meeting.people.map(({ name, role, minutes }) => `${name} (${role}, ${minutes} min)`).join(', ');
    const room = meeting.meet_code === null ? meeting.space : `${meeting.meet_code} (${meeting.space})`;
    const { action, class_id: classId, substitute, requests } = meeting.suggestion;
    const as = meeting.closed_period === null ? '' : ' --as adjustment';
    const todo =
      action === 'link_call'
        ? [
            ...meeting.records.map(
              (record) =>
                `rollbook decide link_call --class ${classId} --call ${record} --reason "held in another room"${as}`,
            ),
            ...(substitute === null
              ? []
              : [
                  `rollbook decide substitute --class ${classId} --person ${substitute.user_email}${substitute.for === null ? '' : ` --for ${substitute.for}`} --reason "taught instead"${as}`,
                ]),
          ]
        : requests.map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body, toFill)}`);
    return [
      `${start}–${end} ${zone}, ${meeting.together_minutes} min together, ${meeting.confidence}`,
      `  ${printable(who)}`,
      `  in ${printable(room)}: ${meeting.records.join(', ')}`,
      `  ${printable(inCommands(meeting.suggestion.text))}`,
      ...todo.map((line) => `  → ${printable(line)}`),
    ].join('\n');
  });
  return [...blocks, `Meetings ${within}: ${meetings.length}. Nothing is billed before you follow a suggestion.`].join(
    '\n\n',
  );
}

/** What only people know, and who sends the request has to write. */
const TO_FILL: Readonly<Record<string, string>> = {
  subject: '<what was taught>',
  teacher_email: '<e-mail of the teacher>',
};

function toFill(key: string, value: unknown): unknown {
  return value === null ? (TO_FILL[key] ?? null) : value;
}
