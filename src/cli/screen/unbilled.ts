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
    const todo = commandsFor(meeting);
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

/** What to type. Whoever types it may write another reason. */
function commandsFor({ suggestion, records, closed_period: closed }: Shown): string[] {
  const { action, class_id: classId, substitute, requests } = suggestion;
  const as = closed === null ? '' : ' --as adjustment';
  switch (action) {
    case 'link_call':
      return [
        ...records.map(
          (record) =>
            `rollbook decide link_call --class ${classId} --call ${record} --reason "held in another room"${as}`,
        ),
        ...(substitute === null ? [] : [`${substituted(classId, substitute)} --reason "taught instead"${as}`]),
      ];
    case 'reinstate_class':
      return [`rollbook class reinstate ${classId} --reason "held although it was canceled"${as}`];
    case 'create_class':
      return requests.map(({ body }) => `rollbook class schedule ${optionsOf(body)}`);
    default:
      return action satisfies never;
  }
}

function substituted(classId: number | null, substitute: NonNullable<Shown['suggestion']['substitute']>): string {
  const { user_email: who, for: teacher } = substitute;
  const replaced = teacher === null ? '' : ` --for ${inShell(teacher)}`;
  return `rollbook decide substitute --class ${classId} --person ${inShell(who)}${replaced}`;
}

const OPTIONS = [
  ['--teacher', 'teacher_email', '<e-mail of the teacher>'],
  ['--student', 'student_emails', '<e-mail of the student>'],
  ['--subject', 'subject', '<what was taught>'],
  ['--start', 'start_time', ''],
  ['--minutes', 'duration_minutes', ''],
  ['--code', 'meet_code', ''],
  ['--organizer', 'organizer_email', ''],
] as const;

/** The fields of a class as options; what only people know, and who types the command has to write, in angle brackets. */
function optionsOf(body: object): string {
  const values = new Map(Object.entries(body) as [string, string | number | readonly string[] | null][]);
  return OPTIONS.flatMap(([option, field, toFill]) => {
    const given = [values.get(field) ?? []].flat().map((value: string | number) => inShell(String(value)));
    if (given.length > 0) return [`${option} ${given.join(' ')}`];
    return toFill === '' ? [] : [`${option} "${toFill}"`];
  }).join(' ');
}

/** A value that a shell takes as it is. */
function inShell(value: string): string {
  return /^[\w@.:+/-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
