import { z } from '@hono/zod-openapi';

const warning = z.object({ line: z.int(), column: z.string().nullable(), message: z.string() });
export const importedSchema = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    dry_run: z.boolean(),
    warnings: z.array(warning),
  })
  .openapi('Imported');

interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly warnings: readonly z.infer<typeof warning>[];
}

/** What a file did, or with `dryRun` would have done. */
export function showImported({ created, updated, unchanged, warnings }: Counts, dryRun: boolean) {
  return { created, updated, unchanged, dry_run: dryRun, warnings };
}
