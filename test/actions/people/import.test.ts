import { expect, test } from 'vitest';

import { webWorld } from '../../web/web-world.ts';

const office = { actor: 'office' };

test('people come with their families, and entering them again changes nothing', async () => {
  await using world = webWorld();
  const file = [
    'email,name,role,google_user_id,family,currency,billing_email',
    'Mia@Home.example,Mia Silva,student,104523891234567890123,Silva,eur,pay@home.example',
    "tom@home.example,'=Tom,student,104523891234567890123,Silva,,",
    'ana@school.example,Ana Reis,teacher,,,,',
  ].join('\n');

  expect(await world.actions.importPeople(file, {}, office)).toEqual({
    created: 2,
    updated: 0,
    unchanged: 1,
    errors: [],
    warnings: [],
  });
  expect(world.people.familyByName('Silva')).toMatchObject({
    currency: 'EUR',
    billingEmail: 'pay@home.example',
    studentEmails: ['mia@home.example', 'tom@home.example'],
  });
  expect(world.people.byEmail('tom@home.example')?.name).toBe('=Tom');
  expect(await world.actions.importPeople(file, {}, office)).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
  expect(await world.actions.importPeople(file.replace('Mia Silva', 'Mia da Silva'), {}, office)).toMatchObject({
    updated: 1,
    unchanged: 2,
  });
});

test('people who cannot be are refused row by row', async () => {
  await using world = webWorld();
  const file = [
    'email,role,google_user_id,family,currency',
    'mia@home.example,student,1.04E+20,,',
    'tom@home.example,pupil,,,',
    'ana@school.example,teacher,,Silva,EUR',
    'leo@home.example,student,,Lee,',
    'kim@home.example,student,,Kim,EURO',
    'kai@home.example,student,,Park,EUR',
    'kai@home.example,student,,Park,EUR',
    'kay@home.example,student,,Park,GBP',
  ].join('\n');

  const { errors } = await world.actions.importPeople(file, {}, office);

  expect(errors.map(({ line, column }) => [line, column])).toEqual([
    [2, 'google_user_id'],
    [3, 'role'],
    [4, 'family'],
    [5, 'currency'],
    [6, 'currency'],
    [8, 'email'],
    [9, 'currency'],
  ]);
  expect(world.people.byEmail('kai@home.example')).toBeNull();
});
