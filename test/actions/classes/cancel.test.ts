import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';
import { algebra, booked, by, signal, why } from './booked.ts';

test('a class is canceled once, also after it ended, and stays as it was', async () => {
  await using world = webWorld({ now: '2026-01-16T20:00:00Z' });
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));
  const because = { actor: 'office', reason: 'the family was ill' };

  const canceled = booked(world.actions.cancelClass(c.id, 'family', because));

  expect(canceled.class).toMatchObject({
    status: 'canceled',
    canceledBy: 'family',
    cancelReason: 'the family was ill',
  });
  expect(why(world.actions.cancelClass(c.id, 'school', because))).toBe('class_canceled');
  expect(why(await world.actions.changeClass(c.id, { subject: 'Geometry' }, by, signal))).toBe('class_canceled');
  expect(world.audit.list({ limit: 1 }).items[0]).toMatchObject({
    action: 'class.cancel',
    reason: 'the family was ill',
  });
});
