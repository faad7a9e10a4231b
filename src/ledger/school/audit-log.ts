import { createHash } from 'node:crypto';

import { and, desc, lt } from 'drizzle-orm';

import type { Now } from '../../core/time/clock.ts';
import type { Database } from '../database.ts';
import { auditLog } from '../schema/school.ts';
import { matches } from '../select.ts';
import { typedTexts } from './half-characters.ts';

/** A change that somebody made by hand. */
export interface AuditChange {
  /** Who: the label of a token, or the user of the command line. */
  readonly actor: string;
  /** What was done, `class.cancel`. */
  readonly action: string;
  /** To what, `class:5`. */
  readonly subject: string;
  /** As JSON holds it; left out where there is none. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null | undefined;
}

type Row = Readonly<typeof auditLog.$inferSelect>;

export interface AuditEntry extends Omit<Row, 'before' | 'after' | 'previousHash' | 'rows' | 'keyId'> {
  readonly before: unknown;
  readonly after: unknown;
}

/** The end of the chain. Kept elsewhere (in a backup, in a report), it proves that no entry was removed or changed. */
export interface AuditHead {
  readonly count: number;
  readonly head: string;
}

export type ChainCheck =
  | ({ readonly ok: true } & AuditHead)
  | { readonly ok: false; readonly firstBad: number; readonly problem: string };

export interface AuditFilter {
  readonly limit: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: number | null | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
}

export interface AuditLog {
  /** Joins the transaction of the caller, so that the change and its entry are stored together or not at all. */
  append(change: AuditChange): AuditEntry;
  /** Newest first. */
  list(filter: AuditFilter): { readonly items: AuditEntry[]; readonly nextCursor: number | null };
  head(): AuditHead;
  /**
   * Recomputes the chain: finds entries edited, deleted, inserted or moved.
   *
   * @param expected a head noted earlier. Without it an end that was cut off, or a chain that was remade from some
   *   entry on, looks whole: whoever can write the file can compute hashes.
   */
  verifyChain(expected?: AuditHead): ChainCheck;
}

/** The hash that the first entry is chained to. */
export const genesis = '0'.repeat(64);

/** An array in a fixed order is the one way to write a row down, so its JSON is canonical. */
function hashOf(row: Omit<Row, 'hash'>): string {
  const { id, at, actor, action, subject, before, after, reason, previousHash, rows, keyId } = row;
  const known = [id, at, actor, action, subject, before, after, reason, previousHash];
  // Entries of versions before have neither.
  const text = JSON.stringify(rows === null && keyId === null ? known : [...known, rows, keyId]);
  return createHash('sha256').update(text).digest('hex');
}

function isAsHashed({ hash, ...row }: Row): boolean {
  return hash === hashOf(row) || typedTexts(row).some((texts) => hash === hashOf({ ...row, ...texts }));
}

function toEntry(row: Row): AuditEntry {
  const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  const { previousHash: _hash, rows: _rows, keyId: _keyId, ...entry } = row;
  return { ...entry, before: parse(row.before), after: parse(row.after) };
}

export function createAuditLog({ orm, sqlite, write }: Database, clock: Now): AuditLog {
  const last = sqlite.prepare<[], { readonly count: number; readonly head: string }>(
    'select id as count, hash as head from audit_log order by id desc limit 1',
  );
  const everything = sqlite.prepare<[], Row>(
    `select id, at, actor, action, subject, before, after, reason, previous_hash as previousHash, hash,
       rows, key_id as keyId
     from audit_log order by id`,
  );
  const head = () => last.get() ?? { count: 0, head: genesis };
  // SQLite keeps half a character (a lone surrogate) as U+FFFD. The hash must be that of what is kept, and `before` and
  // `after` must show what the tables hold.
  const wellFormed = (_key: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value);
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value, wellFormed));

  return {
    head,
    append: ({ actor, action, subject, before, after, reason }) =>
      write(() => {
        const { count, head: previousHash } = head();
        const texts = {
          actor: actor.toWellFormed(),
          action: action.toWellFormed(),
          subject: subject.toWellFormed(),
          reason: reason?.toWellFormed() ?? null,
        };
        const row = {
          id: count + 1,
          at: clock.now(),
          ...texts,
          before: json(before),
          after: json(after),
          previousHash,
          rows: null,
          keyId: null,
        };
        const stored = { ...row, hash: hashOf(row) };
        orm.insert(auditLog).values(stored).run();
        return toEntry(stored);
      }),
    list({ limit, cursor, subject, actor }) {
      const rows = orm
        .select()
        .from(auditLog)
        .where(
          and(
            cursor === undefined || cursor === null ? undefined : lt(auditLog.id, cursor),
            matches(auditLog.subject, subject),
            matches(auditLog.actor, actor),
          ),
        )
        .orderBy(desc(auditLog.id))
        .limit(limit + 1)
        .all();
      const items = rows.slice(0, limit).map(toEntry);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    verifyChain(expected) {
      const bad = (firstBad: number, problem: string) => ({ ok: false, firstBad, problem }) as const;
      let count = 0;
      let previous = genesis;
      for (const row of everything.iterate()) {
        if (row.id !== count + 1) return bad(count + 1, `entry ${count + 1} is missing`);
        if (row.previousHash !== previous) return bad(row.id, `entry ${row.id} does not follow the one before it`);
        if (!isAsHashed(row)) return bad(row.id, `entry ${row.id} was edited`);
        count += 1;
        previous = row.hash;
        if (count === expected?.count && previous !== expected.head) {
          return bad(row.id, `the entries up to ${row.id} were remade: entry ${row.id} is not the one that was noted`);
        }
      }
      if (expected !== undefined && count < expected.count) {
        return bad(count + 1, `the log ends after entry ${count}, but it had ${expected.count}`);
      }
      return { ok: true, count, head: previous };
    },
  };
}
