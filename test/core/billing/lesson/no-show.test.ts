import { expect, test } from 'vitest';

import {
  noShowCharge,
  noShowPay,
  paysAsIfAttended,
  waitMatters,
  waitServed,
} from '../../../../src/core/billing/lesson/no-show.ts';
import { sliceClass } from '../../../../src/core/billing/lesson/sliced-presence.ts';
import { at, lesson, policy } from '../../../support/billing.ts';

// Standard tutoring: a teacher waits 15 minutes from 16:00, and a no-show costs and pays the whole lesson.

const { settings } = policy();

test.each([
  ['exactly fifteen minutes', ['16:00-16:15'], true],
  ['longer, and early', ['15:50-16:40'], true],
  ['one millisecond less', ['16:00-16:14:59.999'], false],
  ['one millisecond late', ['16:00:00.001-17:00'], false],
  ['a hole longer than a dropped connection', ['16:00-16:05', '16:08-16:20'], false],
  ['a dropped connection', ['16:00-16:05', '16:06-16:20'], true],
  ['nobody', [], false],
])('the wait: %s', (_, teacher, served) => {
  const sliced = sliceClass(lesson(teacher, []), settings);
  expect(waitServed(sliced.taughtInSlot, sliced, settings)).toBe(served);
});

test('a class shorter than the wait is waited for whole', () => {
  const wait = (until: string): boolean => {
    const sliced = sliceClass(lesson([`16:00-${until}`], [], { end: at('16:10') }), settings);
    return waitServed(sliced.taughtInSlot, sliced, settings);
  };
  expect([wait('16:10'), wait('16:09')]).toEqual([true, false]);
});

test('a wait of nothing still asks for a teacher', () => {
  const noWait = policy({ 'no_show.wait': 0 }).settings;
  const wait = (...teacher: readonly string[]): boolean => {
    const sliced = sliceClass(lesson(teacher, []), noWait);
    return waitServed(sliced.taughtInSlot, sliced, noWait);
  };
  expect([wait('16:40-17:00'), wait()]).toEqual([true, false]);
});

test('who waited is paid the percentage, who did not wait is paid own presence', () => {
  expect([noShowPay(settings, true), noShowPay(settings, false)]).toEqual([100, 'presence']);
  expect(noShowCharge(settings)).toBe(100);
});

test.each([
  ['actual_time', false],
  ['standard_tutoring', true],
  ['slot_held', true],
  ['timetable', true],
])('under %s it must be known how long the teacher waited: %s', (preset, matters) => {
  expect(waitMatters(policy({ preset }).settings)).toBe(matters);
});

test.each([
  ['the default', {}, true],
  ['a percentage of the timetable', { 'no_show.pay_percent': 100 }, false],
  ['pay by time together', { 'pay.basis': 'overlap' }, false],
  ['a minimum of pay', { 'pay.min': 30 }, false],
  ['pay by heads', { 'pay.tiers': { extra_head: '3.00' } }, false],
])('a no-show pays what a lesson of that presence pays: %s', (_, changed, same) => {
  expect(paysAsIfAttended(policy({ preset: 'actual_time', ...changed }).settings)).toBe(same);
});

test.each([
  ['costs something', { charge_percent: 1, pay_percent: 'presence' }, true],
  ['pays a percentage', { charge_percent: 0, pay_percent: 0 }, true],
  ['costs nothing and pays presence', { charge_percent: 0, pay_percent: 'presence' }, false],
])('the wait matters where a no-show %s', (_, no_show, matters) => {
  expect(waitMatters(policy({ no_show }).settings)).toBe(matters);
});
