import { copyFileSync, mkdirSync, mkdtempDisposableSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { openDatabase, type Database } from '../../src/ledger/database.ts';
import { lockLedger } from '../../src/ledger/files/lock.ts';
import { families } from '../../src/ledger/schema/school.ts';
import { handClock } from '../support/clock.ts';
import { killedWhere, literal } from './another-process.ts';
import { reasonOf } from './reason-of.ts';

const clock = { now: () => Date.parse('2026-01-16T15:00:00Z') };
const family = (name: string) => ({ name, currency: 'EUR', createdAt: clock.now() });
const names = ({ orm }: Database) =>
  orm
    .select()
    .from(families)
    .all()
    .map(({ name }) => name);

function temporaryFolder() {
  return mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
}

describe('an open ledger', () => {
  test('keeps every commit through a power cut, refuses broken references and is private to its owner', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'data', 'rollbook.db');
    using database = openDatabase(path, { clock });

    const pragma = (name: string) => database.sqlite.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    expect(pragma('busy_timeout')).toBe(100);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.path, 'data')).mode & 0o777).toBe(0o700);
  });

  test('is as safe when it is opened again', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    openDatabase(path, { clock })[Symbol.dispose]();
    using database = openDatabase(path, { clock });

    expect(database.sqlite.pragma('synchronous', { simple: true })).toBe(2);
  });

  test('lives in memory for trials', () => {
    using database = openDatabase(':memory:', { clock });

    database.orm.insert(families).values(family('Silva')).run();

    expect(names(database)).toEqual(['Silva']);
  });
});

describe('the file of the ledger', () => {
  const copied = (path: string) => {
    copyFileSync(path, `${path}.copy`);
    return new SqliteDatabase(`${path}.copy`, { readonly: true });
  };

  test('is whole by itself once the migrations are through', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    using _database = openDatabase(path, { clock });
    expect(copied(path).prepare('select count(*) from families').pluck().get()).toBe(0);
  });

  test('takes the entries of the write-ahead log every few seconds, however busy the daemon is', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    using database = openDatabase(path, { clock });
    const kept = () => copied(path).prepare('select count(*) from families').pluck().get();
    const logBytes = () => statSync(`${path}-wal`).size;
    const add = () => database.write(() => database.orm.insert(families).values(family('Silva')).run());

    add();
    expect([kept(), logBytes() > 0]).toEqual([0, true]);
    database.rest();
    expect([kept(), logBytes()]).toEqual([1, 0]);
    add();
    database.rest();
    expect([kept(), logBytes()]).toEqual([2, 0]);
  });

  test('does not wait for a reader that needs the write-ahead log: it is emptied later', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    using database = openDatabase(path, { clock });
    const add = () => database.write(() => database.orm.insert(families).values(family('Silva')).run());
    const reader = new SqliteDatabase(path, { readonly: true });
    add();
    reader.exec('begin; select count(*) from families');
    add();
    // Whoever waited for the reader would wait a minute; no busy machine takes so long.
    database.sqlite.pragma('busy_timeout = 60000');
    const begun = performance.now();
    database.rest();
    expect(performance.now() - begun).toBeLessThan(50_000);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);

    reader.close();
    database.rest();
    expect(statSync(`${path}-wal`).size).toBe(0);
  });
});

