import { describe, expect, test } from 'vitest';

import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

function ledger() {
  const clock = handClock('2026-01-16T20:00:00Z');
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const student = (email: string) => people.create({ email, role: 'student' });
  return { people, student, [Symbol.dispose]: () => database[Symbol.dispose]() };
}

describe('a person', () => {
  test('is found by the address in any spelling of its letters, and kept in small ones', () => {
    using world = ledger();
    const ana = world.people.create({ email: 'Ana@School.Example', role: 'teacher', name: 'Ana' });

    expect(ana.email).toBe('ana@school.example');
    expect(world.people.byEmail('ANA@school.example')).toEqual(ana);
    expect(world.people.get(ana.id)).toEqual(ana);
    expect(world.people.byEmail('ben@school.example')).toBeNull();
  });

  test('cannot be entered twice under one address', () => {
    using world = ledger();
    world.student('ben@home.example');

    expect(() => world.student('BEN@home.example')).toThrow(/UNIQUE/);
    expect(world.people.list({ after: 0, limit: 9 })).toHaveLength(1);
  });

  test('keeps everything that a change does not name', () => {
    using world = ledger();
    const ana = world.people.create({ email: 'ana@school.example', role: 'teacher', name: 'Ana', googleUserId: '101' });

    expect(world.people.update(ana.id, {})).toEqual(ana);
    expect(world.people.update(ana.id, { email: 'Ana.Lopez@school.example', name: null })).toEqual({
      ...ana,
      email: 'ana.lopez@school.example',
      name: null,
    });
  });

  test('is listed in order of id, in pages, and by role', () => {
    using world = ledger();
    const [zoe, ana, ben] = [
      world.student('zoe@home.example'),
      world.people.create({ email: 'ana@school.example', role: 'teacher' }),
      world.student('ben@home.example'),
    ];

    expect(world.people.list({ after: 0, limit: 2 })).toEqual([zoe, ana]);
    expect(world.people.list({ after: ana.id, limit: 2 })).toEqual([ben]);
    expect(world.people.list({ role: 'student', after: 0, limit: 9 })).toEqual([zoe, ben]);
  });
});

describe('a family', () => {
  test('has its students in order of e-mail', () => {
    using world = ledger();
    for (const name of ['zoe', 'ben']) world.student(`${name}@home.example`);
    const family = world.people.createFamily({
      name: 'Lopez',
      currency: 'EUR',
      studentEmails: ['Zoe@home.example', 'ben@home.example'],
    });

    expect(family).toMatchObject({ billingEmail: null, studentEmails: ['ben@home.example', 'zoe@home.example'] });
    expect(world.people.familyByName('Lopez')).toEqual(family);
    expect(world.people.families(0, 9)).toEqual([family]);
    expect(world.people.families(family.id, 9)).toEqual([]);
  });

  test('loses a student who is entered in another one: a student is billed to one family', () => {
    using world = ledger();
    for (const name of ['zoe', 'ben']) world.student(`${name}@home.example`);
    const emails = ['ben@home.example', 'zoe@home.example'];
    const first = world.people.createFamily({ name: 'Lopez', currency: 'EUR', studentEmails: emails });
    const second = world.people.createFamily({ name: 'Kim', currency: 'USD', studentEmails: ['zoe@home.example'] });

    expect(world.people.family(first.id)?.studentEmails).toEqual(['ben@home.example']);
    expect(second.studentEmails).toEqual(['zoe@home.example']);
  });

  test('keeps its students when a change does not name them, and has only those that it names', () => {
    using world = ledger();
    for (const name of ['zoe', 'ben']) world.student(`${name}@home.example`);
    const family = world.people.createFamily({ name: 'Lopez', currency: 'EUR', studentEmails: ['zoe@home.example'] });

    expect(world.people.updateFamily(family.id, { billingEmail: 'pay@home.example' })).toEqual({
      ...family,
      billingEmail: 'pay@home.example',
    });
    expect(world.people.updateFamily(family.id, { studentEmails: ['ben@home.example'] }).studentEmails).toEqual([
      'ben@home.example',
    ]);
  });

  test('with a student whom nobody knows is not made at all, and not changed', () => {
    using world = ledger();
    world.student('ben@home.example');
    const family = world.people.createFamily({ name: 'Lopez', currency: 'EUR', studentEmails: ['ben@home.example'] });
    const studentEmails = ['ben@home.example', 'nobody@home.example'];

    expect(() => world.people.createFamily({ name: 'Kim', currency: 'EUR', studentEmails })).toThrow(
      /nobody@home\.example/,
    );
    expect(world.people.familyByName('Kim')).toBeNull();
    expect(() => world.people.updateFamily(family.id, { name: 'Other', studentEmails })).toThrow(/not a person yet/);
    expect(world.people.family(family.id)).toEqual(family);
  });
});
