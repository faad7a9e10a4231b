import { formatLineId } from '../../core/billing/line-id.ts';
import type { LogStore } from '../../ledger/attendance/log-store.ts';
import type { LineQuery } from '../periods/period-lines.ts';

/** Somebody who was expected and counts as absent, because nobody waits for a name in the class any more. */
export interface CertainAbsence {
  readonly classId: number;
  readonly personId: number;
  readonly userEmail: string;
  readonly name: string | null;
  readonly role: 'teacher' | 'student';
  /** The line that it is charged or paid by; null: there is none. */
  readonly line: { readonly lineId: string; readonly amount: string | null; readonly currency: string | null } | null;
}

export interface AbsenceDeps {
  readonly logStore: Pick<LogStore, 'list'>;
  readonly lineQuery: Pick<LineQuery, 'ofClass'>;
}

/** Whose absence from these classes is certain. A class in which somebody has to be named yet has none. */
export function certainAbsences({ logStore, lineQuery }: AbsenceDeps, classIds: readonly number[]): CertainAbsence[] {
  return classIds.flatMap((classId) => {
    const absent = logStore.list({ classId, status: 'absent' }).filter(({ reviewOpen }) => !reviewOpen);
    if (absent.length === 0) return [];
    const lines = lineQuery.ofClass(classId);
    const all = [...(lines?.charges ?? []), ...(lines?.pay ?? []), ...(lines?.blocked ?? [])];
    return absent.flatMap(({ personId, userEmail, displayName, role }): CertainAbsence[] => {
      if (personId === null || userEmail === null || (role !== 'student' && role !== 'teacher')) return [];
      const lineId = formatLineId({ side: role === 'student' ? 'charge' : 'pay', classId, personId });
      const found = all.find((line) => line.lineId === lineId);
      const priced = found !== undefined && 'amountMinor' in found ? found : null;
      const line =
        found === undefined ? null : { lineId, amount: priced?.amount ?? null, currency: priced?.currency ?? null };
      return [{ classId, personId, userEmail, name: displayName, role, line }];
    });
  });
}
