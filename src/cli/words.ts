/** What does the same on the command line, by the words for it in the API, which messages are written in. */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/GET \/api\/adjustments/g, '"rollbook adjust list"'],
  [/GET \/api\/reports\/unbilled/g, '"rollbook report unbilled"'],
  [/GET \/api\/settings/g, '"rollbook settings"'],
  [/POST \/api\/decisions/g, '"rollbook decide"'],
  [/POST \/api\/classes\/(\d+)\/reinstate/g, '"rollbook class reinstate $1"'],
  [/"as": "adjustment"/g, '--as adjustment'],
];

/**
 * A message of a verb or a view in the words of the command line: routes are commands, and fields options.
 *
 * @param options by the name of a field, the option that the user gives it with: `{valid_from: '--from'}`
 */
export function inCommands(message: string, options: Readonly<Record<string, string>> = {}): string {
  const named = COMMANDS.reduce((text, [route, command]) => text.replaceAll(route, command), message);
  return named
    .replaceAll(/\b[a-z]+_[a-z]+\b/g, (name) => options[name] ?? name)
    .replaceAll(/(--[a-z-]+) or \1\b/g, '$1');
}
