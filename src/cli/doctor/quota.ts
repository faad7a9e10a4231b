import { READS } from '../../google/meet/meet-client.ts';
import type { Ledger } from '../open.ts';
import { ok, warn, type Finding } from './finding.ts';

/** From this share of the limits on passes wait for each other. */
const BUSY = 0.875;

/** What was asked of Google in the last minute, by the daemon and by commands. */
export function examineQuota({ queries }: Pick<Ledger, 'queries'>): Finding {
  const usage = queries.callsLastMinute();
  const sum = (rows: typeof usage) => rows.reduce((calls, row) => calls + row.calls, 0);
  const total = sum(usage);
  const busiest = Math.max(0, ...[...Map.groupBy(usage, ({ user }) => user).values()].map(sum));
  const finding = `${total} reads in the last minute of ${READS.perMinute} that Rollbook allows itself, at most ${busiest} of ${READS.perUserPerMinute} for one account`;
  const busy = total > READS.perMinute * BUSY || busiest > READS.perUserPerMinute * BUSY;
  return busy
    ? warn('quota', finding, 'Spread the rooms over more organisers, or raise FETCH_INTERVAL_SECONDS.')
    : ok('quota', finding);
}
