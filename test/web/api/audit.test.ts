import { expect, test } from 'vitest';

import { algebra, webWorld } from '../web-world.ts';

/** A class that was scheduled, renamed and canceled, and a person who was added. */
async function changed() {
  const world = webWorld();
  await world.admin('POST', '/api/schedule/class', algebra);
  world.clock.advance(60_000);
  await world.admin('PATCH', '/api/classes/1', { subject: 'Geometry' });
  world.clock.advance(60_000);
  await world.admin('POST', '/api/classes/1/cancel', { by: 'school', reason: 'holiday' });
  world.actions.addPerson({ email: 'new@home.example', role: 'student' }, { actor: 'rui' });
  return world;
}

test('changes are listed newest first, each with who, what, before, after and why', async () => {
  await using world = await changed();
  const { json } = await world.admin('GET', '/api/audit?subject=class:1');

  expect(json.items).toHaveLength(3);
  expect(json.items![0]).toMatchObject({
    time: '2026-01-16T12:02:00Z',
    actor: 'admin',
    action: 'class.cancel',
    subject: 'class:1',
    reason: 'holiday',
  });
  expect(json.items!.map(({ time, action }) => [time, action]).slice(1)).toEqual([
    ['2026-01-16T12:01:00Z', 'class.change'],
    ['2026-01-16T12:00:00Z', 'class.schedule'],
  ]);
  expect(json.items![1]).toMatchObject({
    before: { subject: 'Algebra' },
    after: { subject: 'Geometry' },
    reason: null,
  });
  expect(json.items![2]!.before).toBeNull();
  expect(json.items!.map((item) => Object.keys(item).toSorted().join(' '))[0]).toBe(
    'action actor after before entry_id hash reason subject time',
  );
});

test('the end of the chain comes with every page: the hash of the newest entry, and how many there are', async () => {
  await using world = await changed();
  const { json } = await world.admin('GET', '/api/audit?limit=1');
  expect([json.head, json.count]).toEqual([json.items![0]!.hash, json.items![0]!.entry_id]);
  expect({ head: json.head, count: json.count }).toEqual(world.audit.head());

  const filtered = await world.admin('GET', '/api/audit?actor=nobody');
  expect(filtered.json).toEqual({ items: [], next_cursor: null, ...world.audit.head() });
});

test('changes of one person are listed alone', async () => {
  await using world = await changed();
  const { items } = (await world.admin('GET', '/api/audit?actor=rui')).json;
  expect(items!.map(({ actor, action }) => [actor, action])).toEqual([['rui', 'person.create']]);
});

test('pages hold each entry once', async () => {
  await using world = await changed();
  const whole = (await world.admin('GET', '/api/audit')).json.items!.map(({ entry_id }) => entry_id);
  const paged: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const place: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { items, next_cursor: next } = (await world.admin('GET', `/api/audit?limit=2${place}`)).json;
    expect(items!.length).toBeLessThanOrEqual(2);
    paged.push(...items!.map(({ entry_id }) => entry_id));
    cursor = next ?? null;
  }
  expect(paged).toEqual(whole);
  expect((await world.admin('GET', '/api/audit?cursor=nonsense')).status).toBe(400);
});
