import { createHash } from 'node:crypto';

import { asc, eq } from 'drizzle-orm';

import type { Now, Random } from '../../core/time/clock.ts';
import { MINUTE_MS } from '../../core/time/duration.ts';
import { type Database } from '../database.ts';
import { apiTokens } from '../schema/school.ts';
import { columnsBut, held } from '../select.ts';
import { unavailable } from '../unavailable.ts';
import { isPersonal, type Role } from './role.ts';

/** What a token opens, never the token. Instants in epoch ms. */
export type ApiToken = Readonly<Omit<typeof apiTokens.$inferSelect, 'hash'>>;

export interface NewToken {
  readonly label: string;
  readonly role: Role;
  /** Of a teacher's token, and of no other. */
  readonly personId?: number | null | undefined;
  readonly expiresAt?: number | null | undefined;
}

/** Who asks. */
export type Bearer = Pick<ApiToken, 'id' | 'label' | 'role' | 'personId'>;

export interface TokenStore {
  /** `token` is shown here once: only its hash is kept. */
  create(token: NewToken): { readonly token: string; readonly stored: ApiToken };
  /** Oldest first, the expired and revoked ones too. */
  list(): ApiToken[];
  /** Returns the token as it was, or null when there is none. One that was revoked before keeps its time. */
  revoke(id: number): ApiToken | null;
  /** Null when the token is unknown, expired or revoked at `now`. */
  authenticate(token: string, now: number): Bearer | null;
}

const shape = /^rbk_[\w-]{43}$/;

/** A token has 256 random bits: its plain hash cannot be reversed, and the time of a look-up tells nothing about it. */
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

const shown = columnsBut(apiTokens, 'hash');

export function createTokenStore(
  { path, orm, sqlite, isFree }: Database,
  clock: Now,
  random: Pick<Random, 'bytes'>,
): TokenStore {
  const byHash = held(() =>
    sqlite.prepare<[string], Bearer & Pick<ApiToken, 'expiresAt' | 'lastUsedAt'>>(
      `select id, label, role, person_id as personId, expires_at as expiresAt, last_used_at as lastUsedAt
     from api_tokens where hash = ? and revoked_at is null`,
    ),
  );
  const used = held(() => sqlite.prepare('update api_tokens set last_used_at = ? where id = ?'));

  return {
    create({ label, role, personId = null, expiresAt = null }) {
      if (isPersonal(role) !== (personId !== null)) {
        throw new TypeError('a token of a teacher names the person, and no other token does');
      }
      const token = `rbk_${random.bytes(32).toString('base64url')}`;
      const stored = orm
        .insert(apiTokens)
        .values({ label, role, personId, hash: hashOf(token), createdAt: clock.now(), expiresAt })
        .returning(shown)
        .get();
      return { token, stored };
    },
    list: () => orm.select(shown).from(apiTokens).orderBy(asc(apiTokens.id)).all(),
    revoke(id) {
      const row = orm.select(shown).from(apiTokens).where(eq(apiTokens.id, id)).get();
      if (row?.revokedAt === null) {
        orm.update(apiTokens).set({ revokedAt: clock.now() }).where(eq(apiTokens.id, id)).run();
      }
      return row ?? null;
    },
    authenticate(token, now) {
      if (!shape.test(token)) return null;
      const row = byHash().get(hashOf(token));
      if (row === undefined) return null;
      const { expiresAt, lastUsedAt, ...bearer } = row;
      if (expiresAt !== null && expiresAt <= now) return null;
      // While somebody else writes the ledger, a request that only reads does not wait: the next one is noted.
      if ((lastUsedAt === null || now - lastUsedAt >= MINUTE_MS) && isFree()) {
        try {
          used().run(now, bearer.id);
        } catch (err) {
          // A full disk must not lock out the person who wants to see what is wrong.
          if (unavailable(path, err) === null) throw err;
        }
      }
      return bearer;
    },
  };
}
