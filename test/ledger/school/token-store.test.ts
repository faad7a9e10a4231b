import { describe, expect, test } from 'vitest';

import { people } from '../../../src/ledger/schema/school.ts';
import { createTokenStore } from '../../../src/ledger/school/token-store.ts';
import { systemRandom } from '../../../src/system.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const MINUTE_MS = 60_000;

function world() {
  const clock = { now: () => 1_000 };
  const database = memoryLedger({ clock });
  const person = { email: 'teacher@school.example', role: 'teacher', createdAt: 0 } as const;
  const teacherId = database.orm.insert(people).values(person).returning().get().id;
  return {
    database,
    teacherId,
    tokens: createTokenStore(database, clock, systemRandom),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('an API token', () => {
  test('opens what its role and person say', () => {
    using it = world();

    const { token, stored } = it.tokens.create({ label: 'Rui', role: 'teacher', personId: it.teacherId });

    expect(token).toMatch(/^rbk_[A-Za-z0-9_-]{43}$/);
    expect(stored).toEqual({
      id: 1,
      label: 'Rui',
      role: 'teacher',
      personId: it.teacherId,
      createdAt: 1_000,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    expect(it.tokens.authenticate(token, 2_000)).toEqual({
      id: 1,
      label: 'Rui',
      role: 'teacher',
      personId: it.teacherId,
    });
  });

  test('is never stored, only its hash', () => {
    using it = world();
    const { token } = it.tokens.create({ label: 'office', role: 'admin' });

    expect(it.database.sqlite.serialize().includes(token.slice(4))).toBe(false);
  });

  test('is new each time', () => {
    using it = world();
    const made = Array.from({ length: 20 }, () => it.tokens.create({ label: 'office', role: 'admin' }).token);

    expect(new Set(made).size).toBe(20);
  });

  test.each(['', 'rbk_', 'hunter2', `rbk_${'A'.repeat(43)}`, `rbk_${'A'.repeat(5_000)}`])(
    '%j opens nothing',
    (token) => {
      using it = world();
      it.tokens.create({ label: 'office', role: 'admin' });

      expect(it.tokens.authenticate(token, 2_000)).toBeNull();
    },
  );

  test('opens nothing from the instant it expires', () => {
    using it = world();
    const { token } = it.tokens.create({ label: 'office', role: 'admin', expiresAt: 5_000 });

    expect(it.tokens.authenticate(token, 4_999)).not.toBeNull();
    expect(it.tokens.authenticate(token, 5_000)).toBeNull();
  });

  test('opens nothing once revoked, and stays on the list', () => {
    using it = world();
    const { token, stored } = it.tokens.create({ label: 'office', role: 'operator' });

    expect(it.tokens.revoke(stored.id)).toEqual(stored);

    expect(it.tokens.authenticate(token, 2_000)).toBeNull();
    expect(it.tokens.list()).toMatchObject([{ id: stored.id, revokedAt: 1_000 }]);
    expect(it.tokens.revoke(99)).toBeNull();
  });

  test('notes its last use at most once a minute', () => {
    using it = world();
    const { token } = it.tokens.create({ label: 'office', role: 'admin' });
    const noted = [10_000, 10_000 + MINUTE_MS - 1, 10_000 + MINUTE_MS].map((now) => {
      it.tokens.authenticate(token, now);
      return it.tokens.list()[0]?.lastUsedAt;
    });

    expect(noted).toEqual([10_000, 10_000, 70_000]);
  });

  test('still opens when its use cannot be noted', () => {
    using it = world();
    const { token } = it.tokens.create({ label: 'office', role: 'admin' });
    it.database.sqlite.pragma('query_only = ON');

    expect(it.tokens.authenticate(token, 2_000)).toMatchObject({ role: 'admin' });
  });

  test('of a teacher names the person, and no other one does', () => {
    using it = world();

    expect(() => it.tokens.create({ label: 'Rui', role: 'teacher' })).toThrow(TypeError);
    expect(() => it.tokens.create({ label: 'office', role: 'admin', personId: it.teacherId })).toThrow(TypeError);
  });
});
