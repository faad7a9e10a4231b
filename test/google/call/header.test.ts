import { Headers as NodeFetchHeaders } from 'node-fetch';
import { expect, test } from 'vitest';

import { header } from '../../../src/google/call/header.ts';

test.each([
  ['a plain object', { 'retry-after': '7' }],
  ['the headers of Node', new Headers({ 'Retry-After': '7' })],
  ['the headers of node-fetch', new NodeFetchHeaders({ 'Retry-After': '7' })],
])('a header is read from %s', (_, headers) => {
  expect([header(headers, 'retry-after'), header(headers, 'date')]).toEqual(['7', null]);
});

test.each([null, undefined, 'retry-after: 7', 7, { 'retry-after': 7 }, { 'retry-after': ['7'] }])(
  'there is no header in %j',
  (headers) => {
    expect(header(headers, 'retry-after')).toBeNull();
  },
);
