import { z } from 'zod';

import { parseLineId } from '../line-id.ts';

const against = {
  /** The line, or the correction of one, that it is about; null: it is about the whole period. */
  lineId: z.string().nullable(),
  /** Why, in a sentence; null: the line says enough. */
  text: z.string().nullable(),
};

const exception = z.strictObject({
  invariant: z.string(),
  ...against,
  /** Of a charge, the family that the student was in at the close; left out where there is none, and by earlier versions. */
  familyId: z.int().optional(),
  /** Of a charge, the student as of the close; left out by earlier versions. */
  student: z.strictObject({ name: z.string().nullable(), email: z.string() }).optional(),
});

/** What speaks against one of the claims that are made before a close. */
export type Against = Pick<PeriodException, 'lineId' | 'text'>;

/** What stood against a close, as its cover lists it. */
export type PeriodException = z.output<typeof exception>;

/**
 * The exceptions of a stored close. Closes whose document is a `rollbook-period-1` hold them as sentences; these are
 * read so that `exceptionText` gives the issued sentence again.
 */
export const storedExceptions = z.array(z.union([exception, z.string().transform(ofSentence)]));

/**
 * `c5-3: Ben Silva, Algebra, 14 Jan 2026: A guest waits for a review.`
 *
 * @param wording edition of the words of the close; in the first one the name of the claim stands before, and the first
 *   three name no student
 */
export function exceptionText({ invariant, student, lineId, text }: PeriodException, wording: number): string {
  if (wording === 1) return `${invariant}: ${againstText({ lineId, text })}`;
  return againstText({ lineId, text: wording < 4 ? text : namedText({ student, text }) });
}

/** `Ben Silva, Algebra, 14 Jan 2026: A guest waits for a review.` Closes of earlier versions name no student. */
export function namedText({ student, text }: Pick<PeriodException, 'student' | 'text'>): string | null {
  const parts = [student === undefined ? null : (student.name ?? student.email), text].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** As it stands on a statement: without the number of the line, which says nothing to a family. */
export function statementException(exception: PeriodException, wording: number): string {
  return wording === 1 ? exceptionText(exception, wording) : (exception.text ?? againstText(exception));
}

/** `c5-3: A guest waits for a review.` */
export function againstText({ lineId, text }: Against): string {
  return [lineId, text].filter((part) => part !== null).join(': ');
}

function ofSentence(sentence: string): PeriodException {
  const [invariant, item] = cut(sentence);
  const [first, text] = cut(item ?? '');
  return parseLineId(first) === null ? { invariant, lineId: null, text: item } : { invariant, lineId: first, text };
}

function cut(text: string): [string, string | null] {
  const at = text.indexOf(': ');
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 2)];
}
