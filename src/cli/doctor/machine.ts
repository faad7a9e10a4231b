import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { ledgerFile, type Config } from '../../config.ts';
import type { Clock } from '../../core/time/clock.ts';
import { HOUR_MS } from '../../core/time/duration.ts';
import { LedgerRefusedError, LedgerUnavailableError } from '../../errors.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const MB = 1024 * 1024;
/** A year of a hundred classes a day needs much less. With less free space than this, a growing log file may fill the disk. */
const LITTLE_DISK = 1024 * MB;
const NO_DISK = 200 * MB;
/** A backup a day, and two hours for one that comes late. */
const BACKUP_AGE_MS = 26 * HOUR_MS;

/** Looks at this machine: runtime, folder, disk, ledger, backups, who can reach us. Asks nobody else. */
export async function examineMachine(config: Config, clock: Clock): Promise<Finding[]> {
  const { finding, adminTokens } = await ledger(config, clock);
  return [
    ok('node', `Node ${process.versions.node}`),
    folder(config),
    disk(config),
    finding,
    backups(config, clock),
    address(config),
    access(config, adminTokens),
    ...(config.apiRoot === null ? [] : [standIn(config.apiRoot)]),
  ];
}

function folder({ dataDir }: Config): Finding {
  const path = resolve(dataDir);
  if (!existsSync(path)) {
    const parent = existingParent(path);
    return writable(parent)
      ? warn(
          'data folder',
          `${path} does not exist yet`,
          'If it is the right place, do nothing: the first start makes it. Otherwise set ROLLBOOK_DATA_DIR.',
        )
      : fail(
          'data folder',
          `${path} does not exist and cannot be made`,
          `Let this user write to ${parent}, or set ROLLBOOK_DATA_DIR.`,
        );
  }
  if (!statSync(path).isDirectory()) {
    return fail('data folder', `${path} is no folder`, 'Remove it, or set ROLLBOOK_DATA_DIR to a folder.');
  }
  if (!writable(path)) {
    return fail(
      'data folder',
      `${path} cannot be written`,
      'Run this as the user of the daemon, or give it the folder (chown).',
    );
  }
  const mode = statSync(path).mode & 0o777;
  return (mode & 0o077) === 0
    ? ok('data folder', `${path} is writable, and only this user can open it`)
    : warn('data folder', `others may look into ${path} (mode ${mode.toString(8)})`, `chmod 700 ${path}`);
}

function existingParent(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? parent : existingParent(parent);
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function disk({ dataDir }: Config): Finding {
  const path = resolve(dataDir);
  const { bavail, bsize } = statfsSync(existsSync(path) ? path : existingParent(path));
  const free = bavail * bsize;
  const finding = `${Math.floor(free / MB)} MB free`;
  const remedy =
    'Free some space on the disk of the data folder: evidence that cannot be stored is asked for again, for 30 days.';
  if (free < NO_DISK) return fail('disk', finding, remedy);
  return free < LITTLE_DISK ? warn('disk', finding, remedy) : ok('disk', finding);
}

/** Whether the ledger is whole, and how many tokens of admins it holds: none when it cannot be read. */
async function ledger(config: Config, clock: Clock): Promise<{ finding: Finding; adminTokens: number }> {
  const file = ledgerFile(config);
  const unread = (finding: Finding) => ({ finding, adminTokens: 0 });
  if (!existsSync(file)) {
    const remedy =
      'Make it with "rollbook serve", "rollbook import" or "rollbook token create"; or correct ROLLBOOK_DATA_DIR.';
    return unread(warn('ledger', `${file} does not exist yet`, remedy));
  }
  const { inspectLedger } = await import('../../ledger/inspect.ts');
  try {
    const { damage, adminTokens } = inspectLedger(file, clock);
    if (damage === null) return { finding: ok('ledger', `${file} is whole and up to date`), adminTokens };
    const remedy = 'Stop the daemon and restore a backup: rollbook restore FILE';
    return { finding: fail('ledger', `${file} is damaged: ${damage}`, remedy), adminTokens };
  } catch (err) {
    if (!(err instanceof LedgerUnavailableError) && !(err instanceof LedgerRefusedError)) throw err;
    return unread(fail('ledger', `${file} cannot be used`, err.message));
  }
}

function backups({ dataDir }: Config, clock: Clock): Finding {
  const path = join(resolve(dataDir), 'backups');
  const remedy = `Back up every day (docs/operate.md has a line for cron); now: mkdir -p ${path} && rollbook backup ${join(path, '$(date +%F).db')}`;
  const ages = existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => clock.now() - statSync(join(path, name)).mtimeMs)
    : [];
  if (ages.length === 0) return warn('backup', `there is none in ${path}`, remedy);
  const youngest = Math.min(...ages);
  const finding = `the newest is ${Math.max(0, Math.round(youngest / HOUR_MS))} h old`;
  return youngest > BACKUP_AGE_MS ? warn('backup', finding, remedy) : ok('backup', finding);
}

function address({ host }: Config): Finding {
  return /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)
    ? ok('address', `only this machine reaches ${host}`)
    : warn(
        'address',
        `${host} can be reached from outside, without TLS`,
        'Keep ROLLBOOK_HOST=127.0.0.1 behind a TLS proxy.',
      );
}

function access({ adminToken }: Config, stored: number): Finding {
  if (adminToken !== null) return ok('admin token', 'ROLLBOOK_ADMIN_TOKEN is set');
  return stored > 0
    ? ok('admin token', `${stored} valid in the ledger`)
    : warn(
        'admin token',
        'the ledger has none, and ROLLBOOK_ADMIN_TOKEN is not set here',
        'Nothing is to be done if the daemon has it in its own environment. Otherwise: rollbook token create --role admin',
      );
}

function standIn(apiRoot: string): Finding {
  return warn('api root', `${apiRoot} stands in for Google`, 'Unset GOOGLE_API_ROOT: it is for tests only.');
}
