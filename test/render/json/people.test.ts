import { expect, test } from 'vitest';

import {
  familySchema,
  personSchema,
  savedFamilySchema,
  showFamily,
  showPerson,
  showSavedFamily,
} from '../../../src/render/json/people.ts';

test('a person is shown by number, address, name, role and account', () => {
  const shown = showPerson({ id: 3, email: 'ben@home.example', name: null, role: 'student', googleUserId: '42' });
  expect(shown).toEqual({
    person_id: 3,
    email: 'ben@home.example',
    name: null,
    role: 'student',
    google_user_id: '42',
  });
  expect(personSchema.parse(shown)).toEqual(shown);
});

const brown = {
  id: 1,
  name: 'Brown',
  currency: 'EUR',
  billingEmail: 'pay@home.example',
  studentEmails: ['ben@home.example', 'cleo@home.example'],
};

test('a family is shown with where its bill goes and whom it pays for', () => {
  const shown = showFamily(brown);
  expect(shown).toEqual({
    family_id: 1,
    name: 'Brown',
    currency: 'EUR',
    billing_email: 'pay@home.example',
    student_emails: ['ben@home.example', 'cleo@home.example'],
  });
  expect(familySchema.parse(shown)).toEqual(shown);
});

test('a family that was saved names the addresses that were nobody before', () => {
  const shown = showSavedFamily({ family: brown, createdPeople: ['cleo@home.example'] });
  expect(shown).toEqual({ ...showFamily(brown), created_people: ['cleo@home.example'] });
  expect(savedFamilySchema.parse(shown)).toEqual(shown);
});
