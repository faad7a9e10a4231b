import { ANA, BEN, CLEO, moneyWorld, TOM, withRates, type HeldLesson, type MoneyWorld } from './money-world.ts';

const lessons: readonly HeldLesson[] = [
  {
    date: '2026-01-09',
    there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:03-17:00'], [CLEO]: ['16:00-16:40'] },
    students: [BEN, CLEO],
  },
  {
    date: '2026-01-12',
    space: 'spaces/two',
    subject: 'Chess',
    teacher: TOM,
    students: [CLEO],
    there: { [TOM]: ['16:00-17:00'], [CLEO]: ['16:00-17:00'] },
  },
  // Ana is in two classes at once: the one that starts first keeps the minutes.
  { date: '2026-01-16', space: 'spaces/one', there: { [ANA]: ['16:00-16:30'], [BEN]: ['16:00-17:00'] } },
  {
    date: '2026-01-16',
    from: '16:05',
    space: 'spaces/three',
    subject: 'Zoology',
    students: [CLEO],
    there: { [ANA]: ['16:00-17:00'], [CLEO]: ['16:00-17:00'] },
  },
  { date: '2026-01-23', coverage: 'partial', there: { [ANA]: ['16:00-17:00'] } },
];

/** The same school, entered in one order or the other. */
export async function school(order: 'forth' | 'back'): Promise<MoneyWorld> {
  const world = moneyWorld();
  const back = order === 'back';
  const people = [
    [TOM, 'teacher'],
    [BEN, 'student'],
    [CLEO, 'student'],
  ] as const;
  for (const [email, role] of back ? people.toReversed() : people) world.person(email, role);
  const families = [
    { name: 'Brown', currency: 'EUR', student_emails: [BEN] },
    { name: 'Clark', currency: 'EUR', student_emails: [CLEO] },
  ];
  for (const family of back ? families.toReversed() : families) await world.admin('POST', '/api/families', family);
  if (back) {
    await world.admin('POST', '/api/rates', {
      kind: 'pay',
      amount: '1.00',
      currency: 'EUR',
      valid_from: '2020-01-01',
      valid_to: '2020-12-31',
    });
  }
  await withRates(world);
  await world.admin('PUT', '/api/policy', {
    valid_from: '2026-01-01',
    preset: 'standard_tutoring',
    discount: [{ basis_points: 1000, family_id: back ? 1 : 2 }],
  });
  for (const held of back ? lessons.toReversed() : lessons) world.lesson(held);
  return world;
}
