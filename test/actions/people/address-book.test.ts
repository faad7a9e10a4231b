import { expect, test } from 'vitest';

import { createAddressBook } from '../../../src/actions/people/address-book.ts';
import { webWorld } from '../../web/web-world.ts';

test('the addresses of everybody are read once, whoever is entered meanwhile', async () => {
  await using world = webWorld();
  let reads = 0;
  const book = createAddressBook({
    emails() {
      reads += 1;
      return world.people.emails();
    },
  });
  const enter = (email: string) => {
    world.people.create({ email, role: 'student' });
    book.add(email);
  };

  enter('ben@home.example');
  expect(book.near('bem@home.example')).toBe('ben@home.example');
  enter('bem@home.example');
  enter('bel@home.example');
  expect(book.near('bell@home.example')).toBe('bel@home.example');
  // Of several the first by letters, in whatever order they came.
  expect(book.near('bek@home.example')).toBe('bel@home.example');
  expect(book.near('zoe@home.example')).toBeNull();
  expect(reads).toBe(1);
});
