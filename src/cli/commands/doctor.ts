import type { Command } from 'commander';

import { parseConfig } from '../../config.ts';
import { ConfigError } from '../../errors.ts';
import { printable } from '../../text.ts';
import { ReportedError, type CommandContext } from '../context.ts';
import { examineCallListings } from '../doctor/calls.ts';
import { fail, warn, worst, type Finding } from '../doctor/finding.ts';
import { examineCredentials, examineGoogle } from '../doctor/google.ts';
import { examineMachine } from '../doctor/machine.ts';
import { examineQuota } from '../doctor/quota.ts';
import { examineZone } from '../doctor/zone.ts';
import { misspeltIn, misspeltText, type Misspelt } from '../misspelt.ts';
import { openLedger, withLedgerOptions, type LedgerOptions } from '../open.ts';
import type { Terminal } from '../screen/terminal.ts';

export function define(command: Command, context: CommandContext): void {
  withLedgerOptions(command)
    .description(
      'Checks machine, ledger, credentials, organisers, rooms, quota and clock, and says what to do. Changes nothing.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ rollbook doctor\n  $ rollbook doctor --json | jq \'.findings[] | select(.verdict != "ok")\'',
    )
    .action((options: LedgerOptions) => doctor(options, context));
}

async function doctor(options: LedgerOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const findings = await examine(options, context);
  const verdict = worst(findings);
  if (options.json) terminal.printJson({ verdict, findings });
  else terminal.print(asText(findings, terminal));
  if (verdict === 'fail') throw new ReportedError();
}

function asText(findings: readonly Finding[], terminal: Terminal): string {
  const remedies = findings.flatMap(({ check, finding, remedy }) =>
    remedy === null ? [] : [`- ${check}: ${printable(finding)}\n  → ${printable(remedy)}`],
  );
  const found = terminal.table(
    [
      { title: '', value: (finding) => finding.verdict.toUpperCase() },
      { title: 'check', value: ({ check }) => check },
      { title: 'finding', value: ({ finding }) => finding },
    ],
    findings,
  );
  return remedies.length === 0 ? found : `${found}\n\nTo do:\n${remedies.join('\n')}`;
}

async function examine(options: LedgerOptions, context: CommandContext): Promise<Finding[]> {
  const { env, clock, signal, terminal } = context;
  let config;
  try {
    config = parseConfig(env);
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    return [fail('settings', err.message.replaceAll('\n', ' '), 'Correct them in the environment or in .env.')];
  }
  const machine = [...(await examineMachine(config, clock)), ...misspeltIn(env).map(notRead)];
  const credentials = await examineCredentials(config);
  const noLedger = machine.some(({ check, verdict }) => check === 'ledger' && verdict !== 'ok');
  if (noLedger) return [...machine, ...credentials];
  const google = worst(credentials) !== 'fail';
  using parts = await openLedger(context, options, { google, zoneMayDiffer: true });
  const zone = examineZone(parts);
  if (!google) return [...machine, zone, ...credentials];
  const progress = terminal.progress('Asking Google', { quiet: options.json });
  const asked = await examineGoogle(parts, signal, progress.update).finally(progress.end);
  return [...machine, zone, ...credentials, ...asked, ...examineCallListings(parts), examineQuota(parts)];
}

function notRead(misspelt: Misspelt): Finding {
  return warn('settings', misspeltText(misspelt), 'Correct its name, or take it out.');
}
