import {
  existsSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import SqliteDatabase from 'better-sqlite3';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { LedgerRefusedError } from '../../src/errors.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { killedWhere, literal } from './another-process.ts';

const clock = { now: () => Date.parse('2026-01-16T15:00:00Z') };

const first = `CREATE TABLE parent (id integer PRIMARY KEY, name text) STRICT;
--> statement-breakpoint
CREATE TABLE child (
  id integer PRIMARY KEY,
  parent_id integer NOT NULL REFERENCES parent(id) ON DELETE CASCADE
) STRICT;
--> statement-breakpoint
CREATE TABLE grandchild (
  id integer PRIMARY KEY,
  child_id integer NOT NULL REFERENCES child(id) ON DELETE RESTRICT
) STRICT;`;

/** A rebuild as drizzle-kit writes it: with foreign keys on, the drop deletes every child. */
const rebuild = `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE __new_parent (id integer PRIMARY KEY, name text NOT NULL) STRICT;--> statement-breakpoint
INSERT INTO __new_parent(id, name) SELECT id, name FROM parent;--> statement-breakpoint
DROP TABLE parent;--> statement-breakpoint
ALTER TABLE __new_parent RENAME TO parent;--> statement-breakpoint
PRAGMA foreign_keys=ON;`;

/** A program of a certain version, its migrations, and the ledger it opens. */
function world() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
  const migrationsFolder = join(folder.path, 'drizzle');
  const path = join(folder.path, 'data', 'rollbook.db');
  const logged: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => logged.push(line) });
  return {
    path,
    logged,
    migrationsFolder,
    ship(migrations: Readonly<Record<string, string>>) {
      rmSync(migrationsFolder, { recursive: true, force: true });
      mkdirSync(join(migrationsFolder, 'meta'), { recursive: true });
      const entries = Object.keys(migrations).map((tag, idx) => ({ idx, tag, when: 1000 - idx }));
      writeFileSync(join(migrationsFolder, 'meta', '_journal.json'), JSON.stringify({ entries }));
      for (const [tag, sql] of Object.entries(migrations)) writeFileSync(join(migrationsFolder, `${tag}.sql`), sql);
    },
    open: (options: { readonly readonly?: boolean } = {}) =>
      openDatabase(path, { clock, log, migrationsFolder, ...options }),
    rows: (file = path) => {
      const sqlite = new SqliteDatabase(file, { readonly: true });
      try {
        const all = (sql: string) => sqlite.prepare(sql).raw().all();
        return {
          parents: all('select id, name from parent'),
          children: all('select id, parent_id from child'),
          grandchildren: all('select id, child_id from grandchild'),
          applied: all('select position, name from __migrations order by position').map(String),
        };
      } finally {
        sqlite.close();
      }
    },
    /** A ledger of the first version with a family of three generations. */
    lived() {
      this.ship({ '0000_first': first });
      using database = this.open();
      database.sqlite.exec(
        "insert into parent values (1, 'Ana'); insert into child values (10, 1); insert into grandchild values (100, 10)",
      );
    },
    [Symbol.dispose]: () => folder.remove(),
  };
}

const wholeFamily = { parents: [[1, 'Ana']], children: [[10, 1]], grandchildren: [[100, 10]] };

describe('the shipped migrations', () => {
  test('make every table STRICT', () => {
    using database = openDatabase(':memory:', { clock });

    const tables = database.sqlite
      .prepare(
        "select name, strict from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite_%'",
      )
      .raw()
      .all() as [string, number][];

    expect(tables.map(([name]) => name)).toContain('attendance_logs');
    expect(tables.filter(([, strict]) => strict !== 1)).toEqual([]);
  });

  test('a fresh ledger has them all, and needs no copy', () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-'));
    using database = openDatabase(join(folder.path, 'rollbook.db'), { clock });

    const applied = database.sqlite.prepare('select name, length(sha256), applied_at from __migrations').raw().all();
    const journal = JSON.parse(readFileSync(new URL('../../drizzle/meta/_journal.json', import.meta.url), 'utf8')) as {
      entries: { tag: string }[];
    };

    expect(applied).toEqual(journal.entries.map(({ tag }) => [tag, 64, Date.parse('2026-01-16T15:00:00Z')]));
    expect(readdirSync(folder.path).filter((name) => name.includes('before'))).toEqual([]);
  });
});

