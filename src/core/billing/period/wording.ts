/**
 * The edition of the words on statements. A sentence that changes on them makes the next edition: a close keeps the one
 * that it was issued with, and what is printed of it again follows that.
 */
export const WORDING = 1;
