import { expect, test } from 'vitest';

import { isNear } from '../../src/core/near.ts';

test.each([
  ['ben@home.example', 'bem@home.example', true],
  ['ben@home.example', 'benn@home.example', true],
  ['ben@home.example', 'en@home.example', true],
  ['ben@home.example', 'ebn@home.example', true],
  ['ben@home.example', 'ben@home.exampl', true],
  ['ben@home.example', 'ben@home.example', false],
  ['ben@home.example', 'bob@home.example', false],
  ['ben@home.example', 'benny@home.example', false],
  ['pupil1@home.example', 'pupil2@home.example', false],
  ['', 'a', true],
  ['', '', false],
])('%s and %s', (a, b, near) => {
  expect([isNear(a, b), isNear(b, a)]).toEqual([near, near]);
});
