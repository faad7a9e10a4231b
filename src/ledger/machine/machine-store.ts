import { asc, eq, gt, sql } from 'drizzle-orm';

import type { Database } from '../database.ts';
import { loopPasses, quotaUsage } from '../schema/machine.ts';
import { held } from '../select.ts';

/** The last pass of a loop. Instants in epoch ms. */
export type LoopPass = Readonly<typeof loopPasses.$inferSelect>;

export interface PassStore {
  started(name: string, at: number): void;
  /** A failed pass keeps the summary and the time of the last one that succeeded. */
  finished(name: string, at: number, outcome: { readonly summary: object } | { readonly error: string }): void;
  get(name: string): LoopPass | null;
  /** By name. */
  list(): LoopPass[];
}

export function createPassStore({ orm, sqlite }: Database): PassStore {
  const started = held(() =>
    sqlite.prepare<[string, number]>(
      `insert into loop_passes (name, started_at) values (?, ?)
     on conflict (name) do update set started_at = excluded.started_at, finished_at = null`,
    ),
  );
  const succeeded = held(() =>
    sqlite.prepare<{ name: string; at: number; summary: string }>(
      `update loop_passes set finished_at = @at, succeeded_at = @at, summary = @summary, error = null where name = @name`,
    ),
  );
  const failed = held(() =>
    sqlite.prepare<{ name: string; at: number; error: string }>(
      'update loop_passes set finished_at = @at, error = @error where name = @name',
    ),
  );
  const listed = held(() => orm.select().from(loopPasses).orderBy(asc(loopPasses.name)).prepare());
  const passOf = held(() =>
    orm
      .select()
      .from(loopPasses)
      .where(eq(loopPasses.name, sql.placeholder('name')))
      .prepare(),
  );
  return {
    started(name, at) {
      started().run(name, at);
    },
    finished(name, at, outcome) {
      if ('error' in outcome) failed().run({ name, at, error: outcome.error });
      else succeeded().run({ name, at, summary: JSON.stringify(outcome.summary) });
    },
    get: (name) => passOf().get({ name }) ?? null,
    list: () => listed().all(),
  };
}

/** Calls made for each Google user, whose quota they use: what the limiter remembers over a restart. */
export function createUsageStore({ orm, sqlite, write }: Database) {
  const insert = held(() =>
    sqlite.prepare<typeof quotaUsage.$inferSelect>(
      `insert into quota_usage ("user", at, calls) values (@user, @at, @calls)
     on conflict ("user", at) do update set calls = calls + excluded.calls`,
    ),
  );
  const forget = held(() => sqlite.prepare('delete from quota_usage where at < ?'));
  const after = held(() =>
    orm
      .select()
      .from(quotaUsage)
      .where(gt(quotaUsage.at, sql.placeholder('at')))
      .orderBy(asc(quotaUsage.at))
      .prepare(),
  );
  return {
    /** Adds calls; forgets those before `forgetBefore`, which no quota counts any more. */
    add(usage: readonly Readonly<typeof quotaUsage.$inferSelect>[], forgetBefore: number) {
      write(() => {
        for (const entry of usage) insert().run(entry);
        forget().run(forgetBefore);
      });
    },
    /** Calls after the instant, oldest first. */
    since: (at: number) => after().all({ at }),
  };
}
