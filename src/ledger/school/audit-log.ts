import type { Database as Sqlite } from 'better-sqlite3';
import { and, desc, lt } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';

import type { Now } from '../../core/time/clock.ts';
import { LedgerRefusedError } from '../../errors.ts';
import type { EntryRows } from '../replay/kept-tables.ts';
import { BASELINE_ACTION, replayRows, type BaselineState, type Replay } from '../replay/replay.ts';
import { createRowNotes } from '../replay/row-notes.ts';
import { auditLog } from '../schema/school.ts';
import { columnsBut, held, matches } from '../select.ts';
import {
  checkChain,
  genesis,
  hashOf,
  KEY_ACTION,
  type AuditHead,
  type AuditKey,
  type AuditRow,
  type ChainCheck,
  type NotedHead,
} from './audit-chain.ts';

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

export interface AuditEntry extends Omit<AuditRow, 'before' | 'after' | 'previousHash' | 'rows' | 'keyId'> {
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditFilter {
  readonly limit: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: number | null | undefined;
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
}

export interface AuditLog {
  /**
   * Joins the transaction of the caller, so that the change and its entry are stored together or not at all. The entry holds
   * the rows of the kept tables that were changed since the last one.
   *
   * @throws {LedgerRefusedError} when the entries before are sealed with a key that is not here
   */
  append(change: AuditChange): AuditEntry;
  /**
   * Makes an entry that holds all rows as they stand, which a migration may have changed.
   *
   * @param changedByHand what was before, a sentence a row: it stays named
   */
  appendBaseline(changedByHand: readonly string[]): void;
  /** How many rows of the kept tables this process has changed behind the last entry. */
  unnoted(): number;
  /** Makes an entry of its own for rows that were changed behind the last one, where there are any. */
  appendRest(by: Pick<AuditChange, 'actor' | 'reason'>): void;
  /** Newest first. */
  list(filter: AuditFilter): { readonly items: AuditEntry[]; readonly nextCursor: number | null };
  head(): AuditHead;
  /** Recomputes the chain; see {@link checkChain}. */
  verifyChain(...noted: readonly NotedHead[]): ChainCheck;
  /** Compares the kept tables with what the entries say about their rows. */
  replay(): Replay;
}

/** Who makes entries that no verb asked for. */
const MACHINE = 'rollbook';

function toEntry(row: Omit<AuditRow, 'rows' | 'keyId' | 'previousHash'>): AuditEntry {
  const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return { ...row, before: parse(row.before), after: parse(row.after) };
}

/** What the log needs of an open ledger, also while it is migrated. */
export interface AuditedLedger {
  readonly sqlite: Sqlite;
  readonly orm: BetterSQLite3Database;
  readonly isReadonly: boolean;
  /** Of a copy that was migrated to be looked at: what the audit log said about the rows before. */
  readonly recordsBefore: Replay | null;
  readonly write: <T>(work: () => T) => T;
}

export interface AuditLogOptions {
  readonly key?: AuditKey | null | undefined;
  /**
   * When to begin with the key: with the next entry, or at once, which refuses a key that is not that of the entries before.
   * `new` puts it in the place of another one, which is lost.
   */
  readonly begin?: 'later' | 'now' | 'new';
}

export function createAuditLog(
  database: AuditedLedger,
  clock: Now,
  { key = null, begin = 'later' }: AuditLogOptions = {},
): AuditLog {
  const { orm, sqlite, write } = database;
  const last = held(() =>
    sqlite.prepare<[], Pick<AuditRow, 'keyId'> & AuditHead & { readonly tellsRows: 0 | 1 }>(
      `select id as count, hash as head, key_id as keyId, rows is not null as tellsRows
     from audit_log order by id desc limit 1`,
    ),
  );
  const everything = held(() =>
    sqlite.prepare<[], AuditRow>(
      `select id, at, actor, action, subject, before, after, reason, previous_hash as previousHash, hash,
       rows, key_id as keyId
     from audit_log order by id`,
    ),
  );
  const notes = database.isReadonly ? null : createRowNotes(sqlite);
  const insertEntry = held(() =>
    sqlite.prepare<[typeof auditLog.$inferSelect]>(
      `insert into audit_log (id, at, actor, action, subject, before, after, reason, previous_hash, hash, rows, key_id)
     values (@id, @at, @actor, @action, @subject, @before, @after, @reason, @previousHash, @hash, @rows, @keyId)`,
    ),
  );
  // SQLite keeps half a character (a lone surrogate) as U+FFFD. The hash must be that of what is kept, and `before` and
  // `after` must show what the tables hold.
  const wellFormed = (_key: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value);
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value, wellFormed));

  const head = (): AuditHead => {
    const { count, head: hash } = last().get() ?? { count: 0, head: genesis };
    return { count, head: hash };
  };
  const insert = ({ actor, action, subject, before, after, reason }: AuditChange, rows: EntryRows): AuditEntry => {
    const { count, head: previousHash } = head();
    const row = {
      id: count + 1,
      at: clock.now(),
      actor: actor.toWellFormed(),
      action: action.toWellFormed(),
      subject: subject.toWellFormed(),
      before: json(before),
      after: json(after),
      reason: reason?.toWellFormed() ?? null,
      previousHash,
      rows: JSON.stringify(rows),
      keyId: key?.id ?? null,
    };
    const { rows: _rows, keyId: _keyId, previousHash: _hash, ...shown } = row;
    const stored = { ...row, hash: hashOf(row, key) };
    insertEntry().run(stored);
    return toEntry({ ...shown, hash: stored.hash });
  };
  /** Begins to seal where no entry is sealed yet. */
  const useKey = (isNew = false) => {
    const before = last().get()?.keyId ?? null;
    if (before === (key?.id ?? null)) return;
    if (key === null || (before !== null && !isNew)) throw sealedElsewhere(before, key);
    const ids = { before: before === null ? undefined : { key_id: before }, after: { key_id: key.id } };
    insert({ actor: MACHINE, action: KEY_ACTION, subject: 'ledger', ...ids }, changedRows());
  };
  /** The first entry that tells of rows holds all of them. */
  const changedRows = (): EntryRows => (last().get()?.tellsRows === 1 ? notes?.take() : notes?.takeAll()) ?? {};

  if (notes !== null && begin !== 'later') write(() => useKey(begin === 'new'));
  return {
    head,
    append: (change) =>
      write(() => {
        useKey();
        return insert(change, changedRows());
      }),
    appendBaseline(changedByHand) {
      write(() => {
        useKey();
        const after: BaselineState = { changed_by_hand: changedByHand };
        insert({ actor: MACHINE, action: BASELINE_ACTION, subject: 'ledger', after }, notes?.takeAll() ?? {});
      });
    },
    unnoted: () => notes?.count() ?? 0,
    appendRest({ actor, reason }) {
      write(() => {
        const rows = changedRows();
        if (Object.keys(rows.changed ?? rows.baseline ?? {}).length === 0) return;
        useKey();
        insert({ actor, reason, action: 'ledger.rows', subject: 'ledger' }, rows);
      });
    },
    list({ limit, cursor, subject, actor, action }) {
      const rows = orm
        .select(columnsBut(auditLog, 'previousHash', 'rows', 'keyId'))
        .from(auditLog)
        .where(
          and(
            cursor === undefined || cursor === null ? undefined : lt(auditLog.id, cursor),
            matches(auditLog.subject, subject),
            matches(auditLog.actor, actor),
            matches(auditLog.action, action),
          ),
        )
        .orderBy(desc(auditLog.id))
        .limit(limit + 1)
        .all();
      const items = rows.slice(0, limit).map(toEntry);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    verifyChain: (...noted) => checkChain(everything().iterate(), noted, key),
    replay: () => database.recordsBefore ?? replayRows(sqlite),
  };
}

function sealedElsewhere(keyId: string | null, key: AuditKey | null): LedgerRefusedError {
  const ours = key === null ? 'ROLLBOOK_AUDIT_KEY_FILE is not set' : `ROLLBOOK_AUDIT_KEY_FILE holds key ${key.id}`;
  return new LedgerRefusedError(
    `The audit log is sealed with key ${keyId}, and ${ours}: give the file of that key. When it is lost: rollbook serve --new-audit-key, ` +
      'with another key; nobody can then check the entries that are sealed with the lost one.',
  );
}
