/** Runs the demo of the README into a folder of its own and proves the ledger that it leaves. Ends with 1 when anything fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../src/rollbook.mjs', import.meta.url));
using folder = mkdtempDisposableSync(join(tmpdir(), 'rollbook-demo-'));
const data = join(folder.path, 'data');

const run = (args: readonly string[]): boolean => {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ROLLBOOK_DATA_DIR: data },
    cwd: folder.path,
  });
  return status === 0;
};

const whole =
  run(['demo', '--exit-after-capture', '--keep', data]) && run(['verify']) && run(['status']) && run(['rates', 'list']);
process.exitCode = whole ? 0 : 1;
