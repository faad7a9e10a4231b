import type { Command } from 'commander';

import { ledgerFile, parseConfig, variablesIn, type Variable } from '../../config.ts';
import { LedgerRefusedError, LedgerUnavailableError } from '../../errors.ts';
import { showSettings } from '../../render/json/settings.ts';
import type { CommandContext } from '../context.ts';
import { misspeltIn, misspeltText } from '../misspelt.ts';
import { openToLook, withLedgerOptions, type LedgerOptions } from '../open.ts';
import { settingsTable } from '../screen/settings-table.ts';

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Prints every setting that is in force and where it comes from: of the machine, from the environment or .env, and of the school, from its ledger.',
    )
    .addHelpText('after', '\nExample:\n  $ rollbook config')
    .action((options: LedgerOptions) => config(options, context));
}

async function config(options: LedgerOptions, context: CommandContext): Promise<void> {
  const { env, terminal } = context;
  const variables = variablesIn(env).map((variable) => ({ ...variable, from: originOf(variable, context) }));
  const misspelt = misspeltIn(env);
  const usable = variables.every(({ problem }) => problem === null);
  const { view, note } = usable ? await school(options, context) : { view: null, note: null };
  const named = variables.find(({ name }) => name === 'ROLLBOOK_TIMEZONE');
  if (options.json) {
    terminal.printJson({
      variables: variables.map(({ name, value, from, problem }) => ({ name, value, from, problem })),
      not_read: misspelt.map(({ name, meant }) => ({ name, meant })),
      ledger: usable ? ledgerFile(parseConfig(env)) : null,
      settings: view === null ? null : showSettings(view),
    });
  } else {
    terminal.print(
      terminal.table(
        [
          { title: 'variable', value: ({ name }) => name },
          { title: 'value', value: ({ value }) => value },
          { title: 'from', value: ({ from }) => from },
        ],
        variables,
      ),
    );
    if (view !== null) terminal.print(`\n${settingsTable(view, terminal)}`);
    if (note !== null) terminal.note(note);
  }
  for (const found of misspelt) terminal.note(misspeltText(found));
  if (view !== null && named?.isSet === true && named.value !== view.zone) {
    terminal.note(`ROLLBOOK_TIMEZONE names ${named.value}; the ledger keeps ${view.zone}.`);
  }
  // Says what is wrong with the variables, and ends with 2.
  parseConfig(env);
}

function originOf({ name, isSet }: Variable, { fromFile }: CommandContext): string {
  if (!isSet) return 'default';
  return fromFile?.has(name) === true ? '.env' : 'environment';
}

/** The settings of the ledger; where there is none that can be looked at, why. */
async function school(options: LedgerOptions, context: CommandContext) {
  try {
    using parts = await openToLook(context, options);
    return { view: parts.queries.settings(), note: null };
  } catch (err) {
    if (!(err instanceof LedgerUnavailableError) && !(err instanceof LedgerRefusedError)) throw err;
    return { view: null, note: err.message };
  }
}
