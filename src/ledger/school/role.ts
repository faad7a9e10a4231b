/** What a token may do. A new one is named here, and `tsc` then names every place that has to decide about it. */
export const ROLES = ['admin', 'teacher', 'operator'] as const;

export type Role = (typeof ROLES)[number];
