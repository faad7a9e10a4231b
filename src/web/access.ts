import type { Role } from '../ledger/school/role.ts';

/** Who may call a route: `public` needs no token. */
export type Access = 'public' | readonly Role[];

const everybody = ['admin', 'teacher', 'operator'] as const;
const watchers = ['admin', 'operator'] as const;
const admin = ['admin'] as const;
/** Teachers see their own pay. */
const payees = ['admin', 'teacher'] as const;
const teacher = ['teacher'] as const;

/**
 * Every route and who may call it. A path that is not listed is answered with 404. That teachers see only what is
 * theirs, and operators see names and addresses masked, is the work of each route, by `scope.ts`.
 */
export const access: Readonly<Record<string, Access>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': watchers,
  'GET /openapi.json': everybody,
  'GET /docs': everybody,
  'GET /docs/{file}': everybody,

  'POST /api/schedule/class': admin,
  'GET /api/classes': everybody,
  'GET /api/classes/{id}': everybody,
  'PATCH /api/classes/{id}': admin,
  'POST /api/classes/{id}/cancel': admin,
  'POST /api/classes/{id}/reinstate': admin,
  'POST /api/classes/import': admin,

  'GET /api/people': admin,
  'GET /api/people/{id}': admin,
  'POST /api/people': admin,
  'PATCH /api/people/{id}': admin,
  'POST /api/people/import': admin,
  'GET /api/families': admin,
  'GET /api/families/{id}': admin,
  'POST /api/families': admin,
  'PATCH /api/families/{id}': admin,

  'GET /monitoring/attendance-logs': everybody,
  'POST /monitoring/sync-participants/{class_id}': watchers,
  'POST /monitoring/sync-all-active': watchers,
  'GET /monitoring/status': watchers,
  'GET /api/jobs/{id}': watchers,
  'GET /api/jobs/{id}/events': watchers,
  'POST /api/jobs/{id}/undo': admin,

  'GET /api/review': admin,
  'GET /api/review/{id}': admin,
  'POST /api/review/bulk': admin,
  'POST /api/review/{id}/accept': admin,
  'POST /api/review/{id}/refuse': admin,
  'POST /api/review/{id}/undo': admin,
  'POST /api/review/{id}/ignore': admin,

  'GET /api/settings': admin,
  'PUT /api/settings': admin,
  'GET /api/policy': admin,
  'PUT /api/policy': admin,
  'GET /api/rates': admin,
  'POST /api/rates': admin,
  'PATCH /api/rates/{id}': admin,
  'GET /api/enrolments': admin,
  'POST /api/enrolments': admin,
  'PATCH /api/enrolments/{id}': admin,
  'GET /api/decisions': admin,
  'POST /api/decisions': admin,
  'POST /api/decisions/{id}/undo': admin,
  'GET /api/reports/billing': admin,
  'GET /api/reports/payroll': payees,
  'GET /api/reports/attendance': admin,
  'GET /api/reports/unbilled': admin,
  'POST /api/reports/what-if': admin,
  'GET /api/reports/lines/{id}/explain': payees,
  'GET /api/periods': admin,
  'GET /api/periods/{period}': admin,
  'POST /api/periods/{period}/close': admin,
  'POST /api/periods/{period}/reopen': admin,
  'POST /api/periods/{period}/accept': teacher,
  'GET /api/adjustments': admin,
  'POST /api/adjustments/{id}/accept': admin,
  'POST /api/adjustments/{id}/reject': admin,
  'GET /api/disputes': payees,
  'POST /api/disputes': teacher,
  'POST /api/disputes/{id}/close': admin,
  'GET /api/audit': admin,
};

export interface Rule {
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly access: Access;
}

export type Found =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'other_method'; readonly path: string; readonly allowed: readonly string[] }
  | { readonly kind: 'nothing' };

/** Finds the rule of a request. HEAD has the rule of GET. */
export function createRules(table: Readonly<Record<string, Access>> = access): (method: string, path: string) => Found {
  const rules = Object.entries(table).map(([route, who]) => {
    const [method = '', path = ''] = route.split(' ');
    const pattern = new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return { pattern, rule: { method, path, access: who } };
  });
  return (method, path) => {
    const fitting = rules.filter(({ pattern }) => pattern.test(path)).map(({ rule }) => rule);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const rule = fitting.find((candidate) => candidate.method === wanted);
    if (rule !== undefined) return { kind: 'rule', rule };
    const [first] = fitting;
    if (first === undefined) return { kind: 'nothing' };
    const allowed = [
      ...new Set(fitting.flatMap((other) => (other.method === 'GET' ? ['GET', 'HEAD'] : [other.method]))),
    ];
    return { kind: 'other_method', path: first.path, allowed };
  };
}
