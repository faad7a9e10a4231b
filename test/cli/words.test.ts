import { globSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { inCommands } from '../../src/cli/words.ts';

/** The texts between quotes of a source, without its comments. */
function textsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g)].map(([text]) => text);
}

const spoken = globSync('src/{actions,queries,core,ledger}/**/*.ts').flatMap((file) =>
  textsOf(file).map((text) => ({ file, text: text.replaceAll(/\$\{[^}]*\}/g, '7') })),
);

test('every route that a message of a verb or a view names is a command on the command line', () => {
  const routes = spoken.filter(({ text }) => /\b(?:GET|POST|PUT|PATCH) \//.test(text));
  expect(routes.length).toBeGreaterThan(5);
  expect(routes.filter(({ text }) => /\b(?:GET|POST|PUT|PATCH) \//.test(inCommands(text)))).toEqual([]);
});

/** What has no route: the command is the only way. */
const COMMANDS_ONLY =
  /rollbook (?:settings zone|restore|serve|import|token create|auth|doctor|status|verify|backup)\b|audit key/;

test('no message of a verb or a view names a command that has a route', () => {
  const commands = spoken.filter(({ text }) => /\brollbook [a-z]/.test(text) && / /.test(text));
  expect(commands.filter(({ text }) => !COMMANDS_ONLY.test(text))).toEqual([]);
});

test.for([
  ['name who it is, by person_id or user_email', 'name who it is, by --person'],
  ['wait: GET /api/adjustments lists them', 'wait: "rollbook adjust list" lists them'],
  ['reinstate it: POST /api/classes/5/reinstate.', 'reinstate it: "rollbook class reinstate 5".'],
  ['say so ("as": "adjustment")', 'say so (--as adjustment)'],
])('%s', ([message = '', words = '']) => {
  expect(inCommands(message, { user_email: '--person', person_id: '--person' })).toBe(words);
});
