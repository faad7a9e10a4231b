import { z } from '@hono/zod-openapi';

import type { Person } from '../../core/attendance/identity/knowledge.ts';
import type { Family } from '../../ledger/school/people-store.ts';

export const personRole = z.enum(['teacher', 'student', 'admin', 'other']);

export const newAddresses = z.array(z.string()).openapi({ description: 'Addresses that were nobody before.' });

export const personSchema = z
  .object({
    person_id: z.int(),
    email: z.string(),
    name: z.string().nullable(),
    role: personRole,
    google_user_id: z.string().nullable(),
  })
  .openapi('Person');

export function showPerson({ id, email, name, role, googleUserId }: Person): z.infer<typeof personSchema> {
  return { person_id: id, email, name, role, google_user_id: googleUserId };
}

export const familySchema = z
  .object({
    family_id: z.int(),
    name: z.string(),
    currency: z.string(),
    billing_email: z.string().nullable(),
    student_emails: z.array(z.string()),
  })
  .openapi('Family');
export const savedFamilySchema = familySchema.extend({ created_people: newAddresses }).openapi('SavedFamily');

export function showFamily({ id, name, currency, billingEmail, studentEmails }: Family) {
  return { family_id: id, name, currency, billing_email: billingEmail, student_emails: studentEmails };
}

export function showSavedFamily({ family, createdPeople }: { family: Family; createdPeople: readonly string[] }) {
  return { ...showFamily(family), created_people: createdPeople };
}
