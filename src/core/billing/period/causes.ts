import { MINUTE_MS } from '../../time/duration.ts';
import { partyOf, type ChargeLine, type PayLine } from '../lesson/line.ts';

type Line = ChargeLine | PayLine;

/** What a person settled about a class, or took back, after its period was closed. */
export interface SettledSince {
  /** Whom it is about; null: the whole class. */
  readonly personId: number | null;
  /** The reason that was given. */
  readonly reason: string;
  readonly undone: boolean;
}

/**
 * Why a closed line comes to something else now, in sentences. Nobody reads what was decided about somebody else.
 *
 * @param now undefined: the line is no longer there
 */
export function causesOf(before: Line, now: Line | undefined, settled: readonly SettledSince[]): string[] {
  const { personId } = partyOf(before);
  const own = settled.filter((decision) => decision.personId === null || decision.personId === personId);
  const decided = own.map(
    ({ undone, reason }) => `${undone ? 'A decision was taken back' : 'Decided since'}: ${reason}`,
  );
  const others = settled.length > own.length ? ['Something was decided about another person of the class.'] : [];
  const differences = now === undefined ? [] : differencesOf(before, now);
  const isReinstated = settled.length === 0 && wasCanceled(before) && now !== undefined && !wasCanceled(now);
  const reinstated = isReinstated ? ['The cancellation was taken back.'] : [];
  const found = [...decided.map(sentence), ...others, ...reinstated, ...differences];
  if (found.length > 0) return found;
  if (now === undefined) return ['The class is no longer as it was.'];
  const isAsIssued = before.amountMinor === now.amountMinor && partyOf(before).ms === partyOf(now).ms;
  return [isAsIssued ? 'It is again what was issued.' : 'The policy is another one now.'];
}

function wasCanceled({ outcome }: Line): boolean {
  return outcome === 'canceled' || outcome === 'held_although_canceled';
}

function differencesOf(before: Line, now: Line): string[] {
  const found: string[] = [];
  if (before.start !== now.start || before.end !== now.end || before.subject !== now.subject) {
    found.push('The class was changed.');
  }
  if (presentOf(before) !== presentOf(now)) {
    found.push(`Presence was ${minutes(presentOf(before))} and is ${minutes(presentOf(now))} now.`);
  } else if (togetherOf(before) !== togetherOf(now)) {
    found.push(`Time together was ${minutes(togetherOf(before))} and is ${minutes(togetherOf(now))} now.`);
  }
  if (rateOf(before) !== rateOf(now)) found.push(`The rate was ${rateOf(before)} and is ${rateOf(now)} now.`);
  if (before.policyFrom !== now.policyFrom) found.push('Another version of the policy holds for that day now.');
  if (before.side === 'charge' && now.side === 'charge') {
    if (before.familyId !== now.familyId) found.push('The student is in another family now.');
    if (JSON.stringify(before.tax) !== JSON.stringify(now.tax)) found.push('The tax is another one now.');
    if (before.priceMinor === now.priceMinor && before.discountMinor !== now.discountMinor) {
      found.push('The discount is another one now.');
    }
  }
  return found;
}

function presentOf(line: Line): number {
  return line.side === 'charge' ? line.presentMs : line.heldMs;
}

function togetherOf(line: Line): number {
  return line.side === 'charge' ? line.togetherMs : 0;
}

function rateOf({ rate, currency }: Line): string {
  if (rate === null) return 'a share of the charge';
  return `${rate.amount} ${currency} ${rate.unit === 'hour' ? 'an hour' : 'a lesson'}`;
}

/** To a tenth of a minute. */
function minutes(ms: number): string {
  return `${Math.floor((ms * 10) / MINUTE_MS) / 10} min`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
