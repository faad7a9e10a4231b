import { describe, expect, test } from 'vitest';

import { ROLES, type Role } from '../../src/ledger/school/role.ts';
import { includes, onlyOf, scopeOf, teacherOf } from '../../src/web/scope.ts';

const shown = (role: Role, personId: number | null = null) => {
  const { names, ...rest } = scopeOf({ role, personId });
  return { ...rest, name: names.who('Ana Reis'), message: names.message('asked as ana@school.example') };
};
const open = { name: 'Ana Reis', message: 'asked as ana@school.example' };
const masked = { name: 'a•••', message: 'asked as a•••' };

describe('what a caller sees:', () => {
  test('an admin sees everything', () => {
    expect(shown('admin')).toEqual({ classesOf: 'all', payOf: 'all', charges: true, ...open });
  });

  test('a teacher sees own classes and own pay, and never what families are asked', () => {
    expect(shown('teacher', 7)).toEqual({ classesOf: [7], payOf: [7], charges: false, ...open });
  });

  test('a teacher’s token that belongs to nobody shows nobody’s', () => {
    expect(shown('teacher')).toMatchObject({ classesOf: [], payOf: [], charges: false });
  });

  test('an operator sees all classes with the names hidden, and no money', () => {
    expect(shown('operator')).toEqual({ classesOf: 'all', payOf: [], charges: false, ...masked });
  });

  test('a role that nobody has decided about sees nothing', () => {
    const guardian = 'guardian' as Role;
    expect(ROLES).not.toContain(guardian);
    expect(shown(guardian, 7)).toEqual({ classesOf: [], payOf: [], charges: false, ...masked });
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

  test('who acts as a teacher is one', () => {
    expect(teacherOf({ personId: 7 })).toBe(7);
    expect(() => teacherOf({ personId: null })).toThrow('this token belongs to no teacher');
  });
});
