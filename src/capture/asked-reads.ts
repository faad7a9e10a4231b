import { z } from 'zod';

/** The payload of each kind of job that reads Google because somebody asked, as it is stored. */
export const READ_PAYLOADS = {
  sync_class: z.object({ class_id: z.int() }),
  sync_active: z.object({}),
  /** Epoch ms. */
  backfill: z.object({ since: z.int() }),
};

export type ReadKind = keyof typeof READ_PAYLOADS;

/** A kind with the payload that it takes. */
export type AskedRead = {
  readonly [Kind in ReadKind]: { readonly kind: Kind; readonly payload: z.infer<(typeof READ_PAYLOADS)[Kind]> };
}[ReadKind];
