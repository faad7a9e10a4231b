/** Settings of the environment that Rollbook cannot start with. The message lists all of them and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type UnavailableReason = 'busy' | 'full' | 'in_use' | 'missing' | 'gone' | 'damaged' | 'failing' | 'refused';

/**
 * The ledger cannot be read or written now. Nothing was changed, and asking again later may work.
 * The message says what to do; the fault of SQLite is the `cause`.
 */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  /** It passes once somebody has looked after the disk. */
  get isOfTheDisk(): boolean {
    return this.reason === 'full' || this.reason === 'failing';
  }

  /** The message of a program that goes on and tries again, such as the daemon. */
  get messageOfDaemon(): string {
    return this.isOfTheDisk
      ? `${this.message} Nothing recorded is lost, and work goes on by itself after that.`
      : this.message;
  }
}

/** Whether something could not be stored because another program or thread was writing: nothing of it was, and it may be tried again. */
export function isBusy(err: unknown): boolean {
  if (err instanceof LedgerUnavailableError) return err.reason === 'busy';
  return err instanceof Error && 'code' in err && String(err.code).startsWith('SQLITE_BUSY');
}

/**
 * What was asked of the ledger's file would lose or mix up something: a wrong version, a copy that would overwrite
 * another. Nothing was changed, and it stays refused until a person does what the message says.
 */
export class LedgerRefusedError extends Error {
  override readonly name = 'LedgerRefusedError';
}

/** The tables of a ledger are not those that its own list of migrations tells of, so it cannot be worked with or looked at. */
export class UnfitLedgerError extends Error {
  override readonly name = 'UnfitLedgerError';
}
