import { describe, expect, test } from 'vitest';

import type { LogLevel } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { printableLines } from '../src/text.ts';

const planted = '1//0planted-refresh-token';

/** An error as Google's client throws them: the request, its headers and its tokens hang on it. */
function googleError(): Error {
  const config = {
    url: 'https://meet.googleapis.com',
    headers: { authorization: `Bearer ${planted}` },
    data: { refresh_token: planted },
  };
  return Object.assign(new Error(`invalid_grant for refresh_token=${planted}`), {
    name: 'GaxiosError',
    code: '400',
    status: 400,
    config,
    request: config,
    response: { config, headers: { 'set-cookie': planted }, data: { access_token: planted } },
  });
}

function recordingLogger({ level = 'info', pretty = false }: { level?: LogLevel; pretty?: boolean } = {}) {
  let text = '';
  const log = createLogger({ level, pretty, destination: { write: (line) => (text += line) } });
  return { log, text: () => text, last: (): unknown => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') };
}

describe('the log', () => {
  test('is JSON lines with the level by name and the time in UTC', () => {
    const { log, last } = recordingLogger();

    log.info({ classes: 3 }, 'pass done');

    expect(last()).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), classes: 3, msg: 'pass done' });
  });

  test('leaves out what is below its level', () => {
    const { log, text } = recordingLogger({ level: 'warn' });

    log.info({}, 'pass done');

    expect(text()).toBe('');
  });

  test('keeps type, message, code, status and stack of an error and nothing else', () => {
    const { log, last, text } = recordingLogger();

    log.error({ err: googleError() }, 'read failed');

    expect(last()).toMatchObject({
      err: {
        type: 'GaxiosError',
        message: 'invalid_grant for [redacted]',
        code: '400',
        status: 400,
        stack: expect.any(String),
      },
    });
    expect(text()).not.toContain('config');
    expect(text()).not.toContain('planted');
  });

  test.each([
    ['under another name', { failure: googleError() }],
    ['as the cause of ours', { err: new Error('read failed', { cause: googleError() }) }],
    ['as the cause of a cause', { err: new Error('a', { cause: new Error('b', { cause: googleError() }) }) }],
    ['in a list of failures', { failures: [{ class: 5, err: googleError() }] }],
    [
      'as bare fields',
      { headers: { authorization: planted }, token: planted, nested: { deep: [{ refreshToken: planted }] } },
    ],
    ['inside a text', { url: `https://oauth2.googleapis.com/token?refresh_token=${planted}` }],
  ])('never prints a secret that comes %s', (_, fields) => {
    const json = recordingLogger();
    const readable = recordingLogger({ pretty: true });

    json.log.warn(fields, 'read failed');
    readable.log.warn(fields, 'read failed');
    json.log.child({ err: googleError() }).warn('again');

    expect(json.text() + readable.text()).not.toContain('planted');
    expect(json.text().split('\n')).toHaveLength(3);
  });

  test('an error that is its own cause is printed once a level', () => {
    const { log, last } = recordingLogger();
    const err = new Error('round');
    err.cause = err;

    log.error({ err }, 'failed');

    expect(last()).toMatchObject({ msg: 'failed' });
  });

  test('prints instants and fields of a child plainly', () => {
    const { log, last } = recordingLogger();

    log.child({ loop: 'fetch' }).info({ at: Temporal.Instant.from('2026-01-16T15:00:00Z') }, 'pass done');

    expect(last()).toMatchObject({ loop: 'fetch', at: '2026-01-16T15:00:00Z' });
  });

  test('is readable for a person at a terminal', () => {
    const { log, text } = recordingLogger({ pretty: true });

    log.info({ classes: 3 }, 'pass done');

    expect(text()).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: pass done \{"classes":3\}\n$/);
  });
});

test('a name in a line moves no cursor, also where JSON would not escape it', () => {
  const lines: string[] = [];
  for (const pretty of [true, false]) {
    const log = createLogger({ level: 'info', pretty, destination: { write: (line) => void lines.push(line) } });
    log.warn({ name: 'A\u001B[2Jn\u009b1ma\u202e', err: new Error('no \u202eroom\u009b1m') }, 'not read');
  }
  for (const line of lines) {
    expect(printableLines(line)).toBe(line);
    expect(line).not.toContain(String.raw`\u001b`);
    expect(line).toContain('Ana');
    expect(line).toContain('no room');
  }
});
