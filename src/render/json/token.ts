import { formatInstant } from '../../core/time/calendar.ts';
import type { ApiToken } from '../../ledger/school/token-store.ts';
import { instantOrNull } from './fields.ts';

/** What is known of a token, never the token. */
export function showToken(token: ApiToken, teacherEmail: string | null) {
  return {
    id: token.id,
    role: token.role,
    label: token.label,
    teacher_email: teacherEmail,
    created_time: formatInstant(token.createdAt),
    expires_time: instantOrNull(token.expiresAt),
    revoked_time: instantOrNull(token.revokedAt),
    last_used_time: instantOrNull(token.lastUsedAt),
  };
}
