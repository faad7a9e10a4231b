/** The words of a schema that has its own, such as `must be an e-mail address`, also for when the field is missing. */
export function saysMissing(must: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? `is missing: it ${must}` : must) };
}
