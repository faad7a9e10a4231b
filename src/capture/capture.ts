import { KEPT_MS, longestWaits } from '../core/attendance/coverage-waits.ts';
import { rulesByStart } from '../core/school/versions.ts';
import type { Clock } from '../core/time/clock.ts';
import type { GoogleClock } from '../google/google-clock.ts';
import type { MeetClient } from '../google/meet/meet-client.ts';
import type { SettingsStore } from '../ledger/school/settings-store.ts';
import { listCalls, type ListCallsDeps, type ListCallsOptions } from './calls/list-calls.ts';
import { catchUp, catchUpBeside, type CatchUpOptions } from './catch-up.ts';
import { fetchParticipants, type PassOptions } from './fetch.ts';
import { monitorClasses, type MonitorDeps } from './monitor.ts';
import { createMeetSource } from './observe.ts';
import { createPerOrganizer } from './organizers.ts';
import { createAttendance, type AttendanceDeps } from './rebuild.ts';
import { createReader, type ReaderDeps } from './record.ts';
import { sweepSessions, type SweepOptions } from './retry.ts';
import { createRoomResolver, type RoomDeps } from './rooms.ts';
import { joined } from './source.ts';
import { createTimeKeeper } from './time-keeper.ts';

export type CaptureDeps = Omit<ReaderDeps, 'source' | 'rooms' | 'attendance' | 'now'> &
  Omit<AttendanceDeps, 'thresholds'> &
  Pick<RoomDeps, 'roomStore'> &
  Pick<ListCallsDeps, 'calls' | 'people' | 'credentials' | 'defaultOrganizer'> &
  Pick<MonitorDeps, 'passes'> & {
    readonly meet: MeetClient;
    /** Google's time as far as it is known. */
    readonly googleClock: GoogleClock;
    readonly settings: Pick<SettingsStore, 'versions' | 'frozen'>;
    readonly clock: Clock;
    /** From one pass of the retry loop to the next. */
    readonly retryEveryMs: number;
  };

/** What turns Google's answers into attendance logs, and the passes of the loops. Nothing runs until it is called. */
export function createCapture(deps: CaptureDeps) {
  const { meet, googleClock, settings, margins, retryEveryMs, clock } = deps;
  const thresholds = (start: number) => rulesByStart(settings.versions(), settings.frozen)(start);
  // One corrected clock for everything that is compared.
  const now = () => googleClock.now();
  const timeKeeper = createTimeKeeper(deps);
  const attendance = createAttendance({ ...deps, thresholds });
  const rooms = createRoomResolver({ ...deps, attendance });
  const source = joined([createMeetSource(meet)]);
  const reader = createReader({ ...deps, source, rooms, attendance, now });
  const perOrganizer = { fetch: createPerOrganizer(clock), sweep: createPerOrganizer(clock) };
  const outlastMs = Math.max(margins.afterMs, retryEveryMs);
  const reach = { outlastMs, longestWaits: longestWaits(deps.coverageRules), keptMs: KEPT_MS };
  const shared = { ...deps, source, attendance, reader, reach, timeKeeper, now };
  return {
    attendance,
    reader,
    perOrganizer,
    catchUp: (options: CatchUpOptions) => catchUp(shared, options),
    catchUpBeside: (signal: AbortSignal) => catchUpBeside(shared, signal),
    timeKeeper,
    monitor: () => monitorClasses(shared),
    fetch: (signal: AbortSignal, options?: PassOptions) =>
      fetchParticipants({ ...shared, perOrganizer: perOrganizer.fetch }, signal, options),
    sweep: (signal: AbortSignal, options?: SweepOptions) =>
      sweepSessions({ ...shared, perOrganizer: perOrganizer.sweep }, signal, options),
    listCalls: (signal: AbortSignal, options?: ListCallsOptions) =>
      listCalls({ ...shared, passEveryMs: retryEveryMs }, signal, options),
  };
}
