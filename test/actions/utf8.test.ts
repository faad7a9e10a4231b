import { expect, test } from 'vitest';

import { lineNotUtf8 } from '../../src/actions/utf8.ts';

test('the first line that is not UTF-8 is found, also when it is the last', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  expect(lineNotUtf8(Buffer.from('name\nMüller\n'))).toBeNull();
  expect(lineNotUtf8(Buffer.from(''))).toBeNull();
  expect(lineNotUtf8(latin1('Müller\nAna'))).toBe(1);
  expect(lineNotUtf8(latin1('name\nAna\nM\xfcller\nM\xfcller'))).toBe(3);
  expect(lineNotUtf8(latin1('name\nM\xfcller'))).toBe(2);
});
