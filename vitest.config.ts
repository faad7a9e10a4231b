import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

/** Tests of these start no server, so nothing of one file reaches another: they share the modules of their worker. */
const shared = ['core', 'render', 'queries', 'actions'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // drizzle-orm loads ten times faster with this hook; see src/loader.mjs.
    execArgv: ['--import', fileURLToPath(new URL('src/loader.mjs', import.meta.url))],
    env: { TZ: 'America/New_York', NO_PROXY: '127.0.0.1,localhost' },
    setupFiles: ['test/support/plain-messages.ts'],
    testTimeout: 60_000,
    // By default one core is left free; this suite is the only thing that runs.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
      // A server replaces the Request and Response of its process: each file has a process state of its own.
      { extends: true, test: { name: 'isolated', include: ['test/**/*.test.ts'], exclude: shared } },
    ],
  },
});
