import type { AliasScope, ReviewItem } from '../../ledger/attendance/review-store.ts';
import { refused, type Refused } from '../../refusal.ts';
import { refuseField, stop } from '../action.ts';
import {
  answerItem,
  keysOf,
  refuseUnlessOpen,
  scopeOf,
  type Answered,
  type AnsweredBy,
  type ReviewDeps,
} from './answer.ts';

export interface AcceptInput {
  /** Who it is; by default who was suggested. It is given by one of the three. */
  readonly personId?: number | undefined;
  readonly userEmail?: string | undefined;
  /** Several at one device, such as brothers and sisters. */
  readonly userEmails?: readonly string[] | undefined;
  readonly scope?: AliasScope | undefined;
}

/** Learns who a participant is, in the call, the class, its series, or everywhere, and rebuilds the logs that it touches. */
export function acceptReview(deps: ReviewDeps, id: number, input: AcceptInput, by: AnsweredBy): Answered | Refused {
  return answerItem(deps, 'accept', id, { by, scope: input.scope }, (item) => {
    refuseUnlessOpen(deps, item);
    const personIds = peopleOf(deps, item, input);
    const scope = scopeOf(item, input.scope, 'accept');
    const { actor, reason } = by;
    // What holds everywhere says how an account is known; for the call itself a person has said who was there.
    const keys = [...keysOf(deps, item, scope), ...(scope === 'everywhere' ? keysOf(deps, item, 'call') : [])];
    for (const personId of personIds) {
      for (const key of keys) deps.review.learn(item, key, { actor, reason, personId, verdict: 'is' });
    }
    deps.review.setState(id, 'accepted', by);
  });
}

function peopleOf(deps: ReviewDeps, item: ReviewItem, input: AcceptInput): readonly number[] {
  const { userEmails } = input;
  if (userEmails === undefined) return [personOf(deps, item, input)];
  if (input.personId !== undefined || input.userEmail !== undefined) {
    refuseField('user_emails', 'give either user_emails, person_id or user_email');
  }
  const personIds = [...new Set(userEmails.map((email, i) => personByEmail(deps, email, `user_emails.${i}`)))];
  const roster = deps.classStore.get(item.classId)?.roster ?? [];
  const isStudent = (personId: number) => roster.some((one) => one.personId === personId && one.role === 'student');
  const stranger = personIds.length < 2 ? -1 : personIds.findIndex((personId) => !isStudent(personId));
  if (stranger !== -1) {
    refuseField(
      `user_emails.${stranger}`,
      `is no student of class ${item.classId}: only students of the class are at one device together`,
    );
  }
  return personIds;
}

function personOf({ people }: ReviewDeps, item: ReviewItem, { personId, userEmail }: AcceptInput): number {
  if (personId !== undefined && userEmail !== undefined) {
    refuseField('person_id', 'give either person_id or user_email');
  }
  if (userEmail !== undefined) return personByEmail({ people }, userEmail);
  if (personId === undefined) {
    const nobody = refused('invalid', 'nobody is suggested: name who it is', [
      { path: 'user_email', message: 'is missing' },
    ]);
    return item.suggestedPersonId ?? stop(nobody);
  }
  if (people.get(personId) === null) refuseField('person_id', `there is no person ${personId}`);
  return personId;
}

/** Inside a transaction: somebody who is known by that address. */
export function personByEmail(
  { people }: Pick<ReviewDeps, 'people'>,
  email: string,
  field: string = 'user_email',
): number {
  return people.byEmail(email)?.id ?? refuseField(field, notAPerson(email));
}

export function notAPerson(email: string): string {
  return `${email} is not a person yet; enter them as a person first`;
}
