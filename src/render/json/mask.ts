/**
 * Hides who somebody is, and what tells of them, from those who only watch the machine. The same name always gives the
 * same mask.
 */
export interface Mask {
  /** A name or an address. */
  who<T extends string | null>(text: T): T | string;
  /**
   * The addresses inside a message.
   *
   * @param organizer the account that reads the class, which is shown: who watches the machine mends its access
   */
  message<T extends string | null>(text: T, organizer?: string): T | string;
  /** What people wrote, and what opens a room. */
  text<T>(text: T): T | null;
  /** Google's names of who was in a call. */
  evidence(names: readonly string[]): string[];
}

export const openNames: Mask = {
  who: (text) => text,
  message: (text) => text,
  text: (text) => text,
  evidence: (names) => [...names],
};

export const maskedNames: Mask = {
  who: (text) => (text === null ? text : hide(text)),
  message: (text, organizer) =>
    text === null
      ? text
      : text.replaceAll(/[\w.+'-]+@[\w.-]+\w/g, (email) => (email.toLowerCase() === organizer ? email : hide(email))),
  text: () => null,
  evidence: () => [],
};

/** The first letter stays, so that a reader can tell two people apart and still knows neither. */
function hide(text: string): string {
  const [first = ''] = text.trim();
  return `${first.toLowerCase()}•••`;
}
