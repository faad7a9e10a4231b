import type { RoomClass } from '../../schedule/class.ts';
import type { ParticipantEvidence } from '../evidence.ts';
import {
  IDENTITY_SCOPES,
  ownerOf,
  type IdentityIndex,
  type IdentityRule,
  type Match,
  type Reach,
} from './knowledge.ts';
import { normaliseName } from './names.ts';

export type Identifiable = Pick<ParticipantEvidence, 'name' | 'kind' | 'userId' | 'displayName'>;

export function applies(rule: Reach, c: Pick<RoomClass, 'id' | 'seriesId'>): boolean {
  switch (rule.scope) {
    case 'call':
      // The rule names the participant itself.
      return true;
    case 'class':
      return rule.classId === c.id;
    case 'series':
      return rule.seriesId !== null && rule.seriesId === c.seriesId;
    case 'everywhere':
      return true;
  }
}

/** What was learned about a participant, wherever it holds. */
export function rulesFor(participant: Identifiable, index: IdentityIndex): readonly IdentityRule[] {
  const { kind, userId } = participant;
  const name = normaliseName(participant.displayName);
  // A name that was learned from a guest says nothing about a signed-in account that shows the same name.
  const key = userId !== null ? `account:${userId}` : `${kind === 'phone' ? 'phone' : 'name'}:${name}`;
  return [...(index.rulesByValue.get(`participant:${participant.name}`) ?? []), ...(index.rulesByValue.get(key) ?? [])];
}

/** How narrow a rule is: what was said of a participant in one class goes before what was said of it in the whole call. */
function rankOf({ kind, scope }: Pick<IdentityRule, 'kind' | 'scope'>): number {
  return kind === 'participant' && scope === 'class' ? 0 : 1 + IDENTITY_SCOPES.indexOf(scope);
}

/** The rank of what holds everywhere. */
const WIDEST: number = IDENTITY_SCOPES.length;

/** Whether the person was refused as narrowly as that or more so. Of two of one rank a refusal goes before an alias. */
export function refuses(applying: readonly IdentityRule[], personId: number, rank = WIDEST): boolean {
  return applying.some((rule) => rule.verdict === 'is_not' && rule.personId === personId && rankOf(rule) <= rank);
}

/** Whether somebody has said that in this class the participant is not that person. */
export function isRefused(participant: Identifiable, personId: number, c: RoomClass, index: IdentityIndex): boolean {
  const rules = rulesFor(participant, index);
  return refuses(
    rules.filter((rule) => applies(rule, c)),
    personId,
  );
}

/**
 * Whether a person said who the participant is in this class. What was said for everywhere says so of an owner of the
 * account only: otherwise it is no more than how the participant came to be known.
 *
 * @param beside they belong to another class of the call: what was said for the call may have been said of that one
 */
export function isNamed(participant: Identifiable, c: RoomClass, index: IdentityIndex, beside = false): boolean {
  const owner = ownerOf(participant.userId, index);
  return rulesFor(participant, index).some(
    (rule) =>
      rule.verdict === 'is' &&
      applies(rule, c) &&
      !(beside && rule.scope === 'call') &&
      (rule.scope !== 'everywhere' || owner?.personIds.includes(rule.personId) === true),
  );
}

/**
 * Whether somebody said that in this class the participant is nobody. Who was named for less than what is ignored is
 * somebody: an alias of the series goes before a name that is ignored everywhere.
 *
 * @param shared another guest of that name is in the call at the same time: the name is used only where it is ignored everywhere
 */
export function isIgnored(participant: Identifiable, c: RoomClass, index: IdentityIndex, shared = false): boolean {
  const { name, userId, displayName } = participant;
  const label = userId === null ? `name:${normaliseName(displayName)}` : `account:${userId}`;
  const found = [
    ...(index.ignoredByValue.get(`participant:${name}`) ?? []),
    ...(index.ignoredByValue.get(label) ?? []).filter(
      ({ kind, scope }) => !shared || kind !== 'name' || scope === 'everywhere',
    ),
  ].filter((rule) => applies(rule, c));
  if (found.length === 0) return false;
  const narrowest = Math.min(...found.map(rankOf));
  const applying = rulesFor(participant, index).filter((rule) => applies(rule, c) && !(shared && isLabel(rule)));
  return aliases(applying)
    .slice(0, narrowest)
    .every((match) => match === null);
}

/** The aliases among the rules that apply to a class, the narrowest first: of the participant in it, then of each scope. */
export function aliases(applying: readonly IdentityRule[]): (Match | null)[] {
  const learned = applying.filter((rule) => rule.verdict === 'is' && !refuses(applying, rule.personId, rankOf(rule)));
  return [0, ...IDENTITY_SCOPES.map((_, i) => i + 1)].map((rank) =>
    aliasOf(learned.filter((rule) => rankOf(rule) === rank)),
  );
}

function aliasOf(rules: readonly IdentityRule[]): Match | null {
  const personIds = [...new Set(rules.map(({ personId }) => personId))].sort((a, b) => a - b);
  return personIds.length === 0 ? null : { personIds, method: 'alias', confidence: 'medium' };
}

export function isLabel({ kind }: IdentityRule): boolean {
  return kind === 'name' || kind === 'phone';
}
