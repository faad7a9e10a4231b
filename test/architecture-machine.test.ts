import { importsOf, isBelow, rule, usesOf } from './support/rule.ts';

rule(
  'the core waits for nothing',
  (file) =>
    !isBelow(file.path, 'core')
      ? []
      : [
          ...(file.isAsync ? [`${file.path}: async`] : []),
          ...usesOf(file, ({ name }) => /^Promise(\.|$)|\.(then|finally)$/.test(name)),
        ],
  {
    breaks: [
      ['src/core/a.ts', 'async function read() {}'],
      ['src/core/a.ts', 'export const read = { async now() {} }'],
      ['src/core/a.ts', 'for await (const line of lines) add(line)'],
      ['src/core/a.ts', 'work.then(add)'],
      ['src/core/a.ts', "work['then'](add)"],
      ['src/core/a.ts', 'work?.finally(add)'],
      ['src/core/a.ts', 'Promise.all(works)'],
      ['src/core/a.ts', 'new Promise(work)'],
    ],
    keeps: [
      ['src/core/a.ts', 'type Later = Promise<number>'],
      ['src/core/a.ts', 'lines.map(add); then(add)'],
      ['src/queries/a.ts', 'work.then(add)'],
    ],
  },
);

/** The implementation of clock and randomness, and the entry of the process. */
const isMachine = (path: string) => isBelow(path, 'system.ts', 'main.ts');
const TIMERS = /(^|\.)(setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)$/;
const CLOCKS =
  /(^|\.)(Date\.(?!parse$|UTC$).+|Temporal\.(Now|…)(\..+)?|performance(\..+)?|hrtime(\..+)?|uptime|AbortSignal\.(timeout|…))$/;
const CHANCE = /(^|\.)(Math\.(random|…)|randomBytes|randomUUID|randomInt|randomFill(Sync)?|getRandomValues|webcrypto)$/;
/** Who holds one of them whole may take out whatever is forbidden. */
const WHOLE = /(^|\.)(Date|Math|Temporal|process|getBuiltinModule)$|^(globalThis|global)(\.|$)/;

rule(
  'time and chance are handed in: nothing else reads a clock, starts a timer or draws random numbers',
  (file) =>
    isMachine(file.path)
      ? []
      : [
          ...usesOf(file, ({ name, as, args }) => {
            if (name === 'Date' && as === 'new') return args === 0;
            // The library for spreadsheets takes `Date` as the type of a cell.
            if (name === 'Date' && as === 'value' && file.path === 'src/render/xlsx/columns.ts') return false;
            return [TIMERS, CLOCKS, CHANCE, WHOLE].some((pattern) => pattern.test(name));
          }),
          ...importsOf(
            file,
            ({ of, names }) =>
              /^(node:)?(timers|perf_hooks|process)(\/|$)/.test(of) ||
              names.some((name) => [TIMERS, CLOCKS, CHANCE].some((pattern) => pattern.test(name))),
          ),
        ],
  {
    breaks: [
      'Date.now()',
      "Date['now']()",
      'Date?.now()',
      '(Date as Clock).now()',
      'Date[`now`]()',
      'Date[name]()',
      'Date()',
      'new Date()',
      'const { now } = Date',
      'const read = ({ now } = Date) => now()',
      'const Clock = Date',
      'read(Date.now)',
      'globalThis.Date.now()',
      'const { Date: Clock } = globalThis',
      'performance.now()',
      "import { performance } from 'node:perf_hooks'",
      'process.hrtime.bigint()',
      'process.uptime()',
      'const { hrtime } = process',
      "import { hrtime } from 'node:process'",
      'Temporal.Now.instant()',
      'Temporal.Now',
      'AbortSignal.timeout(5)',
      'setTimeout(read, 5)',
      'globalThis.setTimeout(read, 5)',
      "globalThis['setTimeout'](read, 5)",
      'new Promise(setImmediate)',
      'const timers = { start: setInterval }',
      'const timers = { queueMicrotask }',
      'process.nextTick(read)',
      "import { setTimeout as wait } from 'node:timers/promises'",
      "export { setTimeout } from 'timers'",
      "process.getBuiltinModule('timers')",
      'Math.random()',
      "Math['random']()",
      'const { random } = Math',
      'crypto.randomUUID()',
      "import { randomBytes as dice } from 'node:crypto'",
      "import * as crypto from 'node:crypto'; crypto.randomInt(6)",
    ].map((text) => ['src/queries/a.ts', text] as const),
    keeps: [
      ['src/queries/a.ts', "new Date(start); Date.parse('2026-01-01'); Date.UTC(2026, 0)"],
      ['src/queries/a.ts', 'clock.now(); clock.sleep(5); clock.every(5, zone, read)'],
      ['src/queries/a.ts', 'const show = (at: Date, options: { setTimeout: number }): typeof Date.now => at'],
      ['src/queries/a.ts', "const row = { Date: 1, ['Math']: 2, process: 3 }; row.Date.parse"],
      ['src/queries/a.ts', 'Math.round(random.next()); process.pid'],
      ['src/queries/a.ts', '// setTimeout'],
      ['src/render/xlsx/columns.ts', 'const cell = { value, type: Date }'],
      ['src/system.ts', "import { Cron } from 'croner'; Date.now(); setTimeout(read, 5)"],
    ],
  },
);

