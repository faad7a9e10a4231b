import type { Ledger } from '../open.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Google's reads per minute: a project, and a user of it. */
const PROJECT_LIMIT = 6_000;
const USER_LIMIT = 600;
/** The client never uses more than 80 %. From this share on passes wait for each other. */
const BUSY = 0.7;

/** What was asked of Google in the last minute, by the daemon and by commands. */
export function examineQuota({ queries }: Pick<Ledger, 'queries'>): Finding {
  const usage = queries.callsLastMinute();
  const sum = (rows: typeof usage) => rows.reduce((calls, row) => calls + row.calls, 0);
  const total = sum(usage);
  const busiest = Math.max(0, ...[...Map.groupBy(usage, ({ user }) => user).values()].map(sum));
  const finding = `${total} of ${PROJECT_LIMIT} reads in the last minute, at most ${busiest} of ${USER_LIMIT} for one account`;
  const busy = total > PROJECT_LIMIT * BUSY || busiest > USER_LIMIT * BUSY;
  return busy
    ? warn('quota', finding, 'Spread the rooms over more organisers, or raise FETCH_INTERVAL_SECONDS.')
    : ok('quota', finding);
}
