import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { genesis } from '../../../src/ledger/school/audit-chain.ts';
import { createAuditLog } from '../../../src/ledger/school/audit-log.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

function world({ entries = 0 } = {}) {
  let now = 1_000;
  const database = memoryLedger({ clock: { now: () => now } });
  const audit = createAuditLog(database, { now: () => (now += 1) });
  for (let n = 1; n <= entries; n += 1) {
    audit.append({ actor: n % 2 === 0 ? 'rui' : 'ana', action: 'class.cancel', subject: `class:${n}`, reason: 'snow' });
  }
  return {
    database,
    audit,
    /** What somebody with the file in hand does. */
    tamper: (sql: string) => database.sqlite.exec(sql),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

describe('the audit log', () => {
  test('keeps who did what to what, before, after and why', () => {
    using it = world();

    const entry = it.audit.append({
      actor: 'ana',
      action: 'class.cancel',
      subject: 'class:5',
      before: { status: 'scheduled' },
      after: { status: 'canceled' },
      reason: 'snow',
    });

    expect(entry).toEqual({
      id: 1,
      at: 1_001,
      actor: 'ana',
      action: 'class.cancel',
      subject: 'class:5',
      before: { status: 'scheduled' },
      after: { status: 'canceled' },
      reason: 'snow',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(it.audit.list({ limit: 10 })).toEqual({ items: [entry], nextCursor: null });
  });

  test('has no entry for a change that was undone', () => {
    using it = world();

    expect(() =>
      it.database.write(() => {
        it.audit.append({ actor: 'ana', action: 'class.cancel', subject: 'class:5' });
        throw new Error('second thoughts');
      }),
    ).toThrow('second thoughts');

    expect(it.audit.head()).toEqual({ count: 0, head: genesis });
  });

  test('is read in pages, newest first, whole or of one subject or actor', () => {
    using it = world({ entries: 5 });
    const ids = (filter: Parameters<typeof it.audit.list>[0]) => {
      const { items, nextCursor } = it.audit.list(filter);
      return [items.map(({ id }) => id), nextCursor];
    };

    expect(ids({ limit: 2 })).toEqual([[5, 4], 4]);
    expect(ids({ limit: 2, cursor: 4 })).toEqual([[3, 2], 2]);
    expect(ids({ limit: 2, cursor: 2 })).toEqual([[1], null]);
    expect(ids({ limit: 3, actor: 'ana' })).toEqual([[5, 3, 1], null]);
    expect(ids({ limit: 3, subject: 'class:4' })).toEqual([[4], null]);
  });
});

describe('the chain of the audit log', () => {
  test('is whole as long as nobody touches it', () => {
    using it = world({ entries: 4 });

    expect(it.audit.verifyChain()).toEqual({ ok: true, seals: [], ...it.audit.head() });
    expect(it.audit.verifyChain().ok && it.audit.head().count).toBe(4);
  });

  test('is whole when a text holds half of a character', () => {
    using it = world();
    const entry = it.audit.append({
      actor: 'a\udc00',
      action: 'person.change',
      subject: 'person:1',
      after: { name: 'Ana \ud800' },
      reason: 'typed \ud800',
    });
    expect(entry).toMatchObject({ actor: 'a\ufffd', after: { name: 'Ana \ufffd' }, reason: 'typed \ufffd' });
    expect(it.audit.list({ limit: 1 }).items).toEqual([entry]);
    expect(it.audit.verifyChain()).toMatchObject({ ok: true, count: 1 });
  });

  /** An entry as versions before wrote it: hashed as it was typed, and kept by SQLite with U+FFFD for each half. */
  const writtenBefore = (it: ReturnType<typeof world>, texts: { actor?: string; reason?: string }) => {
    const entry = { actor: 'ana', action: 'dispute.open', subject: 'line:p1-1', reason: 'too little', ...texts };
    const { id, at, hash } = it.audit.append(entry);
    const typed = [id, at, entry.actor, entry.action, entry.subject, null, null, entry.reason, genesis];
    const rehashed = createHash('sha256').update(JSON.stringify(typed)).digest('hex');
    expect(rehashed).not.toBe(hash);
    it.database.sqlite.prepare('update audit_log set hash = ?, rows = null where id = ?').run(rehashed, id);
    it.audit.append({ ...entry, reason: 'behind it' });
  };

  test.each([
    ['one half of a character', { reason: 'typed \ud83d' }],
    ['one half in the name of who acted', { actor: 'a\udc00' }],
    ['the same half twice', { reason: '\udc00 and \udc00' }],
    ['a half beside a true U+FFFD', { reason: '\ufffd \ud83d' }],
    ['the same half many times', { actor: '\ud800', reason: '\ud800\ud800\ud800' }],
  ])('is whole where a version before hashed %s as it was typed', (_, texts) => {
    using it = world();
    writtenBefore(it, texts);
    expect(it.audit.verifyChain()).toMatchObject({ ok: true, count: 2 });
  });

  test.each([
    ['a letter beside the half', "update audit_log set reason = 'Typed \ufffd' where id = 1"],
    ['a time', 'update audit_log set at = at + 1 where id = 1'],
    ['who acted', "update audit_log set actor = 'bob' where id = 1"],
  ])('is broken where such an entry has %s edited', (_, edit) => {
    using it = world();
    writtenBefore(it, { reason: 'typed \ud83d' });
    it.tamper(edit);
    expect(it.audit.verifyChain()).toMatchObject({ ok: false, firstBad: 1, problem: 'entry 1 was edited' });
  });

  test('is soon found broken, however many marks a text holds', () => {
    using it = world();
    it.audit.append({ actor: 'ana', action: 'dispute.open', subject: 'line:p1-1', reason: 'x' });
    const begun = process.cpuUsage();
    for (const count of [2, 8, 9, 1000]) {
      it.tamper(`update audit_log set reason = '${'\ufffd '.repeat(count)}'`);
      expect(it.audit.verifyChain()).toMatchObject({ ok: false, firstBad: 1 });
    }
    expect(process.cpuUsage(begun).user).toBeLessThan(20_000_000);
  });

  test('is broken where a whole character was replaced by the marks of two halves', () => {
    using it = world();
    it.audit.append({ actor: 'ana', action: 'dispute.open', subject: 'line:p1-1', reason: 'typed \u{1f600}' });
    it.tamper("update audit_log set reason = 'typed \ufffd\ufffd'");
    expect(it.audit.verifyChain()).toMatchObject({ ok: false, firstBad: 1 });
  });

  test('of an empty log is whole', () => {
    using it = world();

    expect(it.audit.verifyChain({ count: 0, head: genesis })).toEqual({ ok: true, count: 0, head: genesis, seals: [] });
  });

  test.each([
    ['an edited reason', "update audit_log set reason = 'sun' where id = 2", 2, 'entry 2 was edited'],
    ['a changed time', 'update audit_log set at = at + 1 where id = 3', 3, 'entry 3 was edited'],
    [
      'a value moved to the next field',
      'update audit_log set before = reason, reason = null where id = 1',
      1,
      'entry 1 was edited',
    ],
    ['a deleted entry', 'delete from audit_log where id = 2', 2, 'entry 2 is missing'],
    ['a deleted first entry', 'delete from audit_log where id = 1', 1, 'entry 1 is missing'],
    [
      'a deleted entry, the others moved up',
      'delete from audit_log where id = 2; update audit_log set id = id - 1 where id > 2',
      2,
      'entry 2 does not follow the one before it',
    ],
    [
      'two entries that changed places',
      'update audit_log set id = 9 where id = 2; update audit_log set id = 2 where id = 3; update audit_log set id = 3 where id = 9',
      2,
      'entry 2 does not follow the one before it',
    ],
    [
      'an entry slipped in at the end',
      'insert into audit_log select 5, at, actor, action, subject, before, after, reason, hash, previous_hash, rows, key_id from audit_log where id = 4',
      5,
      'entry 5 was edited',
    ],
  ])('shows %s', (_, sql, firstBad, problem) => {
    using it = world({ entries: 4 });

    it.tamper(sql);

    expect(it.audit.verifyChain()).toEqual({ ok: false, firstBad, problem });
  });

  test('that was cut off shows against a head noted earlier', () => {
    using it = world({ entries: 4 });
    const noted = it.audit.head();

    it.tamper('delete from audit_log where id > 2');

    expect(it.audit.verifyChain().ok).toBe(true);
    expect(it.audit.verifyChain(noted)).toEqual({
      ok: false,
      firstBad: 3,
      problem: 'the log ends after entry 2, but it had 4',
    });
  });

  test('that was remade with right hashes shows against a head noted earlier', () => {
    using it = world({ entries: 2 });
    using forged = world();
    for (const reason of ['snow', 'sun'])
      forged.audit.append({ actor: 'ana', action: 'class.cancel', subject: 'class:1', reason });

    expect(forged.audit.verifyChain().ok).toBe(true);
    expect(forged.audit.verifyChain(it.audit.head())).toMatchObject({ ok: false, firstBad: 2 });
  });

  test('that only grew since a head was noted is whole', () => {
    using it = world({ entries: 2 });
    const noted = it.audit.head();
    it.audit.append({ actor: 'ana', action: 'class.cancel', subject: 'class:9' });

    expect(it.audit.verifyChain(noted)).toMatchObject({ ok: true, count: 3 });
  });
});
