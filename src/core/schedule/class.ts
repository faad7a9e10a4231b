import { DAY_MS } from '../time/duration.ts';
import type { Interval } from '../time/interval.ts';

export type ClassStatus = 'scheduled' | 'active' | 'completed' | 'canceled';
/** Who may call a class off. */
export const CANCELERS = ['family', 'teacher', 'school'] as const;
export type Canceler = (typeof CANCELERS)[number];
export type RosterRole = 'teacher' | 'student';

export interface RosterEntry {
  readonly personId: number;
  readonly role: RosterRole;
}

/** No class is longer: one that overlaps an instant began no earlier before it. */
export const LONGEST_CLASS_MS = DAY_MS;

/** A class as its room sees it: what attribution needs to know. Instants in epoch ms. */
export interface RoomClass {
  readonly id: number;
  readonly seriesId: string | null;
  readonly subject: string;
  /** The slot `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly canceled: boolean;
  /** In enrolment order, teachers first. */
  readonly roster: readonly RosterEntry[];
}

export interface WindowMargins {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Where evidence of a class is looked for: its slot, widened by the margins. */
export function evidenceWindow(slot: Interval, { beforeMs, afterMs }: WindowMargins): Interval {
  return { start: slot.start - beforeMs, end: slot.end + afterMs };
}

/**
 * The status a class has at an instant. It is not stored but follows from the slot, so that a clock that was wrong for
 * a while leaves no wrong status.
 */
export function statusAt(
  { start, end, canceled }: Pick<RoomClass, 'start' | 'end' | 'canceled'>,
  now: number,
): ClassStatus {
  if (canceled) return 'canceled';
  if (now < start) return 'scheduled';
  return now < end ? 'active' : 'completed';
}

/** Ten lower-case letters as `abc-defg-hij`, from a code or a link in any case, with or without dashes; null if it is neither. */
export function normaliseMeetingCode(text: string): string | null {
  const label = text
    .trim()
    .toLowerCase()
    .replace(/^(https?:\/\/)?meet\.google\.com\//, '')
    .replace(/\/?([?#].*)?$/, '');
  const letters = label.replaceAll('-', '');
  if (/^[a-z]{10}$/.test(letters)) return `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`;
  // Google documents "three groups of letters, at most 128 characters"; nicknames and digits exist in the wild.
  return /^[a-z0-9]+(-[a-z0-9]+){1,3}$/.test(label) && label.length <= 128 ? label : null;
}

/** Addresses of one role on a roster, in enrolment order. */
export function emailsOf(
  { roster }: { readonly roster: readonly { readonly role: RosterRole; readonly email: string }[] },
  role: RosterRole,
): string[] {
  return roster.filter((entry) => entry.role === role).map(({ email }) => email);
}
