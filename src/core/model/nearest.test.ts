import { expect, it } from 'vitest';
import { nearestWord } from './nearest.ts';

it.each([
  ['nov', 'nova'],
  ['nvoa', 'nova'],
  ['anov', undefined],
  ['keystnoe', 'keystone'],
  ['glance', 'glance'],
  ['ironic', undefined],
  ['', undefined],
])('of some components %j is near to %j', (word, nearest) => {
  expect(nearestWord(word, ['keystone', 'nova', 'glance'])).toBe(nearest);
});

it('is none where there are none', () => {
  expect(nearestWord('nova', [])).toBeUndefined();
});
