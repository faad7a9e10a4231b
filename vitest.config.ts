import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // drizzle-orm loads ten times faster with this hook; see src/loader.mjs.
    execArgv: ['--import', fileURLToPath(new URL('src/loader.mjs', import.meta.url))],
    env: { TZ: 'America/New_York', NO_PROXY: '127.0.0.1,localhost' },
    testTimeout: 60_000,
    // The files of a worker share its modules, none of which keeps a state: loading them anew took half of the time.
    isolate: false,
    // By default one core is left free; this suite is the only thing that runs.
    maxWorkers: '100%',
  },
});
