import { globSync, readFileSync } from 'node:fs';

import { parseSync, Visitor, type Node } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

import { ROLES, type Role } from '../../src/ledger/school/role.ts';
import { access } from '../../src/web/access.ts';
import { includes, mayFilter, onlyOf, scopeOf, teacherOf } from '../../src/web/scope.ts';

const shown = (role: Role, personId: number | null = null) => {
  const { names, ...rest } = scopeOf({ role, personId });
  return { ...rest, name: names.who('Ana Reis'), message: names.message('asked as ana@school.example') };
};
const open = { name: 'Ana Reis', message: 'asked as ana@school.example' };
const masked = { name: 'a•••', message: 'asked as a•••' };

describe('what a caller sees:', () => {
  test('an admin sees everything', () => {
    expect(shown('admin')).toEqual({ classesOf: 'all', payOf: 'all', charges: true, byPerson: true, ...open });
  });

  test('a teacher sees own classes and own pay, and never what families are asked', () => {
    expect(shown('teacher', 7)).toEqual({ classesOf: [7], payOf: [7], charges: false, byPerson: true, ...open });
  });

  test('a teacher’s token that belongs to nobody shows nobody’s', () => {
    expect(shown('teacher')).toMatchObject({ classesOf: [], payOf: [], charges: false });
  });

  test('an operator sees all classes with the names hidden, and no money', () => {
    expect(shown('operator')).toEqual({ classesOf: 'all', payOf: [], charges: false, byPerson: false, ...masked });
  });

  test('a role that nobody has decided about sees nothing', () => {
    const guardian = 'guardian' as Role;
    expect(ROLES).not.toContain(guardian);
    expect(shown(guardian, 7)).toEqual({ classesOf: [], payOf: [], charges: false, byPerson: false, ...masked });
  });
});

describe('whose it is:', () => {
  test('everybody’s includes each person, some people’s those, nobody’s none', () => {
    expect([includes('all', 7), includes([7], 7), includes([7], 8), includes([], 0)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('a list is narrowed to those people, and refused where nobody’s may be seen', () => {
    expect([onlyOf('all'), onlyOf([7])]).toEqual([undefined, [7]]);
    expect(() => onlyOf([])).toThrow('this token belongs to no teacher');
  });

  test('a list is narrowed to a person whose data is shown, and to nobody by who may know no names', () => {
    const refusalOf = (byPerson: boolean, isShown: boolean) => {
      try {
        return mayFilter({ byPerson }, 'user_email', isShown);
      } catch (err) {
        return (err as Error).message;
      }
    };
    expect([refusalOf(true, true), refusalOf(true, false), refusalOf(false, true)]).toEqual([
      undefined,
      'user_email names somebody else; leave it out, or use a token of role admin',
      'user_email narrows a list to a person, which takes a token of role admin; leave it out',
    ]);
  });

  test('who acts as a teacher is one', () => {
    expect(teacherOf({ personId: 7 })).toBe(7);
    expect(() => teacherOf({ personId: null })).toThrow('this token belongs to no teacher');
  });
});

/** Routes that are open to others than admins and operators and do not ask what the caller may see, and why. */
const WITHOUT_SCOPE: Readonly<Record<string, string>> = {
  'GET /openapi.json': 'the reference holds nothing of the school',
  'GET /docs': 'the reference holds nothing of the school',
  'GET /docs/{file}': 'the reference holds nothing of the school',
  'POST /api/periods/{period}/accept': 'of the pay of the person whose token it is',
  'POST /api/disputes': 'of the pay of the person whose token it is',
};

/** The text of the handler of each route in `web/`. */
function handlers(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of globSync('src/web/**/*.ts')) {
    const text = readFileSync(path, 'utf8');
    const textOf = ({ start, end }: Node) => text.slice(start, end);
    new Visitor({
      CallExpression({ callee, arguments: [route, taken] }) {
        const method = /^(get|post|put|patch)(?:Other)?$/.exec(textOf(callee))?.[1];
        if (method === undefined || route?.type !== 'Literal' || taken?.type !== 'ObjectExpression') return;
        const handle = taken.properties.find((field) => field.type === 'Property' && textOf(field.key) === 'handle');
        if (handle !== undefined) found.set(`${method.toUpperCase()} ${String(route.value)}`, textOf(handle));
      },
    }).visit(parseSync(path, text).program);
  }
  return found;
}

test('a route that is open to others than admins and operators asks what the caller may see', () => {
  const found = handlers();
  const open = Object.entries(access)
    .filter(([, who]) => who !== 'public' && who.some((role) => role !== 'admin' && role !== 'operator'))
    .map(([route]) => route);
  expect(open.filter((route) => !/\bscope\b/.test(found.get(route) ?? ''))).toEqual(Object.keys(WITHOUT_SCOPE));
});
