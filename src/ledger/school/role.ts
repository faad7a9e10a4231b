/**
 * What a token may do, and whether it is of one person of the school. A new role is a line here, and `tsc` then names
 * `web/scope.ts`, which decides what it sees; a role of a person also `cli/commands/token.ts`, which decides of whom.
 */
const OF_A_PERSON = { admin: false, teacher: true, operator: false } as const;

export type Role = keyof typeof OF_A_PERSON;
export type PersonalRole = { [Key in Role]: (typeof OF_A_PERSON)[Key] extends true ? Key : never }[Role];

export const ROLES = Object.keys(OF_A_PERSON) as [Role, ...Role[]];

export function isPersonal(role: Role): role is PersonalRole {
  return OF_A_PERSON[role];
}
