// This import stands first: what is imported after it loads faster. rollbook.mjs has made sure of Node 26 before this file is read.
import './loader.mjs';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { z } from 'zod';

import { runProgram } from './cli/program.ts';
import { createTerminal } from './cli/screen/terminal.ts';
import { loggedError } from './logger.ts';
import { plainMessage } from './refusal.ts';
import { systemClock, systemRandom } from './system.ts';

// Node would print the whole error, and the errors of Google's client hold its tokens.
process.on('uncaughtException', (err) => {
  process.stderr.write(`${JSON.stringify({ level: 'fatal', err: loggedError(err), msg: 'rollbook crashed' })}\n`);
  process.exit(1);
});
// The reader of a pipe may leave early: rollbook status | head.
process.stdout.on('error', (err: NodeJS.ErrnoException) => {
  if (err.code === 'EPIPE') process.exit(0);
  process.stderr.write(`The output could not be written: ${err.message}.\n`);
  process.exit(1);
});

// Whatever a schema refuses, the message is for the person who sent it.
z.config({ customError: plainMessage });

// A variable of the process goes before the same one in the file.
const inherited = new Set(Object.keys(process.env));
if (existsSync('.env')) {
  try {
    process.loadEnvFile();
  } catch {
    process.stderr.write(
      `${resolve('.env')} cannot be read: it has to be a file that the user of this command may read. Change its rights, or move it away.\n`,
    );
    process.exit(2);
  }
}
const fromFile = new Set(Object.keys(process.env).filter((name) => !inherited.has(name)));

/**
 * After a signal, what cannot be stopped does not keep the process: a command that does not return, such as one that reads
 * a file without an end, and after it what still goes on, such as a pass that waits for Google. Without a signal the
 * process lives until a slow reader of its output has taken all of it.
 */
const RETURN_WITHIN_MS = 10_000;
const EXIT_AFTER_MS = 2_000;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping.abort(new Error(`stopped by ${signal}`));
    setTimeout(() => process.exit(1), RETURN_WITHIN_MS).unref();
  });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  fromFile,
  clock: systemClock,
  random: systemRandom,
  signal: stopping.signal,
  terminal: createTerminal(process.stdout, process.stderr, systemClock.monotonic),
});
if (stopping.signal.aborted) setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
