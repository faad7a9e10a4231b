/** Whose line of which class: the charge of a student or the pay of a teacher. */
export interface LineOwner {
  readonly side: 'charge' | 'pay';
  readonly classId: number;
  readonly personId: number;
}

/** The id of a line or of a correction, taken apart. */
export interface ParsedLineId extends LineOwner {
  /** The id of the line; of a correction, that of the line it corrects. */
  readonly lineId: string;
  /** 1 for the first correction of the line; null: the line itself. */
  readonly nth: number | null;
}

/** `c5-3`: the charge of person 3 for class 5; `p5-2`: the pay of person 2. The same whenever it is computed. */
export function formatLineId({ side, classId, personId }: LineOwner): string {
  return `${side === 'charge' ? 'c' : 'p'}${classId}-${personId}`;
}

/** `a1-c5-3`: the first correction of line `c5-3`. */
export function formatAdjustmentId(nth: number, lineId: string): string {
  return `a${nth}-${lineId}`;
}

/** Reads the id of a line or of a correction; null: it is neither. */
export function parseLineId(text: string): ParsedLineId | null {
  const found = /^(?:a(?<nth>\d+)-)?(?<lineId>(?<side>[cp])(?<classId>\d+)-(?<personId>\d+))$/.exec(text)?.groups;
  if (found === undefined) return null;
  return {
    side: found['side'] === 'c' ? 'charge' : 'pay',
    classId: Number(found['classId']),
    personId: Number(found['personId']),
    lineId: found['lineId']!,
    nth: found['nth'] === undefined ? null : Number(found['nth']),
  };
}
