import { expect, test } from 'vitest';

import type { ReviewItem } from '../../../src/ledger/attendance/review-store.ts';
import {
  reviewItemSchema,
  settledReviewSchema,
  showReviewItem,
  showSettledReview,
} from '../../../src/render/json/review.ts';

const guest: ReviewItem = {
  id: 1,
  sessionId: 4,
  classId: 5,
  seriesId: 'mondays',
  subject: 'Algebra',
  classStart: Date.parse('2026-01-16T15:00:00Z'),
  kind: 'anonymous',
  userId: null,
  displayName: 'iPad',
  participants: ['conferenceRecords/r/participants/guest'],
  presentMs: 1_680_999,
  knownPersonId: null,
  suggestedPersonId: 3,
  suggestedPersonEmail: 'ben@home.example',
  suggestedPersonName: null,
  knownPersonEmail: null,
  knownPersonName: null,
  suggestionReason: 'the only student missing',
  state: 'open',
  decidedAt: null,
  decidedBy: null,
  decisionReason: null,
  jobId: null,
};

test('a guest is shown with where and how long they were, in whole seconds, and who they may be', () => {
  const shown = showReviewItem(guest);
  expect(shown).toEqual({
    id: 1,
    class_id: 5,
    session_id: 4,
    series_id: 'mondays',
    subject: 'Algebra',
    class_start: '2026-01-16T15:00:00Z',
    kind: 'anonymous',
    display_name: 'iPad',
    google_user_id: null,
    participants: ['conferenceRecords/r/participants/guest'],
    present_seconds: 1680,
    known_person: null,
    suggestion: { person_id: 3, user_email: 'ben@home.example', name: null, reason: 'the only student missing' },
    state: 'open',
    decided_time: null,
    decided_by: null,
    decision_reason: null,
  });
  expect(reviewItemSchema.parse(shown)).toEqual(shown);
});

test('a guest whom nobody fits has no suggestion', () => {
  expect(showReviewItem({ ...guest, suggestedPersonId: null, suggestedPersonEmail: null }).suggestion).toBeNull();
});

test('what was decided says by whom, when and why', () => {
  const decidedAt = Date.parse('2026-01-17T09:00:00Z');
  expect(
    showReviewItem({ ...guest, state: 'accepted', decidedAt, decidedBy: 'office', decisionReason: 'asked the family' }),
  ).toMatchObject({
    state: 'accepted',
    decided_time: '2026-01-17T09:00:00Z',
    decided_by: 'office',
    decision_reason: 'asked the family',
  });
});

test('an item that was settled says whose logs are others now', () => {
  const shown = showSettledReview({ item: guest, rebuiltClassIds: [5, 6], absences: [] });
  expect(shown).toEqual({ item: showReviewItem(guest), rebuilt_class_ids: [5, 6], absent: [] });
  expect(settledReviewSchema.parse(shown)).toEqual(shown);
});
