import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { runProgram } from '../../src/cli/program.ts';
import { createTerminal, type Output } from '../../src/cli/screen/terminal.ts';
import type { Clock } from '../../src/core/time/clock.ts';
import { systemClock, systemRandom } from '../../src/system.ts';

const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const program = fileURLToPath(new URL('../../src/rollbook.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves once standard output matches; rejects when the process ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** A folder of its own with nothing in it, removed when disposed of. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'rollbook-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the command line as a user does, in a folder of its own and with nothing of our environment. */
export function start(args: readonly string[], env: Readonly<Record<string, string>>, cwd = tmpdir()): Running {
  const child = spawn(node, [program, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], TZ: 'America/New_York', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ended>();
  child.once('error', reject);
  child.once('close', (code) => resolve({ code, stdout, stderr }));
  return {
    process: child,
    ended,
    async says(pattern) {
      const { promise, resolve: heard, reject: deaf } = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(stdout);
        if (match !== null) heard(match);
      };
      waiting.add(look);
      void ended.then((end) => deaf(new Error(`ended without saying ${pattern}: ${JSON.stringify(end)}`)));
      look();
      return promise.finally(() => waiting.delete(look));
    },
  };
}

/** Runs the command line to its end. */
export function rollbook(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ended> {
  return start(args, env, cwd).ended;
}

/** Runs the command line without a process of its own, for what is not about the process. */
export async function called(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  clock: Clock = systemClock,
  screen: Pick<Output, 'isTTY' | 'columns'> = {},
): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(args, {
    env,
    clock,
    random: systemRandom,
    signal: new AbortController().signal,
    terminal: createTerminal({ ...screen, write: (text) => (stdout += text) }, { write: (text) => (stderr += text) }),
  });
  return { code, stdout, stderr };
}
