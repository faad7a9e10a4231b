import { findUnbilled, type SchoolPerson, type SeenCall } from '../../core/reports/unbilled.ts';
import type { WindowMargins } from '../../core/schedule/class.ts';
import { DAY_MS, MINUTE_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { ClassStore } from '../../ledger/attendance/class-store.ts';
import type { Stay } from '../../ledger/money/report-view.ts';
import type { MoneyStores } from '../../ledger/money/stores.ts';
import type { PeopleStore } from '../../ledger/school/people-store.ts';
import { invalid } from '../../refusal.ts';

/** Shorter meetings are no lessons. */
const MIN_TOGETHER_MS = 10 * MINUTE_MS;
/** All meetings of the span are held at once. */
const LONGEST_MS = 62 * DAY_MS;

export interface UnbilledDeps {
  readonly money: Pick<MoneyStores, 'reports' | 'decisions'>;
  readonly classStore: Pick<ClassStore, 'all'>;
  readonly people: Pick<PeopleStore, 'get'>;
  readonly margins: WindowMargins;
}

/** Meetings of a span that look like lessons and are on no bill. Refused: the span is longer than 62 days. */
export function unbilledMeetings(deps: UnbilledDeps, span: Interval) {
  const { money, classStore, people, margins } = deps;
  if (span.end - span.start > LONGEST_MS) {
    return invalid([{ path: 'to', message: 'must not lie more than 62 days behind from' }]);
  }
  const stays = money.reports.stays(span);
  const around = { from: span.start - DAY_MS, to: span.end + DAY_MS };
  const classes = classStore.all(around).map(({ id, subject, room, start, end, status, canceledAt, roster }) => {
    const canceled = status === 'canceled';
    const settledUntil = canceled && isConfirmed(money, id) ? Number.MAX_SAFE_INTEGER : canceledAt;
    return { classId: id, subject, space: room.space, start, end, canceled, settledUntil, roster };
  });
  const ids = new Set([
    ...stays.flatMap(({ personId }) => (personId === null ? [] : [personId])),
    ...classes.flatMap(({ roster }) => roster.map(({ personId }) => personId)),
  ]);
  const known = [...ids].flatMap((id): [number, SchoolPerson][] => {
    const person = people.get(id);
    return person === null ? [] : [[id, person]];
  });
  const meetings = findUnbilled({
    calls: callsOf(stays),
    classes,
    people: new Map(known),
    knownSpaces: money.reports.spaces(),
    margins,
    minTogetherMs: MIN_TOGETHER_MS,
  });
  return { kind: 'unbilled', meetings } as const;
}

/** Whether a person has decided what became of a canceled class. */
function isConfirmed({ decisions }: Pick<MoneyStores, 'decisions'>, classId: number): boolean {
  return decisions.list({ classId, kind: 'set_outcome', standing: true }).length > 0;
}

function callsOf(stays: readonly Stay[]): SeenCall[] {
  return [...Map.groupBy(stays, ({ record }) => record)].map(([record, inCall]) => ({
    record,
    space: inCall[0]!.space,
    meetCode: inCall[0]!.meetCode,
    participants: [...Map.groupBy(inCall, ({ participant }) => participant).values()].map((own) => ({
      personId: own[0]!.personId,
      displayName: own[0]!.displayName,
      intervals: own.filter(({ start, end }) => start < end).map(({ start, end }) => ({ start, end })),
    })),
  }));
}
