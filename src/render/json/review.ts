import { z } from '@hono/zod-openapi';

import { formatInstant } from '../../core/time/calendar.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import type { ReviewItem } from '../../ledger/attendance/review-store.ts';
import type { CertainAbsence } from '../../queries/reports/absences.ts';
import { instant, instantOrNull } from './fields.ts';

export const reviewState = z.enum(['open', 'accepted', 'refused', 'ignored', 'gone']);

export const reviewItemSchema = z
  .object({
    id: z.int(),
    class_id: z.int(),
    session_id: z.int(),
    series_id: z.string().nullable(),
    subject: z.string(),
    class_start: instant,
    kind: z.enum(['signedin', 'anonymous', 'phone']),
    display_name: z.string(),
    google_user_id: z.string().nullable(),
    participants: z.array(z.string()),
    present_seconds: z.int(),
    known_person: z
      .object({ person_id: z.int(), user_email: z.string(), name: z.string().nullable() })
      .nullable()
      .openapi({
        description: 'Whose account it is: somebody who was not expected, while somebody expected was not seen.',
      }),
    suggestion: z
      .object({ person_id: z.int(), user_email: z.string(), name: z.string().nullable(), reason: z.string() })
      .nullable(),
    state: reviewState,
    decided_time: instant.nullable(),
    decided_by: z.string().nullable(),
    decision_reason: z.string().nullable(),
  })
  .openapi('ReviewItem');

export function showReviewItem(item: ReviewItem): z.infer<typeof reviewItemSchema> {
  const { suggestedPersonId, suggestedPersonEmail, suggestedPersonName, suggestionReason } = item;
  const { knownPersonId, knownPersonEmail, knownPersonName } = item;
  return {
    id: item.id,
    class_id: item.classId,
    session_id: item.sessionId,
    series_id: item.seriesId,
    subject: item.subject,
    class_start: formatInstant(item.classStart),
    kind: item.kind,
    display_name: item.displayName,
    google_user_id: item.userId,
    participants: [...item.participants],
    present_seconds: Math.floor(item.presentMs / SECOND_MS),
    known_person:
      knownPersonId === null || knownPersonEmail === null
        ? null
        : { person_id: knownPersonId, user_email: knownPersonEmail, name: knownPersonName },
    suggestion:
      suggestedPersonId === null || suggestedPersonEmail === null
        ? null
        : {
            person_id: suggestedPersonId,
            user_email: suggestedPersonEmail,
            name: suggestedPersonName,
            reason: suggestionReason ?? '',
          },
    state: item.state,
    decided_time: instantOrNull(item.decidedAt),
    decided_by: item.decidedBy,
    decision_reason: item.decisionReason,
  };
}

export const absenceSchema = z.object({
  class_id: z.int(),
  person_id: z.int(),
  user_email: z.string(),
  name: z.string().nullable(),
  role: z.enum(['teacher', 'student']),
  line_id: z.string().nullable(),
  amount: z.string().nullable(),
  currency: z.string().nullable(),
});

export const settledReviewSchema = z
  .object({
    item: reviewItemSchema,
    rebuilt_class_ids: z.array(z.int()),
    absent: z.array(absenceSchema).openapi({
      description:
        'Who was expected in these classes and counts as absent now, since nobody there has to be named any more, and what their line comes to.',
    }),
  })
  .openapi('SettledReview');

interface SettledReview {
  readonly item: ReviewItem;
  readonly rebuiltClassIds: readonly number[];
  readonly absences: readonly CertainAbsence[];
}

export function showSettledReview({ item, rebuiltClassIds, absences }: SettledReview) {
  return { item: showReviewItem(item), rebuilt_class_ids: rebuiltClassIds, absent: absences.map(showAbsence) };
}

export function showAbsence({ classId, personId, userEmail, name, role, line }: CertainAbsence) {
  return {
    class_id: classId,
    person_id: personId,
    user_email: userEmail,
    name,
    role,
    line_id: line?.lineId ?? null,
    amount: line?.amount ?? null,
    currency: line?.currency ?? null,
  };
}
