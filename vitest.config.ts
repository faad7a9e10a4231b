import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

/** These serve the API in their process, which replaces its Request and Response: each has a process of its own. */
const serving = [
  'test/simulated-week.test.ts',
  'test/web/server.test.ts',
  'test/web/api/jobs.test.ts',
  'test/cli/faults.test.ts',
];

/** What takes longer: `npm run check:full` runs them. */
const long = 'test/**/*.long.test.ts';

const setupFiles = ['test/support/plain-messages.ts'];

export default defineConfig({
  test: {
    // drizzle-orm loads ten times faster with this hook; see src/loader.mjs.
    execArgv: ['--import', fileURLToPath(new URL('src/loader.mjs', import.meta.url))],
    env: { TZ: 'America/New_York', NO_PROXY: '127.0.0.1,localhost' },
    // On a busy machine everything takes longer; only what never ends is cut off.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // By default one core is left free; this suite is the only thing that runs.
    maxWorkers: '100%',
    projects: [
      // Nothing of one file reaches another, so the files of a worker load the modules once.
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...serving, long],
          isolate: false,
          setupFiles: [...setupFiles, 'test/support/no-server.ts'],
        },
      },
      { extends: true, test: { name: 'serving', include: serving, setupFiles } },
      { extends: true, test: { name: 'long', include: [long], setupFiles } },
    ],
  },
});
