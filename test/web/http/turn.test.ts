import { expect, test } from 'vitest';

import { sharedLedger, type SharedLedger } from '../../support/shared-ledger.ts';
import { algebra, webWorld } from '../web-world.ts';

/** A school office whose ledger another program works on, too. */
function sharedWorld() {
  let shared: SharedLedger | undefined;
  const world = webWorld({
    ledger(clock) {
      shared = sharedLedger(clock);
      return shared.database;
    },
  });
  return { world, shared: shared! };
}

const silva = { name: 'Silva', currency: 'EUR', student_emails: [] };

test('a request that writes waits for another program, while others are answered', async () => {
  const { world, shared } = sharedWorld();
  using _shared = shared;
  await using _world = world;
  shared.hold();
  const order: string[] = [];
  const added = world.admin('POST', '/api/families', silva).then(({ status }) => order.push(`added ${status}`));
  await world.clock.run(5_000);
  for (const path of ['/healthz', '/api/families', '/api/audit']) {
    order.push(`${path} ${(await world.admin('GET', path)).status}`);
  }
  const whatIf = await world.admin('POST', '/api/reports/what-if', { period: '2026-01', policy: {} });
  expect(whatIf.status).toBeLessThan(500);
  shared.release();
  await world.clock.run(100);
  await added;

  expect(order).toEqual(['/healthz 200', '/api/families 200', '/api/audit 200', 'added 201']);
});

test('after ten seconds it is told to come again, and nothing was stored', async () => {
  const { world, shared } = sharedWorld();
  using _shared = shared;
  await using _world = world;
  shared.hold();
  const added = world.admin('POST', '/api/families', silva);
  await world.clock.run(11_000);
  const { status, headers, json } = await added;
  shared.release();

  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  expect(json).toMatchObject({
    code: 'ledger_unavailable',
    detail:
      'a large import or another program is writing the ledger; nothing of this request was stored, so send it again in some seconds',
  });
  expect((await world.admin('GET', '/api/families')).json.items).toEqual([]);
});

test('a space that Google made is not lost because another program began to write meanwhile', async () => {
  const { world, shared } = sharedWorld();
  using _shared = shared;
  await using _world = world;
  const { createSpace } = world.google.meet;
  world.google.meet.createSpace = (...asked) => {
    shared.hold();
    return createSpace(...asked);
  };
  const { meet_code: _, ...fresh } = algebra;
  const scheduled = world.admin('POST', '/api/schedule/class', fresh);
  await world.clock.run(2_000);
  shared.release();
  await world.clock.run(100);

  expect((await scheduled).status).toBe(201);
});
