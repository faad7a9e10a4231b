/**
 * The edition of the words on statements. A sentence that changes on them makes the next edition: a close keeps the one
 * that it was issued with, and what is printed of it again follows that.
 *
 * 1: exceptions begin with the name of their claim, and the head of the audit log stands among the notes. 2: they are
 * sentences about lessons, a statement that replaces another says so, and its totals are net, tax and gross. 3: what is
 * owed is paid by its day, and exceptions name the student where a statement has lessons of several. 4: they do so also
 * where a student has no line on it; a statement that replaces another says what changed; corrections leave out what was
 * written about a decision; families read no numbers of lines and corrections; and a statement of nothing but corrections
 * says so.
 */
export const WORDING = 4;
