import { expect, test } from 'vitest';

import type { Role } from '../../src/ledger/school/role.ts';
import { access } from '../../src/web/access.ts';
import { algebra, webWorld } from './web-world.ts';

const roles: readonly Role[] = ['admin', 'teacher', 'operator'];
const routes = Object.entries(access).map(([route, who]) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method, path: path.replace('{file}', 'init.js').replaceAll(/\{\w+\}/g, '999'), who };
});

test('every route answers 401 without a token, but for the two that are public', async () => {
  const answers = new Map<string, unknown>();
  for (const { route, method, path } of routes) {
    await using world = webWorld();
    const { status, headers, json } = await world.nobody(method, path);
    const challenge = headers.get('www-authenticate')?.includes('realm="rollbook"') ?? false;
    answers.set(route, [status, json.code ?? null, challenge]);
  }
  const isPublic = (route: string) => route === 'GET /healthz' || route === 'GET /readyz';
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(
      routes.map(({ route }) => [route, isPublic(route) ? [200, null, false] : [401, 'unauthorized', true]]),
    ),
  );
});

test('every route is opened to the roles of the table and to no other', async () => {
  await using world = webWorld();
  const ask = { admin: world.admin, teacher: world.teacherAsks, operator: world.operator };
  const refusals: unknown[] = [];
  const wanted: unknown[] = [];
  for (const { route, method, path, who } of routes) {
    for (const role of roles) {
      if (who === 'public' || who.includes(role)) wanted.push([route, role, null]);
      else wanted.push([route, role, `a token of role ${role} may not do this; use one of role ${who.join(' or ')}`]);
      const { status, json } = await ask[role](method, path);
      refusals.push([route, role, status === 403 ? json.detail : null]);
    }
  }
  expect(refusals).toEqual(wanted);
});

test('the table and the routes of the document are the same', async () => {
  await using world = webWorld();
  const { json } = await world.admin('GET', '/openapi.json');
  const documented = Object.entries(json.paths!).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

  const undocumented = ['GET /openapi.json', 'GET /docs', 'GET /docs/{file}'];
  expect(documented.toSorted()).toEqual(
    Object.keys(access)
      .filter((route) => !undocumented.includes(route))
      .toSorted(),
  );
});

test('a wrong path is 404 and a wrong method 405 with those that are right, both only for who has a token', async () => {
  await using world = webWorld();

  expect((await world.nobody('GET', '/api/nothing')).status).toBe(401);
  expect(await world.admin('GET', '/api/nothing')).toMatchObject({ status: 404, json: { code: 'no_such_route' } });
  expect(await world.admin('GET', '/api/classes/')).toMatchObject({ status: 404 });
  const wrong = await world.operator('DELETE', '/api/classes/5');
  expect(wrong).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, PATCH');
});

test('tokens that are wrong twenty times in a minute have to wait, and then may try again; a good one never waits', async () => {
  await using world = webWorld();
  const wrong = () => world.app.request('/api/classes', { headers: { authorization: 'Bearer wrong' } });
  for (let i = 0; i < 20; i += 1) expect((await wrong()).status).toBe(401);

  world.clock.advance(15_000);
  const refused = await wrong();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '45']);
  expect((await world.admin('GET', '/api/classes')).status).toBe(200);
  expect((await world.nobody('GET', '/healthz')).status).toBe(200);

  world.clock.advance(45_000);
  expect((await wrong()).status).toBe(401);
});

test('E158: a teacher sees own classes and logs, and of others not even that they are', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const own = (await world.admin('POST', '/api/schedule/class', algebra)).json;
  const others = {
    ...algebra,
    teacher_email: 'eva@school.example',
    student_emails: ['ana@school.example'],
    meet_code: 'xyz-defg-hij',
  };
  const foreign = (await world.admin('POST', '/api/schedule/class', others)).json;

  const classes = await world.teacherAsks('GET', '/api/classes');
  const logs = await world.teacherAsks('GET', '/monitoring/attendance-logs');

  expect(classes.json.items!.map((c) => c.class_id)).toEqual([own.class_id]);
  expect(logs.json.items!.map((log) => [log.class_id, log.user_email])).toEqual([
    [own.class_id, 'ana@school.example'],
    [own.class_id, 'ben@home.example'],
  ]);
  expect((await world.teacherAsks('GET', `/api/classes/${own.class_id}`)).status).toBe(200);
  for (const path of [
    `/api/classes/${foreign.class_id}`,
    `/monitoring/attendance-logs?class_id=${foreign.class_id}`,
    `/monitoring/attendance-logs?session_id=${foreign.session_id}`,
  ]) {
    expect([path, (await world.teacherAsks('GET', path)).status]).toEqual([path, 404]);
  }
});

test('E160: an operator sees minutes and states, and of addresses only whose access is to be mended', async () => {
  await using world = webWorld({ now: '2026-01-16T15:10:00Z' });
  const { json } = await world.admin('POST', '/api/schedule/class', algebra);
  const session = world.sessionStore.get(json.session_id!)!;
  world.sessionStore.save(
    session.id,
    { ...session, coverage: 'no_access', lastError: 'eva@school.example does not own the room of ana@school.example' },
    {},
  );

  const seen = await Promise.all(
    ['/api/classes', `/api/classes/${json.class_id}`, '/monitoring/attendance-logs', '/monitoring/status'].map((path) =>
      world.operator('GET', path),
    ),
  );

  expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  for (const { text } of seen) expect(text).not.toMatch(/ben@|eva@|Algebra|abc-defg/);
  expect(seen[0]!.json.items![0]).toMatchObject({
    teacher_email: 'a•••',
    student_emails: ['b•••'],
    organizer_email: 'ana@school.example',
    last_error: 'e••• does not own the room of ana@school.example',
  });
});
