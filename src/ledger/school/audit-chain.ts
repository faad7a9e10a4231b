import { createHash, createHmac } from 'node:crypto';

import type { auditLog } from '../schema/school.ts';
import { typedTexts } from './half-characters.ts';

export type AuditRow = Readonly<typeof auditLog.$inferSelect>;

/** The end of the chain. Kept elsewhere (in a backup, in a report), it proves that no entry was removed or changed. */
export interface AuditHead {
  readonly count: number;
  readonly head: string;
}

/** A head that was noted, and where, as the end of a sentence: `on 2026-01-31 (line 3 of anchors)`. */
export interface NotedHead extends AuditHead {
  readonly noted?: string | undefined;
}

/** Seals the entries: without it nobody can make a chain that looks like ours. */
export interface AuditKey {
  /** Tells keys apart, and nothing about the key. */
  readonly id: string;
  readonly secret: string;
}

export type ChainCheck =
  | ({ readonly ok: true; readonly seals: readonly Seal[] } & AuditHead)
  | { readonly ok: false; readonly firstBad: number; readonly problem: string };

/** Entries in a row that are sealed with one key. */
export interface Seal {
  readonly keyId: string;
  readonly from: number;
  readonly to: number;
  /** False when the key is another one than that which was given: nobody can check these. */
  readonly checked: boolean;
}

/** The hash that the first entry is chained to. */
export const genesis = '0'.repeat(64);

/** The one action whose entry may have another key than the entry before it. */
export const KEY_ACTION = 'audit.key';

/**
 * An array in a fixed order is the one way to write a row down, so its JSON is canonical.
 *
 * @param key of the row; null when it has none
 */
export function hashOf(row: Omit<AuditRow, 'hash'>, key: AuditKey | null): string {
  const { id, at, actor, action, subject, before, after, reason, previousHash, rows, keyId } = row;
  const known = [id, at, actor, action, subject, before, after, reason, previousHash];
  // Entries of versions before have neither.
  const text = JSON.stringify(rows === null && keyId === null ? known : [...known, rows, keyId]);
  return (key === null ? createHash('sha256') : createHmac('sha256', key.secret)).update(text).digest('hex');
}

function isAsHashed(row: AuditRow, key: AuditKey | null): boolean {
  if (row.hash === hashOf(row, key)) return true;
  // Only entries of versions before may have been hashed as they were typed.
  return row.rows === null && typedTexts(row).some((texts) => row.hash === hashOf({ ...row, ...texts }, key));
}

/**
 * Recomputes the chain: finds entries edited, deleted, inserted or moved.
 *
 * @param rows in the order of their ids
 * @param noted heads that were noted earlier. Without them an end that was cut off, or without a key a chain that was remade
 *   from some entry on, looks whole: whoever can write the file can compute hashes
 * @param key of the entries that are sealed; null when there is none here
 */
export function checkChain(rows: Iterable<AuditRow>, noted: readonly NotedHead[], key: AuditKey | null): ChainCheck {
  const bad = (firstBad: number, problem: string) => ({ ok: false, firstBad, problem }) as const;
  const expected = Map.groupBy(noted, ({ count }) => count);
  const seals: Seal[] = [];
  let count = 0;
  let previous = genesis;
  let held: NotedHead | null = null;
  for (const row of rows) {
    const seal = seals.at(-1);
    if (row.id !== count + 1) return bad(count + 1, `entry ${count + 1} is missing`);
    if (row.previousHash !== previous) return bad(row.id, `entry ${row.id} does not follow the one before it`);
    if (row.keyId !== (seal?.keyId ?? null) && (row.keyId === null || row.action !== KEY_ACTION)) {
      return bad(row.id, `entry ${row.id} is not sealed with the key of the one before it`);
    }
    const isOurs = row.keyId === (key?.id ?? null);
    if ((row.keyId === null || isOurs) && !isAsHashed(row, row.keyId === null ? null : key)) {
      return bad(row.id, `entry ${row.id} was edited`);
    }
    if (row.keyId !== null) {
      if (row.keyId === seal?.keyId) seals[seals.length - 1] = { ...seal, to: row.id };
      else seals.push({ keyId: row.keyId, from: row.id, to: row.id, checked: isOurs });
    }
    count += 1;
    previous = row.hash;
    for (const head of expected.get(count) ?? []) {
      if (head.head !== previous) return bad(row.id, remade(row.id, head, held));
      held = head;
    }
  }
  const longest = noted.reduce((most, head) => Math.max(most, head.count), 0);
  if (count < longest) return bad(count + 1, `the log ends after entry ${count}, but it had ${longest}`);
  return wrongKey(seals.at(-1), key) ?? { ok: true, count, head: previous, seals };
}

function remade(id: number, { noted }: NotedHead, held: NotedHead | null): string {
  const when = noted === undefined ? '' : ` ${noted}`;
  const since =
    held === null
      ? ''
      : `; up to entry ${held.count} all is as it was noted${held.noted === undefined ? '' : ` ${held.noted}`}`;
  return `the entries up to ${id} were remade: entry ${id} is not the one that was noted${when}${since}`;
}

function wrongKey(seal: Seal | undefined, key: AuditKey | null): (ChainCheck & { readonly ok: false }) | null {
  if (seal?.keyId === key?.id) return null;
  const problem =
    seal === undefined
      ? 'no entry is sealed with the key of ROLLBOOK_AUDIT_KEY_FILE: start the daemon with it once. If it has run with it before, the log was remade without the key'
      : `the entries from ${seal.from} on are sealed with key ${seal.keyId}, and ROLLBOOK_AUDIT_KEY_FILE ${key === null ? 'is not set' : `has key ${key.id}`}: they cannot be checked`;
  return { ok: false, firstBad: seal?.from ?? 1, problem };
}
