/** Hides who somebody is from those who only watch the machine. The same name always gives the same mask. */
export interface Mask {
  /** A name or an address. */
  who<T extends string | null>(text: T): T | string;
  /** The addresses inside a message. */
  message<T extends string | null>(text: T): T | string;
}

export const openNames: Mask = { who: (text) => text, message: (text) => text };

export const maskedNames: Mask = {
  who: (text) => (text === null ? text : hide(text)),
  message: (text) => (text === null ? text : text.replaceAll(/[\w.+'-]+@[\w.-]+\w/g, hide)),
};

/** The first letter stays, so that a reader can tell two people apart and still knows neither. */
function hide(text: string): string {
  const [first = ''] = text.trim();
  return `${first.toLowerCase()}•••`;
}
