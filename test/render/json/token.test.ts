import { expect, test } from 'vitest';

import { showToken } from '../../../src/render/json/token.ts';

test('of a token is shown whose it is and until when, and nothing that opens a door', () => {
  const token = {
    id: 2,
    label: 'ana',
    role: 'teacher',
    personId: 1,
    createdAt: Date.parse('2026-01-01T09:00:00Z'),
    expiresAt: Date.parse('2027-01-01T00:00:00Z'),
    revokedAt: null,
    lastUsedAt: null,
  } as const;
  expect(showToken(token, 'ana@school.example')).toEqual({
    id: 2,
    role: 'teacher',
    label: 'ana',
    teacher_email: 'ana@school.example',
    created_time: '2026-01-01T09:00:00Z',
    expires_time: '2027-01-01T00:00:00Z',
    revoked_time: null,
    last_used_time: null,
  });
});
