import { sameZone } from '../../core/time/calendar.ts';
import type { Ledger } from '../open.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Whether environment, ledger and closed periods follow one calendar. */
export function examineZone({ config, timezone, queries }: Ledger): Finding {
  const zone = timezone();
  const wanted = config.timezone;
  if (wanted !== null && !sameZone(wanted, zone)) {
    return fail(
      'zone',
      `ROLLBOOK_TIMEZONE is ${wanted}, but the ledger keeps ${zone}: the daemon will not start`,
      `Take ROLLBOOK_TIMEZONE out or set it to ${zone}; to move the school: rollbook settings zone ${wanted}`,
    );
  }
  const others = queries.closedZones().filter((closed) => !sameZone(closed, zone));
  if (others.length === 0) return ok('zone', `${zone}, in the ledger and in every closed period`);
  return warn(
    'zone',
    `${zone}; periods that were closed before it changed keep ${others.join(', ')}`,
    'Nothing is to be done if the school moved. Otherwise: rollbook settings zone NAME',
  );
}
