import type { BlockedLine } from '../billing/lesson/line.ts';

/** A family, a student without one, or a teacher, none of whose lines has an amount yet. */
export interface WaitingParty {
  readonly kind: 'waiting';
  readonly side: 'charge' | 'pay';
  /** Null: a teacher, or a student without a family. */
  readonly familyId: number | null;
  /** The student or teacher, where `familyId` is null. */
  readonly personId: number | null;
  readonly name: string;
  /** What the family is billed in; null: no rate says it yet. */
  readonly currency: string | null;
  /** What is missing, line by line. */
  readonly lines: readonly BlockedLine[];
}

/** Whose statement it is: families and people have numbers of their own. */
interface Party {
  readonly familyId: number | null;
  readonly personId: number | null;
}

const keyOf = ({ familyId, personId }: Party): string =>
  JSON.stringify([familyId, familyId === null ? personId : null]);

/**
 * Those who have lines and no statement: a draft without them would look as if nothing were owed.
 *
 * @param blocked of one side
 * @param stated who has a statement
 * @param familyOf student → family; of pay it is empty
 * @param familyNamed what a family is called and billed in
 */
export function waitingParties(
  blocked: readonly BlockedLine[],
  stated: readonly Party[],
  familyOf: ReadonlyMap<number, number>,
  familyNamed: (id: number) => { readonly name: string; readonly currency: string } | null,
): WaitingParty[] {
  const known = new Set(stated.map(keyOf));
  const partyOf = ({ personId }: BlockedLine): Party => ({ familyId: familyOf.get(personId) ?? null, personId });
  return [...Map.groupBy(blocked, (line) => keyOf(partyOf(line)))].flatMap(([key, lines]): WaitingParty[] => {
    if (known.has(key)) return [];
    const { side, personId, personName, personEmail } = lines[0]!;
    const { familyId } = partyOf(lines[0]!);
    const family = familyId === null ? null : familyNamed(familyId);
    const name = familyId === null ? (personName ?? personEmail) : (family?.name ?? `Family ${familyId}`);
    const person = familyId === null ? personId : null;
    return [{ kind: 'waiting', side, familyId, personId: person, name, currency: family?.currency ?? null, lines }];
  });
}

/** `2026-01-F3`: without a currency, since it is no bill. */
export function waitingReference(period: string, { side, familyId, personId }: WaitingParty): string {
  if (familyId !== null) return `${period}-F${familyId}`;
  return `${period}-${side === 'pay' ? 'T' : 'S'}${personId}`;
}
