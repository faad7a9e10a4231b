import type { LedgerUnavailableError } from '../errors.ts';

/** What the machine refused, for the person who can change it. */
export interface SystemFault {
  readonly message: string;
  /** Calling again would end the same until a person changed a setting. */
  readonly ofSettings: boolean;
}

/** Why a server could not begin, by the code of the system. `{where}` is the host and port that it was given. */
const LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'Port {port} of {host} is in use by another program: stop it, or choose another port (ROLLBOOK_PORT or --port; 0 takes a free one).',
  EACCES:
    'This user may not use port {port} of {host}; ports below 1024 are for the system. Choose one from 1024 on (ROLLBOOK_PORT or --port), and let a proxy forward to it.',
  EADDRNOTAVAIL:
    'This machine has no address {host}: give one of its own in ROLLBOOK_HOST, 127.0.0.1 for this machine alone or 0.0.0.0 for all its addresses.',
};

/**
 * A fault of the system in the words of a user, with what to do.
 *
 * @returns null for what is no fault of the system, which would be ours
 */
export function systemFault(err: unknown): SystemFault | null {
  if (!(err instanceof Error) || !('syscall' in err) || !('code' in err)) return null;
  const fault = err as NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string };
  if (fault.syscall === 'getaddrinfo') {
    return {
      message: `There is no host ${fault.hostname}: give an address of this machine in ROLLBOOK_HOST.`,
      ofSettings: true,
    };
  }
  const sentence = fault.syscall === 'listen' ? LISTENING[fault.code ?? ''] : undefined;
  if (sentence !== undefined) {
    const { address = 'this machine', port = 0 } = fault;
    return { message: sentence.replaceAll('{port}', String(port)).replaceAll('{host}', address), ofSettings: true };
  }
  // A disk that is full, a path that is too long, a file of somebody else.
  if (fault.path === undefined) return null;
  return {
    message: `The system refused it: ${fault.message}. Look at the path, its rights and its disk.`,
    ofSettings: false,
  };
}

/** Commands that store what they do in pieces: each of them stays. */
const IN_PIECES: readonly string[] = ['serve', 'demo', 'sync', 'backfill', 'review', 'adjust'];

/** Why a command that needs the ledger ended, and what became of its work when the disk is at fault. */
export function ledgerFault(err: LedgerUnavailableError, argv: readonly string[]): string {
  if (!err.isOfTheDisk) return err.message;
  const stored = IN_PIECES.some((command) => argv.includes(command))
    ? 'What was done before it is stored, the rest is not'
    : 'Nothing was stored';
  return `${err.message} ${stored}: run the command again after that.`;
}
