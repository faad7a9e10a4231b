import type { ApiToken } from '../../ledger/school/token-store.ts';

/** What is known of a token, never the token. */
export function tokenToJson(token: ApiToken, teacherEmail: string | null) {
  return {
    id: token.id,
    role: token.role,
    label: token.label,
    teacher_email: teacherEmail,
    created_time: isoTime(token.createdAt),
    expires_time: isoTimeOrNull(token.expiresAt),
    revoked_time: isoTimeOrNull(token.revokedAt),
    last_used_time: isoTimeOrNull(token.lastUsedAt),
  };
}

function isoTimeOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

/** RFC 3339 in UTC, always with milliseconds. */
function isoTime(at: number): string {
  return new Date(at).toISOString();
}
