import type { SummarisedLog } from '../../core/reports/attendance-summary.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { held } from '../select.ts';

/** What Google said otherwise of a session, or of the name it shows, before. Its end while it was open is none. */
export interface EvidenceChange {
  /** `missing`: Google lists it no longer, or again. */
  readonly field: 'start' | 'end' | 'missing' | 'display_name';
  readonly was: string | null;
  readonly is: string | null;
  /** Google's time of the answer that was another one. */
  readonly readAt: number;
}

/** A participant session with the call and the participant it belongs to, as Google names and times them. */
export interface EvidenceDetail {
  readonly session: string;
  readonly startText: string;
  readonly endText: string | null;
  readonly participant: string;
  readonly displayName: string;
  readonly kind: string;
  readonly record: string;
  readonly space: string;
  readonly meetCode: string | null;
  /** In the order in which they were read. */
  readonly changes: readonly EvidenceChange[];
}

export interface ReportView {
  /**
   * Logs of people in classes that start within and were not canceled. Who was not seen is `pending` while a review of
   * the class is open, since somebody in the call may be the one, unless a person decided that they were absent.
   */
  logs(starts: Interval): SummarisedLog[];
  /** In the order of the names given; names that are not of the evidence (decisions) are left out. */
  evidence(names: readonly string[]): EvidenceDetail[];
  /** `spaces/…` of every room of the school. */
  spaces(): Set<string>;
}

export function createReportView({ sqlite }: Database): ReportView {
  const logRows = held(() =>
    sqlite.prepare<Interval, Omit<SummarisedLog, 'intervals'> & { intervals: string }>(
      `select c.id as classId, l.person_id as personId, p.email, p.name, c.start_at as classStart, l.intervals,
       case when l.status = 'absent'
         and exists (select 1 from review_items i where i.session_id = s.id and i.state = 'open')
         and not exists (select 1 from decisions d where d.class_id = c.id and d.person_id = l.person_id
           and d.kind = 'set_status' and d.undone_at is null)
         then 'pending' else l.status end as status
     from classes c join sessions s on s.class_id = c.id join attendance_logs l on l.session_id = s.id
       join people p on p.id = l.person_id
     where c.start_at >= @start and c.start_at < @end and c.canceled_at is null order by c.id, l.id`,
    ),
  );
  const details = held(() =>
    sqlite.prepare<[string], Omit<EvidenceDetail, 'changes'>>(
      `select ps.name as session, ps.start_text as startText, ps.end_text as endText, pa.name as participant,
       pa.display_name as displayName, pa.kind, cr.name as record, cr.space,
       (select r.meeting_code from rooms r where r.space = cr.space) as meetCode
     from json_each(?) named join participant_sessions ps on ps.name = named.value
       join participants pa on pa.name = ps.participant join conference_records cr on cr.name = pa.record
     order by named.key`,
    ),
  );
  const corrected = held(() =>
    sqlite.prepare<[string], EvidenceChange & { readonly session: string }>(
      `select ps.name as session, ch.field, ch.old_value as was, ch.new_value as "is", ch.read_at as readAt
     from json_each(?) named join participant_sessions ps on ps.name = named.value
       join evidence_changes ch on ch.resource in (ps.name, ps.participant)
     where ch.resource = ps.name and (ch.field = 'missing' or ch.field in ('start', 'end') and ch.old_value is not null)
       or ch.resource = ps.participant and ch.field = 'display_name'
     order by ch.id`,
    ),
  );
  return {
    logs: (starts) =>
      logRows()
        .all(starts)
        .map((row) => ({ ...row, intervals: JSON.parse(row.intervals) as Interval[] })),
    evidence(names) {
      const changesOf = Map.groupBy(corrected().all(JSON.stringify(names)), ({ session }) => session);
      return details()
        .all(JSON.stringify(names))
        .map((stay) => ({
          ...stay,
          changes: (changesOf.get(stay.session) ?? []).map(({ field, was, is, readAt }) => ({
            field,
            was,
            is,
            readAt,
          })),
        }));
    },
    spaces: () =>
      new Set(sqlite.prepare<[], string>('select space from rooms where space is not null').pluck().all() as string[]),
  };
}
