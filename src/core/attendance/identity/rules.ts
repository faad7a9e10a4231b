import type { RoomClass } from '../../schedule/class.ts';
import type { ParticipantEvidence } from '../evidence.ts';
import {
  IDENTITY_SCOPES,
  ownerOf,
  type IdentityIndex,
  type IdentityRule,
  type IdentityScope,
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

/** Whether the person was refused for the scope or a narrower one. At the same scope a refusal goes before an alias. */
export function refuses(applying: readonly IdentityRule[], personId: number, scope: IdentityScope): boolean {
  return applying.some(
    (rule) =>
      rule.verdict === 'is_not' &&
      rule.personId === personId &&
      IDENTITY_SCOPES.indexOf(rule.scope) <= IDENTITY_SCOPES.indexOf(scope),
  );
}

/** Whether somebody has said that in this class the participant is not that person. */
export function isRefused(participant: Identifiable, personId: number, c: RoomClass, index: IdentityIndex): boolean {
  const rules = rulesFor(participant, index);
  return refuses(
    rules.filter((rule) => applies(rule, c)),
    personId,
    'everywhere',
  );
}

/**
 * Whether a person said who the participant is in this class. What was said for everywhere says so of an owner of the
 * account only: otherwise it is no more than how the participant came to be known.
 */
export function isNamed(participant: Identifiable, c: RoomClass, index: IdentityIndex): boolean {
  const owner = ownerOf(participant.userId, index);
  return rulesFor(participant, index).some(
    (rule) =>
      rule.verdict === 'is' &&
      applies(rule, c) &&
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
  const narrowest = Math.min(...found.map(({ scope }) => IDENTITY_SCOPES.indexOf(scope)));
  const applying = rulesFor(participant, index).filter((rule) => applies(rule, c) && !(shared && isLabel(rule)));
  return aliases(applying)
    .slice(0, narrowest)
    .every((match) => match === null);
}

/** The aliases among the rules that apply to a class, nearest scope first. */
export function aliases(applying: readonly IdentityRule[]): (Match | null)[] {
  const learned = applying.filter((rule) => rule.verdict === 'is' && !refuses(applying, rule.personId, rule.scope));
  return IDENTITY_SCOPES.map((scope) => aliasOf(learned.filter((rule) => rule.scope === scope)));
}

function aliasOf(rules: readonly IdentityRule[]): Match | null {
  const personIds = [...new Set(rules.map(({ personId }) => personId))].sort((a, b) => a - b);
  return personIds.length === 0 ? null : { personIds, method: 'alias', confidence: 'medium' };
}

export function isLabel({ kind }: IdentityRule): boolean {
  return kind === 'name' || kind === 'phone';
}
