import { describe, expect, test } from 'vitest';

import { algebra, webWorld } from '../web-world.ts';

const HALF = 'holds half a character (a lone surrogate, as of an emoji that was cut); take it out';
const NOTHING = 'holds the character U+0000, which is no text; take it out';

/** Sends a body as its bytes. */
async function send(
  world: ReturnType<typeof webWorld>,
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
) {
  const headers = { authorization: `Bearer ${world.tokenOf.admin}`, 'content-type': 'application/json' };
  const answer = await world.app.request(path, { method, headers, body });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

describe('a body that holds what is no text is refused', () => {
  test.each([
    ['POST', '/api/people', { email: 'a@b.example', role: 'student', name: 'Ana \ud83d' }, 'name', HALF],
    ['POST', '/api/people', { email: 'a@b.example', role: 'student', name: 'A\0na' }, 'name', NOTHING],
    ['POST', '/api/schedule/class', { ...algebra, subject: '\udc00' }, 'subject', HALF],
    ['PATCH', '/api/classes/1', { subject: 'x', reason: 'because \ud800' }, 'reason', HALF],
    ['POST', '/api/families', { name: 'Re\0is', currency: 'EUR', student_emails: [] }, 'name', NOTHING],
    [
      'PUT',
      '/api/policy',
      { preset: 'actual_time', valid_from: '2026-01-01', note: { why: ['\ud800'] } },
      'note.why.0',
      HALF,
    ],
    ['POST', '/api/decisions', { kind: 'approve_overrun', class_id: 1, minutes: 5, reason: '\udfff' }, 'reason', HALF],
    ['POST', '/api/disputes', { line_id: 'p1-1', text: 'too little \ud800' }, 'text', HALF],
  ])('%s %s %j', async (method, path, body, at, message) => {
    await using world = webWorld();
    await world.admin('POST', '/api/schedule/class', algebra);
    const before = world.queries.auditHead();
    const sent = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const as = path === '/api/disputes' ? world.tokenOf.teacher : world.tokenOf.admin;
    const answer = await world.app.request(path, {
      ...sent,
      headers: { ...sent.headers, authorization: `Bearer ${as}` },
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ path: at, message }] });
    expect(world.queries.auditHead()).toEqual(before);
  });

  test('when its bytes are not UTF-8', async () => {
    await using world = webWorld();
    const text = JSON.stringify({ email: 'a@b.example', role: 'student', name: 'Jos?' });
    const bytes = new Uint8Array(Buffer.from(text));
    bytes[bytes.indexOf(0x3f)] = 0xe9;
    expect(await send(world, 'POST', '/api/people', bytes)).toMatchObject({
      status: 400,
      json: { code: 'malformed_body', detail: 'the body is not UTF-8; send JSON in UTF-8' },
    });
    expect(world.queries.people({ after: 0, limit: 9 })).toHaveLength(1);
  });

  test('and not when it only looks so: whole emoji, backslashes, letters of any script', async () => {
    await using world = webWorld();
    const name = String.raw`\ud800 \0 🦉 Ана`;
    const person = { email: 'a@b.example', role: 'student', name };
    expect(await send(world, 'POST', '/api/people', JSON.stringify(person))).toMatchObject({
      status: 201,
      json: { name },
    });
    // The two halves of one emoji, escaped.
    const escaped = String.raw`{"email": "c@d.example", "role": "student", "name": "\ud83e\udd89"}`;
    expect(await send(world, 'POST', '/api/people', escaped)).toMatchObject({ status: 201, json: { name: '🦉' } });
    expect((await send(world, 'POST', '/api/people', '{"name": "\\ud800"')).json['code']).toBe('malformed_body');
  });
});

describe('an address that holds what is no text is refused', () => {
  test.each([
    ['/api/people?email=a%00b', 'email'],
    ['/api/people?email=%ED%A0%80', 'email'],
    ['/api/people?email=%ff', 'email'],
    ['/api/people?email=is%20it?%00', 'email'],
    ['/api/people?role=student?&email=%ff', 'email'],
    ['/api/people?role=student&em%00ail=x', 'email'],
    ['/api/audit?actor=a%00', 'actor'],
    ['/monitoring/attendance-logs?user_email=100%', 'user_email'],
    ['/api/reports/lines/p1%00/explain', 'path'],
    ['/api/periods/%ff', 'path'],
  ])('%s', async (address, path) => {
    await using world = webWorld();
    expect(await world.admin('GET', address)).toMatchObject({
      status: 400,
      json: { code: 'invalid_request', errors: [{ path }] },
    });
  });

  test('but not for its letters', async () => {
    await using world = webWorld();
    expect((await world.admin('GET', '/api/people?email=jos%C3%A9@home.example')).status).toBe(200);
  });
});
