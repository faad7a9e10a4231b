/**
 * The rules of a no-show: a teacher was there and a student of the roster stayed away. How long the teacher must wait, and
 * what is charged and paid, stands here; `outcome.ts` decides that it is one. The settings are `no_show` of the policy.
 */
import { MINUTE_MS } from '../../time/duration.ts';
import { intersection, totalMs, type Interval } from '../../time/interval.ts';
import type { Settings } from '../policy/policy.ts';
import type { SlicedClass } from './sliced-presence.ts';

/** Whether presence covers the first `wait` minutes of the slot, or all of a shorter one. */
export function waitServed(presence: readonly Interval[], { slot }: SlicedClass, { noShow }: Settings): boolean {
  const wait = { start: slot.start, end: Math.min(slot.start + noShow.wait * MINUTE_MS, slot.end) };
  return presence.length > 0 && totalMs(intersection(presence, [wait])) === wait.end - wait.start;
}

/** False where a no-show is free for the family and pays the teacher's own minutes: then the wait changes nothing. */
export function waitMatters({ noShow }: Settings): boolean {
  return noShow.chargePercent !== 0 || noShow.payPercent !== 'presence';
}

/** What the family is charged, in percent of the timetable. */
export function noShowCharge({ noShow }: Settings): number {
  return noShow.chargePercent;
}

/** What a teacher is paid: percent of the timetable, or the minutes of own presence. */
export function noShowPay({ noShow }: Settings, waited: boolean): number | 'presence' {
  return waited ? noShow.payPercent : 'presence';
}

/**
 * Whether a no-show pays a teacher exactly what a lesson of the same presence pays. Then the pay need not wait until it
 * is known who an unidentified guest was. A new rule that pays a no-show differently must be ruled out here.
 */
export function paysAsIfAttended({ noShow, pay }: Settings): boolean {
  return noShow.payPercent === 'presence' && pay.basis === 'held' && pay.tiers === null && pay.min === null;
}
