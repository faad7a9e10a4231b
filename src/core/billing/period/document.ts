import { createHash } from 'node:crypto';

import { z } from 'zod';

import { formatInstant } from '../../time/calendar.ts';
import type { BlockedLine, ChargeLine, PayLine } from '../lesson/line.ts';
import { parseLineId } from '../line-id.ts';
import { canonicalJson, sha256 } from '../money/canonical.ts';
import { policyToJson } from '../policy/policy-json.ts';
import type { PolicyVersion } from '../policy/policy.ts';
import type { Adjustment } from './adjustments.ts';
import type { PeriodException } from './exceptions.ts';

/** A period as it is issued. */
export interface PeriodToIssue {
  readonly period: string;
  /** 1, and one more with every reopening. */
  readonly version: number;
  /** The zone it was closed in, whatever the organisation's becomes. */
  readonly zone: string;
  readonly policies: readonly PolicyVersion[];
  readonly charges: readonly ChargeLine[];
  readonly pay: readonly PayLine[];
  /** Lines without amount, which exceptions name. */
  readonly blocked: readonly BlockedLine[];
  readonly adjustments: readonly Adjustment[];
  readonly carries: readonly DocumentCarry[];
  /** The claims that did not hold at the close, for the cover. */
  readonly exceptions: readonly PeriodException[];
}

/** Names that are the same in every ledger of a school, for what has only a number in one ledger. */
export interface Names {
  readonly family: (id: number) => string;
}

/** A teacher's debt into the next period. */
export interface DocumentCarry {
  readonly teacher: string;
  readonly currency: string;
  readonly minor: number;
}

/**
 * A period written with e-mail addresses, names and instants, without the ids of one ledger: two ledgers of one school,
 * filled in any order, give the same. Lists are sorted by their text. When and by whom it was closed is not part of it,
 * nor are the steps of the lines; they follow from evidence and policy.
 *
 * Closes of earlier versions of this program hold a `rollbook-period-1`, whose exceptions are sentences; their bytes
 * stay as they are.
 */
export function periodDocument(issued: PeriodToIssue, names: Names) {
  const { period, version, zone, policies, charges, pay, adjustments, carries, exceptions } = issued;
  const lines = linesByReference(issued);
  return {
    format: 'rollbook-period-2',
    period,
    version,
    zone,
    policies: policies.map((policy) => documentPolicy(policy, names)),
    charges: sorted(charges.map((line) => documentCharge(line, names))),
    pay: sorted(pay.map(documentPay)),
    adjustments: sorted(adjustments.map((adjustment) => documentAdjustment(adjustment, names))),
    carries: sorted(carries),
    exceptions: sorted(exceptions.map((exception) => documentException(exception, lines))),
  };
}

/** The text of a document, the same on any machine, and the id that follows from it. */
export function freezePeriod(document: object): { readonly id: string; readonly json: string } {
  const json = canonicalJson(document);
  return { id: sha256(json), json };
}

/** SHA-256 over the lines one after another, each as canonical JSON. */
export function hashOfLines(lines: Iterable<ChargeLine | PayLine>): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(canonicalJson(line)).update('\n');
  return hash.digest('hex');
}

const issuedLines = z.object({ charges: z.array(z.looseObject({})), pay: z.array(z.looseObject({})) });

/**
 * The first line that stands in no such form in a document; null: all do. Families have other names there, so they are
 * not compared.
 *
 * @param document as it was issued
 */
export function lineNotIn(document: unknown, lines: readonly (ChargeLine | PayLine)[]): string | null {
  const { charges, pay } = issuedLines.parse(document);
  const issued = new Set([...charges, ...pay].map(withoutFamily));
  const isIssued = (line: ChargeLine | PayLine): boolean =>
    issued.has(withoutFamily(line.side === 'charge' ? documentCharge(line, { family: String }) : documentPay(line)));
  return lines.find((line) => !isIssued(line))?.lineId ?? null;
}

function withoutFamily(line: object): string {
  const members = Object.entries(line).filter(([key]) => key !== 'family');
  return canonicalJson(Object.fromEntries(members));
}

interface NamedLine {
  /** What every ledger of the school calls the line. */
  readonly reference: string;
  readonly rateId: number | undefined;
}

/** Line id → what a document says instead. */
function linesByReference({ charges, pay, blocked }: PeriodToIssue): Map<string, NamedLine> {
  const named = (line: ChargeLine | PayLine | BlockedLine, email: string, rateId?: number) =>
    [line.lineId, { reference: `${formatInstant(line.start)} ${line.subject} ${email}`, rateId }] as const;
  return new Map([
    ...charges.map((line) => named(line, line.studentEmail)),
    ...pay.map((line) => named(line, line.teacherEmail)),
    ...blocked.map((line) => named(line, line.personEmail, line.rateId)),
  ]);
}

function documentException({ invariant, lineId, text }: PeriodException, lines: Map<string, NamedLine>): object {
  if (lineId === null) return { invariant, line: null, text };
  const line = lines.get(lineId);
  return {
    invariant,
    line: line?.reference ?? lineId,
    text: line?.rateId === undefined ? text : (text?.replace(`rate ${line.rateId}`, 'a rate') ?? null),
  };
}

function sorted<T extends object>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, text: canonicalJson(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}

function documentCharge(line: ChargeLine, names: Names): object {
  const { lineId: _line, classId: _class, studentId: _student, familyId, rate, steps: _steps, ...rest } = line;
  return { ...rest, family: familyId === null ? null : names.family(familyId), rate: documentRate(rate) };
}

function documentPay(line: PayLine): object {
  const { lineId: _line, classId: _class, teacherId: _teacher, rate, steps: _steps, ...rest } = line;
  return { ...rest, rate: documentRate(rate) };
}

function documentRate(rate: ChargeLine['rate']): object | null {
  if (rate === null) return null;
  const { rateId: _id, ...rest } = rate;
  return rest;
}

function documentAdjustment(adjustment: Adjustment, names: Names): object {
  const { adjustmentId, lineId, classId: _class, personId: _person, familyId, reason, ...rest } = adjustment;
  const line = `${adjustment.date} ${adjustment.subject} ${adjustment.personEmail}`;
  return {
    ...rest,
    nth: parseLineId(adjustmentId)?.nth ?? 0,
    line,
    family: familyId === null ? null : names.family(familyId),
    // The reason of a correction names its line first.
    reason: reason.replace(lineId, () => line),
  };
}

/** As the API shows it, with families by name. */
function documentPolicy(policy: PolicyVersion, names: Names): object {
  const discounts = policy.settings.discount.map(({ familyId, basisPoints, studentEmail }) => ({
    basis_points: basisPoints,
    student_email: studentEmail,
    family: familyId === null ? null : names.family(familyId),
  }));
  return { ...policyToJson(policy), discount: discounts };
}
