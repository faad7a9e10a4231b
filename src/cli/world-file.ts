import { z } from 'zod';

import type { World } from '../emulator/world.ts';
import { readText } from './arguments.ts';
import { CommandError } from './context.ts';

const INSTANT = 'must be a time such as "2026-01-16T16:00:00+01:00" (RFC 3339), or whole milliseconds since 1970';
/** Epoch ms, as the emulator keeps it. */
const instant = z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], INSTANT);
const end = z.union([instant, z.null()], `${INSTANT}, or null for what goes on`);

const session = z.strictObject({
  name: z.string().min(1),
  start: instant,
  end,
  corrections: z
    .array(z.strictObject({ at: instant, start: instant.exactOptional(), end: end.exactOptional() }))
    .exactOptional(),
  vanishesAt: instant.exactOptional(),
  visibleFrom: instant.exactOptional(),
});

const participant = z.strictObject({
  name: z.string().min(1),
  user: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('signedin'), id: z.string().min(1), displayName: z.string() }),
    z.strictObject({ kind: z.literal('anonymous'), displayName: z.string() }),
    z.strictObject({ kind: z.literal('phone'), displayName: z.string() }),
  ]),
  sessions: z.array(session),
});

const world = z.strictObject({
  accounts: z.array(
    z.strictObject({
      id: z.string().min(1),
      email: z.email(),
      name: z.string(),
      inDirectory: z.boolean().default(true),
      revoked: z.boolean().exactOptional(),
    }),
  ),
  spaces: z.array(
    z.strictObject({
      name: z.string().startsWith('spaces/'),
      meetingCode: z.string().min(1),
      ownerEmail: z.email(),
    }),
  ),
  records: z.array(
    z.strictObject({
      name: z.string().startsWith('conferenceRecords/'),
      space: z.string().startsWith('spaces/'),
      start: instant,
      end,
      endVisibleAt: instant.exactOptional(),
      visibleFrom: instant.exactOptional(),
      expireAt: instant.exactOptional(),
      participants: z.array(participant),
    }),
  ),
});

/**
 * Reads a scripted world: `accounts`, `spaces` and `records` as in `emulator/world.ts`.
 *
 * @throws {CommandError} naming everything in the file that does not fit
 */
export async function readWorld(file: string): Promise<World> {
  const text = await readText(file);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (err) {
    throw new CommandError(`${file} is not JSON: ${err instanceof Error ? err.message : String(err)}`);
  }
  const parsed = world.safeParse(content);
  if (!parsed.success) throw new CommandError(`${file} is not a world:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
