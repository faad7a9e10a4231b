import { expect, test } from 'vitest';

import { misspeltIn, misspeltText } from '../../src/cli/misspelt.ts';

test.each([
  ['ROLLBOOK_TIMZONE', 'ROLLBOOK_TIMEZONE'],
  ['ROLLBOOK_TIME_ZONE', 'ROLLBOOK_TIMEZONE'],
  ['rollbook_port', 'ROLLBOOK_PORT'],
  ['ROLLBOOK_DATADIR', 'ROLLBOOK_DATA_DIR'],
  ['ROLLBOOK_COLOUR', null],
  ['GOOGLE_CREDENTIAL_FILE', 'GOOGLE_CREDENTIALS_FILE'],
  ['SETTLE_MINUETS', 'SETTLE_MINUTES'],
  ['MONITOR_INTERVAL_SECOND', 'MONITOR_INTERVAL_SECONDS'],
])('%s is not read, and perhaps %s was meant', (name, meant) => {
  expect(misspeltIn({ [name]: 'x', PATH: '/bin' })).toEqual([{ name, meant }]);
});

test('what is ours, and what is of others, is none of it', () => {
  const others = { GOOGLE_APPLICATION_CREDENTIALS: 'x', PATH: '/bin', TZ: 'UTC', RETRY: '1', ROLLBOOK_GONE: undefined };
  expect(misspeltIn({ ROLLBOOK_PORT: '1', SETTLE_MINUTES: '2', ...others })).toEqual([]);
});

test('says what to do', () => {
  expect(misspeltText({ name: 'ROLLBOOK_TIMZONE', meant: 'ROLLBOOK_TIMEZONE' })).toBe(
    'ROLLBOOK_TIMZONE is not read: did you mean ROLLBOOK_TIMEZONE?',
  );
  expect(misspeltText({ name: 'ROLLBOOK_COLOUR', meant: null })).toContain('docs/settings.md');
});
