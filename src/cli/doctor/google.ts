import type { Config } from '../../config.ts';
import { DAY_MS, SECOND_MS } from '../../core/time/duration.ts';
import { ConfigError } from '../../errors.ts';
import { FAILURES } from '../../google/call/failures.ts';
import { SKEW_MS } from '../../google/google-clock.ts';
import type { ClassView } from '../../queries/classes.ts';
import type { Ledger } from '../open.ts';
import { sentence } from '../screen/text.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Classes whose rooms and organisers are tried. */
const LOOK_BACK_MS = 14 * DAY_MS;
const LOOK_AHEAD_MS = 14 * DAY_MS;
const MOST_CLASSES = 5_000;

/** Looks at the credentials without asking Google. */
export async function examineCredentials({ credentialsFile: path }: Config): Promise<Finding[]> {
  const check = 'credentials';
  if (path === null) {
    const remedy = 'docs/google.md says how to make one: a key of a service account, or a file of "rollbook auth".';
    return [fail(check, 'GOOGLE_CREDENTIALS_FILE is not set: nothing can be captured', remedy)];
  }
  const { loadCredentials } = await import('../../google/auth.ts');
  try {
    const { kind, warnings } = loadCredentials(path);
    return [
      ok(check, `${path}: ${kind.replace('_', ' ')}`),
      ...warnings.map((warning) => warn(check, warning, 'Whoever reads this file reads every call of the school.')),
    ];
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    const [finding, remedy] = err.message.split('; ');
    return [fail(check, finding ?? err.message, sentence(remedy ?? 'correct GOOGLE_CREDENTIALS_FILE'))];
  }
}

/** Asks Google as every organiser for every room of the classes around today. Changes nothing. */
export async function examineGoogle(
  parts: Ledger,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Finding[]> {
  const { queries, clock, config } = parts;
  const now = clock.now();
  const classes = queries
    .classes({ from: now - LOOK_BACK_MS, to: now + LOOK_AHEAD_MS, limit: MOST_CLASSES })
    .map((view) => view.class)
    .filter(({ status }) => status !== 'canceled');
  const byRoom = [...Map.groupBy(classes, ({ room, organizerEmail }) => `${room.id} ${organizerEmail}`).values()];
  const findings: Finding[] = [];
  const down = new Set<string>();
  const well = new Set<string>();
  let opened = 0;
  let away = false;
  for (const [done, [first]] of byRoom.entries()) {
    onProgress(done, byRoom.length);
    if (away || first === undefined || down.has(first.organizerEmail)) continue;
    const { finding, organizer } = await examineRoom(parts, first, signal);
    // Without an answer at all none of the others is asked: each would wait in vain.
    if (organizer === 'away') away = true;
    if (organizer === 'down') down.add(first.organizerEmail);
    if (organizer === 'up') well.add(first.organizerEmail);
    if (finding.verdict === 'ok') opened += 1;
    else findings.push(finding);
  }
  onProgress(byRoom.length, byRoom.length);
  if (byRoom.length === 0 && config.defaultOrganizer !== null) {
    findings.push(await examineOrganizer(parts, config.defaultOrganizer, signal));
  }
  return [
    ...[...well].map((email) => ok('organiser', `${email} can be read`)),
    ...findings,
    ...(opened > 0 ? [ok('rooms', `${opened} of ${byRoom.length} open as expected`)] : []),
    ...(byRoom.length === 0
      ? [warn('rooms', 'no class within two weeks', 'Enter classes: rollbook import classes FILE')]
      : []),
    skew(parts),
  ];
}

/** Whether an account can be read; `away`: Google gave no answer at all. */
type Answering = 'up' | 'down' | 'away' | 'unknown';

function unreached({ apiRoot }: Config, why: string): Finding {
  const place = apiRoot === null ? 'Google does not answer' : `Google does not answer at ${apiRoot}`;
  const settings = apiRoot === null ? '' : ', and GOOGLE_API_ROOT';
  return fail(
    'google',
    `${place}: ${why}`,
    `Look at the network, the names (DNS) and the proxy of this machine${settings}.`,
  );
}

async function examineRoom(
  { meet, config }: Ledger,
  { room, organizerEmail, subject }: ClassView['class'],
  signal: AbortSignal,
): Promise<{ finding: Finding; organizer: Answering }> {
  const label = room.meetingCode ?? room.space;
  const check = 'room';
  const entered = (finding: Finding, organizer: Answering = 'unknown') => ({ finding, organizer });
  if (label === null) {
    return entered(
      fail(check, `the room of "${subject}" has neither a code nor a space`, 'Give the class a meet_code.'),
    );
  }
  const answer = await meet.getSpace(organizerEmail, label, signal);
  if (answer.kind !== 'ok') {
    if (answer.unreached !== undefined) return entered(unreached(config, answer.unreached), 'away');
    const { of, remedy } = FAILURES[answer.reason];
    switch (of) {
      // The other rooms of the account need not be tried.
      case 'account':
        return entered(fail('organiser', `${organizerEmail}: ${answer.message}`, remedy), 'down');
      case 'room':
        return answer.reason === 'bad_request'
          ? entered(warn(check, `${label}: ${answer.message}`, remedy))
          : entered(fail(check, `${label} ("${subject}"): ${answer.message}`, remedy), 'up');
      case 'moment':
        return entered(warn(check, `${label}: ${answer.message}`, remedy));
      default:
        return of satisfies never;
    }
  }
  const { name, ownedByReader } = answer.value;
  if (room.space !== null && name !== room.space) {
    return entered(
      fail(
        check,
        `${label} opens another room now (${name})`,
        `Make a new room for "${subject}" and later classes, and give them its code.`,
      ),
      'up',
    );
  }
  if (!ownedByReader) {
    const finding = `${label} ("${subject}") does not belong to ${organizerEmail}: only its owner sees who came`;
    return entered(fail(check, finding, 'Set organizer_email to the owner, or use a room of this account.'), 'up');
  }
  return entered(ok(check, `${label} opens`), 'up');
}

async function examineOrganizer({ meet, clock, config }: Ledger, email: string, signal: AbortSignal): Promise<Finding> {
  const now = clock.now();
  // Any name of a room will do: Google's answer that it is unknown proves that the account can be read.
  const answer = await meet.listRecords(email, { space: 'spaces/none', from: now - DAY_MS, to: now }, signal);
  if (answer.kind === 'ok' || answer.reason === 'not_found' || answer.reason === 'forbidden') {
    return ok('organiser', `${email} can be read`);
  }
  if (answer.unreached !== undefined) return unreached(config, answer.unreached);
  const { of, remedy } = FAILURES[answer.reason];
  return fail('organiser', `${email}: ${answer.message}`, of === 'account' ? remedy : 'Try again in a few minutes.');
}

function skew({ meet }: Ledger): Finding {
  const { clockSkewMs } = meet.status();
  if (clockSkewMs === null) return warn('clock', 'Google did not tell the time', 'Mend the findings above first.');
  const seconds = Math.round(Math.abs(clockSkewMs) / SECOND_MS);
  return Math.abs(clockSkewMs) > SKEW_MS
    ? warn('clock', `this machine and Google are ${seconds} s apart`, 'Synchronise the clock: timedatectl set-ntp true')
    : ok('clock', `within ${Math.max(1, seconds)} s of Google's`);
}
