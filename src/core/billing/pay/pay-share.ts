import { clip, totalMs } from '../../time/interval.ts';
import type { ClassToBill } from '../charge/assess.ts';
import type { ClassCharges } from '../charge/charge.ts';
import type { ChargeLine } from '../lesson/line.ts';
import { taxOn } from '../lesson/pricing.ts';
import type { SlicedClass, SlicedPresence } from '../lesson/sliced-presence.ts';
import { share, split } from '../money/money.ts';

/** Co-teachers share by the time each was there; where none was, those of the roster get equal parts. */
function weights(sliced: SlicedClass): number[] {
  const held = sliced.teachers.map(({ bridged }) => totalMs(clip(bridged, sliced.held)));
  if (held.some((ms) => ms > 0)) return held;
  return sliced.teachers.map(({ person }) => (person.substitute === true ? 0 : 1));
}

function chargesOf({ lines }: ClassCharges): ChargeLine[] {
  return lines.filter((line) => 'amountMinor' in line);
}

/** A teacher's part of the minutes charged: in a group the longest of its lines, since a minute is taught once. */
export function chargedMs(sliced: SlicedClass, charges: ClassCharges, teacher: SlicedPresence): number {
  return shareOfMs(sliced, Math.max(0, ...chargesOf(charges).map(({ billedMs }) => billedMs)), teacher);
}

/** A teacher's part of time that the teachers of a class share. */
export function shareOfMs(sliced: SlicedClass, ms: number, teacher: SlicedPresence): number {
  return split(ms, weights(sliced))[sliced.teachers.indexOf(teacher)] ?? 0;
}

/** Whether the pay is a share of charges that count no time and no money: an excused student, or one who never met the teacher. */
export function isShareOfNothing({ policy }: ClassToBill, charges: ClassCharges): boolean {
  const lines = chargesOf(charges);
  const isPercent = policy.settings.pay.basis === 'percent';
  if (!isPercent || lines.length < charges.lines.length) return false;
  return lines.every(({ billedMs, amountMinor }) => billedMs === 0 && amountMinor === 0);
}

/** A part of the charges in minor units, or why there is none. */
export type Share =
  | { readonly kind: 'share'; readonly minor: number; readonly currency: string; readonly text: string }
  | { readonly kind: 'blocked'; readonly reason: string };

/** A teacher's part of a percentage of what the families are charged, less discount and without tax. */
export function shareOfCharges(
  sliced: SlicedClass,
  charges: ClassCharges,
  teacher: SlicedPresence,
  percent: number,
): Share {
  const lines = chargesOf(charges);
  const currency = lines[0]?.currency;
  if (currency === undefined || lines.length < charges.lines.length) {
    return { kind: 'blocked', reason: 'The pay is a share of the charge, and a charge of this class is blocked.' };
  }
  if (lines.some((line) => line.currency !== currency)) {
    return { kind: 'blocked', reason: 'The pay is a share of the charge, and the class is charged in two currencies.' };
  }
  const net = lines.reduce(
    (sum, { amountMinor, tax }) => sum + amountMinor - (tax?.inclusive === true ? taxOn(amountMinor, tax) : 0),
    0,
  );
  const minor = split(share(net, percent * 100), weights(sliced))[sliced.teachers.indexOf(teacher)] ?? 0;
  return { kind: 'share', minor, currency, text: `${percent} % of what the families are charged.` };
}
