import { createHash } from 'node:crypto';

import { formatInstant } from '../../time/calendar.ts';
import type { Adjustment } from './adjustments.ts';
import type { BlockedLine, ChargeLine, PayLine } from '../lesson/line.ts';
import { parseLineId } from '../line-id.ts';
import { canonicalJson, sha256 } from '../money/canonical.ts';
import type { PolicyVersion } from '../policy/policy.ts';
import { policyToJson } from '../policy/policy-json.ts';

/** A period as it was issued. */
export interface FrozenPeriod {
  readonly period: string;
  /** 1, and one more with every reopening. */
  readonly version: number;
  /** The zone it was closed in, whatever the organisation's becomes. */
  readonly zone: string;
  readonly policies: readonly PolicyVersion[];
  readonly charges: readonly ChargeLine[];
  readonly pay: readonly PayLine[];
  readonly adjustments: readonly Adjustment[];
  /** What stood against the close, for the cover. */
  readonly exceptions: readonly string[];
}

/** What a ledger numbers, by the names that every ledger of the same school gives it. */
export interface Names {
  readonly family: (id: number) => string;
}

/** A teacher's debt into the next period. */
export interface PortableCarry {
  readonly teacher: string;
  readonly currency: string;
  readonly minor: number;
}

/** A period by addresses, names and instants. Lists are sorted by their text. */
export interface PortablePeriod {
  readonly format: 'rollbook-period-1';
  readonly period: string;
  readonly version: number;
  readonly zone: string;
  readonly policies: readonly object[];
  readonly charges: readonly object[];
  readonly pay: readonly object[];
  readonly adjustments: readonly object[];
  readonly carries: readonly PortableCarry[];
  readonly exceptions: readonly string[];
}

export interface PeriodToCarry extends FrozenPeriod {
  /** Lines without amount, which exceptions name. */
  readonly blocked: readonly BlockedLine[];
  /** Corrections that wait, which exceptions name. */
  readonly proposed: readonly Adjustment[];
  readonly carries: readonly PortableCarry[];
}

/**
 * A frozen period without the numbers of one ledger: two ledgers of one school, filled in any order, give the same.
 * The steps of the lines are left out; they follow from evidence and policy.
 */
export function portablePeriod(frozen: PeriodToCarry, names: Names): PortablePeriod {
  const { period, version, zone, policies, charges, pay, adjustments, blocked, proposed, carries, exceptions } = frozen;
  const references = new Map<string, string>();
  for (const line of charges) references.set(line.lineId, reference(line.start, line.subject, line.studentEmail));
  for (const line of pay) references.set(line.lineId, reference(line.start, line.subject, line.teacherEmail));
  for (const line of blocked) references.set(line.lineId, reference(line.start, line.subject, line.personEmail));
  for (const one of [...adjustments, ...proposed]) {
    if (!references.has(one.lineId)) references.set(one.lineId, `${one.date} ${one.subject} ${one.personEmail}`);
  }
  const readable = (text: string): string =>
    text
      .replaceAll(/\b(?:a\d+-)?([cp]\d+-\d+)\b/g, (id, lineId: string) => references.get(lineId) ?? id)
      .replaceAll(/\brate \d+\b/g, 'a rate');
  return {
    format: 'rollbook-period-1',
    period,
    version,
    zone,
    policies: policies.map((policy) => portablePolicy(policy, names)),
    charges: sorted(charges.map((line) => portableCharge(line, names))),
    pay: sorted(pay.map(portablePay)),
    adjustments: sorted(adjustments.map((adjustment) => portableAdjustment(adjustment, names, readable))),
    carries: sorted(carries),
    exceptions: exceptions.map(readable).sort(),
  };
}

/**
 * A period as text that is the same on any machine, and the id that follows from it. When and by whom it was closed is
 * not part of it. `portablePeriod` takes out the numbers of one ledger first.
 */
export function freezePeriod(frozen: FrozenPeriod | PortablePeriod): { readonly id: string; readonly json: string } {
  const json = canonicalJson(frozen);
  return { id: sha256(json), json };
}

/** SHA-256 over the lines one after another, each as canonical JSON. */
export function hashOfLines(lines: Iterable<ChargeLine | PayLine>): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(canonicalJson(line)).update('\n');
  return hash.digest('hex');
}

function reference(start: number, subject: string, email: string): string {
  return `${formatInstant(start)} ${subject} ${email}`;
}

function sorted<T extends object>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, text: canonicalJson(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}

function portableCharge(line: ChargeLine, names: Names): object {
  const { lineId: _line, classId: _class, studentId: _student, familyId, rate, steps: _steps, ...rest } = line;
  return { ...rest, family: familyId === null ? null : names.family(familyId), rate: portableRate(rate) };
}

function portablePay({
  lineId: _line,
  classId: _class,
  teacherId: _teacher,
  rate,
  steps: _steps,
  ...rest
}: PayLine): object {
  return { ...rest, rate: portableRate(rate) };
}

function portableRate(rate: ChargeLine['rate']): object | null {
  if (rate === null) return null;
  const { rateId: _id, ...rest } = rate;
  return rest;
}

function portableAdjustment(adjustment: Adjustment, names: Names, readable: (text: string) => string): object {
  const { adjustmentId, lineId, classId: _class, personId: _person, familyId, reason, ...rest } = adjustment;
  return {
    ...rest,
    nth: parseLineId(adjustmentId)?.nth ?? 0,
    line: readable(lineId),
    family: familyId === null ? null : names.family(familyId),
    reason: readable(reason),
  };
}

/** As the API shows it, with families by name. */
function portablePolicy(policy: PolicyVersion, names: Names): object {
  const discounts = policy.settings.discount.map(({ familyId, basisPoints, studentEmail }) => ({
    basis_points: basisPoints,
    student_email: studentEmail,
    family: familyId === null ? null : names.family(familyId),
  }));
  return { ...policyToJson(policy), discount: discounts };
}

/**
 * The versions that govern the days of a period: the one in force on the first day and those that begin within.
 *
 * @param versions of two from one day the later in the list holds
 */
export function policiesOf(
  versions: readonly PolicyVersion[],
  { first, last }: { readonly first: string; readonly last: string },
  fallback: PolicyVersion,
): PolicyVersion[] {
  const byDay = new Map(versions.map((version) => [version.validFrom, version] as const));
  const days = [...byDay.keys()].sort();
  const opening = days.findLast((day) => day <= first);
  const within = days.filter((day) => first < day && day <= last);
  return [opening === undefined ? fallback : byDay.get(opening)!, ...within.map((day) => byDay.get(day)!)];
}
