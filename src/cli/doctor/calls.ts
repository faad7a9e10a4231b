import { counted } from '../../core/counted.ts';
import { DAY_MS } from '../../core/time/duration.ts';
import type { Ledger } from '../open.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Calls are listed several times a day: a list that is older misses what happened since. */
const OLD_MS = DAY_MS;
const NAMED = 5;

/** Whether the calls without a class are known: those that lessons may have been held in. */
export function examineCallListings({ queries, clock }: Pick<Ledger, 'queries' | 'clock'>): Finding[] {
  const { callListings } = queries.status(null, 0);
  const check = 'calls';
  if (callListings.length === 0) return [];
  const old = callListings.filter(({ listedAt }) => listedAt === null || clock.now() - listedAt > OLD_MS);
  if (old.length === 0) {
    return [ok(check, `the calls of ${counted(callListings.length, 'account')} were listed within a day`)];
  }
  const named = old
    .slice(0, NAMED)
    .map(({ organizerEmail, lastError }) => (lastError === null ? organizerEmail : `${organizerEmail} (${lastError})`));
  const more = old.length > NAMED ? `, and ${old.length - NAMED} more` : '';
  return [
    warn(
      check,
      `not listed for a day, so that lessons without a class are not found there: ${named.join(', ')}${more}`,
      'Let the daemon run. Where Google refuses an account, add it to the delegation or run "rollbook auth" as it.',
    ),
  ];
}
