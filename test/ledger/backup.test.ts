import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempDisposableSync,
  mkdirSync,
  readFileSync,
  rmSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { LedgerRefusedError, LedgerUnavailableError } from '../../src/errors.ts';
import { backupTo, integrity, restoreFrom } from '../../src/ledger/backup.ts';
import { openDatabase, type Database } from '../../src/ledger/database.ts';
import { lockLedger } from '../../src/ledger/files/lock.ts';
import { memoryLedger } from '../support/memory-ledger.ts';
import { killedWhere, literal } from './another-process.ts';

const clock = { now: () => Date.parse('2026-01-16T15:00:00Z') };

/** A data folder whose ledger holds some families, and a folder for backups. */
function world() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const dataDir = join(folder.path, 'data');
  const path = join(dataDir, 'rollbook.db');
  const add = ({ sqlite, write }: Database, ...names: string[]) => {
    const insert = sqlite.prepare("insert into families (name, currency, created_at) values (?, 'EUR', 0)");
    write(() => {
      for (const name of names) insert.run(name);
    });
  };
  using made = openDatabase(path, { clock });
  add(made, 'Silva', 'Costa');
  return {
    folder: folder.path,
    dataDir,
    path,
    add,
    backup: join(folder.path, 'monday.db'),
    open: () => openDatabase(path, { clock }),
    names(file = path) {
      const sqlite = new SqliteDatabase(file, { readonly: true });
      try {
        return sqlite.prepare('select name from families order by id').pluck().all();
      } finally {
        sqlite.close();
      }
    },
    restore: (options: { readonly force?: boolean } = {}) =>
      restoreFrom(join(folder.path, 'monday.db'), path, { clock, ...options }),
    [Symbol.dispose]: () => folder.remove(),
  };
}

/** Some megabytes of families, so that a copy takes several steps. */
const crowd = Array.from({ length: 6_000 }, (_, n) => `${n} ${'x'.repeat(900)}`);

