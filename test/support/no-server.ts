// The API, served, replaces the Request and Response of its process, which files that share one would notice.
import { afterAll } from 'vitest';

const { Request: before } = globalThis;

afterAll(() => {
  if (globalThis.Request !== before)
    throw new Error('a file that serves the API in its process is named in vitest.config.ts');
});
