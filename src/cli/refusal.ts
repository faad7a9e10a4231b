import { isRefused, type Refused } from '../refusal.ts';
import { printable } from '../text.ts';
import { CommandError } from './context.ts';
import { sentence } from './screen/text.ts';
import { inCommands } from './words.ts';

/**
 * The answer of an action or a query that was not refused.
 *
 * @param options by the last name of a field in a complaint, the option that the user gave it with: `{valid_from: '--from'}`
 * @throws {CommandError} it was refused; the message says what to do and lists every fault
 */
export function answered<T extends { readonly kind: string }>(
  answer: T | Refused,
  options: Readonly<Record<string, string>> = {},
): Exclude<T, Refused> {
  if (!isRefused(answer)) return answer as Exclude<T, Refused>;
  throw new CommandError(refusalText(answer, options));
}

/** What to do about a refusal, with every fault, in the options of the command line. */
export function refusalText({ message, complaints }: Refused, options: Readonly<Record<string, string>> = {}): string {
  const faults = complaints.map(({ path, message: fault }) => {
    // Of `student_emails.2` the name counts, not the place.
    const name = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? '';
    const field = printable(options[name] ?? path);
    return `  ${field === '' ? '' : `${field}: `}${printable(inCommands(fault, options))}`;
  });
  return [sentence(printable(inCommands(message, options))), ...faults].join('\n');
}
