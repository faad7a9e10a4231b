import type { Refused } from '../refusal.ts';
import { CommandError } from './context.ts';

/**
 * The answer of an action or a query that was not refused.
 *
 * @throws {CommandError} it was refused; the message says what to do and lists every fault
 */
export function answered<T extends { readonly kind: string }>(answer: T | Refused): Exclude<T, Refused> {
  if (!isRefused(answer)) return answer as Exclude<T, Refused>;
  const faults = answer.complaints.map(({ path, message }) => `  ${path}: ${message}`);
  throw new CommandError([sentence(answer.message), ...faults].join('\n'));
}

function isRefused(answer: { readonly kind: string }): answer is Refused {
  return answer.kind === 'refused';
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
