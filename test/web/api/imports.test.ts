import { expect, test } from 'vitest';

import { webWorld, type WebWorld } from '../web-world.ts';

test('a file of classes is imported as text or as a form, and its faults come with their lines', async () => {
  await using world = webWorld();
  const head = 'teacher_email,student_emails,subject,start_time,duration_minutes,meet_code';
  const good = `${head}\nana@school.example,ben@home.example,Algebra,2026-01-16 16:00,30,abc-defg-hij`;
  const form = new FormData();
  form.set('file', new Blob([good], { type: 'text/csv' }), 'classes.csv');

  const dry = await world.admin('POST', '/api/classes/import?dry_run=true', good);
  const asText = await world.admin('POST', '/api/classes/import', good);
  const asForm = await world.app.request('/api/classes/import', {
    method: 'POST',
    headers: { authorization: `Bearer ${world.tokenOf.admin}` },
    body: form,
  });
  const bad = await world.admin('POST', '/api/classes/import', good.replace('30,abc', 'many,abc'));

  expect(dry.json).toEqual({ created: 1, updated: 0, unchanged: 0, dry_run: true, warnings: [] });
  expect(asText.json).toEqual({ created: 1, updated: 0, unchanged: 0, dry_run: false, warnings: [] });
  expect(await asForm.json()).toEqual({ created: 0, updated: 0, unchanged: 1, dry_run: false, warnings: [] });
  expect(bad).toMatchObject({
    status: 400,
    json: { code: 'import_refused', errors: [{ path: 'line 2, duration_minutes', line: 2 }] },
  });
});

test('an import may be longer than other bodies, and must be UTF-8', async () => {
  await using world = webWorld();
  const send = (body: string | Buffer<ArrayBuffer>, type = 'text/csv') =>
    world.app.request('/api/people/import', {
      method: 'POST',
      headers: { authorization: `Bearer ${world.tokenOf.admin}`, 'content-type': type },
      body,
    });
  const note = 'x'.repeat(60_000);
  const rows = Array.from({ length: 40 }, (_, i) => `mia${i}@home.example,student,${note}`);

  expect((await send(['email,role,note', ...rows].join('\n'))).status).toBe(200);
  expect((await send('x'.repeat(10 * 1024 * 1024 + 1))).status).toBe(413);
  const latin1 = await send(Buffer.from('email,role\nm\xfcller@home.example,student', 'latin1'));
  expect(latin1.status).toBe(400);
  expect(await latin1.json()).toMatchObject({
    detail: 'the file is not UTF-8 (line 2); save it as "CSV UTF-8" and send it again',
  });
  expect((await send('{}', 'application/json')).status).toBe(415);
});

/** Sends a form with the file under a name. */
const sendForm = ({ app, tokenOf }: WebWorld, name: string, content: Blob | string) => {
  const body = new FormData();
  body.set(name, content);
  return app.request('/api/people/import', {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf.admin}` },
    body,
  });
};

test('the file of a form stands in the field "file", as a file or as text', async () => {
  await using world = webWorld();
  const people = 'email,role\nmia@home.example,student';
  const counts = { updated: 0, dry_run: false, warnings: [] };
  expect(await (await sendForm(world, 'file', people)).json()).toEqual({ created: 1, unchanged: 0, ...counts });
  const again = await sendForm(world, 'file', new Blob([people]));
  expect(await again.json()).toEqual({ created: 0, unchanged: 1, ...counts });

  const other = await sendForm(world, 'people', people);
  expect([other.status, await other.json()]).toMatchObject([400, { code: 'malformed_body' }]);
});

test('one fault keeps the whole file out, and a file with very many names the first thousand', async () => {
  await using world = webWorld();
  const before = world.people.list({ after: 0, limit: 10 }).length;
  const one = await world.admin('POST', '/api/people/import', 'email,role\nmia@home.example,student\nnobody,student');
  expect(one.json).toMatchObject({
    code: 'import_refused',
    detail: 'nothing was stored: the file has 1 fault; correct the lines named in errors and send it again',
    errors: [{ path: 'line 3, email', message: 'nobody is not an e-mail address', line: 3 }],
  });
  expect(world.people.list({ after: 0, limit: 10 })).toHaveLength(before);

  const rows = Array.from({ length: 1001 }, (_, n) => `nobody${n},student`).join('\n');
  const { json } = await world.admin('POST', '/api/people/import', `email,role\n${rows}`);
  expect(json.detail).toContain('the file has 1001 faults, the first 1000 of which are listed;');
  expect(json.errors).toHaveLength(1000);
  expect(json.errors!.at(-1)).toMatchObject({ path: 'line 1001, email' });
});

test('a dry run says what would be stored, and stores nothing', async () => {
  await using world = webWorld();
  const before = world.people.list({ after: 0, limit: 10 }).length;
  const dry = await world.admin('POST', '/api/people/import?dry_run=true', 'email,role\nmia@home.example,student');
  expect(dry.json).toEqual({ created: 1, updated: 0, unchanged: 0, dry_run: true, warnings: [] });
  expect(world.people.list({ after: 0, limit: 10 })).toHaveLength(before);
});

test.each(['text/csv; charset=utf-8', 'TEXT/PLAIN', 'application/csv', 'application/vnd.ms-excel'])(
  'a file is taken as %s, as programs name it',
  async (type) => {
    await using world = webWorld();
    const sent = await world.admin('POST', '/api/people/import', 'email,role\nmia@home.example,student', {
      'content-type': type,
    });
    expect([sent.status, sent.json['created']]).toEqual([200, 1]);
  },
);
