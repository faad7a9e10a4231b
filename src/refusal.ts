import type { z } from 'zod';

import { saysMissing } from './core/missing.ts';

export type RefusalCode =
  | 'invalid'
  | 'not_found'
  | 'room_busy'
  | 'class_is_live'
  | 'class_canceled'
  | 'class_not_canceled'
  | 'class_completed'
  | 'class_not_started'
  | 'google_unavailable'
  | 'google_refused'
  | 'email_taken'
  | 'account_taken'
  | 'role_in_use'
  | 'name_taken'
  | 'rate_overlap'
  | 'period_in_future'
  | 'period_closed'
  | 'period_open'
  | 'period_not_clean'
  | 'period_not_over'
  | 'already_settled'
  | 'review_conflict'
  | 'job_not_over'
  | 'not_undoable';

/** What is wrong with a field, by its name in the API and in CSV files. */
export interface Complaint {
  readonly path: string;
  readonly message: string;
}

/** Nothing was stored. The message says what to do. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  readonly complaints: readonly Complaint[];
  /** The class that is in the way. */
  readonly classId?: number;
}

/** Whether a verb or a view said no. */
export function isRefused(answer: { readonly kind: string } | null): answer is Refused {
  return answer?.kind === 'refused';
}

export function refused(code: RefusalCode, message: string, complaints: readonly Complaint[] = []): Refused {
  return { kind: 'refused', code, message, complaints };
}

export function invalid(complaints: readonly Complaint[]): Refused {
  return refused('invalid', 'correct the fields that are listed and try again', complaints);
}

export function invalidInput({ issues }: Pick<z.ZodError, 'issues'>): Refused {
  return invalid(complaintsOf(issues));
}

/**
 * The faults that zod found, each with the path of its field. A field that is not known is named itself.
 *
 * @param parent the path of what was read
 */
export function complaintsOf(issues: z.ZodError['issues'], parent: readonly PropertyKey[] = []): Complaint[] {
  return issues.flatMap((issue): Complaint[] => {
    const path = [...parent, ...issue.path].map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    const message = 'is not known here; leave it out or correct its name';
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message }));
  });
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is wrong with a field whose schema has no words for it, for the `customError` of zod. */
export function plainMessage(issue: z.core.$ZodRawIssue): string {
  return saysMissing(requirement(issue)).error(issue);
}

function requirement(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? `must be one of ${issue.options.join(', ')}` : 'must have another form';
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'unrecognized_keys':
      return `has fields that are not known here: ${issue.keys.join(', ')}`;
    default:
      return 'must have another form';
  }
}

function limit(origin: string, bound: string, value: number | bigint): string {
  const unit = { string: 'characters', array: 'entries' }[origin];
  if (unit !== undefined && bound === 'at least' && value === 1) return 'must not be empty';
  return unit === undefined ? `must be ${bound} ${value}` : `must have ${bound} ${value} ${unit}`;
}
