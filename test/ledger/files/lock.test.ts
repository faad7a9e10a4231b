import { chmodSync, mkdirSync, mkdtempDisposableSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { openDatabase } from '../../../src/ledger/database.ts';
import { lockFile, lockLedger } from '../../../src/ledger/files/lock.ts';
import { killedWhere, literal } from '../another-process.ts';
import { reasonOf } from '../reason-of.ts';

const clock = { now: () => Date.parse('2026-01-16T15:00:00Z') };

function temporaryFolder() {
  return mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
}

describe('one daemon a data folder', () => {
  test('a second one is told which folder, and what to do', () => {
    using folder = temporaryFolder();
    using first = lockLedger(folder.path);

    expect(() => lockLedger(folder.path)).toThrow(
      `Another Rollbook works on ${first.dataDir}: stop it first (systemctl stop rollbook), or set ROLLBOOK_DATA_DIR to a folder of its own.`,
    );
  });

  test('the process that holds the folder makes and migrates its ledger', () => {
    using folder = temporaryFolder();
    using _lock = lockLedger(folder.path);
    using database = openDatabase(join(folder.path, 'rollbook.db'), { clock });

    expect(database.sqlite.prepare('select count(*) from families').pluck().get()).toBe(0);
  });

  test('the folder is free again once the first has ended', () => {
    using folder = temporaryFolder();
    lockLedger(folder.path)[Symbol.dispose]();

    expect(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]())).toBe('done');
  });

  test('a daemon in another process holds it until it is killed', async () => {
    using folder = temporaryFolder();
    const locked: string[] = [];
    const daemon = `
      const { lockLedger } = await import(${literal('ledger/files/lock.ts')});
      lockLedger(${JSON.stringify(folder.path)});
      reached();`;
    await killedWhere(daemon, () => {
      locked.push(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]()));
    });
    locked.push(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]()));

    expect(locked).toEqual(['in_use', 'done']);
  });

  test('the ledger itself stays locked when somebody deletes the file beside it', async () => {
    using folder = temporaryFolder();
    openDatabase(join(folder.path, 'rollbook.db'), { clock })[Symbol.dispose]();
    const locked: string[] = [];
    const daemon = `
      const { lockLedger } = await import(${literal('ledger/files/lock.ts')});
      lockLedger(${JSON.stringify(folder.path)});
      reached();`;
    await killedWhere(daemon, () => {
      rmSync(lockFile(folder.path));
      locked.push(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]()));
    });
    locked.push(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]()));

    expect(locked).toEqual(['in_use', 'done']);
  });

  test('a ledger that the daemon makes is locked like one that was there', async () => {
    using folder = temporaryFolder();
    const locked: string[] = [];
    const daemon = `
      const { lockLedger } = await import(${literal('ledger/files/lock.ts')});
      const { openDatabase } = await import(${literal('ledger/database.ts')});
      lockLedger(${JSON.stringify(folder.path)});
      openDatabase(${JSON.stringify(join(folder.path, 'rollbook.db'))}, { clock });
      reached();`;
    await killedWhere(daemon, () => {
      rmSync(lockFile(folder.path));
      locked.push(reasonOf(() => lockLedger(folder.path)[Symbol.dispose]()));
    });

    expect(locked).toEqual(['in_use']);
  });

  test('a file that cannot be locked is named, with what to do', () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'rollbook.lock'));
    expect(() => lockLedger(folder.path)).toThrow(
      expect.objectContaining({
        reason: 'refused',
        message: expect.stringMatching(
          /rollbook\.lock cannot be used by this user .*Run the command as the user of the daemon\.$/,
        ),
      }),
    );
  });

  test('is locked by a file that nobody else may read, also where an older version made it', () => {
    using folder = temporaryFolder();
    const lock = join(folder.path, 'rollbook.lock');
    const modeOfLock = () => {
      using _lock = lockLedger(folder.path);
      return statSync(lock).mode & 0o777;
    };
    expect(modeOfLock()).toBe(0o600);
    chmodSync(lock, 0o644);
    expect(modeOfLock()).toBe(0o600);
  });
});
