import type { ChargeLine, PayLine } from '../core/billing/lesson/line.ts';
import { canonicalJson, sha256 } from '../core/billing/money/canonical.ts';
import { hashOfLines, lineNotIn } from '../core/billing/period/document.ts';
import { lineTotals } from '../core/billing/period/line-totals.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Inspection } from '../ledger/inspect.ts';
import type { Close } from '../ledger/money/period-store.ts';
import type { MoneyStores } from '../ledger/money/stores.ts';
import type { AuditLog } from '../ledger/school/audit-log.ts';
import type { CorrectionQuery } from './periods/corrections.ts';

export interface VerifyClosesDeps {
  readonly money: MoneyStores;
  readonly correctionQuery: Pick<CorrectionQuery, 'waiting'>;
  readonly audit: Pick<AuditLog, 'list'>;
  readonly inspection: Pick<Inspection, 'unreadable'>;
  readonly clock: Pick<Clock, 'yield'>;
}

/**
 * Checks that every closed period is what was issued: the document has its id, the lines have their hash, both come to
 * the same, and the audit log says so too. Computes the standing ones again from the evidence.
 *
 * @returns how many closes and lines were looked at, reopened ones too; what is no longer as issued, a sentence a close;
 *   and how many corrections wait, because the evidence gives something else now, which is not a fault
 */
export async function verifyCloses({ money, correctionQuery, audit, inspection, clock }: VerifyClosesDeps) {
  const problems: string[] = [];
  let lines = 0;
  const closes = money.periods.list();
  /** What cannot be read is a fault of its own, and the rest is looked at all the same. */
  const named = async <T>(place: string, look: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await look();
    } catch (err) {
      const unreadable = inspection.unreadable(err);
      if (unreadable === null) throw err;
      problems.push(`${place}${unreadable}`);
      return null;
    }
  };
  for (const close of closes) {
    const place = `${close.period} version ${close.version}: `;
    const problem = await named(place, () => {
      const found = [...money.periods.lines(close.id)];
      lines += found.length;
      return faultOf(close, money.periods.document(close.id), found, audit) ?? money.periods.displacedLine(close.id);
    });
    if (problem !== null) problems.push(`${place}${problem}`);
    await clock.yield();
  }
  // Set against lines that were edited, corrections say nothing.
  const waiting = problems.length > 0 ? null : await named('', () => correctionQuery.waiting());
  return {
    ok: problems.length === 0,
    closes: closes.length,
    lines,
    problems,
    waiting: waiting?.adjustments.length ?? 0,
  };
}

function faultOf(
  close: Close,
  document: string,
  lines: readonly (ChargeLine | PayLine)[],
  audit: Pick<AuditLog, 'list'>,
): string | null {
  if (sha256(document) !== close.documentId) return 'the document is not the one that was issued';
  const parsed: unknown = JSON.parse(document);
  if (canonicalJson(parsed) !== document) return 'the document is not in its canonical form';
  if (hashOfLines(lines) !== close.linesHash) return editedLine(parsed, lines);
  if (lineTotals(parsed) !== lineTotals({ charges: lines.filter(isCharge), pay: lines.filter(isPay) })) {
    return 'the lines and the document do not come to the same';
  }
  return isAudited(close, audit) ? null : 'the audit log knows nothing of this close';
}

function editedLine(document: unknown, lines: readonly (ChargeLine | PayLine)[]): string {
  const edited = lineNotIn(document, lines);
  return `the lines are not those that were issued${edited === null ? '' : `: line ${edited} was edited`}`;
}

const isCharge = ({ side }: ChargeLine | PayLine): boolean => side === 'charge';
const isPay = ({ side }: ChargeLine | PayLine): boolean => side === 'pay';

function isAudited({ period, documentId, linesHash }: Close, audit: Pick<AuditLog, 'list'>): boolean {
  for (let cursor: number | null = null; ;) {
    const page = audit.list({ subject: `period:${period}`, limit: 100, cursor });
    const known = page.items.some(({ action, after }) => {
      const audited = after as { document_id?: unknown; lines_hash?: unknown } | null;
      return action === 'period.close' && audited?.document_id === documentId && audited.lines_hash === linesHash;
    });
    if (known) return true;
    if (page.nextCursor === null) return false;
    cursor = page.nextCursor;
  }
}
