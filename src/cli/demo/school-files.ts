import { stringify } from 'csv-stringify/sync';

import { formatInstant } from '../../core/time/calendar.ts';
import type { School } from '../../emulator/school.ts';

/** The people and families of the school as their office would write them down for `rollbook import people`. */
export function peopleFile({ people, families }: School): string {
  const familyOf = new Map(families.flatMap((family) => family.studentEmails.map((email) => [email, family] as const)));
  return stringify(
    people.map(({ email, role, name, googleUserId }) => {
      const family = familyOf.get(email);
      return [email, role, name, googleUserId, family?.name, family?.currency, family?.billingEmail];
    }),
    { header: true, columns: ['email', 'role', 'name', 'google_user_id', 'family', 'currency', 'billing_email'] },
  );
}

/** The timetable of the school, for `rollbook import classes`. */
export function classesFile({ classes }: School): string {
  return stringify(
    classes.map((lesson) => [
      lesson.teacherEmail,
      lesson.studentEmails.join(';'),
      lesson.subject,
      formatInstant(lesson.start),
      lesson.durationMinutes,
      lesson.meetCode,
      lesson.organizerEmail,
      lesson.seriesId,
    ]),
    {
      header: true,
      columns: [
        'teacher_email',
        'student_emails',
        'subject',
        'start_time',
        'duration_minutes',
        'meet_code',
        'organizer_email',
        'series_id',
      ],
    },
  );
}
