import type { ClassToBill } from '../../src/core/billing/charge/assess.ts';
import type { BilledClass, PersonPresence } from '../../src/core/billing/lesson/billed-class.ts';
import type { BlockedLine, ChargeLine, PayLine } from '../../src/core/billing/lesson/line.ts';
import { sliceClass } from '../../src/core/billing/lesson/sliced-presence.ts';
import { buildLines, type LineInputs } from '../../src/core/billing/lines.ts';
import { proposeAdjustments, type Adjustment } from '../../src/core/billing/period/adjustments.ts';
import { policyVersion } from '../../src/core/billing/policy/policy-json.ts';
import { rateBook, rateInput, type RateRow } from '../../src/core/billing/policy/rates.ts';
import { localDate } from '../../src/core/time/calendar.ts';
import type { Interval } from '../../src/core/time/interval.ts';

/** 16 January 2026, where London's clocks show UTC: `16:03:20`, seconds and milliseconds optional. */
export function at(time: string, date = '2026-01-16'): number {
  return Temporal.Instant.from(`${date}T${time}Z`).epochMilliseconds;
}

/** `spans('16:00-16:30', '16:40-17:00')` */
export function spans(...texts: readonly string[]): Interval[] {
  return texts.map((text) => {
    const [from = '', to = ''] = text.split('-');
    return { start: at(from), end: at(to) };
  });
}

export const ids = { ana: 3, ben: 4, cleo: 5, tess: 11, theo: 12 } as const;
type Name = keyof typeof ids;

export function person(who: Name, times: readonly string[], changed: Partial<PersonPresence> = {}): PersonPresence {
  return {
    personId: ids[who],
    email: `${who}@example.com`,
    name: who,
    confirmed: true,
    intervals: spans(...times),
    evidence: times.map((time) => `conferenceRecords/r/participants/${who}/participantSessions/${time}`),
    ...changed,
  };
}

/** A completed class 16:00–17:00 of Tess and Ana with whole evidence. */
export function lesson(
  teacher: readonly string[],
  student: readonly string[],
  changed: Partial<BilledClass> = {},
): BilledClass {
  return {
    classId: 5,
    seriesId: null,
    subject: 'Algebra',
    start: at('16:00'),
    end: at('17:00'),
    status: 'completed',
    coverage: teacher.length + student.length > 0 ? 'complete' : 'empty',
    canceledAt: null,
    canceledBy: null,
    approvedOverrunMinutes: 0,
    teachers: [person('tess', teacher)],
    students: [person('ana', student)],
    openReviews: 0,
    flags: [],
    ...changed,
  };
}

export function policy(changed: Readonly<Record<string, unknown>> = {}, validFrom = '2026-01-01') {
  return policyVersion.parse({ valid_from: validFrom, preset: 'standard_tutoring', ...changed });
}

export function rate(id: number, input: Readonly<Record<string, unknown>>): RateRow {
  return { id, ...rateInput.parse({ currency: 'EUR', valid_from: '2020-01-01', ...input }) };
}

export const rates = [rate(1, { kind: 'charge', amount: '42.00' }), rate(2, { kind: 'pay', amount: '22.00' })];

export function books(classes: readonly BilledClass[], changed: Partial<LineInputs> = {}): LineInputs {
  return {
    classes,
    policies: [policy()],
    rates,
    familyOf: new Map([
      [ids.ana, 1],
      [ids.ben, 2],
      [ids.cleo, 3],
    ]),
    zone: 'Europe/London',
    ...changed,
  };
}

/** A class with all that its money needs, before it has lines. */
export function classToBill(
  billed: BilledClass,
  settings: Readonly<Record<string, unknown>> = {},
  changed: Partial<LineInputs> = {},
): ClassToBill {
  const inputs = books([billed], changed);
  const version = policy(settings);
  return {
    billed,
    date: localDate(billed.start, inputs.zone),
    policy: version,
    sliced: sliceClass(billed, version.settings),
    rates: rateBook(inputs.rates),
    familyOf: inputs.familyOf,
    currencyOf: inputs.currencyOf,
  };
}

export interface Billed {
  readonly charges: readonly ChargeLine[];
  readonly pay: readonly PayLine[];
  readonly blocked: readonly BlockedLine[];
  /** `60 min 42.00`, of the only line. */
  readonly charge: string;
  readonly paid: string;
}

/** Bills classes under `standard_tutoring` with settings changed. */
export function bill(
  classes: BilledClass | readonly BilledClass[],
  settings: Readonly<Record<string, unknown>> = {},
  changed: Partial<LineInputs> = {},
): Billed {
  const all = Array.isArray(classes) ? (classes as readonly BilledClass[]) : [classes as BilledClass];
  const lines = buildLines(books(all, { policies: [policy(settings)], ...changed }), null);
  const show = (ms: number, amount: string): string => `${ms / 60_000} min ${amount}`;
  return {
    ...lines,
    charge: lines.charges.map((line) => show(line.billedMs, line.amount)).join(', '),
    paid: lines.pay.map((line) => show(line.paidMs, line.amount)).join(', '),
  };
}

/** The correction that takes back the whole of a closed line: nothing is due any more. None for a line of nothing. */
export function takenBack(line: ChargeLine | PayLine): readonly Adjustment[] {
  const closed = line.side === 'charge' ? { charges: [line], pay: [] } : { charges: [], pay: [line] };
  return proposeAdjustments('2026-01', closed, [], { charges: [], pay: [], blocked: [] }).adjustments;
}
