import { describe, expect, test } from 'vitest';

import type { Role } from '../../src/ledger/school/role.ts';
import { access } from '../../src/web/access.ts';
import { ANA, BEN, CLEO, january, TOM } from '../support/money-world.ts';

/** The same question about what is Ana's, about what is Tom's, and about what is nobody's. */
interface Asked {
  readonly own: string;
  readonly foreign: string;
  readonly missing: string;
}

type Kind = 'class' | 'session' | 'payLine' | 'chargeLine' | 'teacher' | 'student';

/** Ana, who asks, taught Ben; Tom taught Cleo. Both were paid, and one of the lines of each is disputed. */
async function school() {
  const world = await january();
  const { classId, ben, teacher } = world;
  const tom = world.people.byEmail(TOM)!.id;
  const tomsToken = world.tokens.create({ label: 'tom', role: 'teacher', personId: tom }).token;
  await world.app.request('/api/disputes', {
    method: 'POST',
    headers: { authorization: `Bearer ${tomsToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ line_id: `p${classId + 1}-${tom}`, text: 'I stayed until 17:30' }),
  });
  const sessionOf = (id: number) => world.sessionStore.ofClass(id)!.id;
  const ids: Record<Kind, Asked> = {
    class: { own: `${classId}`, foreign: `${classId + 1}`, missing: '999' },
    session: { own: `${sessionOf(classId)}`, foreign: `${sessionOf(classId + 1)}`, missing: '999' },
    payLine: { own: `p${classId}-${teacher.id}`, foreign: `p${classId + 1}-${tom}`, missing: `p999-${tom}` },
    // What families are asked for is no teacher's, also of an own class.
    chargeLine: { own: `p${classId}-${teacher.id}`, foreign: `c${classId}-${ben}`, missing: `c999-${ben}` },
    teacher: { own: ANA, foreign: TOM, missing: 'nobody@school.example' },
    student: { own: BEN, foreign: CLEO, missing: 'nobody@home.example' },
  };
  return { ...world, ids };
}

const ROLES: readonly Role[] = ['admin', 'teacher', 'operator'];
const opened = (role: Role) =>
  Object.entries(access).filter(([, who]) => who !== 'public' && who.includes(role)) as [string, readonly Role[]][];

/** Every route whose path names a row and that teachers may call, and what its row is. */
const ROWS: Readonly<Record<string, readonly Kind[]>> = {
  'GET /api/classes/{id}': ['class'],
  'GET /api/reports/lines/{id}/explain': ['payLine', 'chargeLine'],
};
/** A period and a file of the reference belong to nobody. */
const OF_NOBODY = ['POST /api/periods/{period}/accept', 'GET /docs/{file}'];

/** Rows that are named in a query or a body, on the routes that teachers may call. */
const NAMED: readonly (readonly [kind: Kind, method: string, path: string, body?: (id: string) => object])[] = [
  ['class', 'GET', '/monitoring/attendance-logs?class_id={id}'],
  ['session', 'GET', '/monitoring/attendance-logs?session_id={id}'],
  ['payLine', 'POST', '/api/disputes', (id) => ({ line_id: id, text: 'I stayed until 17:30' })],
  ['chargeLine', 'POST', '/api/disputes', (id) => ({ line_id: id, text: 'I stayed until 17:30' })],
];

/** Filters that name a person. */
const FILTERS: readonly (readonly [kind: Kind, path: string])[] = [
  ['teacher', '/api/classes?teacher_email={id}'],
  ['teacher', '/monitoring/attendance-logs?user_email={id}'],
  ['student', '/monitoring/attendance-logs?user_email={id}'],
  ['teacher', '/api/reports/payroll?period=2026-01&teacher_email={id}'],
  ['teacher', '/api/reports/payroll?period=2026-01&format=csv&teacher_email={id}'],
  ['teacher', '/api/reports/payroll?period=2026-01&format=xlsx&teacher_email={id}'],
  ['teacher', '/api/reports/payroll?period=2026-01&format=pdf&teacher_email={id}'],
];

/** Whatever a caller can see of an answer, but for the number of the request. */
async function seenBy(answer: Promise<{ status: number; text: string; headers: Headers }>) {
  const { status, text, headers } = await answer;
  return { status, text, type: headers.get('content-type'), names: [...headers.keys()].toSorted() };
}

test('of each route that names a row, and is open to teachers, it is known whose the row is', () => {
  const open = opened('teacher')
    .map(([route]) => route)
    .filter((route) => route.includes('{'));
  expect(open.toSorted()).toEqual([...Object.keys(ROWS), ...OF_NOBODY].toSorted());
});

describe('a teacher', () => {
  const rows = Object.entries(ROWS).flatMap(([route, kinds]): typeof NAMED => {
    const [method = '', path = ''] = route.split(' ');
    return kinds.map((kind) => [kind, method, path]);
  });

  test.for([...rows, ...NAMED])(
    'cannot tell a %s of somebody else from one that is not there: %s %s',
    async ([kind, method, path, body]) => {
      await using world = await school();
      const ask = (id: string) => seenBy(world.teacherAsks(method, path.replace('{id}', id), body?.(id)));
      const { own, foreign, missing } = world.ids[kind];

      const refused = await ask(foreign);
      expect(refused).toMatchObject({ status: 404, type: 'application/problem+json' });
      expect(await ask(missing)).toEqual(refused);
      expect((await ask(own)).status).toBeLessThan(300);
    },
  );

  test.each(FILTERS)('may not name another %s to narrow a list, known or not: %s', async (kind, path) => {
    await using world = await school();
    const ask = (id: string) => seenBy(world.teacherAsks('GET', path.replace('{id}', id)));
    const { own, foreign, missing } = world.ids[kind];

    const refused = await ask(foreign);
    expect(refused).toMatchObject({ status: 403, type: 'application/problem+json' });
    expect(await ask(missing)).toEqual(refused);
    expect((await ask(own)).status).toBe(200);
  });

  test.each(['/api/classes', '/monitoring/attendance-logs', '/api/disputes', '/api/reports/payroll?period=2026-01'])(
    'finds nothing of another teacher and of no price on %s',
    async (path) => {
      await using world = await school();
      const { status, text } = await world.teacherAsks('GET', path);
      expect(status).toBe(200);
      for (const foreign of [TOM, CLEO, 'Chess', '42.00', 'Brown']) expect(text).not.toContain(foreign);
    },
  );

  test('may name a student of a class to come, and a guest of a class that was held', async () => {
    await using world = await school();
    const start = { start_time: '2026-02-04T15:00:00Z', duration_minutes: 30, meet_code: 'abc-defg-hij' };
    const pupil = { teacher_email: ANA, student_emails: ['dan@home.example'], subject: 'Algebra' };
    await world.admin('POST', '/api/schedule/class', { ...pupil, ...start });
    world.lesson({
      date: '2026-01-19',
      there: { [ANA]: ['16:00-17:00'], [BEN]: ['16:00-17:00'], [TOM]: ['16:05-16:20'] },
    });
    const ask = async (email: string) => {
      const { status, json } = await world.teacherAsks('GET', `/monitoring/attendance-logs?user_email=${email}`);
      return [status, json.items?.length];
    };
    expect(await ask('dan@home.example')).toEqual([200, 0]);
    expect(await ask(TOM)).toEqual([200, 1]);
  });
});

describe('an operator', () => {
  test.each(FILTERS.filter(([, path]) => !path.includes('payroll')))(
    'may name no %s to narrow a list: %s',
    async (kind, path) => {
      await using world = await school();
      const ask = (id: string) => seenBy(world.operator('GET', path.replace('{id}', id)));
      const refused = await ask(world.ids[kind].own);
      expect(refused.status).toBe(403);
      expect(await ask(world.ids[kind].missing)).toEqual(refused);
    },
  );

  test.each(['class', 'session'] as const)('sees every %s, and hears when there is none', async (kind) => {
    await using world = await school();
    const { own, foreign, missing } = world.ids[kind];
    const path = kind === 'class' ? '/api/classes/' : '/monitoring/attendance-logs?session_id=';
    const statuses = [own, foreign, missing].map(async (id) => (await world.operator('GET', `${path}${id}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 200, kind === 'class' ? 404 : 200]);
  });

  test('reads no name, subject, code, reason or evidence anywhere, and whom access belongs to', async () => {
    await using world = await school();
    const room = { meet_code: 'abc-defg-hij', start_time: '2026-02-04T15:00:00Z', duration_minutes: 30 };
    const people = {
      teacher_email: ANA,
      student_emails: ['dan@home.example'],
      organizer_email: 'rooms@school.example',
    };
    const booked = await world.admin('POST', '/api/schedule/class', {
      ...people,
      ...room,
      subject: 'Algebra for Dan',
      series_id: 'dan-wednesdays',
    });
    await world.admin('POST', `/api/classes/${booked.json.class_id}/cancel`, { by: 'student', reason: 'Dan is ill' });
    await world.admin('POST', '/monitoring/sync-all-active');

    const lists = ['/api/classes', '/monitoring/attendance-logs', '/monitoring/status', '/metrics', '/api/jobs/1'];
    const texts = await Promise.all(
      [...lists, `/api/classes/${booked.json.class_id}`].map(async (path) => {
        const { status, text } = await world.operator('GET', path);
        expect([path, status]).toEqual([path, 200]);
        return text;
      }),
    );
    for (const hidden of [/\bana@|\btom@|\bben@|\bcleo@|\bdan@/i, /Algebra|Chess/, /abc-defg-hij/, /\bill\b/, /dan/i]) {
      // The rooms of Ana and Tom are read as themselves: those addresses are the access that an operator mends.
      const shown = texts.map((text) => text.replaceAll(/"organizer_email":"[^"]*"/g, ''));
      expect(shown.filter((text) => hidden.test(text))).toEqual([]);
    }
    expect(texts.join('')).not.toMatch(/conferenceRecords|participantSessions/);
    expect(texts[0]).toContain('"organizer_email":"rooms@school.example"');
    const [one] = (JSON.parse(texts[1]!) as { items: object[] }).items;
    expect(one).toMatchObject({ subject: null, evidence: [], user_email: 'a•••' });
    expect(JSON.parse(texts.at(-1)!)).toMatchObject({
      subject: null,
      meet_code: null,
      meet_link: null,
      series_id: null,
      cancel_reason: null,
      teacher_email: 'a•••',
      student_emails: ['d•••'],
    });
  });
});

