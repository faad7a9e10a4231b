import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const loader = fileURLToPath(new URL('../../src/loader.mjs', import.meta.url));

/** The address of a source file of the ledger or of a dependency, as a literal for a program. */
export function literal(specifier: string): string {
  const url = specifier.endsWith('.ts')
    ? new URL(`../../src/${specifier}`, import.meta.url).href
    : import.meta.resolve(specifier);
  return JSON.stringify(url);
}

/**
 * Runs a program in a process of its own. Once it calls `reached()`, `meanwhile` runs here and the process is killed as
 * by `kill -9`. A program that is through waits for that.
 */
export async function killedWhere(program: string, meanwhile: () => void = () => {}): Promise<void> {
  const whole = `
    import { writeSync } from 'node:fs';
    const reached = () => {
      writeSync(1, 'reached');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    const clock = { now: () => 0 };
    ${program}`;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '--eval', whole], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said === 'reached') break;
  }
  try {
    if (said !== 'reached') throw new Error('the program ended before it got there');
    meanwhile();
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