describe('a migration', () => {
  test('that rebuilds a table keeps every row that refers to it', () => {
    using it = world();
    it.lived();

    it.ship({ '0000_first': first, '0001_rebuild': rebuild });
    using database = it.open();

    expect(it.rows()).toEqual({ ...wholeFamily, applied: ['0,0000_first', '1,0001_rebuild'] });
    expect(database.sqlite.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(() => database.sqlite.exec('delete from parent')).toThrow('FOREIGN KEY constraint failed');
  });

  test('of a ledger that holds rows leaves a copy of it beside it, and says so', () => {
    using it = world();
    it.lived();

    it.ship({ '0000_first': first, '0001_rebuild': rebuild });
    it.open()[Symbol.dispose]();

    const copy = `${it.path}.before-0001_rebuild`;
    expect(it.rows(copy)).toEqual({ ...wholeFamily, applied: ['0,0000_first'] });
    expect(it.logged.slice(-2)).toEqual([
      `{"level":30,"copy":${JSON.stringify(copy)},"msg":"ledger copied before its migration"}\n`,
      '{"level":30,"migrations":["0001_rebuild"],"msg":"ledger migrated"}\n',
    ]);
    expect(existsSync(`${copy}.part`)).toBe(false);
  });

  test('is applied once', () => {
    using it = world();
    it.lived();
    const before = it.logged.length;

    it.open()[Symbol.dispose]();

    expect(it.logged).toHaveLength(before);
  });

  test.each([
    [
      'breaks a reference',
      'PRAGMA foreign_keys=OFF; DELETE FROM parent;',
      'rows of child that refer to missing parent: 1',
    ],
    [
      'fails halfway',
      'CREATE TABLE extra (id integer) STRICT; CREATE TABLE parent (id integer) STRICT;',
      'table parent already exists',
    ],
  ])('that %s changes nothing, nor do those before it', (_, sql, why) => {
    using it = world();
    it.lived();

    it.ship({ '0000_first': first, '0001_rebuild': rebuild, '0002_bad': sql });

    expect(() => it.open()).toThrow(why);
    expect(() => it.open()).toThrow(LedgerRefusedError);
    expect(it.rows()).toEqual({ ...wholeFamily, applied: ['0,0000_first'] });
    it.ship({ '0000_first': first });
    it.open()[Symbol.dispose]();
  });

  test('that a killed process had begun leaves the old ledger, and the next start makes the new one', async () => {
    using it = world();
    it.lived();
    const halfway = `${rebuild}\nSELECT pause();`;
    it.ship({ '0000_first': first, '0001_rebuild': halfway });

    await killedWhere(`
      import SqliteDatabase from ${literal('better-sqlite3')};
      const { migrate, readMigrations } = await import(${literal('ledger/migrations.ts')});
      const sqlite = new SqliteDatabase(${JSON.stringify(it.path)});
      sqlite.pragma('cache_size = 1'); // what is not committed spills into the write-ahead log
      sqlite.function('pause', reached);
      migrate(sqlite, readMigrations(${JSON.stringify(it.migrationsFolder)}), { clock });`);

    expect(it.rows()).toEqual({ ...wholeFamily, applied: ['0,0000_first'] });
    it.ship({ '0000_first': first, '0001_rebuild': rebuild });
    it.open()[Symbol.dispose]();
    expect(it.rows()).toEqual({ ...wholeFamily, applied: ['0,0000_first', '1,0001_rebuild'] });
  });

  test('waits for the daemon that still runs on the ledger to be stopped', async () => {
    using it = world();
    it.lived();
    it.ship({ '0000_first': first, '0001_rebuild': rebuild });

    await killedWhere(
      `const { lockLedger } = await import(${literal('ledger/files/lock.ts')});
       lockLedger(${JSON.stringify(dirname(it.path))});
       reached();`,
      () => expect(() => it.open()).toThrow(/older version of Rollbook .* restart the daemon/),
    );

    expect(it.rows().applied).toEqual(['0,0000_first']);
  });
});

describe('a ledger is refused, and not touched,', () => {
  const versions: readonly [string, Record<string, string>, string][] = [
    [
      'when a newer program wrote it',
      { '0000_first': first },
      'was written by a newer Rollbook (it has migration 0001_rebuild)',
    ],
    [
      'when a migration was edited after it was applied',
      { '0000_first': `${first}\n-- edited`, '0001_rebuild': rebuild },
      'Migration 0000_first was edited after it was applied',
    ],
    [
      'when a migration was slipped in before an applied one',
      { '0000_first': first, '0001_between': 'SELECT 1;', '0001_rebuild': rebuild },
      'Migration 0001_between stands before 0001_rebuild',
    ],
  ];
  test.each(versions)('%s', (_, shipped, message) => {
    using it = world();
    it.lived();
    it.ship({ '0000_first': first, '0001_rebuild': rebuild });
    it.open()[Symbol.dispose]();
    const bytes = readFileSync(it.path);

    it.ship(shipped);

    expect(() => it.open()).toThrow(message);
    expect(() => it.open({ readonly: true })).toThrow(LedgerRefusedError);
    expect(readFileSync(it.path).equals(bytes)).toBe(true);
  });

  test('by a reader, when it is older than the program', () => {
    using it = world();
    it.lived();
    it.ship({ '0000_first': first, '0001_rebuild': rebuild });

    expect(() => it.open({ readonly: true })).toThrow(
      'was written by an older Rollbook (it lacks migration 0001_rebuild)',
    );
    expect(it.rows().applied).toEqual(['0,0000_first']);
  });
});

describe('an incomplete program', () => {
  test('names the migration file that is missing', () => {
    using it = world();
    it.ship({ '0000_first': first });
    rmSync(join(it.migrationsFolder, '0000_first.sql'));

    expect(() => it.open()).toThrow(/migration file .*0000_first\.sql is missing/);
  });

  test('names the gap in its journal', () => {
    using it = world();
    it.ship({ '0000_first': first });
    const journal = join(it.migrationsFolder, 'meta', '_journal.json');
    writeFileSync(journal, JSON.stringify({ entries: [{ idx: 1, tag: '0000_first' }] }));

    expect(() => it.open()).toThrow('has no entry 0 where it belongs');
  });
});