rule(
  'one file computes with cron patterns',
  (file) => (file.path === 'src/system.ts' ? [] : importsOf(file, ({ of }) => /^croner(\/|$)/.test(of))),
  {
    breaks: [
      ['src/main.ts', "import { Cron } from 'croner'"],
      ['src/jobs/a.ts', "await import('croner')"],
    ],
    keeps: [['src/system.ts', "import { Cron } from 'croner'"]],
  },
);

rule(
  'the environment of the process is read by its entry alone',
  (file) =>
    file.path === 'src/main.ts'
      ? []
      : [
          ...usesOf(file, ({ name }) => /(^|\.)process(\.(env|loadEnvFile|…)(\..+)?)?$/.test(name)),
          ...importsOf(file, ({ of }) => /^(node:)?process$/.test(of)),
        ],
  {
    breaks: [
      ['src/config.ts', 'process.env.HOME'],
      ['src/config.ts', "process['env']"],
      ['src/config.ts', 'process.env[name]'],
      ['src/config.ts', 'globalThis.process.env'],
      ['src/config.ts', 'const { env } = process'],
      ['src/config.ts', "import { env } from 'node:process'"],
      ['src/config.ts', 'process.loadEnvFile()'],
    ],
    keeps: [
      ['src/main.ts', 'process.env'],
      ['src/config.ts', 'context.env.HOME; process.pid; process.stdin.isTTY'],
    ],
  },
);

rule(
  'requests leave the program by one door, the network of Google',
  (file) =>
    file.path === 'src/google/call/network.ts'
      ? []
      : [
          ...usesOf(file, ({ name }) => /^(globalThis\.)?(fetch|WebSocket|EventSource|XMLHttpRequest)$/.test(name)),
          ...importsOf(
            file,
            ({ of, names, typeOnly }) =>
              /^(node-fetch|undici|(node:)?(https|http2|tls|dgram))$/.test(of) ||
              // Of these two a server may be made, and addresses may be compared.
              (!typeOnly &&
                /^(node:)?(http|net)$/.test(of) &&
                names.some((name) => !/^(createServer|STATUS_CODES|isIP|BlockList)$/.test(name))),
          ),
        ],
  {
    breaks: [
      ['src/google/auth.ts', 'await fetch(url)'],
      ['src/google/auth.ts', 'const network = { send: fetch }'],
      ['src/google/auth.ts', 'globalThis.fetch(url)'],
      ['src/google/auth.ts', "import send from 'node-fetch'"],
      ['src/google/auth.ts', "import { request } from 'undici'"],
      ['src/google/auth.ts', "import { request } from 'node:http'"],
      ['src/google/auth.ts', "import * as http from 'node:http'"],
      ['src/cli/a.ts', "await import('node:https')"],
      ['src/cli/a.ts', "import { connect } from 'node:net'"],
    ],
    keeps: [
      ['src/google/call/network.ts', "import fetch from 'node-fetch'; await fetch(url)"],
      ['src/google/consent.ts', "import { createServer, type ServerResponse } from 'node:http'"],
      ['src/web/a.ts', "import { BlockList, isIP } from 'node:net'"],
      ['src/web/a.ts', "import type { AddressInfo } from 'node:net'; const server = { fetch: app.fetch }"],
    ],
  },
);