test.each(ROLES)('a role without a route hears which would do, whatever it names: %s', async (role) => {
  await using world = await school();
  const ask = { admin: world.admin, teacher: world.teacherAsks, operator: world.operator }[role];
  const isOpen = new Set(opened(role).map(([route]) => route));
  const closed = Object.entries(access).filter(([route, who]) => who !== 'public' && !isOpen.has(route));
  for (const [route, who] of closed as [string, readonly Role[]][]) {
    const [method = '', path = ''] = route.split(' ');
    const named = /\{(?:class_)?id\}/.test(path) ? Object.values(world.ids.class) : ['2026-01', '2031-01'];
    const answers = await Promise.all(
      named.map((id: string) =>
        seenBy(ask(method, path.replaceAll(/\{\w+\}/g, id), method === 'GET' ? undefined : {})),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const { status, text } = answers[0]!;
    const { code, detail } = JSON.parse(text) as Record<string, unknown>;
    expect([route, status, code]).toEqual([route, 403, 'forbidden']);
    expect(detail).toBe(`a token of role ${role} may not do this; use one of role ${who.join(' or ')}`);
  }
});

test('an admin hears of each row that is not there that it is not', async () => {
  await using world = await school();
  for (const [route] of opened('admin').filter(([name]) => /^GET .*\{(class_)?id\}/.test(name))) {
    const { status } = await world.admin('GET', route.slice(4).replaceAll(/\{\w+\}/g, '999'));
    expect([route, status]).toEqual([route, 404]);
  }
});
