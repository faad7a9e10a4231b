import { expect, test } from 'vitest';

import { moneyWorld } from '../../support/money-world.ts';
import { webWorld } from '../../web/web-world.ts';
import { algebra, at, booked, by, signal, why } from './booked.ts';

const because = { actor: 'office', reason: 'the family was ill' };

test('a class is canceled once, also while it is on, and stays as it was', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));

  const canceled = booked(world.actions.cancelClass(c.id, 'family', because));

  expect(canceled.class).toMatchObject({
    status: 'canceled',
    canceledAt: at('2026-01-16T15:10:00Z'),
    canceledBy: 'family',
    cancelReason: 'the family was ill',
  });
  expect(canceled.session).toMatchObject({ coverage: 'pending' });
  expect(why(world.actions.cancelClass(c.id, 'school', because))).toBe('class_canceled');
  expect(why(await world.actions.changeClass(c.id, { subject: 'Geometry' }, by, signal))).toBe('class_canceled');
  expect(world.audit.list({ limit: 1 }).items[0]).toMatchObject({
    action: 'class.cancel',
    reason: 'the family was ill',
  });
});

test('a class that is over is not canceled: the refusal names the decision that settles it', async () => {
  await using world = webWorld({ now: '2026-01-16T15:30:00Z' });
  const { class: c } = booked(await world.actions.scheduleClass(algebra, by, signal));

  const refused = world.actions.cancelClass(c.id, 'family', because);

  expect(refused).toMatchObject({ kind: 'refused', code: 'class_completed' });
  expect('message' in refused && refused.message).toContain('set_outcome');
  expect(world.classStore.get(c.id)).toMatchObject({ status: 'completed', canceledAt: null });
});

test('nor is a class of a closed period', async () => {
  await using world = moneyWorld();
  const classId = world.lesson();
  expect(await world.actions.closePeriod('2026-01', { exceptions: true }, because)).toMatchObject({ kind: 'closed' });

  expect(why(world.actions.cancelClass(classId, 'family', because))).toBe('period_closed');
});
