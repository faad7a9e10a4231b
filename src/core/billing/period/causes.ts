import { counted } from '../../counted.ts';
import { clockText, minutesOf } from '../../time/duration.ts';
import { totalMs, type Interval } from '../../time/interval.ts';
import { partyOf, priceBasis, type ChargeLine, type PayLine } from '../lesson/line.ts';

type Line = ChargeLine | PayLine;

/** What a person settled about a class, or took back, after its period was closed. What they wrote about it stays with the school. */
export interface SettledSince {
  /** Whom it is about; null: the whole class. */
  readonly personId: number | null;
  readonly undone: boolean;
  /** Of an overrun that was approved; null: it is about something else. */
  readonly overrunMinutes: number | null;
}

/**
 * Why a closed line comes to something else now, in sentences. Nobody reads what was decided about somebody else, nor
 * what was written about a decision.
 *
 * @param now undefined: the line is no longer there
 * @param isOtherPolicy a version of the policy was made since
 */
export function causesOf(
  before: Line,
  now: Line | undefined,
  settled: readonly SettledSince[],
  isOtherPolicy = false,
): string[] {
  const { personId } = partyOf(before);
  const own = settled.filter((decision) => decision.personId === null || decision.personId === personId);
  const decided = [...new Set(own.map(decisionText))];
  const others = settled.length > own.length ? ['Something was decided about another person of the class.'] : [];
  const differences = now === undefined ? [] : differencesOf(before, now, own);
  const isReinstated = settled.length === 0 && wasCanceled(before) && now !== undefined && !wasCanceled(now);
  const reinstated = isReinstated ? ['The cancellation was taken back.'] : [];
  const review = now === undefined ? [] : reviewText(before, now);
  const found = [...decided, ...others, ...reinstated, ...review, ...differences];
  if (found.length > 0) return found;
  if (now === undefined) return ['The class is no longer as it was.'];
  if (waitsForReview(before) && waitsForReview(now)) return ['It waits for a person again, as when it was issued.'];
  if (before.amountMinor === now.amountMinor && partyOf(before).ms === partyOf(now).ms) {
    return ['It is again what was issued.'];
  }
  if (isOtherPolicy) return ['The policy is another one now.'];
  return [before.outcome === now.outcome ? 'What it depends on has changed.' : 'The outcome is another one now.'];
}

function decisionText({ undone, overrunMinutes }: SettledSince): string {
  if (overrunMinutes === null) {
    return undone ? 'A decision of the school was taken back.' : 'It changes by a decision of the school.';
  }
  const minutesText = overrunMinutes === 0 ? 'No minutes' : counted(overrunMinutes, 'minute');
  if (undone) return 'What was decided about the minutes after the slot was taken back.';
  return `${minutesText} after the slot ${overrunMinutes === 1 ? 'was' : 'were'} approved.`;
}

/** What the reasons of earlier versions put before the words of whoever decided something. */
const WRITTEN = /\s*(Decided since|A decision was taken back|Decided): /;

/**
 * The reason of a correction as families and teachers read it. One that an earlier version accepted holds what somebody
 * wrote about a decision: from there on it says only that something was decided, because such words may hold any sentence.
 */
export function publicReason(reason: string): string {
  const written = WRITTEN.exec(reason);
  if (written === null) return reason;
  const undone = written[1] === 'A decision was taken back';
  return `${reason.slice(0, written.index)} ${decisionText({ personId: null, undone, overrunMinutes: null })}`.trimStart();
}

function waitsForReview({ outcome, flags }: Line): boolean {
  return outcome !== 'held_although_canceled' && flags.includes('review_open');
}

/** What an answer about somebody in the call who was not recognised changed of the line. */
function reviewText(before: Line, now: Line): string[] {
  if (!waitsForReview(before) || waitsForReview(now)) return [];
  if (now.evidence.some((session) => !before.evidence.includes(session))) {
    return ['Somebody in the call was recognised since.'];
  }
  return before.outcome === now.outcome ? [] : ['The open question who was in the call was answered since.'];
}

function wasCanceled({ outcome }: Line): boolean {
  return outcome === 'canceled' || outcome === 'held_although_canceled';
}

function differencesOf(before: Line, now: Line, own: readonly SettledSince[]): string[] {
  const found: string[] = [];
  if (before.start !== now.start || before.end !== now.end || before.subject !== now.subject) {
    found.push('The class was changed.');
  }
  found.push(...presenceText(before, now, own));
  if (isOtherRate(before, now)) found.push(`The rate was ${rateOf(before)} and is ${rateOf(now)} now.`);
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

/** Presence is counted in a window, which other rules or approved minutes move: only people who were there otherwise changed it. */
function presenceText(before: Line, now: Line, own: readonly SettledSince[]): string[] {
  const [was, is] = [realOf(before), realOf(now)];
  if (was !== null && is !== null) {
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const isOtherWindow = before.policyFrom !== now.policyFrom || own.some((one) => one.overrunMinutes !== null);
    const [stayed, stays] = [totalMs(was[0] ?? []), totalMs(is[0] ?? [])];
    if (isOtherWindow) {
      return stayed === stays ? [] : [`Presence in the call ${changedMinutes(stayed, stays)}.`];
    }
  }
  if (presentOf(before) !== presentOf(now)) {
    return [`Presence ${changedMinutes(presentOf(before), presentOf(now))}.`];
  }
  if (togetherOf(before) === togetherOf(now)) return [];
  return [`Time together ${changedMinutes(togetherOf(before), togetherOf(now))}.`];
}

/** When the people of the line were there, whose line it is first; null: the line does not tell. */
function realOf({ steps }: Line): readonly (readonly Interval[])[] | null {
  const sets = steps.find(({ name }) => name === 'slice')?.sets;
  return sets === undefined ? null : sets.map(({ intervals }) => intervals);
}

function presentOf(line: Line): number {
  return line.side === 'charge' ? line.presentMs : line.heldMs;
}

function togetherOf(line: Line): number {
  return line.side === 'charge' ? line.togetherMs : 0;
}

/** Earlier versions did not keep what share of the charge was paid, nor the base of tiers that paid a lesson. */
function isOtherRate(before: Line, now: Line): boolean {
  const keepsBase = before.side === 'charge' || before.tiers !== undefined || before.outcome !== 'attended';
  if (now.side === 'pay' && now.tiers !== undefined && !keepsBase) {
    return before.rate?.amountMinor !== now.rate?.amountMinor;
  }
  return rateOf(before) !== rateOf(now) && !(priceBasis(before) === null && now.rate === null);
}

function rateOf(line: Line): string {
  const basis = priceBasis(line);
  switch (basis?.unit) {
    case undefined:
      return 'a share of the charge';
    case 'percent':
      return `${basis!.amount} % of the charge`;
    default:
      return `${basis!.amount} ${line.currency} ${basis!.unit === 'hour' ? 'an hour' : 'a lesson'}`;
  }
}

/** In minutes as the lines show them; to the millisecond where that is no difference. */
function changedMinutes(was: number, is: number): string {
  const text = minutesOf(was) === minutesOf(is) ? clockText : minutesOf;
  return `was ${text(was)} min and is ${text(is)} min now`;
}
