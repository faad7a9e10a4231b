export type Verdict = 'ok' | 'warn' | 'fail';

/** The result of one check. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly finding: string;
  /** What to do; null when nothing is wrong. */
  readonly remedy: string | null;
}

export function ok(check: string, finding: string): Finding {
  return { check, verdict: 'ok', finding, remedy: null };
}

/** Works today, and will cause trouble later. */
export function warn(check: string, finding: string, remedy: string): Finding {
  return { check, verdict: 'warn', finding, remedy };
}

/** Evidence is being lost, or will be. */
export function fail(check: string, finding: string, remedy: string): Finding {
  return { check, verdict: 'fail', finding, remedy };
}

/** The worst of several, for a summary. */
export function worst(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return findings.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'ok';
}
