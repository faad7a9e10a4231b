import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { configVariables, parseConfig } from '../src/config.ts';
import { ConfigError } from '../src/errors.ts';

function complaint(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (err) {
    if (err instanceof ConfigError) return err.message;
    throw err;
  }
  return 'accepted';
}

describe('the environment', () => {
  test('an empty one starts Rollbook with its defaults', () => {
    expect(parseConfig({})).toEqual({
      dataDir: './data',
      host: '127.0.0.1',
      port: 8080,
      adminToken: null,
      auditKeyFile: null,
      anchorFile: null,
      trustedProxies: [],
      timezone: null,
      logLevel: 'info',
      credentialsFile: null,
      defaultOrganizer: null,
      apiRoot: null,
      monitorIntervalSeconds: 120,
      fetchIntervalSeconds: 180,
      retryIntervalSeconds: 600,
      retryWindowDays: 30,
      settleMinutes: 15,
      evidenceBeforeMinutes: 30,
      evidenceAfterMinutes: 60,
    });
  });

  test('an empty or blank value counts as not set', () => {
    expect(parseConfig({ ROLLBOOK_PORT: '', ROLLBOOK_ADMIN_TOKEN: '  ', GOOGLE_API_ROOT: '' })).toEqual(
      parseConfig({}),
    );
  });

  test('every variable is read', () => {
    const config = parseConfig({
      ROLLBOOK_DATA_DIR: '/var/lib/rollbook',
      ROLLBOOK_HOST: '::1',
      ROLLBOOK_PORT: '0',
      ROLLBOOK_ADMIN_TOKEN: ' abcdefghijklmnopqrstuvwx ',
      ROLLBOOK_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1',
      ROLLBOOK_TIMEZONE: 'europe/lisbon',
      ROLLBOOK_LOG_LEVEL: 'debug',
      GOOGLE_CREDENTIALS_FILE: '/etc/rollbook/key.json',
      GOOGLE_DEFAULT_ORGANIZER: 'Rooms@School.example',
      GOOGLE_API_ROOT: 'http://127.0.0.1:9099/',
      MONITOR_INTERVAL_SECONDS: '1',
      FETCH_INTERVAL_SECONDS: '3600',
      RETRY_INTERVAL_SECONDS: '60',
      RETRY_WINDOW_DAYS: '7',
      SETTLE_MINUTES: '0',
      EVIDENCE_BEFORE_MINUTES: '0',
      EVIDENCE_AFTER_MINUTES: '240',
    });

    expect(config).toEqual({
      dataDir: '/var/lib/rollbook',
      host: '::1',
      port: 0,
      adminToken: 'abcdefghijklmnopqrstuvwx',
      auditKeyFile: null,
      anchorFile: null,
      trustedProxies: ['127.0.0.1', '10.0.0.0/8', '::1'],
      timezone: 'Europe/Lisbon',
      logLevel: 'debug',
      credentialsFile: '/etc/rollbook/key.json',
      defaultOrganizer: 'rooms@school.example',
      apiRoot: 'http://127.0.0.1:9099',
      monitorIntervalSeconds: 1,
      fetchIntervalSeconds: 3600,
      retryIntervalSeconds: 60,
      retryWindowDays: 7,
      settleMinutes: 0,
      evidenceBeforeMinutes: 0,
      evidenceAfterMinutes: 240,
    });
  });

  test('all mistakes are named at once, one line each', () => {
    const message = complaint({
      ROLLBOOK_PORT: '70000',
      ROLLBOOK_TIMEZONE: 'Mars/Olympus',
      ROLLBOOK_LOG_LEVEL: 'loud',
      GOOGLE_DEFAULT_ORGANIZER: 'rooms',
      SETTLE_MINUTES: '15m',
    });

    expect(message.split('\n')).toEqual([
      'These settings of the environment (or .env) need your attention:',
      '- ROLLBOOK_PORT: must be a whole number (0 picks a free port) from 0 to 65535; correct it, or leave it out for the default',
      '- ROLLBOOK_TIMEZONE: is not an IANA time zone; use a name such as Europe/Lisbon',
      '- ROLLBOOK_LOG_LEVEL: is not a level; use one of fatal, error, warn, info, debug, trace, silent',
      '- GOOGLE_DEFAULT_ORGANIZER: is not an e-mail address; use that of the account that owns the rooms',
      '- SETTLE_MINUTES: must be a whole number of minutes from 0 to 1440; correct it, or leave it out for the default',
    ]);
  });

  test.each([
    ['ROLLBOOK_PORT', '-1'],
    ['ROLLBOOK_PORT', '80.5'],
    ['ROLLBOOK_PORT', '0x50'],
    ['ROLLBOOK_HOST', 'http://127.0.0.1'],
    ['ROLLBOOK_TIMEZONE', '+02:00'],
    ['MONITOR_INTERVAL_SECONDS', '0'],
    ['FETCH_INTERVAL_SECONDS', '3601'],
    ['RETRY_INTERVAL_SECONDS', '1e3'],
    ['RETRY_WINDOW_DAYS', '0'],
    ['RETRY_WINDOW_DAYS', '31'],
    ['SETTLE_MINUTES', '1441'],
    ['EVIDENCE_BEFORE_MINUTES', '241'],
    ['EVIDENCE_AFTER_MINUTES', '-5'],
    ['GOOGLE_API_ROOT', 'ftp://127.0.0.1'],
    ['GOOGLE_API_ROOT', 'http://127.0.0.1/v2'],
    ['GOOGLE_API_ROOT', 'http://user:word@127.0.0.1'],
    ['GOOGLE_API_ROOT', '127.0.0.1:9099'],
    ['GOOGLE_API_ROOT', 'http://meet.example'],
    ['GOOGLE_API_ROOT', 'http://10.0.0.1:9099'],
    ['GOOGLE_API_ROOT', 'http://127.0.0.1.example:9099'],
    ['GOOGLE_API_ROOT', 'http://localhost.example'],
    ['ROLLBOOK_TRUSTED_PROXIES', 'proxy.example'],
    ['ROLLBOOK_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ROLLBOOK_TRUSTED_PROXIES', '10.0.0'],
    ['ROLLBOOK_TRUSTED_PROXIES', '127.0.0.1, *'],
  ])('%s=%s is refused', (name, value) => {
    expect(complaint({ [name]: value })).toContain(`\n- ${name}: `);
  });

  test.each([
    ['http://127.0.0.1:9099', 'http://127.0.0.1:9099'],
    ['http://127.8.9.10', 'http://127.8.9.10'],
    ['http://localhost:9099/', 'http://localhost:9099'],
    ['http://[::1]:9099', 'http://[::1]:9099'],
    ['https://meet.example', 'https://meet.example'],
  ])('Google is replaced by %s: a token travels in the clear on this machine only', (given, apiRoot) => {
    expect(parseConfig({ GOOGLE_API_ROOT: given }).apiRoot).toBe(apiRoot);
  });

  test('a value that is not UTF-8 is refused, which Node hands over as U+FFFD', () => {
    expect(complaint({ ROLLBOOK_DATA_DIR: './d\ufffdta', GOOGLE_CREDENTIALS_FILE: 'key\ud800.json' })).toBe(
      [
        'These settings of the environment (or .env) need your attention:',
        '- ROLLBOOK_DATA_DIR: is not UTF-8; set it again in UTF-8',
        '- GOOGLE_CREDENTIALS_FILE: is not UTF-8; set it again in UTF-8',
      ].join('\n'),
    );
  });

  test('a refused admin token is never printed', () => {
    const message = complaint({ ROLLBOOK_ADMIN_TOKEN: 'hunter2 hunter2' });

    expect(message).toContain('- ROLLBOOK_ADMIN_TOKEN: ');
    expect(message).not.toContain('hunter2');
  });

  test('.env.example names every variable, commented out, with its default', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const settings = [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)];

    expect(settings.map(([, name]) => name)).toEqual(configVariables);
    expect(parseConfig(Object.fromEntries(settings.map(([, name, value]) => [name!, value!])))).toEqual(
      parseConfig({}),
    );
    expect(example).not.toMatch(/^[^#\n]/m);
  });
});
