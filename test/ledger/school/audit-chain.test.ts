import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { Database } from '../../../src/ledger/database.ts';
import { hashOf, type AuditKey, type AuditRow } from '../../../src/ledger/school/audit-chain.ts';
import { createAuditLog, type AuditLogOptions } from '../../../src/ledger/school/audit-log.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const clock = { now: () => 0 };
const [ours, other] = ['one', 'two'].map((id): AuditKey => ({ id, secret: `the secret of ${id}` })) as [
  AuditKey,
  AuditKey,
];

function world() {
  // Opened again, as by the next start.
  const database = memoryLedger({ clock });
  const auditWith = (options: AuditLogOptions) => createAuditLog(database, clock, options);
  const add = (options: AuditLogOptions, times = 1) => {
    const audit = auditWith(options);
    for (let n = 0; n < times; n += 1) audit.append({ actor: 'ana', action: 'class.cancel', subject: 'class:1' });
  };
  return { database, auditWith, add, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

/** Makes the chain anew from an entry on, as somebody can who has the file and the program, but no key. */
function remadeWithoutKey({ sqlite }: Database, from: number): void {
  const rows = sqlite.prepare<[], AuditRow>('select *, previous_hash as previousHash from audit_log order by id').all();
  let previous = rows[from - 2]?.hash ?? '0'.repeat(64);
  for (const row of rows.slice(from - 1)) {
    const made = { ...row, actor: 'nobody', previousHash: previous, keyId: null };
    const hash = hashOf(made, null);
    sqlite
      .prepare('update audit_log set actor = ?, previous_hash = ?, key_id = null, hash = ? where id = ?')
      .run(made.actor, previous, hash, row.id);
    previous = hash;
  }
}

describe('a chain that is sealed with a key', () => {
  test('begins at the entry that tells of the key, and is checked from there with it', () => {
    using it = world();
    it.add({}, 2);
    it.add({ key: ours }, 2);
    expect(it.auditWith({}).list({ limit: 3 }).items.at(-1)).toMatchObject({
      actor: 'rollbook',
      action: 'audit.key',
      after: { key_id: 'one' },
    });
    expect(it.auditWith({ key: ours }).verifyChain()).toMatchObject({
      ok: true,
      count: 5,
      seals: [{ keyId: 'one', from: 3, to: 5, checked: true }],
    });
  });

  test('begins at once where that is asked for', () => {
    using it = world();
    const audit = it.auditWith({ key: ours, begin: 'now' });
    expect(audit.head().count).toBe(1);
    expect(it.auditWith({ key: ours, begin: 'now' }).head().count).toBe(1);
  });

  test.for([3, 2, 1])('cannot be remade without the key from entry %s on', (from) => {
    using it = world();
    it.add({}, 1);
    it.add({ key: ours }, 2);
    remadeWithoutKey(it.database, from);
    expect(it.auditWith({ key: ours }).verifyChain()).toMatchObject({ ok: false });
    // Without a key it looks whole: that is what the key is for.
    expect(it.auditWith({}).verifyChain()).toMatchObject({ ok: from < 3 });
  });

  test('says so when the key is not here, or is another one', () => {
    using it = world();
    it.add({ key: ours });
    expect(it.auditWith({}).verifyChain()).toMatchObject({
      ok: false,
      problem:
        'the entries from 1 on are sealed with key one, and ROLLBOOK_AUDIT_KEY_FILE is not set: they cannot be checked',
    });
    expect(it.auditWith({ key: other }).verifyChain()).toMatchObject({
      ok: false,
      problem:
        'the entries from 1 on are sealed with key one, and ROLLBOOK_AUDIT_KEY_FILE has key two: they cannot be checked',
    });
    for (const options of [{}, { key: other }]) expect(() => it.add(options)).toThrow('is sealed with key one');
  });

  test('goes on with another key when one is lost, and tells what nobody can check any more', () => {
    using it = world();
    it.add({ key: ours });
    it.add({ key: other, begin: 'new' });
    expect(it.auditWith({ key: other }).verifyChain()).toMatchObject({
      ok: true,
      seals: [
        { keyId: 'one', from: 1, to: 2, checked: false },
        { keyId: 'two', from: 3, to: 4, checked: true },
      ],
    });
  });

  test('is not taken for one while no entry is sealed', () => {
    using it = world();
    it.add({});
    expect(it.auditWith({ key: ours }).verifyChain()).toMatchObject({
      ok: false,
      problem: expect.stringContaining('no entry is sealed with the key') as string,
    });
  });
});

test('an anchor bounds what can have been remade to the time behind the one that holds', () => {
  using it = world();
  it.add({}, 2);
  const first = { ...it.auditWith({}).head(), noted: 'at noon' };
  it.add({}, 2);
  const second = { ...it.auditWith({}).head(), noted: 'at six' };
  it.add({}, 1);
  const { verifyChain } = it.auditWith({});
  expect(verifyChain(first, second)).toMatchObject({ ok: true });
  remadeWithoutKey(it.database, 4);
  expect(verifyChain()).toMatchObject({ ok: true });
  expect(verifyChain(second, first)).toMatchObject({
    ok: false,
    problem:
      'the entries up to 4 were remade: entry 4 is not the one that was noted at six; up to entry 2 all is as it was noted at noon',
  });
  expect(verifyChain({ count: 9, head: createHash('sha256').digest('hex') })).toMatchObject({
    problem: 'the log ends after entry 5, but it had 9',
  });
});