describe('a backup', () => {
  test('is one private file with all that was committed', async () => {
    using it = world();
    using database = it.open();
    it.add(database, 'Sousa');

    const made = await backupTo(database, it.backup);

    expect(made).toEqual({ file: it.backup, bytes: statSync(it.backup).size });
    expect(it.names(it.backup)).toEqual(['Silva', 'Costa', 'Sousa']);
    expect(statSync(it.backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(it.folder)).toEqual(['data', 'monday.db']);
  });

  test('holds one instant, however much is written meanwhile, and tells how far it is', async () => {
    using it = world();
    using database = it.open();
    it.add(database, ...crowd);
    const steps: [number, number][] = [];
    let written = 0;

    await backupTo(database, it.backup, (done, total) => {
      steps.push([done, total]);
      it.add(database, `during ${(written += 1)}`);
    });

    expect(it.names(it.backup)).toHaveLength(6_002);
    expect(it.names()).toHaveLength(6_002 + written);
    expect(written).toBeGreaterThan(1);
    expect(steps.every(([done, total]) => done >= 0 && done <= total && total === steps[0]![1])).toBe(true);
    expect(steps.map(([done]) => done)).toEqual(steps.map(([done]) => done).toSorted((a, b) => a - b));
  });

  test('can be made by a reader beside the daemon', async () => {
    using it = world();
    using _daemon = lockLedger(it.dataDir);
    using running = it.open();
    it.add(running, 'Sousa');
    using reader = openDatabase(it.path, { clock, readonly: true });

    await backupTo(reader, it.backup);

    expect(it.names(it.backup)).toEqual(['Silva', 'Costa', 'Sousa']);
  });

  test('replaces no file unless told to', async () => {
    using it = world();
    using database = it.open();
    writeFileSync(it.backup, 'dear diary');

    await expect(backupTo(database, it.backup)).rejects.toThrow('exists: name another file, or use --force');
    expect(readFileSync(it.backup, 'utf8')).toBe('dear diary');

    await backupTo(database, it.backup, undefined, { force: true });
    expect(it.names(it.backup)).toEqual(['Silva', 'Costa']);
  });

  test.each([
    ['over the ledger itself', (it: ReturnType<typeof world>) => it.path, 'is the ledger itself'],
    [
      'over the ledger by another path',
      (it: ReturnType<typeof world>) => {
        symlinkSync(it.dataDir, join(it.folder, 'link'));
        return join(it.folder, 'link', 'rollbook.db');
      },
      'belongs to the ledger itself',
    ],
    ['over the log of the ledger', (it: ReturnType<typeof world>) => `${it.path}-wal`, 'belongs to the ledger itself'],
    ['over a folder', (it: ReturnType<typeof world>) => it.folder, 'is a folder: name a file in it'],
    [
      'into a folder that is not there',
      (it: ReturnType<typeof world>) => join(it.folder, 'no', 'monday.db'),
      'There is no folder',
    ],
  ])('%s is refused', async (_, file, message) => {
    using it = world();
    using database = it.open();

    await expect(backupTo(database, file(it), undefined, { force: true })).rejects.toThrow(message);
    expect(it.names()).toEqual(['Silva', 'Costa']);
  });

  test('of a damaged ledger is not kept', async () => {
    using it = world();
    using database = it.open();
    it.add(database, ...crowd);
    damage(database);

    await expect(backupTo(database, it.backup)).rejects.toThrow('damaged');
    expect(readdirSync(it.folder)).toEqual(['data']);
  });

  test('that was killed halfway has no name yet, and the next one is whole', async () => {
    using it = world();
    {
      using database = it.open();
      it.add(database, ...crowd);
    }
    await killedWhere(`
      const { openDatabase } = await import(${literal('ledger/database.ts')});
      const { backupTo } = await import(${literal('ledger/backup.ts')});
      const database = openDatabase(${JSON.stringify(it.path)}, { clock });
      await backupTo(database, ${JSON.stringify(it.backup)}, reached);`);

    expect(existsSync(it.backup)).toBe(false);
    using database = it.open();
    await backupTo(database, it.backup);
    expect(it.names(it.backup)).toHaveLength(6_002);
  });
});

describe('the integrity of a ledger', () => {
  test('is whole when nothing happened to it', async () => {
    using it = world();
    using database = it.open();
    using inMemory = memoryLedger({ clock });

    expect(await integrity(database)).toEqual({ ok: true });
    expect(await integrity(inMemory)).toEqual({ ok: true });
  });

  test('shows damaged pages', async () => {
    using it = world();
    using database = it.open();
    it.add(database, ...crowd);
    damage(database);

    expect(await integrity(database)).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/malformed|page/i)],
    });
  });

  test('shows references to nothing', async () => {
    using it = world();
    using database = it.open();
    database.sqlite.exec('pragma foreign_keys = off; insert into family_members (person_id, family_id) values (7, 1)');

    expect(await integrity(database)).toEqual({
      ok: false,
      problems: ['rows of family_members that refer to missing people: 1'],
    });
  });
});

