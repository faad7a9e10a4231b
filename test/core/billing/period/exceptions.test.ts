import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { exceptionText, statementException, storedExceptions } from '../../../../src/core/billing/period/exceptions.ts';

const printed = (stored: unknown, wording = 1) =>
  storedExceptions.parse(stored).map((exception) => exceptionText(exception, wording));

describe('the exceptions of a stored close', () => {
  test('are read as data', () => {
    const stored = [
      { invariant: 'nobody_is_unidentified', lineId: 'c5-3', text: 'A guest waits for a review.' },
      { invariant: 'no_line_is_disputed', lineId: 'p5-2', text: null },
      { invariant: 'nobody_is_double_booked', lineId: null, text: 'All of it.' },
    ];
    expect(storedExceptions.parse(stored)).toEqual(stored);
    expect(printed(stored)).toEqual([
      'nobody_is_unidentified: c5-3: A guest waits for a review.',
      'no_line_is_disputed: p5-2',
      'nobody_is_double_booked: All of it.',
    ]);
    expect(printed(stored, 2)).toEqual(['c5-3: A guest waits for a review.', 'p5-2', 'All of it.']);
    const onStatement = storedExceptions.parse(stored).map((exception) => statementException(exception, 2));
    expect(onStatement).toEqual(['A guest waits for a review.', 'p5-2', 'All of it.']);
  });

  test('name the student from the fourth edition on', () => {
    const student = { name: null, email: 'rui@example.com' };
    const stored = [
      {
        invariant: 'nobody_is_unidentified',
        lineId: 'c5-3',
        text: 'A guest waits.',
        student: { ...student, name: 'Rui' },
      },
      { invariant: 'nobody_is_unidentified', lineId: 'c6-3', text: null, student },
    ];
    expect(printed(stored, 4)).toEqual(['c5-3: Rui, A guest waits.', 'c6-3: rui@example.com']);
    expect(printed(stored, 3)).toEqual(['c5-3: A guest waits.', 'c6-3']);
  });

  test('of an earlier version are sentences, and become the same data', () => {
    const stored = ['evidence_is_whole: c5-3: No access: the call was not read.', 'no_line_is_disputed: p5-2'];
    expect(storedExceptions.parse(stored)).toEqual([
      { invariant: 'evidence_is_whole', lineId: 'c5-3', text: 'No access: the call was not read.' },
      { invariant: 'no_line_is_disputed', lineId: 'p5-2', text: null },
    ]);
    expect(printed(stored)).toEqual(stored);
  });

  test('keep their issued words, whatever these are', () => {
    const word = fc.constantFrom('period_is_over', ': ', ':', ' ', 'c5-3', 'p5-2', 'a1-c5-3', 'why');
    fc.assert(
      fc.property(fc.array(fc.array(word).map((words) => words.join(''))), (sentences) => {
        const sound = sentences.filter((sentence) => sentence.includes(': '));
        expect(printed(sound)).toEqual(sound);
      }),
    );
  });
});
