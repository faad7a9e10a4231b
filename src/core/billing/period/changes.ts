import { partyOf, type ChargeLine, type PayLine } from '../lesson/line.ts';
import { sum } from '../money/money.ts';
import type { Adjustment } from './adjustments.ts';
import type { FamilyStatement, TeacherStatement } from './statements.ts';

/** What a statement says otherwise than the version that it replaces. Amounts in minor units of its currency. */
export interface StatementChanges {
  /** The version that is replaced. */
  readonly version: number;
  /** Its total; 0 where it had no such statement. */
  readonly beforeMinor: number;
  /** What the total is more now, of any sign: the changes and the tax together. */
  readonly deltaMinor: number;
  readonly changes: readonly EntryChange[];
  /** Tax on top of the amounts of the lines. */
  readonly taxDeltaMinor: number;
}

/** A line or correction that only one of two versions has, or that they have otherwise. */
export interface EntryChange {
  readonly kind: 'added' | 'taken_off' | 'changed';
  /** Of the line, or of the correction. */
  readonly id: string;
  readonly date: string;
  readonly subject: string;
  readonly personEmail: string;
  readonly personName: string | null;
  /** Null: that version does not have it. */
  readonly before: Counted | null;
  readonly after: Counted | null;
  readonly deltaMinor: number;
}

export interface Counted {
  readonly ms: number;
  readonly amountMinor: number;
  /** Null: a correction has none. */
  readonly outcome: ChargeLine['outcome'] | null;
}

type Statement = Pick<FamilyStatement | TeacherStatement, 'totalMinor'> & {
  readonly lines: readonly (ChargeLine | PayLine)[];
  readonly adjustments: readonly Adjustment[];
};

/**
 * What became of a statement. The differences of its entries and of the tax add up to that of the totals.
 *
 * @param before as the version that is replaced had it; null: it had none
 */
export function changesBetween(version: number, before: Statement | null, after: Statement): StatementChanges {
  const old = new Map(entriesOf(before).map((entry) => [idOf(entry), entry]));
  const now = new Map(entriesOf(after).map((entry) => [idOf(entry), entry]));
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const change = changeOf(id, old.get(id), now.get(id));
    return change === null ? [] : [change];
  });
  const beforeMinor = before?.totalMinor ?? 0;
  const deltaMinor = after.totalMinor - beforeMinor;
  const taxDeltaMinor = deltaMinor - sum(changes.map((change) => change.deltaMinor));
  return { version, beforeMinor, deltaMinor, changes: changes.toSorted(byDay), taxDeltaMinor };
}

type Entry = ChargeLine | PayLine | Adjustment;

function entriesOf(statement: Statement | null): Entry[] {
  return statement === null ? [] : [...statement.lines, ...statement.adjustments];
}

function idOf(entry: Entry): string {
  return 'adjustmentId' in entry ? entry.adjustmentId : entry.lineId;
}

function changeOf(id: string, old: Entry | undefined, now: Entry | undefined): EntryChange | null {
  if (old !== undefined && now !== undefined && said(old) === said(now)) return null;
  const { date, subject } = (now ?? old)!;
  const [before, after] = [countedOf(old), countedOf(now)];
  return {
    kind: old === undefined ? 'added' : now === undefined ? 'taken_off' : 'changed',
    id,
    date,
    subject,
    ...namedIn((now ?? old)!),
    before,
    after,
    deltaMinor: (after?.amountMinor ?? 0) - (before?.amountMinor ?? 0),
  };
}

/** What of an entry makes it another one for whoever reads the statement. */
function said(entry: Entry): string {
  const { date, subject, currency } = entry;
  const line = 'adjustmentId' in entry ? null : [entry.start, entry.end, entry.rate?.amountMinor ?? null];
  const tax = entry.side === 'charge' ? [entry.tax, entry.taxMinor] : null;
  return JSON.stringify([date, subject, currency, countedOf(entry), line, tax]);
}

function countedOf(entry: Entry | undefined): Counted | null {
  if (entry === undefined) return null;
  const { amountMinor } = entry;
  if ('adjustmentId' in entry) return { ms: entry.ms, amountMinor, outcome: null };
  return { ms: partyOf(entry).ms, amountMinor, outcome: entry.outcome };
}

function namedIn(entry: Entry): Pick<EntryChange, 'personEmail' | 'personName'> {
  if ('adjustmentId' in entry) return { personEmail: entry.personEmail, personName: null };
  const { personEmail, personName } = partyOf(entry);
  return { personEmail, personName };
}

function byDay(a: EntryChange, b: EntryChange): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : a.id < b.id ? -1 : 1;
}
