import { decisionSchema } from '../../core/attendance/decision.ts';
import type { BesideLog, ClassRecord, EnrolmentDates, PersonLog } from '../../core/billing/collect.ts';
import { DAY_MS, HOUR_MS } from '../../core/time/duration.ts';
import type { Interval } from '../../core/time/interval.ts';
import type { Database } from '../database.ts';
import { held } from '../select.ts';

export interface BillingView {
  /** Classes that start within, whatever became of them. */
  count(starts: Interval): number;
  /** Classes that start within, with all that money may follow from, by start and id. */
  classes(starts: Interval): ClassRecord[];
  /** Null: there is no such class. */
  startOf(classId: number): number | null;
  /** Student → family. */
  familyOf(): Map<number, number>;
  familyNames(): Map<number, string>;
  /** Family → the currency that it is billed in. */
  familyCurrencies(): Map<number, string>;
}

/** A class without what other tables hold of it. */
type ClassRow = Omit<
  ClassRecord,
  'flags' | 'roster' | 'logs' | 'beside' | 'decisions' | 'openReviews' | 'enrolments'
> & {
  readonly flags: string;
};

type OfClass<T> = T & { readonly classId: number };

/** What the lines of a span of classes are made from, in one query a table. */
export function createBillingView({ sqlite }: Database): BillingView {
  const within = 'c.start_at >= @start and c.start_at < @end';
  const prepare = <Row>(text: string) => held(() => sqlite.prepare<Interval, Row>(text));
  const classRows = prepare<ClassRow>(
    `select c.id as classId, c.series_id as seriesId, c.subject, c.start_at as start, c.end_at as "end",
       c.notice_start_at as noticeStart, s.coverage, c.canceled_at as canceledAt, c.canceled_by as canceledBy,
       coalesce(s.flags, '[]') as flags
     from classes c left join sessions s on s.class_id = c.id
     where ${within} order by c.start_at, c.id`,
  );
  const rosterRows = prepare<OfClass<ClassRecord['roster'][number]>>(
    `select cp.class_id as classId, cp.person_id as personId, cp.role, p.email, p.name
     from classes c join class_people cp on cp.class_id = c.id join people p on p.id = cp.person_id
     where ${within} order by cp.class_id, cp.role <> 'teacher', cp.position, cp.person_id`,
  );
  const logRows = prepare<
    OfClass<
      Omit<PersonLog, 'intervals' | 'evidence' | 'flags'> & { intervals: string; evidence: string; flags: string }
    >
  >(
    `select c.id as classId, l.person_id as personId, p.email, p.name, l.identity_confidence as confidence,
       l.intervals, l.evidence, l.flags
     from classes c join sessions s on s.class_id = c.id join attendance_logs l on l.session_id = s.id
       join people p on p.id = l.person_id
     where ${within} order by c.id, p.email`,
  );
  // A class is at most 24 hours long, and its window reaches at most four hours beyond it.
  const besideRows = prepare<
    OfClass<Omit<BesideLog, 'intervals' | 'evidence'> & { intervals: string; evidence: string }>
  >(
    `select c.id as classId, l.person_id as personId, l.identity_confidence as confidence, o.start_at as start,
       o.end_at as "end", l.intervals, l.evidence
     from classes c join classes o on o.room_id = c.room_id and o.canceled_at is null
         and o.start_at > c.start_at - ${DAY_MS + 4 * HOUR_MS} and o.start_at < c.end_at + ${4 * HOUR_MS}
       join sessions s on s.class_id = o.id join attendance_logs l on l.session_id = s.id
       join class_people cp on cp.class_id = c.id and cp.person_id = l.person_id
     where c.canceled_at is not null and l.join_at < c.end_at and coalesce(l.leave_at, c.end_at) > c.start_at
       and ${within} order by c.id, o.start_at, o.id, l.person_id`,
  );
  const decisionRows = prepare<OfClass<{ kind: string; personId: number | null; payload: string }>>(
    `select d.class_id as classId, d.kind, d.person_id as personId, d.payload
     from classes c join decisions d on d.class_id = c.id
     where d.undone_at is null and ${within} order by d.id`,
  );
  const reviewRows = prepare<{ classId: number; open: number }>(
    `select c.id as classId, count(*) as open
     from classes c join sessions s on s.class_id = c.id join review_items i on i.session_id = s.id
     where i.state = 'open' and ${within} group by c.id`,
  );
  const enrolmentRows = prepare<EnrolmentDates>(
    `select e.person_id as personId, e.series_id as seriesId, e.subject, e.from_day as "from", e.to_day as "to"
     from enrolments e where e.person_id in
       (select cp.person_id from classes c join class_people cp on cp.class_id = c.id where ${within})`,
  );
  const counted = held(() =>
    sqlite.prepare<Interval, number>(`select count(*) from classes c where ${within}`).pluck(),
  );
  const start = held(() => sqlite.prepare<[number], number>('select start_at from classes where id = ?').pluck());
  const pairs = <Value>(text: string) => {
    const statement = held(() => sqlite.prepare<[], [number, Value]>(text).raw());
    return () => new Map(statement().all() as [number, Value][]);
  };

  return {
    count: (starts) => Number(counted().get(starts)),
    classes(starts) {
      const byClass = <T extends { readonly classId: number }>(rows: readonly T[]) =>
        Map.groupBy(rows, ({ classId }) => classId);
      const rosters = byClass(rosterRows().all(starts));
      const logs = byClass(logRows().all(starts));
      const beside = byClass(besideRows().all(starts));
      const decisions = byClass(decisionRows().all(starts));
      const reviews = new Map(
        reviewRows()
          .all(starts)
          .map(({ classId, open }) => [classId, open]),
      );
      const enrolments = Map.groupBy(enrolmentRows().all(starts), ({ personId }) => personId);
      return classRows()
        .all(starts)
        .map((row): ClassRecord => {
          const { classId } = row;
          const roster = rosters.get(classId) ?? [];
          return {
            ...row,
            flags: JSON.parse(row.flags) as ClassRecord['flags'],
            roster,
            logs: (logs.get(classId) ?? []).map((log) => ({
              ...log,
              intervals: JSON.parse(log.intervals) as Interval[],
              evidence: JSON.parse(log.evidence) as string[],
              flags: JSON.parse(log.flags) as PersonLog['flags'],
            })),
            beside: (beside.get(classId) ?? []).map((log) => ({
              ...log,
              intervals: JSON.parse(log.intervals) as Interval[],
              evidence: JSON.parse(log.evidence) as string[],
            })),
            decisions: (decisions.get(classId) ?? []).map(({ payload, ...decision }) =>
              decisionSchema.parse({ ...decision, payload: JSON.parse(payload) }),
            ),
            openReviews: reviews.get(classId) ?? 0,
            enrolments: roster.flatMap(({ personId, role }) =>
              role === 'student' ? (enrolments.get(personId) ?? []) : [],
            ),
          };
        });
    },
    startOf: (classId) => start().get(classId) ?? null,
    familyOf: pairs<number>('select person_id, family_id from family_members'),
    familyNames: pairs<string>('select id, name from families'),
    familyCurrencies: pairs<string>('select id, currency from families'),
  };
}
