/** Settings of the environment that Rollbook cannot start with. The message lists all of them and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