describe('a restore', () => {
  test('brings back what was backed up, and keeps what it replaced', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
      it.add(database, 'Sousa');
    }

    const { pending, replaced } = it.restore({ force: true });

    expect(replaced).toBe(`${it.path}.replaced-20260116T150000Z`);
    expect(it.names(replaced!)).toEqual(['Silva', 'Costa', 'Sousa']);
    expect(pending).toEqual([]);
    using database = it.open();
    expect(it.names()).toEqual(['Silva', 'Costa']);
    expect(await integrity(database)).toEqual({ ok: true });
    expect(statSync(it.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(it.dataDir).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  test('keeps also what a killed daemon had left in its write-ahead log', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
    }
    await killedWhere(`
      const { openDatabase } = await import(${literal('ledger/database.ts')});
      const { sqlite } = openDatabase(${JSON.stringify(it.path)}, { clock });
      sqlite.exec("insert into families (name, currency, created_at) values ('Sousa', 'EUR', 1)");
      reached();`);

    const { replaced } = it.restore({ force: true });

    expect(it.names(replaced!)).toEqual(['Silva', 'Costa', 'Sousa']);
    using _database = it.open();
    expect(it.names()).toEqual(['Silva', 'Costa']);
  });

  test('replaces a ledger that is beyond repair, and keeps it too', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
    }
    writeFileSync(it.path, 'dear diary, '.repeat(500));

    const { replaced } = it.restore({ force: true });

    expect(readFileSync(replaced!, 'utf8')).toMatch(/^dear diary/);
    expect(it.names()).toEqual(['Silva', 'Costa']);
  });

  test('keeps each ledger that it replaces, also two within one second', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
    }
    const kept = [it.restore({ force: true }), it.restore({ force: true })].map(({ replaced }) => replaced!);

    expect(new Set(kept).size).toBe(2);
    for (const file of kept) expect(it.names(file)).toEqual(['Silva', 'Costa']);
  });

  test('is refused when the backup holds what Rollbook does not make, and nothing is replaced', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
      it.add(database, 'Sousa');
    }
    const backup = new SqliteDatabase(it.backup);
    backup.exec("create trigger quiet after insert on families begin update families set name = 'Smith'; end");
    backup.close();

    expect(() => it.restore({ force: true })).toThrow(
      `${it.backup} was not restored, because it is not as Rollbook makes it: the trigger quiet on families does not belong to a ledger. Restore another backup.`,
    );
    expect(it.names()).toEqual(['Silva', 'Costa', 'Sousa']);
  });

  test('takes a backup of a ledger beside which Litestream has run', async () => {
    using it = world();
    {
      using database = it.open();
      database.sqlite.exec(
        'create table _litestream_seq (id integer primary key, seq integer); create table _litestream_lock (id integer)',
      );
      await backupTo(database, it.backup);
    }
    expect(it.restore({ force: true })).toMatchObject({ pending: [] });
  });

  test('reads no pipe, which would never end, and replaces none', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
    }
    const pipe = join(it.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => restoreFrom(pipe, it.path, { clock, force: true })).toThrow(`${pipe} is no file: name a backup.`);
    expect(() => restoreFrom(it.backup, pipe, { clock, force: true })).toThrow('is no file that can be replaced');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  test('into an empty data folder replaces nothing', async () => {
    using it = world();
    using database = it.open();
    await backupTo(database, it.backup);

    const other = join(it.folder, 'other');
    const restored = restoreFrom(it.backup, join(other, 'rollbook.db'), { clock });

    expect(restored).toEqual({ replaced: null, pending: [] });
    expect(it.names(join(other, 'rollbook.db'))).toEqual(['Silva', 'Costa']);
  });

  test('is refused while a daemon works on the folder', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
    }
    using _daemon = lockLedger(it.dataDir);

    expect(() => it.restore({ force: true })).toThrow(LedgerUnavailableError);
  });

  test('is refused when a ledger is there, unless told to replace it', async () => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
      it.add(database, 'Sousa');
    }

    expect(() => it.restore()).toThrow('exists: use --force to replace it');
    expect(it.names()).toEqual(['Silva', 'Costa', 'Sousa']);
  });

  const bad: readonly [string, (file: string) => void, string][] = [
    ['is cut off', (file) => truncateSync(file, 20_000), 'is damaged and was not restored'],
    ['is text', (file) => writeFileSync(file, 'dear diary, '.repeat(500)), 'is damaged and was not restored'],
    ['is empty', (file) => writeFileSync(file, ''), 'is empty'],
    ['is of another program', (file) => change(file, 'drop table __migrations'), 'is a database, but not of Rollbook'],
    [
      'is of a newer version',
      (file) =>
        change(file, "insert into __migrations select max(position) + 1, '9999_future', '', 0 from __migrations"),
      'was written by a newer Rollbook (it has migration 9999_future)',
    ],
    [
      'is a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      'is a folder: name the backup in it',
    ],
    ['is still in use', (file) => writeFileSync(`${file}-wal`, 'committed'), 'is a ledger in use'],
  ];
  test.each(bad)('of a file that %s is refused, and nothing is touched', async (_, spoil, message) => {
    using it = world();
    {
      using database = it.open();
      await backupTo(database, it.backup);
      it.add(database, 'Sousa');
    }
    spoil(it.backup);

    expect(() => it.restore({ force: true })).toThrow(LedgerRefusedError);
    expect(() => it.restore({ force: true })).toThrow(message);
    expect(it.names()).toEqual(['Silva', 'Costa', 'Sousa']);
    expect(readdirSync(it.dataDir).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
  });
});

function change(file: string, sql: string): void {
  new SqliteDatabase(file).exec(sql).close();
}

/** Overwrites a page in the middle of the file, as a failing disk does. */
function damage({ path, sqlite }: Database): void {
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 4096 * 300, 4096 * 303);
  writeFileSync(path, bytes);
}