describe('a write', () => {
  test('is all or nothing', () => {
    using database = openDatabase(':memory:', { clock });

    expect(() =>
      database.write(() => {
        database.orm.insert(families).values(family('Silva')).run();
        throw new Error('second thoughts');
      }),
    ).toThrow('second thoughts');

    expect(names(database)).toEqual([]);
  });

  test('returns what the work returned, and a nested one joins it', () => {
    using database = openDatabase(':memory:', { clock });
    const { orm, write } = database;

    const id = write(() => {
      const outer = write(() => orm.insert(families).values(family('Silva')).returning().get().id);
      expect(() =>
        write(() => {
          orm.insert(families).values(family('Undone')).run();
          throw new Error('this one not');
        }),
      ).toThrow('this one not');
      return outer;
    });

    expect(id).toBe(1);
    expect(names(database)).toEqual(['Silva']);
  });

  test('an outer failure undoes what a nested write had done', () => {
    using database = openDatabase(':memory:', { clock });
    const { orm, write } = database;

    expect(() =>
      write(() => {
        write(() => orm.insert(families).values(family('Silva')).run());
        throw new Error('all of it');
      }),
    ).toThrow('all of it');

    expect(names(database)).toEqual([]);
  });

  test('never waits: a promise is refused and undone', () => {
    using database = openDatabase(':memory:', { clock });
    const { orm, write } = database;

    expect(() =>
      write(() => {
        orm.insert(families).values(family('Silva')).run();
        return Promise.resolve();
      }),
    ).toThrow(TypeError);

    expect(names(database)).toEqual([]);
  });

  test('against another writer says that the ledger is busy, and works again after it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    using daemon = openDatabase(path, { clock });
    using command = openDatabase(path, { clock });
    command.sqlite.exec('begin immediate');

    expect(reasonOf(() => daemon.write(() => daemon.orm.insert(families).values(family('Silva')).run()))).toBe('busy');
    expect(names(daemon)).toEqual([]);

    command.sqlite.exec('commit');
    daemon.write(() => daemon.orm.insert(families).values(family('Silva')).run());
    expect(names(daemon)).toEqual(['Silva']);
  });

  test('on a full disk keeps what was acknowledged, and goes on once there is room', () => {
    using folder = temporaryFolder();
    using database = openDatabase(join(folder.path, 'rollbook.db'), { clock });
    const { orm, sqlite, write } = database;
    const pages = Number(sqlite.pragma('page_count', { simple: true }));
    write(() => orm.insert(families).values(family('Silva')).run());
    sqlite.pragma(`max_page_count = ${pages + 2}`);
    const long = family('x'.repeat(100_000));

    expect(reasonOf(() => write(() => orm.insert(families).values(long).run()))).toBe('full');
    expect(names(database)).toEqual(['Silva']);

    sqlite.pragma('max_page_count = 1000000');
    write(() => orm.insert(families).values(family('Costa')).run());
    expect(names(database)).toEqual(['Silva', 'Costa']);
  });

  test('a broken rule of the schema stays the error of the statement', () => {
    using database = openDatabase(':memory:', { clock });
    const orphan = () => database.sqlite.exec('insert into family_members (person_id, family_id) values (7, 7)');

    expect(() => database.write(orphan)).toThrow('FOREIGN KEY constraint failed');
  });
});

describe('beside another program that writes', () => {
  const world = () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    openDatabase(path, { clock })[Symbol.dispose]();
    const other = new SqliteDatabase(path);
    other.exec('begin immediate');
    return { path, other, [Symbol.dispose]: () => (other.close(), folder[Symbol.dispose]()) };
  };

  test('who has patience is told of the wait, and stores once the other is done', () => {
    using at = world();
    let waits = 0;
    const onWait = () => {
      waits += 1;
      at.other.exec('commit');
    };
    using database = openDatabase(at.path, { clock, patience: { ms: 1_000, onWait } });
    database.write(() => database.orm.insert(families).values(family('Hill')).run());
    expect({ waits, names: names(database) }).toEqual({ waits: 1, names: ['Hill'] });
    database.write(() => database.orm.insert(families).values(family('Moss')).run());
    expect(waits).toBe(1);
  });

  test('when the other is not done by then, nothing is stored, and the sentence says so', () => {
    using at = world();
    let waits = 0;
    using database = openDatabase(at.path, { clock, patience: { ms: 50, onWait: () => (waits += 1) } });
    const write = () => database.write(() => database.orm.insert(families).values(family('Hill')).run());
    expect(write).toThrow(/^Another program has been writing .* for 1 s, so nothing was stored: try again/);
    expect(reasonOf(write)).toBe('busy');
    expect({ waits, names: names(database) }).toEqual({ waits: 2, names: [] });
  });

  test('work that was begun is not begun again', () => {
    using at = world();
    at.other.exec('commit');
    using database = openDatabase(at.path, { clock, patience: { ms: 50, onWait: () => undefined } });
    let begun = 0;
    const write = () =>
      database.write(() => {
        begun += 1;
        throw new SqliteDatabase.SqliteError('another ledger is busy', 'SQLITE_BUSY');
      });
    expect(reasonOf(write)).toBe('busy');
    expect(begun).toBe(1);
  });

  test('a daemon waits for nobody', () => {
    using at = world();
    using database = openDatabase(at.path, { clock });
    expect(database.sqlite.pragma('busy_timeout', { simple: true })).toBe(100);
    expect(reasonOf(() => database.write(() => undefined))).toBe('busy');
  });
});

