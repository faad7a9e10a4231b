/**
 * Cold start and memory: from `node src/rollbook.mjs serve` to a ready answer, against an empty Node.
 *
 *   npm run bench:start
 *
 * Goals: at most 5 times the start and 2.5 times the resident memory of an empty Node.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median } from './measure.ts';

const ROUNDS = 9;
const entry = fileURLToPath(new URL('../../src/rollbook.mjs', import.meta.url));

async function launch(
  args: readonly string[],
  env: Record<string, string>,
  ready: RegExp,
): Promise<{ ms: number; mb: number }> {
  const begun = process.hrtime.bigint();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (ready.test(said)) break;
  }
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  child.kill('SIGTERM');
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return { ms, mb: Number(rss) / 1024 };
}

const folder = mkdtempSync(join(tmpdir(), 'rollbook-bench-'));
try {
  const empty: { ms: number; mb: number }[] = [];
  const daemon: { ms: number; mb: number }[] = [];
  const env = {
    ROLLBOOK_DATA_DIR: join(folder, 'data'),
    ROLLBOOK_PORT: '0',
    NODE_COMPILE_CACHE: join(folder, 'cache'),
  };
  await launch([entry, 'serve'], env, /rollbook is running/);
  for (let round = 0; round < ROUNDS; round += 1) {
    empty.push(await launch(['-e', 'console.log("ready"); setInterval(() => {}, 1e6)'], {}, /ready/));
    daemon.push(await launch([entry, 'serve'], env, /rollbook is running/));
  }
  const ms = (all: typeof empty) => median(all.map((one) => one.ms));
  const mb = (all: typeof empty) => median(all.map((one) => one.mb));
  console.log(`cold start to listening, compile cache warm (median of ${ROUNDS})`);
  console.log(`  empty Node ${ms(empty).toFixed(0)} ms, ${mb(empty).toFixed(0)} MB`);
  console.log(`  rollbook   ${ms(daemon).toFixed(0)} ms, ${mb(daemon).toFixed(0)} MB`);
  console.log(
    `  ratios     ${(ms(daemon) / ms(empty)).toFixed(1)} (goal 5), ${(mb(daemon) / mb(empty)).toFixed(2)} (goal 2.5)`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