describe('the health of a ledger', () => {
  test('tells its size, the room left and that it takes writes', () => {
    using folder = temporaryFolder();
    using database = openDatabase(join(folder.path, 'rollbook.db'), { clock });

    const { freeDiskBytes, ledgerBytes, walBytes, ...state } = database.health();

    expect(state).toEqual({ writable: true, problem: null });
    expect(ledgerBytes).toBe(Number(database.sqlite.pragma('page_count', { simple: true })) * 4096);
    expect(walBytes).toBe(statSync(`${database.path}-wal`).size);
    expect(freeDiskBytes).toBeGreaterThan(0);
  });

  test('is found out by writing a page, once a second however often it is asked', () => {
    using folder = temporaryFolder();
    const time = handClock(clock.now());
    using database = openDatabase(join(folder.path, 'rollbook.db'), { clock: time });
    const walBytes = () => statSync(`${database.path}-wal`).size;
    const before = walBytes();
    const grown = [0, 0, 1000].map((ms) => {
      time.advance(ms);
      database.health();
      return walBytes() > before;
    });
    expect(grown).toEqual([true, true, true]);
    expect(Math.trunc((walBytes() - before) / 4096)).toBe(2);
  });

  test('names a program that keeps it from being written for minutes, not one that writes for a while', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    const time = handClock(clock.now());
    using daemon = openDatabase(path, { clock: time });
    using command = openDatabase(path, { clock });
    command.sqlite.exec('begin immediate');

    expect(daemon.health()).toMatchObject({ writable: true, problem: null });
    time.advance(2 * 60_000);
    expect(daemon.health()).toMatchObject({
      writable: false,
      problem: `${path} is being written by another program: try again in a moment.`,
    });
  });

  test('of one in memory has no disk', () => {
    using database = openDatabase(':memory:', { clock });

    expect(database.health()).toMatchObject({ writable: true, walBytes: 0, freeDiskBytes: null });
  });
});

describe('a reader beside the daemon', () => {
  test('sees what was committed and can write nothing', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    using _lock = lockLedger(folder.path);
    using daemon = openDatabase(path, { clock });
    daemon.write(() => daemon.orm.insert(families).values(family('Silva')).run());
    using reader = openDatabase(path, { clock, readonly: true });

    expect(names(reader)).toEqual(['Silva']);
    expect(reasonOf(() => reader.write(() => reader.orm.insert(families).values(family('Costa')).run()))).toBe(
      'refused',
    );
  });

  test('reads what a killed daemon left in its write-ahead log', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    await killedWhere(`
      const { openDatabase } = await import(${literal('ledger/database.ts')});
      const { sqlite } = openDatabase(${JSON.stringify(path)}, { clock });
      sqlite.exec("insert into families (name, currency, created_at) values ('Silva', 'EUR', 1)");
      reached();`);

    using reader = openDatabase(path, { clock, readonly: true });
    expect(names(reader)).toEqual(['Silva']);
  });

  test('of a ledger that is not there makes none', () => {
    using folder = temporaryFolder();

    expect(reasonOf(() => openDatabase(join(folder.path, 'rollbook.db'), { clock, readonly: true }))).toBe('missing');
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe('a file that cannot be a ledger', () => {
  test('is named: text instead of a database', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    writeFileSync(path, 'dear diary, '.repeat(500));

    expect(reasonOf(() => openDatabase(path, { clock }))).toBe('damaged');
  });

  test('is named: a folder', () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'rollbook.db'));

    expect(reasonOf(() => openDatabase(join(folder.path, 'rollbook.db'), { clock }))).toBe('refused');
  });

  test('is named: the database of another program', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'rollbook.db');
    new SqliteDatabase(path).exec('create table songs (title text)').close();

    expect(() => openDatabase(path, { clock })).toThrow('is a database, but not of Rollbook');
  });
});
